/** A module that calls what it is told: functions of WASI and of wasi-experimental-http, one after the other. */
import assert from 'node:assert/strict';
import wabt from 'wabt';
import { ask } from './modules.ts';

const i = 'i32';
const l = 'i64';
const wasi = 'wasi_snapshot_preview1';
const http = 'wasi_experimental_http';
/** Where each comes from and what it takes. */
const signatures: Record<string, [from: string, ...parameters: string[]]> = {
  clock_res_get: [wasi, i, i],
  clock_time_get: [wasi, i, l, i],
  environ_get: [wasi, i, i],
  fd_advise: [wasi, i, l, l, i],
  fd_allocate: [wasi, i, l, l],
  fd_close: [wasi, i],
  fd_datasync: [wasi, i],
  fd_fdstat_get: [wasi, i, i],
  fd_fdstat_set_flags: [wasi, i, i],
  fd_fdstat_set_rights: [wasi, i, l, l],
  fd_filestat_get: [wasi, i, i],
  fd_filestat_set_size: [wasi, i, l],
  fd_filestat_set_times: [wasi, i, l, l, i],
  fd_pread: [wasi, i, i, i, l, i],
  fd_prestat_get: [wasi, i, i],
  fd_prestat_dir_name: [wasi, i, i, i],
  fd_pwrite: [wasi, i, i, i, l, i],
  fd_read: [wasi, i, i, i, i],
  fd_readdir: [wasi, i, i, i, l, i],
  fd_renumber: [wasi, i, i],
  fd_seek: [wasi, i, l, i, i],
  fd_sync: [wasi, i],
  fd_tell: [wasi, i, i],
  fd_write: [wasi, i, i, i, i],
  path_create_directory: [wasi, i, i, i],
  path_filestat_get: [wasi, i, i, i, i, i],
  path_filestat_set_times: [wasi, i, i, i, i, l, l, i],
  path_link: [wasi, i, i, i, i, i, i, i],
  path_open: [wasi, i, i, i, i, i, l, l, i, i],
  path_readlink: [wasi, i, i, i, i, i, i],
  path_remove_directory: [wasi, i, i, i],
  path_rename: [wasi, i, i, i, i, i, i],
  path_symlink: [wasi, i, i, i, i, i],
  path_unlink_file: [wasi, i, i, i],
  poll_oneoff: [wasi, i, i, i, i],
  random_get: [wasi, i, i],
  sock_recv: [wasi, i, i, i, i, i, i],
  sock_send: [wasi, i, i, i, i, i],
  sock_shutdown: [wasi, i, i],
  req: [http, i, i, i, i, i, i, i, i, i, i],
  close: [http, i],
  header_get: [http, i, i, i, i, i, i],
  headers_get_all: [http, i, i, i, i],
  body_read: [http, i, i, i, i],
};
const names = Object.keys(signatures);

/** Where the script lies in the module's memory; all its addresses are in what follows. */
const base = 65_536;
const most = 10;
const recordSize = 8 + 8 * most;
const locals = Array.from({ length: most }, (_, index) => `$a${index}`);

/** The module's binary. */
export async function scriptModule(): Promise<Uint8Array> {
  const imports = names.map((name) => {
    const [from, ...parameters] = signatures[name] ?? [''];
    return `(import "${from}" "${name}" (func $${name} (param ${parameters.join(' ')}) (result i32)))`;
  });
  const cases = names.map((name, index) => {
    const [, ...parameters] = signatures[name] ?? [''];
    const values = parameters.map((type, at) =>
      type === l ? `(local.get ${locals[at]})` : `(i32.wrap_i64 (local.get ${locals[at]}))`,
    );
    return `(if (i32.eq (local.get $f) (i32.const ${index}))
      (then (i32.store (local.get $p) (call $${name} ${values.join(' ')}))))`;
  });
  // A bit of the mask says that the value is the address of the value.
  const loads = locals.map(
    (name, at) => `(local.set ${name} (i64.load (i32.add (local.get $p) (i32.const ${8 + 8 * at}))))
      (if (i32.and (i32.load (i32.add (local.get $p) (i32.const 4))) (i32.const ${1 << at}))
        (then (local.set ${name} (i64.load32_u (i32.wrap_i64 (local.get ${name}))))))`,
  );
  const text = `(module ${imports.join('\n')} (memory (export "memory") 20)
    (data (i32.const 64) "content-type: application/octet-stream\\n\\n")
    (func (export "_start") (local $p i32) (local $n i32) (local $f i32) ${locals.map((one) => `(local ${one} i64)`).join(' ')}
      ;; A host may give standard input, and take standard output, in parts.
      (local.set $p (i32.const ${base}))
      (loop $more
        (i32.store (i32.const 0) (local.get $p)) (i32.store (i32.const 4) (i32.const 1000000))
        (drop (call $fd_read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 16)))
        (local.set $p (i32.add (local.get $p) (i32.load (i32.const 16))))
        (br_if $more (i32.load (i32.const 16))))
      (local.set $n (i32.load (i32.const ${base}))) (local.set $p (i32.const ${base + 8}))
      (block $done (loop $next
        (br_if $done (i32.eqz (local.get $n)))
        (local.set $f (i32.load (local.get $p)))
        ${loads.join('\n')} ${cases.join('\n')}
        (local.set $p (i32.add (local.get $p) (i32.const ${recordSize})))
        (local.set $n (i32.sub (local.get $n) (i32.const 1)))
        (br $next)))
      (i32.store (i32.const 0) (i32.const 64)) (i32.store (i32.const 4) (i32.const 40))
      (drop (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 16)))
      (local.set $p (i32.const ${base}))
      (loop $more
        (i32.store (i32.const 0) (local.get $p))
        (i32.store (i32.const 4) (i32.sub (i32.const ${base + 131_072}) (local.get $p)))
        (drop (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 16)))
        (local.set $p (i32.add (local.get $p) (i32.load (i32.const 16))))
        (br_if $more (i32.lt_u (local.get $p) (i32.const ${base + 131_072}))))))`;
  const { parseWat } = await wabt();
  return parseWat('script.wat', text).toBinary({}).buffer;
}

