/**
 * Rewrites a module before it is compiled, so that one memory serves many runs and no run sees data of another: the memory is
 * imported, the host writes its data, and its growth is counted inside the module. A new memory for each run would cost more than
 * the run, and collecting those memories shows in the slowest responses.
 * The format: https://webassembly.github.io/spec/core/binary/modules.html
 */
import { exceptions, op, tableChanges, type } from './opcodes.ts';

export const page = 65_536;

/** The import that gives a prepared module its memory. */
export const memoryImport = { module: 'host', name: 'memory' };
/** Name prefix of the exported globals of a module whose instances can be reused. */
export const globalExport = 'host:global:';

/** A compiled module and its initial memory. */
export interface Prepared {
  module: WebAssembly.Module;
  /** Size of the memory, in pages. */
  initial: number;
  maximum: number;
  /** The contents of a new memory, in order; the rest is zero. */
  data: readonly Segment[];
  /** The module cannot observe that an earlier run has grown the memory. */
  hidesGrowth: boolean;
  /** A run changes only the memory and the globals at `globalExport`: with those reset, the instance can be reused. */
  reusable: boolean;
}

/** Exported functions with parameters or results, which cannot be called as a program. */
export function unfit(module: Uint8Array): string[] {
  const sections = read(module);
  const reader = (id: number) => new Reader(sections.find((section) => section.id === id)?.body ?? Uint8Array.of(0));
  const list = <T>(from: Reader, one: () => T): T[] => Array.from({ length: from.number() }, one);
  try {
    const types = reader(ids.type);
    const plain = list(types, () => {
      if (types.byte() !== type.function) throw new Unknown();
      return [types, types].map((from) => from.take(from.number()).length).every((length) => length === 0);
    });
    const imports = reader(ids.import);
    const imported = list(imports, () => {
      imports.take(imports.number());
      imports.take(imports.number());
      if (imports.byte() !== 0) throw new Unknown();
      return imports.number();
    });
    const functions = reader(ids.function);
    const typeOf = [...imported, ...list(functions, () => functions.number())];
    const exported = reader(ids.export);
    return list(exported, () => {
      const name = Buffer.from(exported.take(exported.number())).toString();
      const isFunction = exported.byte() === 0;
      const index = exported.number();
      return isFunction && !plain[typeOf[index] ?? -1] ? [name] : [];
    }).flat();
  } catch (error) {
    if (error instanceof Unknown) return [];
    throw error;
  }
}

export interface Segment {
  at: number;
  bytes: Uint8Array;
}

interface Section {
  id: number;
  body: Uint8Array;
}

const ids = {
  custom: 0,
  type: 1,
  import: 2,
  function: 3,
  memory: 5,
  global: 6,
  export: 7,
  start: 8,
  code: 10,
  data: 11,
  dataCount: 12,
  tag: 13,
};
/** Sections appear in this order. */
const order = [1, 2, 3, 4, 5, 13, 6, 7, 8, 9, 12, 10, 11];

/** The rewriter does not support something in the module; it is then compiled with fewer changes. */
class Unknown extends Error {}

/** Why the module's memory cannot be provided. */
export class MemoryError extends Error {}

/** The module uses a feature that WAGI 0.8.1 (wasmtime 0.35) does not have; `message` names it. */
export class FeatureError extends Error {}

/**
 * `limit`: memory limit in pages, whatever the module declares. Throws a MemoryError or a FeatureError, or another error if the
 * module does not compile.
 */
export function prepare(module: Uint8Array, limit: number): Prepared {
  const sections = read(module);
  if (sections.some(({ id }) => id === ids.tag)) throw new FeatureError('exceptions');
  const memory = declared(sections);
  if (memory.initial > limit)
    throw new MemoryError(`needs ${memory.initial / 16} MiB of memory at the start; the limit is ${limit / 16}`);
  const maximum = Math.min(memory.maximum, limit);
  const limits = { initial: memory.initial, maximum };
  // Each attempt rewrites less; the last one works for every module.
  for (const [hidesGrowth, setsData] of [
    [true, true],
    [true, false],
    [false, true],
    [false, false],
  ]) {
    try {
      const data = setsData ? dataOf(sections, memory.initial) : [];
      const places = hidesGrowth ? placesIn(sections) : undefined;
      const rewritten = places ? hideGrowth(sections, places, limits) : sections;
      const exposed = places && setsData && !changesTables(places) ? exposeGlobals(rewritten) : undefined;
      const without = setsData ? [ids.memory, ids.data, ids.dataCount] : [ids.memory];
      const bytes = write(
        importMemory(
          (exposed ?? rewritten).filter(({ id }) => !without.includes(id)),
          limits,
        ),
      );
      return {
        ...{ module: new WebAssembly.Module(bytes), ...limits, data },
        ...{ hidesGrowth: hidesGrowth === true, reusable: exposed !== undefined },
      };
    } catch (error) {
      // A module that refers to a data segment by index does not compile without it.
      if (!(error instanceof Unknown || error instanceof WebAssembly.CompileError)) throw error;
    }
  }
  throw new Unknown();
}

