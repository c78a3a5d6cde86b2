/** Descriptors of WASI preview 1: standard streams, the folders of a module's volumes, and the files that it opens there. */
import {
  type BigIntStats,
  closeSync,
  constants,
  fdatasyncSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  futimesSync,
  linkSync,
  lstatSync,
  lutimesSync,
  mkdirSync,
  openSync,
  readdirSync,
  readlinkSync,
  readSync,
  renameSync,
  rmdirSync,
  type Stats,
  symlinkSync,
  unlinkSync,
  utimesSync,
  writeSync,
} from 'node:fs';
import type { Calls } from './calls.ts';
import { Errno, errno } from './errno.ts';
import type { GuestMemory } from './guest-memory.ts';
import { type Found, find, leadsAway } from './volume.ts';

export const filetype = { unknown: 0, block: 1, character: 2, directory: 3, file: 4, stream: 6, link: 7 };
const rights = {
  read: 1n << 1n,
  seek: 1n << 2n,
  write: 1n << 6n,
  allocate: 1n << 8n,
  readdir: 1n << 14n,
  setSize: 1n << 22n,
};
/** Rights of a folder, and of what is opened in it, as in wasmtime: a folder cannot be read or written. */
const ofFolder = { base: 0x7b7fe00n, inheriting: 0xff7ffffn };
const oflags = { create: 1, directory: 2, exclusive: 4, truncate: 8 };
const fdflags = { append: 1, dsync: 2, nonblock: 4, rsync: 8, sync: 16 };
const fstflags = { accessed: 1, accessedNow: 2, modified: 4, modifiedNow: 8 };
const followLinks = 1;

/** The most open descriptors of a run. */
const maxDescriptors = 1024;

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

