/**
 * WASI preview 1 as a CGI program meets it: arguments, environment, three standard streams, clocks and random numbers.
 * No file is open to the module. Node's own WASI would do, but its import objects crash Node 20 and 22 after some
 * dozens of instances, and it reads and writes the streams of the process alone.
 * Shapes and numbers: https://github.com/WebAssembly/WASI/blob/wasi-0.1/preview1/docs.md
 */
import { randomFillSync } from 'node:crypto';

/** What a module gets and what it leaves. */
export interface Program {
  args: string[];
  /** `NAME=value`, in order. */
  env: string[];
  stdin: Uint8Array;
}

export interface Output {
  stdout: Uint8Array;
  stderr: Uint8Array;
}

/** Thrown through the module by `proc_exit`. */
export class Exit extends Error {
  readonly code: number;
  constructor(code: number) {
    super(`exited with ${code}`);
    this.code = code;
  }
}

/** The most that a module may write to its streams together, in bytes. */
const maxOutput = 256 << 20;

const errno = { success: 0, badf: 8, fault: 21, inval: 28, notsup: 58, spipe: 70 };
const filetype = { unknown: 0 };
const rights = { fdRead: 1n << 1n, fdWrite: 1n << 6n };
const eventtype = { clock: 0 };
const abstime = 1;

/** Every function of preview 1; those that serve files, directories and sockets answer that they are not there. */
export const functions = [
  ...['args_get', 'args_sizes_get', 'environ_get', 'environ_sizes_get', 'clock_res_get', 'clock_time_get'],
  ...['fd_advise', 'fd_allocate', 'fd_close', 'fd_datasync', 'fd_fdstat_get', 'fd_fdstat_set_flags'],
  ...['fd_fdstat_set_rights', 'fd_filestat_get', 'fd_filestat_set_size', 'fd_filestat_set_times', 'fd_pread'],
  ...['fd_prestat_get', 'fd_prestat_dir_name', 'fd_pwrite', 'fd_read', 'fd_readdir', 'fd_renumber', 'fd_seek'],
  ...['fd_sync', 'fd_tell', 'fd_write', 'path_create_directory', 'path_filestat_get', 'path_filestat_set_times'],
  ...['path_link', 'path_open', 'path_readlink', 'path_remove_directory', 'path_rename', 'path_symlink'],
  ...['path_unlink_file', 'poll_oneoff', 'proc_exit', 'proc_raise', 'random_get', 'sched_yield', 'sock_accept'],
  ...['sock_recv', 'sock_send', 'sock_shutdown'],
];

const encoder = new TextEncoder();

/** Runs a module to its end. Throws an Exit where the module exits by itself, and whatever else stops it. */
export async function runProgram(module: WebAssembly.Module, program: Program): Promise<Output> {
  const streams = new Streams(program.stdin);
  let memory: WebAssembly.Memory | undefined;
  const calls = preview1(program, streams, () => {
    if (!memory) throw new Error('called before there is a memory');
    return memory.buffer;
  });
  const imports = Object.fromEntries(functions.map((name) => [name, calls[name] ?? (() => errno.badf)]));
  const { exports } = await WebAssembly.instantiate(module, { wasi_snapshot_preview1: imports });
  memory = exports.memory as WebAssembly.Memory;
  try {
    (exports._start as () => void)();
  } catch (error) {
    if (error instanceof Error) Object.assign(error, { stderr: streams.written(2) });
    throw error;
  }
  return { stdout: streams.written(1), stderr: streams.written(2) };
}

/** Standard input as bytes, standard output and error as what was written. */
class Streams {
  private at = 0;
  private size = 0;
  private readonly chunks: Record<number, Uint8Array[]> = { 1: [], 2: [] };
  private readonly input: Uint8Array;

  constructor(input: Uint8Array) {
    this.input = input;
  }

  read(into: Uint8Array): number {
    const part = this.input.subarray(this.at, this.at + into.length);
    into.set(part);
    this.at += part.length;
    return part.length;
  }

  write(fd: number, bytes: Uint8Array): void {
    this.size += bytes.length;
    if (this.size > maxOutput) throw new Error(`wrote more than ${maxOutput >> 20} MiB`);
    this.chunks[fd]?.push(bytes.slice());
  }

  written(fd: number): Uint8Array {
    return new Uint8Array(Buffer.concat(this.chunks[fd] ?? []));
  }
}

type Calls = Record<string, (...values: never[]) => number>;