function declared(sections: Section[]): { initial: number; maximum: number } {
  const reader = new Reader(sections.find(({ id }) => id === ids.memory)?.body ?? Uint8Array.of(0));
  const count = reader.number();
  if (count !== 1) throw new MemoryError(`has ${count} memories; WAGI supports one`);
  const flags = reader.byte();
  if (flags > 1) throw new MemoryError('has a shared or 64-bit memory, which WAGI does not support');
  const initial = reader.number();
  return { initial, maximum: flags === 1 ? reader.number() : 65_536 };
}

function importMemory(sections: Section[], { initial, maximum }: { initial: number; maximum: number }): Section[] {
  const entry = [...text(memoryImport.module), ...text(memoryImport.name), 2, 1, ...leb(initial), ...leb(maximum)];
  return append(sections, ids.import, entry);
}

/** The data that instantiation would write into a memory of this size, with adjacent segments joined. */
function dataOf(sections: Section[], pages: number): Segment[] {
  const reader = new Reader(sections.find(({ id }) => id === ids.data)?.body ?? Uint8Array.of(0));
  const found: Segment[] = [];
  for (let left = reader.number(); left > 0; left--) {
    // An active segment of the only memory, at a constant address.
    if (reader.number() !== 0 || reader.byte() !== op.i32Const) throw new Unknown();
    const at = reader.signed() >>> 0;
    if (reader.byte() !== op.end) throw new Unknown();
    const bytes = reader.take(reader.number());
    // Instantiation then fails, as it should.
    if (at + bytes.length > pages * page) throw new Unknown();
    found.push({ at, bytes });
  }
  // Later segments overwrite earlier ones; sorting by address preserves that only without overlaps.
  const sorted = found.filter(({ bytes }) => bytes.length > 0).sort((a, b) => a.at - b.at);
  const joined: Segment[] = [];
  for (let first = 0; first < sorted.length; ) {
    let last = first;
    let end = 0;
    for (; last < sorted.length; last++) {
      const one = sorted[last] as Segment;
      if (last > first && one.at < end) throw new Unknown();
      if (last > first && one.at > end + near) break;
      end = one.at + one.bytes.length;
    }
    const { at } = sorted[first] as Segment;
    const bytes = new Uint8Array(end - at);
    for (const one of sorted.slice(first, last)) bytes.set(one.bytes, one.at - at);
    joined.push({ at, bytes });
    first = last;
  }
  return joined;
}
/** Segments with a smaller gap than this are joined. */
const near = 4096;

/**
 * Counts the memory's pages in a global of the module, so that a memory that grew in one run looks like new to the next one.
 * An access beyond the counted pages does not trap while the memory is larger.
 */
function hideGrowth(
  sections: Section[],
  places: readonly Place[][],
  limits: { initial: number; maximum: number },
): Section[] {
  const bodyOf = (id: number) => sections.find((section) => section.id === id)?.body;
  const code = new Reader(bodyOf(ids.code) ?? Uint8Array.of(0));
  const imported = countImports(bodyOf(ids.import));
  const count = (id: number) => new Reader(bodyOf(id) ?? Uint8Array.of(0)).number();
  const types = new Reader(bodyOf(ids.type) ?? Uint8Array.of(0));
  const typeCount = types.number();
  for (let left = typeCount; left > 0; left--) {
    if (types.byte() !== type.function) throw new Unknown();
    for (let lists = 0; lists < 2; lists++) types.take(types.number());
  }
  const pages = leb(imported.globals + count(ids.global));
  const grow = leb(imported.functions + count(ids.function));

  const bodies: Uint8Array[] = [];
  const functions = code.number();
  if (places.flat().every(({ kind }) => kind === 'table')) return sections;
  for (const ofFunction of places) {
    const body = code.take(code.number());
    let from = 0;
    const parts: Uint8Array[] = [];
    for (const { at, kind } of ofFunction) {
      if (kind === 'table') continue;
      parts.push(
        body.subarray(from, at),
        Uint8Array.from(kind === 'grow' ? [op.call, ...grow] : [op.globalGet, ...pages]),
      );
      from = at + 2;
    }
    parts.push(body.subarray(from));
    bodies.push(Uint8Array.from(leb(parts.reduce((sum, { length }) => sum + length, 0))), ...parts);
  }

  const minusOne = [op.i32Const, 0x7f];
  const [delta, was, will] = [0, 1, 2];
  const returnMinusOne = [op.if, type.empty, ...minusOne, op.return, op.end];
  const body = [
    ...[1, 2, type.i32], // the two locals `was` and `will`
    ...[op.globalGet, ...pages, op.localSet, was],
    // if (delta > maximum - was) return -1
    ...[op.localGet, delta, op.i32Const, ...signedLeb(limits.maximum), op.localGet, was, op.i32Sub, op.i32GtU],
    ...returnMinusOne,
    // if (will > memory.size && memory.grow(will - memory.size) == -1) return -1
    ...[op.localGet, was, op.localGet, delta, op.i32Add, op.localTee, will, op.memorySize, 0, op.i32GtU],
    ...[op.if, type.empty],
    ...[op.localGet, will, op.memorySize, 0, op.i32Sub, op.memoryGrow, 0, ...minusOne, op.i32Eq, ...returnMinusOne],
    op.end,
    ...[op.localGet, will, op.globalSet, ...pages, op.localGet, was, op.end],
  ];
  const all = concat([Uint8Array.from(leb(functions)), ...bodies]);
  return [
    [ids.type, [type.function, 1, type.i32, 1, type.i32]],
    [ids.function, leb(typeCount)],
    [ids.global, [type.i32, 1, op.i32Const, ...signedLeb(limits.initial), op.end]],
    [ids.code, [...leb(body.length), ...body]],
  ].reduce(
    (into, [id, entry]) => append(into, id as number, entry as number[]),
    sections.map((section) => (section.id === ids.code ? { id: ids.code, body: all } : section)),
  );
}