/** The calls on descriptors. */
export function fileCalls(memory: GuestMemory, descriptors: (Descriptor | undefined)[], set: SetTimes): Calls {
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

  return {
    fd_advise(fd: number, offset: bigint, length: bigint) {
      file(fd);
      whole(offset);
      whole(length);
    },
    fd_allocate(fd: number, offset: bigint, length: bigint) {
      const one = file(fd);
      const size = whole(offset) + whole(length);
      if (size > one.size) ftruncateSync(one.fd, size);
    },
    fd_close(fd: number) {
      const one = get(fd);
      descriptors[fd] = undefined;
      one.close();
    },
    fd_datasync(fd: number) {
      fdatasyncSync(file(fd).fd);
    },
    fd_sync(fd: number) {
      fsyncSync(file(fd).fd);
    },
    fd_fdstat_get(fd: number, address: number) {
      const one = get(fd);
      memory.part(address, 24).fill(0);
      const kinds = { stream: filetype.unknown, directory: filetype.directory, file: filetype.file };
      memory.setU8(address, kinds[one.kind]);
      if (one.kind === 'file') memory.setU16(address + 2, one.flags);
      memory.setU64(address + 8, rightsOf(one).base);
      memory.setU64(address + 16, rightsOf(one).inheriting);
    },
    fd_fdstat_set_flags(fd: number, flags: number) {
      const one = get(fd);
      if (one.kind !== 'file') return errno.notsup;
      if (flags & ~(fdflags.append | fdflags.nonblock)) return errno.inval;
      one.flags = flags;
    },
    /** Rights can only be dropped. */
    fd_fdstat_set_rights(fd: number, base: bigint, inheriting: bigint) {
      const one = get(fd);
      const before = rightsOf(one);
      if (base & ~before.base || inheriting & ~before.inheriting) return errno.notcapable;
      if (one.kind === 'file') one.rights = base;
      if (one.kind === 'directory') Object.assign(one, { base, inheriting });
    },
    fd_filestat_get(fd: number, address: number) {
      const one = get(fd);
      if (one.kind === 'stream') stat(address, undefined);
      else if (one.kind === 'file') stat(address, fstatSync(one.fd, { bigint: true }));
      else stat(address, lstatSync(one.path, { bigint: true }));
    },
    fd_filestat_set_size(fd: number, size: bigint) {
      ftruncateSync(file(fd).fd, whole(size));
    },
    fd_filestat_set_times(fd: number, accessed: bigint, modified: bigint, flags: number) {
      const one = get(fd);
      if (one.kind === 'stream') return errno.badf;
      if (one.kind === 'file') {
        futimesSync(one.fd, ...times(fstatSync(one.fd), accessed, modified, flags));
        set.add(fstatSync(one.fd, { bigint: true }), accessed, modified, flags);
      } else {
        utimesSync(one.path, ...times(lstatSync(one.path), accessed, modified, flags));
        set.add(lstatSync(one.path, { bigint: true }), accessed, modified, flags);
      }
    },
    fd_read(fd: number, list: number, length: number, total: number) {
      const one = get(fd);
      if (one.kind === 'directory' || !one.read) return errno.badf;
      allowed(one, rights.read);
      transfer(list, length, total, (part) => (one.read ? one.read(part) : 0));
    },
    fd_write(fd: number, list: number, length: number, total: number) {
      const one = get(fd);
      if (one.kind === 'directory' || !one.write) return errno.badf;
      allowed(one, rights.write);
      transfer(list, length, total, (part) => (one.write ? one.write(part) : 0));
    },
    fd_pread(fd: number, list: number, length: number, offset: bigint, total: number) {
      const one = file(fd, errno.spipe);
      allowed(one, rights.read);
      const start = whole(offset);
      transfer(list, length, total, (part, done) => one.read(part, start + done));
    },
    fd_pwrite(fd: number, list: number, length: number, offset: bigint, total: number) {
      const one = file(fd, errno.spipe);
      allowed(one, rights.write);
      const start = whole(offset);
      transfer(list, length, total, (part, done) => one.write(part, start + done));
    },
    fd_seek(fd: number, offset: bigint, whence: number, position: number) {
      const one = file(fd, errno.spipe);
      const start = [0, one.position, whence === 2 ? one.size : 0][whence];
      if (start === undefined) return errno.inval;
      one.position = whole(BigInt(start) + offset);
      memory.setU64(position, BigInt(one.position));
    },
    fd_tell(fd: number, position: number) {
      memory.setU64(position, BigInt(file(fd, errno.spipe).position));
    },
    fd_renumber(from: number, to: number) {
      const one = get(from);
      const other = get(to);
      if (from === to) return;
      descriptors[to] = one;
      descriptors[from] = undefined;
      other.close();
    },
    fd_prestat_get(fd: number, address: number) {
      const one = descriptors[fd];
      // Programs ask for preopens until they get this error.
      if (one?.kind !== 'directory' || one.guest === undefined) return errno.badf;
      memory.setU32(address, 0);
      memory.setU32(address + 4, Buffer.byteLength(one.guest));
    },
    fd_prestat_dir_name(fd: number, address: number, length: number) {
      const one = get(fd);
      if (one.kind !== 'directory' || one.guest === undefined) return errno.badf;
      const name = Buffer.from(one.guest);
      if (name.length > length >>> 0) return errno.nametoolong;
      memory.part(address, name.length).set(name);
    },
    fd_readdir(fd: number, address: number, length: number, cookie: bigint, used: number) {
      const one = get(fd);
      if (one.kind !== 'directory') return errno.badf;
      if (cookie === 0n || !one.entries) one.entries = list(one);
      const into = memory.part(address, length);
      let at = 0;
      for (let index = whole(cookie); index < one.entries.length && at < into.length; index++) {
        const { name, type } = one.entries[index] as { name: string; type: number };
        const bytes = Buffer.from(name);
        const entry = Buffer.alloc(24 + bytes.length);
        entry.writeBigUInt64LE(BigInt(index + 1), 0);
        entry.writeBigUInt64LE(inode(one, name), 8);
        entry.writeUInt32LE(bytes.length, 16);
        entry.writeUInt8(type, 20);
        bytes.copy(entry, 24);
        // A truncated last entry tells the module that there is more.
        const part = entry.subarray(0, into.length - at);
        into.set(part, at);
        at += part.length;
      }
      memory.setU32(used, at);
    },
    path_create_directory(fd: number, path: number, length: number) {
      const from = directory(fd);
      // O_CREAT does not follow a dangling link, and a file is in the way of a folder.
      const found = from.find(text(path, length).replace(/(?<=.)\/+$/, ''));
      if (found.stats) return errno.exist;
      mkdirSync(found.path);
    },
    path_filestat_get(fd: number, flags: number, path: number, length: number, address: number) {
      const found = there(directory(fd).find(text(path, length), (flags & followLinks) !== 0));
      stat(address, lstatSync(found.path, { bigint: true }));
    },
    path_filestat_set_times(
      fd: number,
      lookup: number,
      path: number,
      length: number,
      accessed: bigint,
      modified: bigint,
      flags: number,
    ) {
      const found = there(directory(fd).find(text(path, length), (lookup & followLinks) !== 0));
      lutimesSync(found.path, ...times(found.stats, accessed, modified, flags));
      set.add(lstatSync(found.path, { bigint: true }), accessed, modified, flags);
    },
    path_link(
      fromFd: number,
      lookup: number,
      from: number,
      fromLength: number,
      toFd: number,
      to: number,
      toLength: number,
    ) {
      if (lookup & followLinks) return errno.inval;
      const source = there(directory(fromFd).find(text(from, fromLength)));
      const target = directory(toFd).find(text(to, toLength));
      if (target.stats) return errno.exist;
      if (target.slash) return errno.noent;
      linkSync(source.path, target.path);
    },
    path_open(
      fd: number,
      lookup: number,
      path: number,
      length: number,
      how: number,
      base: bigint,
      inheriting: bigint,
      flags: number,
      opened: number,
    ) {
      if (descriptors.length >= maxDescriptors && descriptors.every(Boolean)) return errno.mfile;
      const from = directory(fd);
      const name = text(path, length);
      if (how & oflags.create && how & oflags.directory) return errno.inval;
      if (how & oflags.create && name.endsWith('/')) return errno.isdir;
      const found = from.find(name, (lookup & followLinks) !== 0 && !(how & oflags.exclusive));
      memory.u32(opened);
      const one = open(from, found, how, BigInt.asUintN(64, base) & from.inheriting, flags);
      if (one.kind === 'directory') {
        one.base = base & from.base;
        one.inheriting = inheriting & from.inheriting;
      }
      memory.setU32(opened, add(one));
    },
    path_readlink(fd: number, path: number, length: number, address: number, size: number, used: number) {
      const target = Buffer.from(readlinkSync(there(directory(fd).find(text(path, length))).path));
      const part = target.subarray(0, size >>> 0);
      memory.part(address, part.length).set(part);
      memory.setU32(used, part.length);
    },
    path_remove_directory(fd: number, path: number, length: number) {
      const found = there(directory(fd).find(text(path, length)));
      if (found.steps.length === 0) return errno.busy;
      rmdirSync(found.path);
    },
    path_rename(fromFd: number, from: number, fromLength: number, toFd: number, to: number, toLength: number) {
      const source = there(directory(fromFd).find(text(from, fromLength)));
      const target = directory(toFd).find(text(to, toLength));
      if (source.steps.length === 0 || target.steps.length === 0) return errno.busy;
      if (target.slash && !source.stats.isDirectory()) return errno.notdir;
      renameSync(source.path, target.path);
    },
    path_symlink(target: number, targetLength: number, fd: number, path: number, length: number) {
      const leads = text(target, targetLength);
      if (leads === '') return errno.noent;
      if (leadsAway(leads) || leads.split(/[/\\]/).includes('..')) return errno.perm;
      const found = directory(fd).find(text(path, length));
      if (found.stats) return errno.exist;
      if (found.slash) return errno.noent;
      symlinkSync(leads, found.path);
    },
    path_unlink_file(fd: number, path: number, length: number) {
      const found = there(directory(fd).find(text(path, length)));
      if (found.stats.isDirectory()) return errno.isdir;
      unlinkSync(found.path);
    },
  };
}