/** An address whose content is meant, or a number. */
export type Value = number | bigint | { at: number };

/** Calls in order, with memory for what they read and write. */
export class Script {
  private readonly calls: { name: string; values: Value[] }[] = [];
  private readonly memory = Buffer.alloc(131_072);
  /** Behind the calls. */
  private free = 32_768;

  /** Room for so many bytes, or for these; its address. */
  room(content: number | string | Uint8Array): number {
    const at = this.free;
    const bytes = typeof content === 'number' ? undefined : Buffer.from(content);
    if (bytes) this.memory.set(bytes, at);
    this.free += ((bytes?.length ?? Number(content)) + 15) & ~7;
    return base + at;
  }

  /** Address and length of a text, as two values. */
  text(content: string): [number, number] {
    return [this.room(content), Buffer.byteLength(content)];
  }

  /** A list with one part, at an address. */
  list(address: number, length: number): number {
    const at = this.room(8);
    this.memory.writeUInt32LE(address >>> 0, at - base);
    this.memory.writeUInt32LE(length, at - base + 4);
    return at;
  }

  call(name: string, ...values: Value[]): this {
    this.calls.push({ name, values });
    return this;
  }

  /** Opens a file or folder below a descriptor; where its descriptor will be. */
  open(folder: Value, path: string, { create = 0, rights = 0x3fffffffn, flags = 0, follow = 1 } = {}): { at: number } {
    const at = this.room(8);
    this.call('path_open', folder, follow, ...this.text(path), create, rights, rights, flags, at);
    return { at };
  }

  write(fd: Value, content: string): this {
    return this.call('fd_write', fd, this.list(...this.text(content)), 1, this.room(8));
  }

  /** Reads so many bytes; where they will be. */
  read(fd: Value, length: number): number {
    const at = this.room(length);
    this.call('fd_read', fd, this.list(at, length), 1, this.room(8));
    return at;
  }

  /** What the module reads: the calls and their memory. */
  input(): Buffer {
    this.memory.writeUInt32LE(this.calls.length, 0);
    for (const [index, { name, values }] of this.calls.entries()) {
      const at = 8 + recordSize * index;
      assert.ok(at + recordSize <= 32_768, 'too many calls');
      this.memory.writeUInt32LE(names.indexOf(name), at);
      const mask = values.reduce<number>((sum, value, bit) => sum | (typeof value === 'object' ? 1 << bit : 0), 0);
      this.memory.writeUInt32LE(mask, at + 4);
      for (const [place, value] of values.entries())
        this.memory.writeBigUInt64LE(
          BigInt.asUintN(64, BigInt(typeof value === 'object' ? value.at : value)),
          at + 8 + 8 * place,
        );
    }
    return this.memory;
  }

  /** The numbers that the calls gave, and the memory after them, from what the module wrote. */
  output(bytes: Buffer): { errors: number[]; memory: Memory } {
    return {
      errors: this.calls.map((_, index) => bytes.readUInt32LE(8 + recordSize * index)),
      memory: new Memory(bytes),
    };
  }

  /** The numbers of the calls beside their names. */
  told(errors: readonly number[]): string[] {
    return errors.map((error, index) => `${index} ${this.calls[index]?.name} ${error}`);
  }

  /** Runs it in the module that answers at a path of the host. */
  async run(url: string, path = '/script'): Promise<{ errors: number[]; memory: Memory }> {
    const { status, bytes } = await ask(url, path, { method: 'POST', body: this.input() });
    assert.equal(status, 200, bytes.toString().slice(0, 200));
    return this.output(bytes);
  }
}

/** By the module's addresses. */
export class Memory {
  private readonly bytes: Buffer;
  constructor(bytes: Buffer) {
    this.bytes = bytes;
  }
  text(at: number, length: number): string {
    return this.bytes.toString('utf8', at - base, at - base + length);
  }
  u8 = (at: number): number => this.bytes.readUInt8(at - base);
  u32 = (at: number): number => this.bytes.readUInt32LE(at - base);
  u64 = (at: number): bigint => this.bytes.readBigUInt64LE(at - base);
}