function countImports(body: Uint8Array = Uint8Array.of(0)): { functions: number; globals: number } {
  const reader = new Reader(body);
  const counted = { functions: 0, globals: 0 };
  for (let left = reader.number(); left > 0; left--) {
    reader.take(reader.number());
    reader.take(reader.number());
    const kind = reader.byte();
    // Other types were refused before.
    if (kind !== 0) throw new Unknown();
    counted.functions++;
    reader.number();
  }
  return counted;
}

/** An instruction that reads or grows the memory size (two bytes), or changes a table or its elements. */
interface Place {
  at: number;
  kind: 'size' | 'grow' | 'table';
}

/** Instructions by function. */
function placesIn(sections: Section[]): Place[][] {
  const code = new Reader(sections.find(({ id }) => id === ids.code)?.body ?? Uint8Array.of(0));
  return Array.from({ length: code.number() }, () => placesOf(code.take(code.number())));
}

const changesTables = (places: readonly Place[][]): boolean => places.flat().some(({ kind }) => kind === 'table');

/**
 * Exports the globals that code changes, so that an instance can be reused like its memory. Undefined if a run changes more than
 * that: a start function runs only once, and JavaScript cannot read and set globals of every type.
 */
function exposeGlobals(sections: Section[]): Section[] | undefined {
  if (sections.some(({ id }) => id === ids.start)) return undefined;
  const globals = new Reader(sections.find(({ id }) => id === ids.global)?.body ?? Uint8Array.of(0));
  const count = globals.number();
  let exposed = sections;
  for (let index = 0; index < count; index++) {
    const of = globals.byte();
    const changes = globals.byte() === 1;
    while (instruction(globals) !== op.end);
    // i32, i64, f32, f64
    if (changes && of < type.f64) return undefined;
    if (changes) exposed = append(exposed, ids.export, [...text(`${globalExport}${index}`), 3, ...leb(index)]);
  }
  return exposed;
}

function placesOf(body: Uint8Array): Place[] {
  const found: Place[] = [];
  const reader = new Reader(body);
  for (let left = reader.number(); left > 0; left--) {
    reader.number();
    if (reader.byte() < type.externref) throw new Unknown();
  }
  while (!reader.done) {
    const at = reader.at;
    const kind = kinds.get(instruction(reader));
    if (kind) found.push({ at, kind });
  }
  return found;
}

const kinds = new Map<number, Place['kind']>([
  [op.memorySize, 'size'],
  [op.memoryGrow, 'grow'],
  [op.tableSet, 'table'],
  ...tableChanges.map((second) => [(op.misc << 8) + second, 'table'] as const),
]);

/** Reads an instruction with its operands and returns its opcode. */
function instruction(reader: Reader): number {
  const opcode = reader.byte();
  if (opcode === op.memorySize || opcode === op.memoryGrow) {
    if (reader.byte() !== 0) throw new Unknown();
  } else if (opcode === op.brTable) for (let left = reader.number() + 1; left > 0; left--) reader.number();
  else if (opcode === op.selectTyped) reader.take(reader.number());
  else if (opcode === op.f32Const) reader.take(4);
  else if (opcode === op.f64Const) reader.take(8);
  else if (opcode === op.misc) {
    const second = reader.number();
    const operands = [0, 0, 0, 0, 0, 0, 0, 0, 2, 1, 2, 1, 2, 1, 2, 1, 1, 1][second];
    if (operands === undefined) throw new Unknown();
    for (let left = operands; left > 0; left--) reader.number();
    return (op.misc << 8) + second;
  } else if (opcode === op.vector) vector(reader);
  else {
    const operands = operandsOf(opcode);
    for (let left = operands; left > 0; left--) reader.number();
  }
  return opcode;
}