/** The rights of a descriptor, and those that it passes on. */
const rightsOf = (one: Descriptor): { base: bigint; inheriting: bigint } => {
  if (one.kind === 'directory') return one;
  return { base: one.kind === 'file' ? one.rights : one.read ? rights.read : rights.write, inheriting: 0n };
};

function open(from: Directory, found: Found, how: number, base: bigint, flags: number): File | Directory {
  const { stats, path, steps, slash } = found;
  const reads = (base & (rights.read | rights.readdir)) !== 0n;
  const writes = (base & (rights.write | rights.allocate | rights.setSize)) !== 0n;
  if (stats && how & oflags.create && how & oflags.exclusive) throw new Errno(errno.exist);
  if (stats?.isDirectory()) {
    if (how & (oflags.create | oflags.truncate) || (base & rights.write && !(how & oflags.directory)))
      throw new Errno(errno.isdir);
    return new Directory(from.root, steps);
  }
  if (stats?.isSymbolicLink()) throw new Errno(errno.loop);
  if (stats && how & oflags.directory) throw new Errno(errno.notdir);
  if (!stats && (!(how & oflags.create) || slash)) throw new Errno(errno.noent);
  // Opening a pipe or a device could block the worker forever.
  if (stats && !stats.isFile()) throw new Errno(errno.acces);
  const truncates = (how & oflags.truncate) !== 0;
  const mode = writes || truncates ? (reads ? constants.O_RDWR : constants.O_WRONLY) : constants.O_RDONLY;
  const fd = openSync(
    path,
    mode |
      (how & oflags.create ? constants.O_CREAT : 0) |
      (how & oflags.exclusive ? constants.O_EXCL : 0) |
      (truncates ? constants.O_TRUNC : 0) |
      (flags & (fdflags.dsync | fdflags.rsync | fdflags.sync) ? (constants.O_SYNC ?? 0) : 0) |
      (constants.O_NOFOLLOW ?? 0) |
      (constants.O_NONBLOCK ?? 0),
    0o666,
  );
  return new File(fd, flags, base | rights.seek | (writes ? 0n : rights.read));
}

