/** Numbers of the binary format: https://webassembly.github.io/spec/core/appendix/index-instructions.html */
export const op = {
  unreachable: 0x00,
  nop: 0x01,
  block: 0x02,
  loop: 0x03,
  if: 0x04,
  else: 0x05,
  end: 0x0b,
  br: 0x0c,
  brIf: 0x0d,
  brTable: 0x0e,
  return: 0x0f,
  call: 0x10,
  callIndirect: 0x11,
  returnCall: 0x12,
  returnCallIndirect: 0x13,
  drop: 0x1a,
  select: 0x1b,
  selectTyped: 0x1c,
  localGet: 0x20,
  localSet: 0x21,
  localTee: 0x22,
  globalGet: 0x23,
  globalSet: 0x24,
  tableGet: 0x25,
  tableSet: 0x26,
  memorySize: 0x3f,
  memoryGrow: 0x40,
  i32Const: 0x41,
  i64Const: 0x42,
  f32Const: 0x43,
  f64Const: 0x44,
  i32Eq: 0x46,
  i32GtU: 0x4b,
  i32Add: 0x6a,
  i32Sub: 0x6b,
  refNull: 0xd0,
  refIsNull: 0xd1,
  refFunc: 0xd2,
  /** Prefixes of two-byte opcodes: memory, tables and saturating conversions; vectors. */
  misc: 0xfc,
  vector: 0xfd,
} as const;

/** try, catch, throw, rethrow, throw_ref, delegate, catch_all, try_table */
export const exceptions: readonly number[] = [0x06, 0x07, 0x08, 0x09, 0x0a, 0x18, 0x19, 0x1f];

/** table.init, elem.drop, table.copy, table.grow, table.fill, after `misc` */
export const tableChanges: readonly number[] = [0x0c, 0x0d, 0x0e, 0x0f, 0x11];

/** Value types, the start of a function type, and the type of a block without a result. */
export const type = { i32: 0x7f, f64: 0x7c, externref: 0x6f, function: 0x60, empty: 0x40 } as const;
