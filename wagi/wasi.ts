/**
 * WASI preview 1 for CGI programs: arguments, environment, three standard streams, clocks, random numbers, and the files of
 * volumes. Node's own WASI is not used: its import objects crash Node 20 and 22 after some dozens of instances, it works only
 * with the streams of the process, and it cannot be reused for many runs.
 * Shapes and numbers: https://github.com/WebAssembly/WASI/blob/wasi-0.1/preview1/docs.md
 */
import { randomFillSync } from 'node:crypto';
import { type Call, type Calls, guarded } from './calls.ts';
import { type Descriptor, Directory, openDescriptors, SetTimes, type Stream } from './descriptors.ts';
import { Errno, errno } from './errno.ts';
import type { GuestMemory } from './guest-memory.ts';
import { fileCalls } from './wasi-files.ts';
import { pathCalls } from './wasi-paths.ts';

/** NUL-terminated strings. */
export interface Strings {
  count: number;
  bytes: Uint8Array;
}

/** The input of a run. */
export interface Run {
  args: Strings;
  env: Strings;
  streams: readonly [Stream, Stream, Stream];
  volumes: readonly (readonly [guest: string, host: string])[];
}

/** Thrown through the module by `proc_exit`. */
export class Exit extends Error {
  readonly code: number;
  constructor(code: number) {
    super(`exited with ${code}`);
    this.code = code;
  }
}

/** Every function of preview 1; sockets are not supported. */
export const functions = `
  args_get args_sizes_get environ_get environ_sizes_get clock_res_get clock_time_get fd_advise fd_allocate
  fd_close fd_datasync fd_fdstat_get fd_fdstat_set_flags fd_fdstat_set_rights fd_filestat_get fd_filestat_set_size
  fd_filestat_set_times fd_pread fd_prestat_get fd_prestat_dir_name fd_pwrite fd_read fd_readdir fd_renumber
  fd_seek fd_sync fd_tell fd_write path_create_directory path_filestat_get path_filestat_set_times path_link
  path_open path_readlink path_remove_directory path_rename path_symlink path_unlink_file poll_oneoff proc_exit
  proc_raise random_get sched_yield sock_accept sock_recv sock_send sock_shutdown`
  .trim()
  .split(/\s+/);

const eventtype = { clock: 0, read: 1, write: 2 };
const abstime = 1;

/** Created once and reused for every run. */
export class Wasi {
  readonly imports: Record<string, Call>;
  private run: Run | undefined;
  private readonly descriptors: (Descriptor | undefined)[] = [];
  private readonly times = new SetTimes();

  constructor(memory: GuestMemory) {
    const open = openDescriptors(memory, this.descriptors, this.times);
    const calls = { ...this.calls(memory), ...fileCalls(open), ...pathCalls(open) };
    this.imports = Object.fromEntries(functions.map((name) => [name, guarded(calls[name] ?? (() => errno.notsup))]));
  }

  begin(run: Run): void {
    this.run = run;
    this.descriptors.push(...run.streams);
    for (const [guest, host] of run.volumes) this.descriptors.push(Directory.volume(host, guest));
  }

  /** Closes what the module left open. */
  end(): void {
    for (const descriptor of this.descriptors) descriptor?.close();
    this.descriptors.length = 0;
    this.times.clear();
    this.run = undefined;
  }

  /** Sockets are not supported. */
  private noSocket = (fd: number): number => (this.descriptors[fd] ? errno.notsock : errno.badf);

  private calls(memory: GuestMemory): Calls {
    const run = (): Run => {
      if (!this.run) throw new Error('called outside a run');
      return this.run;
    };
    const sizes = ({ count, bytes }: Strings, countAt: number, sizeAt: number) => {
      memory.setU32(countAt, count);
      memory.setU32(sizeAt, bytes.length);
    };
    const get = ({ count, bytes }: Strings, addresses: number, start: number) => {
      memory.part(start, bytes.length).set(bytes);
      for (let index = 0, at = 0; index < count; index++) {
        memory.setU32(addresses + 4 * index, start + at);
        at = bytes.indexOf(0, at) + 1;
      }
    };

    return {
      args_sizes_get: (count: number, size: number) => sizes(run().args, count, size),
      args_get: (addresses: number, start: number) => get(run().args, addresses, start),
      environ_sizes_get: (count: number, size: number) => sizes(run().env, count, size),
      environ_get: (addresses: number, start: number) => get(run().env, addresses, start),
      clock_res_get(clock: number, resolution: number) {
        known(clock);
        memory.setU64(resolution, 1000n);
      },
      clock_time_get(clock: number, _precision: bigint, time: number) {
        known(clock);
        memory.setU64(time, now(clock));
      },
      random_get(address: number, length: number) {
        randomFillSync(memory.part(address, length));
      },
      sock_accept: (fd: number) => this.noSocket(fd),
      sock_recv: (fd: number) => this.noSocket(fd),
      sock_send: (fd: number) => this.noSocket(fd),
      sock_shutdown: (fd: number) => this.noSocket(fd),
      sched_yield: () => errno.success,
      proc_exit(code: number): never {
        throw new Exit(code);
      },
      /** Streams are always ready; with only clocks, the earliest one ends the wait. */
      poll_oneoff: (subscriptions: number, events: number, count: number, total: number) => {
        if (count === 0) return errno.inval;
        memory.part(subscriptions, 48 * (count >>> 0));
        const wanted = Array.from({ length: count }, (_, index) => {
          const at = subscriptions + 48 * index;
          const type = memory.u8(at + 8);
          // For a stream this is the descriptor.
          const clock = memory.u32(at + 16);
          if (type > eventtype.write) throw new Errno(errno.inval);
          if (type === eventtype.clock) known(clock);
          else if (!this.descriptors[clock]) throw new Errno(errno.badf);
          const timeout = memory.u64(at + 24);
          const absolute = memory.u32(at + 40) & abstime;
          const wait = type !== eventtype.clock ? 0n : absolute ? timeout - now(clock) : timeout;
          return { userdata: memory.u64(at), type, wait };
        });
        const [least = 0n] = wanted.map(({ wait }) => wait).sort((a, b) => (a < b ? -1 : 1));
        if (least > 0n) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, Number(least) / 1e6);
        const ready = wanted.filter(({ wait }) => wait <= least);
        for (const [index, { userdata, type }] of ready.entries()) {
          const at = events + 32 * index;
          memory.part(at, 32).fill(0);
          memory.setU64(at, userdata);
          memory.setU8(at + 10, type);
        }
        memory.setU32(total, ready.length);
      },
    };
  }
}

/** Throws an Errno for an unknown clock. WAGI and wasmtime do not have the two CPU-time clocks either. */
function known(clock: number): void {
  if (clock >>> 0 > 3) throw new Errno(errno.inval);
  if (clock > 1) throw new Errno(errno.badf);
}

/** Nanoseconds of the real-time or of the monotonic clock. */
const now = (clock: number): bigint =>
  clock === 0 ? BigInt(Math.round((performance.timeOrigin + performance.now()) * 1e6)) : process.hrtime.bigint();