function there(found: Found): Found & { stats: Stats } {
  if (!found.stats) throw new Errno(errno.noent);
  return found as Found & { stats: Stats };
}

/** A number that JavaScript represents exactly. */
function whole(value: bigint): number {
  if (value < 0n || value > BigInt(Number.MAX_SAFE_INTEGER)) throw new Errno(errno.inval);
  return Number(value);
}

function list(directory: Directory): { name: string; type: number }[] {
  const entries = readdirSync(directory.path, { withFileTypes: true });
  const dots = ['.', '..'].map((name) => ({ name, type: filetype.directory }));
  return [...dots, ...entries.map((entry) => ({ name: entry.name, type: typeOf(entry) }))];
}

/** Nothing about the parent of a volume is revealed. */
function inode(directory: Directory, name: string): bigint {
  const { path } = directory;
  const place = name === '.' || name === '..' ? path : `${path}/${name}`;
  return BigInt.asUintN(64, lstatSync(place, { bigint: true, throwIfNoEntry: false })?.ino ?? 1n);
}

type Typed = Pick<
  Stats,
  'isFile' | 'isDirectory' | 'isSymbolicLink' | 'isBlockDevice' | 'isCharacterDevice' | 'isSocket'
>;
function typeOf(one: Typed | BigIntStats): number {
  if (one.isFile()) return filetype.file;
  if (one.isDirectory()) return filetype.directory;
  if (one.isSymbolicLink()) return filetype.link;
  if (one.isBlockDevice()) return filetype.block;
  if (one.isCharacterDevice()) return filetype.character;
  return one.isSocket() ? filetype.stream : filetype.unknown;
}

/** In seconds, for Node. */
function times(stats: Stats, accessed: bigint, modified: bigint, flags: number): [number, number] {
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