/** Numbers of immediates by opcode. WAGI has no exceptions, threads or GC. */
function operandsOf(opcode: number): number {
  if (opcode >= 0x28 && opcode <= 0x3e) return 2; // loads and stores
  if (opcode >= 0x45 && opcode <= 0xc4) return 0; // arithmetic
  if (opcode === op.callIndirect) return 2;
  if (opcode === op.returnCall || opcode === op.returnCallIndirect) throw new FeatureError('tail calls');
  if (exceptions.includes(opcode)) throw new FeatureError('exceptions');
  if (withOne.includes(opcode)) return 1;
  if (withNone.includes(opcode)) return 0;
  throw new Unknown();
}

const withOne: readonly number[] = [
  ...[op.block, op.loop, op.if, op.br, op.brIf, op.call],
  ...[op.localGet, op.localSet, op.localTee, op.globalGet, op.globalSet, op.tableGet, op.tableSet],
  ...[op.i32Const, op.i64Const, op.refNull, op.refFunc],
];
const withNone: readonly number[] = [
  ...[op.unreachable, op.nop, op.else, op.end, op.return],
  ...[op.drop, op.select, op.refIsNull],
];

function vector(reader: Reader): void {
  const opcode = reader.number();
  const address = opcode <= 11 || (opcode >= 84 && opcode <= 93);
  if (address) for (let left = 2; left > 0; left--) reader.number();
  if (opcode === 12 || opcode === 13) reader.take(16);
  else if ((opcode >= 21 && opcode <= 34) || (opcode >= 84 && opcode <= 91)) reader.byte();
  else if (opcode > 255) throw new Unknown();
}

/** Appends an entry to a section that is a vector. */
function append(sections: Section[], id: number, entry: readonly number[]): Section[] {
  const before = sections.find((section) => section.id === id);
  const reader = new Reader(before?.body ?? Uint8Array.of(0));
  const count = reader.number();
  const body = concat([Uint8Array.from(leb(count + 1)), reader.rest, Uint8Array.from(entry)]);
  if (before) return sections.map((section) => (section === before ? { id, body } : section));
  const next = sections.findIndex((section) => order.indexOf(section.id) > order.indexOf(id));
  return sections.toSpliced(next < 0 ? sections.length : next, 0, { id, body });
}

function read(module: Uint8Array): Section[] {
  const reader = new Reader(module.subarray(8));
  const sections: Section[] = [];
  while (!reader.done) {
    const id = reader.byte();
    const body = reader.take(reader.number());
    // Name and debug sections are wrong after code has moved.
    if (id !== ids.custom) sections.push({ id, body });
  }
  return sections;
}

function write(sections: Section[]): Uint8Array<ArrayBuffer> {
  const header = Uint8Array.from([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]);
  return concat([header, ...sections.flatMap(({ id, body }) => [Uint8Array.from([id, ...leb(body.length)]), body])]);
}

class Reader {
  at = 0;
  private readonly bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  get done(): boolean {
    return this.at >= this.bytes.length;
  }

  get rest(): Uint8Array {
    return this.bytes.subarray(this.at);
  }

  byte(): number {
    const byte = this.bytes[this.at++];
    if (byte === undefined) throw new Unknown();
    return byte;
  }

  take(length: number): Uint8Array {
    const part = this.bytes.subarray(this.at, this.at + length);
    if (part.length < length) throw new Unknown();
    this.at += length;
    return part;
  }

  /** Reads an unsigned LEB128 of up to 53 bits. Longer or signed values are consumed; the result is then meaningless. */
  number(): number {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = this.byte();
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value;
    }
  }

  /** Reads 32 bits. */
  signed(): number {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.byte();
      value |= (byte & 0x7f) << shift;
      if (byte >= 0x80) continue;
      return shift < 28 && byte & 0x40 ? value | (-1 << (shift + 7)) : value;
    }
  }
}

function leb(value: number): number[] {
  const rest = Math.floor(value / 128);
  return rest > 0 ? [(value % 128) | 0x80, ...leb(rest)] : [value];
}

/** LEB128 of a number that is not negative. */
const signedLeb = (value: number): number[] => {
  if (value < 64) return [value];
  return [(value % 128) | 0x80, ...signedLeb(Math.floor(value / 128))];
};

const text = (value: string): number[] => [...leb(value.length), ...Buffer.from(value)];

function concat(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
