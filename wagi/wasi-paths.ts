/** The calls `path_*` of WASI preview 1, on paths in the folders of volumes. */
import {
  constants,
  linkSync,
  lstatSync,
  lutimesSync,
  mkdirSync,
  openSync,
  readlinkSync,
  renameSync,
  rmdirSync,
  type Stats,
  symlinkSync,
  unlinkSync,
} from 'node:fs';
import type { Calls } from './calls.ts';
import { type Descriptors, Directory, File, fdflags, rights, times } from './descriptors.ts';
import { Errno, errno } from './errno.ts';
import { type Found, leadsAway } from './volume.ts';

const oflags = { create: 1, directory: 2, exclusive: 4, truncate: 8 };
const followLinks = 1;

/** The most open descriptors of a run. */
const maxDescriptors = 1024;

export function pathCalls({ memory, descriptors, set, directory, add, text, stat }: Descriptors): Calls {
  return {
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
