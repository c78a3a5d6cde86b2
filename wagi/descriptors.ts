/** Descriptors of WASI preview 1: a standard stream, a folder of a volume, or an open file. */
import { type BigIntStats, closeSync, fstatSync, readSync, type Stats, writeSync } from 'node:fs';
import { Errno, errno } from './errno.ts';
import type { GuestMemory } from './guest-memory.ts';
import { type Found, find } from './volume.ts';

export const filetype = { unknown: 0, block: 1, character: 2, directory: 3, file: 4, stream: 6, link: 7 };
export const rights = {
  read: 1n << 1n,
  seek: 1n << 2n,
  write: 1n << 6n,
  allocate: 1n << 8n,
  readdir: 1n << 14n,
  setSize: 1n << 22n,
};
/** Rights of a folder, and of what is opened in it, as in wasmtime: a folder cannot be read or written. */
const ofFolder = { base: 0x7b7fe00n, inheriting: 0xff7ffffn };
export const fdflags = { append: 1, dsync: 2, nonblock: 4, rsync: 8, sync: 16 };
const fstflags = { accessed: 1, accessedNow: 2, modified: 4, modifiedNow: 8 };

/** A standard stream. Its functions return the number of bytes. */
export interface Stream {
  kind: 'stream';
  read?(into: Uint8Array): number;
  write?(from: Uint8Array): number;
  close(): void;
}

export class Directory {
  readonly kind = 'directory';
  readonly root: string;
  readonly steps: readonly string[];
  /** The guest path of a volume. */
  readonly guest: string | undefined;
  base = ofFolder.base;
  inheriting = ofFolder.inheriting;
  /** Its entries, as of the start of the listing. */
  entries: { name: string; type: number }[] | undefined;

  constructor(root: string, steps: readonly string[], guest?: string) {
    this.root = root;
    this.steps = steps;
    this.guest = guest;
  }

  static volume(root: string, guest: string): Directory {
    return new Directory(root, [], guest);
  }

  find(path: string, follow = false): Found {
    return find(this.root, this.steps, path, follow);
  }

  get path(): string {
    return this.find('.').path;
  }

  close(): void {}
}

export class File {
  readonly kind = 'file';
  readonly fd: number;
  /** Flags of `fdflags`. */
  flags: number;
  rights: bigint;
  position = 0;

  constructor(fd: number, flags: number, of: bigint) {
    this.fd = fd;
    this.flags = flags;
    this.rights = of;
  }

  /** At an offset, or at the current position, which then advances. */
  read(into: Uint8Array, at?: number): number {
    const count = readSync(this.fd, into, 0, into.length, at ?? this.position);
    if (at === undefined) this.position += count;
    return count;
  }

  write(from: Uint8Array, at?: number): number {
    if (at === undefined && this.flags & fdflags.append) this.position = this.size;
    const count = writeSync(this.fd, from, 0, from.length, at ?? this.position);
    if (at === undefined) this.position += count;
    return count;
  }

  get size(): number {
    return fstatSync(this.fd).size;
  }

  close(): void {
    closeSync(this.fd);
  }
}

export type Descriptor = Stream | Directory | File;

/** Times in nanoseconds. */
interface Times {
  atimeNs: bigint;
  mtimeNs: bigint;
}

/**
 * File times that a run has set. Node sets microseconds, so a module would read other nanoseconds than it set: until something else
 * changes the times of the file, it reads its own.
 */
export class SetTimes {
  private readonly known = new Map<string, { set: Times; kept: Times }>();

  private key = ({ dev, ino }: BigIntStats) => `${dev}:${ino}`;

  /** `after`: the times of the file after they were set. */
  add(after: BigIntStats, accessed: bigint, modified: bigint, flags: number): void {
    const before = this.of(after);
    const set = {
      atimeNs: flags & fstflags.accessed ? accessed : before.atimeNs,
      mtimeNs: flags & fstflags.modified ? modified : before.mtimeNs,
    };
    this.known.set(this.key(after), { set, kept: { atimeNs: after.atimeNs, mtimeNs: after.mtimeNs } });
  }

  of(stats: BigIntStats): Times {
    const { set, kept } = this.known.get(this.key(stats)) ?? {};
    return {
      atimeNs: set && kept?.atimeNs === stats.atimeNs ? set.atimeNs : stats.atimeNs,
      mtimeNs: set && kept?.mtimeNs === stats.mtimeNs ? set.mtimeNs : stats.mtimeNs,
    };
  }