function preview1({ args, env }: Program, streams: Streams, buffer: () => ArrayBuffer): Calls {
  const view = () => new DataView(buffer());
  const bytes = (address: number, length: number) => new Uint8Array(buffer(), address, length);
  const isStream = (fd: number) => fd >= 0 && fd <= 2;

  /** Two tables of C strings share one shape: a list of addresses, and the strings one after another. */
  const strings = (texts: string[]) => {
    const encoded = texts.map((text) => encoder.encode(`${text}\0`));
    return {
      sizes(count: number, size: number) {
        view().setUint32(count, encoded.length, true);
        view().setUint32(
          size,
          encoded.reduce((sum, one) => sum + one.length, 0),
          true,
        );
        return errno.success;
      },
      get(addresses: number, start: number) {
        let at = start;
        for (const [index, one] of encoded.entries()) {
          view().setUint32(addresses + 4 * index, at, true);
          bytes(at, one.length).set(one);
          at += one.length;
        }
        return errno.success;
      },
    };
  };
  const arguments_ = strings(args);
  const environment = strings(env);

  /** Calls `each` with the parts of a scatter or gather list until one is not used up; the sum of what it used. */
  const transfer = (list: number, length: number, total: number, each: (part: Uint8Array) => number) => {
    let sum = 0;
    for (let i = 0; i < length; i++) {
      const part = bytes(view().getUint32(list + 8 * i, true), view().getUint32(list + 8 * i + 4, true));
      const used = each(part);
      sum += used;
      if (used < part.length) break;
    }
    view().setUint32(total, sum, true);
    return errno.success;
  };

  /** Nanoseconds: real time, or since some moment that stays. CPU time is taken for time. */
  const now = (clock: number): bigint =>
    clock === 0 ? BigInt(Math.round((performance.timeOrigin + performance.now()) * 1e6)) : process.hrtime.bigint();

  return {
    args_get: arguments_.get,
    args_sizes_get: arguments_.sizes,
    environ_get: environment.get,
    environ_sizes_get: environment.sizes,
    clock_res_get(clock: number, resolution: number) {
      if (clock > 3) return errno.inval;
      view().setBigUint64(resolution, 1000n, true);
      return errno.success;
    },
    clock_time_get(clock: number, _precision: bigint, time: number) {
      if (clock > 3) return errno.inval;
      view().setBigUint64(time, now(clock), true);
      return errno.success;
    },
    random_get(address: number, length: number) {
      randomFillSync(bytes(address, length));
      return errno.success;
    },
    sched_yield: () => errno.success,
    proc_exit(code: number): never {
      throw new Exit(code);
    },
    proc_raise: () => errno.notsup,
    fd_close: (fd: number) => (isStream(fd) ? errno.success : errno.badf),
    fd_sync: (fd: number) => (isStream(fd) ? errno.success : errno.badf),
    fd_seek: (fd: number) => (isStream(fd) ? errno.spipe : errno.badf),
    fd_tell: (fd: number) => (isStream(fd) ? errno.spipe : errno.badf),
    fd_fdstat_set_flags: (fd: number) => (isStream(fd) ? errno.notsup : errno.badf),
    fd_fdstat_get(fd: number, address: number) {
      if (!isStream(fd)) return errno.badf;
      bytes(address, 24).fill(0);
      view().setUint8(address, filetype.unknown);
      view().setBigUint64(address + 8, fd === 0 ? rights.fdRead : rights.fdWrite, true);
      return errno.success;
    },
    fd_filestat_get(fd: number, address: number) {
      if (!isStream(fd)) return errno.badf;
      bytes(address, 64).fill(0);
      return errno.success;
    },
    fd_read(fd: number, list: number, length: number, total: number) {
      return fd === 0 ? transfer(list, length, total, (part) => streams.read(part)) : errno.badf;
    },
    fd_write(fd: number, list: number, length: number, total: number) {
      if (fd !== 1 && fd !== 2) return errno.badf;
      return transfer(list, length, total, (part) => {
        streams.write(fd, part);
        return part.length;
      });
    },
    /** A stream is always ready; where there are only clocks, the first of them ends the wait. */
    poll_oneoff(subscriptions: number, events: number, count: number, total: number) {
      if (count === 0) return errno.inval;
      const wanted = Array.from({ length: count }, (_, index) => {
        const at = subscriptions + 48 * index;
        const type = view().getUint8(at + 8);
        const clock = view().getUint32(at + 16, true);
        const timeout = view().getBigUint64(at + 24, true);
        const absolute = view().getUint16(at + 40, true) & abstime;
        const wait = type !== eventtype.clock ? 0n : absolute ? timeout - now(clock) : timeout;
        return { userdata: view().getBigUint64(at, true), type, wait };
      });
      const [least = 0n] = wanted.map(({ wait }) => wait).sort((a, b) => (a < b ? -1 : 1));
      if (least > 0n) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, Number(least) / 1e6);
      const ready = wanted.filter(({ wait }) => wait <= least);
      for (const [index, { userdata, type }] of ready.entries()) {
        const at = events + 32 * index;
        bytes(at, 32).fill(0);
        view().setBigUint64(at, userdata, true);
        view().setUint8(at + 10, type);
      }
      view().setUint32(total, ready.length, true);
      return errno.success;
    },
  };
}
