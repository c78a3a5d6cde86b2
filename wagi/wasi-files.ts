/** The calls `fd_*` of WASI preview 1, on descriptors. */
import {
  fdatasyncSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  futimesSync,
  lstatSync,
  readdirSync,
  utimesSync,
} from 'node:fs';
import type { Calls } from './calls.ts';
import {
  type Descriptor,
  type Descriptors,
  type Directory,
  fdflags,
  filetype,
  rights,
  times,
  typeOf,
  whole,
} from './descriptors.ts';
import { errno } from './errno.ts';

export function fileCalls({ memory, descriptors, set, get, file, allowed, transfer, stat }: Descriptors): Calls {
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
  };
}

/** The rights of a descriptor, and those that it passes on. */
const rightsOf = (one: Descriptor): { base: bigint; inheriting: bigint } => {
  if (one.kind === 'directory') return one;
  return { base: one.kind === 'file' ? one.rights : one.read ? rights.read : rights.write, inheriting: 0n };
};

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