  clear(): void {
    this.known.clear();
  }
}

/** Shared by all calls: the descriptors of a run by number, and the memory of the module. */
export type Descriptors = ReturnType<typeof openDescriptors>;

export function openDescriptors(memory: GuestMemory, descriptors: (Descriptor | undefined)[], set: SetTimes) {
  const get = (fd: number): Descriptor => {
    const found = descriptors[fd];
    if (!found) throw new Errno(errno.badf);
    return found;
  };
  const directory = (fd: number): Directory => {
    const found = get(fd);
    if (found.kind !== 'directory') throw new Errno(found.kind === 'file' ? errno.notdir : errno.badf);
    return found;
  };
  /** `ofStream`: the error for a stream. */
  const file = (fd: number, ofStream = errno.badf): File => {
    const found = get(fd);
    if (found.kind !== 'file') throw new Errno(found.kind === 'stream' ? ofStream : errno.badf);
    return found;
  };
  const allowed = (one: Descriptor, right: bigint) => {
    if (one.kind === 'file' && !(one.rights & right)) throw new Errno(errno.badf);
  };
  const add = (descriptor: Descriptor): number => {
    let fd = descriptors.findIndex((one) => !one);
    if (fd < 0) fd = descriptors.length;
    descriptors[fd] = descriptor;
    return fd;
  };
  const text = (address: number, length: number) => memory.text(address, length);

  /** Calls `each` for the buffers of an iovec until one is only partly used; returns the sum. */
  const transfer = (list: number, length: number, total: number, each: (part: Uint8Array, done: number) => number) => {
    let sum = 0;
    for (let index = 0; index < length >>> 0; index++) {
      const at = list + 8 * index;
      const part = memory.part(memory.u32(at), memory.u32(at + 4));
      const used = each(part, sum);
      sum += used;
      if (used < part.length) break;
    }
    memory.setU32(total, sum);
  };
  const stat = (address: number, stats: BigIntStats | undefined) => {
    memory.part(address, 64).fill(0);
    memory.setU8(address + 16, stats ? typeOf(stats) : filetype.unknown);
    if (!stats) return;
    memory.setU64(address, BigInt.asUintN(64, stats.dev));
    memory.setU64(address + 8, BigInt.asUintN(64, stats.ino));
    memory.setU64(address + 24, stats.nlink);
    memory.setU64(address + 32, stats.size);
    const { atimeNs, mtimeNs } = set.of(stats);
    memory.setU64(address + 40, atimeNs);
    memory.setU64(address + 48, mtimeNs);
    memory.setU64(address + 56, stats.ctimeNs);
  };

  return { memory, descriptors, set, get, directory, file, allowed, add, text, transfer, stat };
}

/** A number that JavaScript represents exactly. */
export function whole(value: bigint): number {
  if (value < 0n || value > BigInt(Number.MAX_SAFE_INTEGER)) throw new Errno(errno.inval);
  return Number(value);
}

type Typed = Pick<
  Stats,
  'isFile' | 'isDirectory' | 'isSymbolicLink' | 'isBlockDevice' | 'isCharacterDevice' | 'isSocket'
>;
export function typeOf(one: Typed | BigIntStats): number {
  if (one.isFile()) return filetype.file;
  if (one.isDirectory()) return filetype.directory;
  if (one.isSymbolicLink()) return filetype.link;
  if (one.isBlockDevice()) return filetype.block;
  if (one.isCharacterDevice()) return filetype.character;
  return one.isSocket() ? filetype.stream : filetype.unknown;
}

/** In seconds, for Node. */
export function times(stats: Stats, accessed: bigint, modified: bigint, flags: number): [number, number] {
  const contradicts = (one: number, other: number) => (flags & one) !== 0 && (flags & other) !== 0;
  if (contradicts(fstflags.accessed, fstflags.accessedNow) || contradicts(fstflags.modified, fstflags.modifiedNow))
    throw new Errno(errno.inval);
  const choose = (given: number, now: number, value: bigint, before: number) =>
    flags & given ? Number(value) / 1e9 : flags & now ? Date.now() / 1000 : before / 1000;
  return [
    choose(fstflags.accessed, fstflags.accessedNow, accessed, stats.atimeMs),
    choose(fstflags.modified, fstflags.modifiedNow, modified, stats.mtimeMs),
  ];
}
