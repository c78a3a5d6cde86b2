/**
 * WASI preview 1 to the letter: what the calls on descriptors and paths answer. Each row runs in the embedded host and in
 * wasmtime, by the same module over the same files, and both have to answer the same, but for what a row says itself.
 * The calls: https://github.com/WebAssembly/WASI/blob/wasi-0.1/preview1/docs.md
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { errno } from '../../wagi/errno.ts';
import { environment, need } from '../support/programs.ts';
import { config, host, modules } from './modules.ts';
import { type Memory, Script, type Value } from './script.ts';

const o = { create: 1, directory: 2, exclusive: 4, truncate: 8 };
const append = 1;
const right = { read: 1n << 1n, seek: 1n << 2n, write: 1n << 6n, readdir: 1n << 14n };
const all = 0x3fffffffn;
const data = 3;
const set = { accessed: 1, accessedNow: 2, modified: 4, modifiedNow: 8 };
const whence = { set: 0, current: 1, end: 2 };

/** Calls, and what is read of the memory after them. */
type Row = (script: Script) => ((memory: Memory) => unknown) | undefined;

const stat = (script: Script, fd: Value): number => {
  const at = script.room(64);
  script.call('fd_filestat_get', fd, at);
  return at;
};
const statAt = (script: Script, path: string, follow = 0): number => {
  const at = script.room(64);
  script.call('path_filestat_get', data, follow, ...script.text(path), at);
  return at;
};
/** Type, links, size and times of a `filestat`. */
const about = (memory: Memory, at: number) => [memory.u8(at + 16), memory.u64(at + 32)];
const timesOf = (memory: Memory, at: number) => [memory.u64(at + 40), memory.u64(at + 48)];
const link = (script: Script, from: string, to: string, follow = 0) =>
  script.call('path_link', data, follow, ...script.text(from), data, ...script.text(to));
const rename = (script: Script, from: string, to: string) =>
  script.call('path_rename', data, ...script.text(from), data, ...script.text(to));
const makeFolder = (script: Script, path: string) => script.call('path_create_directory', data, ...script.text(path));
const removeFolder = (script: Script, path: string) => script.call('path_remove_directory', data, ...script.text(path));
const unlink = (script: Script, path: string) => script.call('path_unlink_file', data, ...script.text(path));
const symlink = (script: Script, target: string, path: string) =>
  script.call('path_symlink', ...script.text(target), data, ...script.text(path));
const seek = (script: Script, fd: Value, offset: bigint, from: number) => {
  const at = script.room(8);
  script.call('fd_seek', fd, offset, from, at);
  return at;
};

const rows: Record<string, Row> = {
  'times of a path, in nanoseconds': (script) => {
    script.call(
      'path_filestat_set_times',
      data,
      1,
      ...script.text('f.txt'),
      1_000_000_000_123_456_789n,
      1_500_000_000_987_654_321n,
      set.accessed | set.modified,
    );
    const at = statAt(script, 'f.txt');
    return (memory) => timesOf(memory, at);
  },
  'times of a file, in nanoseconds': (script) => {
    const fd = script.open(data, 'f.txt');
    script.call('fd_filestat_set_times', fd, 1_000_000_000_123_456_789n, 999_999_999n, set.accessed | set.modified);
    const at = stat(script, fd);
    return (memory) => timesOf(memory, at);
  },
  'times that are given and now at once': (script) => {
    const fd = script.open(data, 'f.txt');
    script.call('fd_filestat_set_times', fd, 1n, 1n, set.accessed | set.accessedNow);
    script.call('fd_filestat_set_times', fd, 1n, 1n, set.modified | set.modifiedNow);
    script.call('fd_filestat_set_times', fd, 0n, 7_000_000_007n, set.modified);
    const at = stat(script, fd);
    return (memory) => timesOf(memory, at)[1];
  },
  'times of a link, followed or not': (script) => {
    for (const follow of [0, 1])
      script.call('path_filestat_set_times', data, follow, ...script.text('link'), 5n, 1_000_000_001n, set.modified);
    script.call('path_filestat_set_times', data, 1, ...script.text('dangling'), 5n, 5n, set.modified);
    const at = [statAt(script, 'link'), statAt(script, 'f.txt')];
    return (memory) => at.map((one) => [memory.u8(one + 16), timesOf(memory, one)[1]]);
  },
  'hard links and slashes at the end of a name': (script) => {
    link(script, 'f.txt', 'l/');
    link(script, 'f.txt/', 'l');
    link(script, 'f.txt', 'l');
    link(script, 'f.txt', 'l');
    link(script, 'f.txt', 'sub/');
    link(script, 'sub', 'd');
    link(script, 'sub/', 'd/');
    link(script, 'f.txt', 'm', 1);
    link(script, 'dangling', 'n');
    link(script, 'missing', 'n');
    link(script, 'link', 'soft');
    const at = [statAt(script, 'l'), statAt(script, 'soft')];
    return (memory) => at.map((one) => about(memory, one));
  },
  'symbolic links and slashes at the end of a name': (script) => {
    symlink(script, 'f.txt', 's/');
    symlink(script, 'f.txt', 'sub/');
    symlink(script, 'f.txt', 'sub');
    symlink(script, 'f.txt', 'f.txt');
    symlink(script, 'f.txt', 'f.txt/');
    symlink(script, '', 'e');
    symlink(script, 'missing', 's');
    symlink(script, 'sub/', 't');
    script.open(data, 't/inner.txt');
    script.open(data, 's');
  },
  'renames and slashes at the end of a name': (script) => {
    rename(script, 'f.txt', 'g.txt/');
    rename(script, 'f.txt/', 'g.txt');
    rename(script, 'sub/', 'folder/');
    rename(script, 'folder', 'empty');
    rename(script, 'full', 'empty');
    rename(script, 'empty', 'full');
    rename(script, 'empty', 'f.txt');
    rename(script, 'f.txt', 'empty');
    rename(script, 'missing', 'x');
    rename(script, 'f.txt', 'f.txt');
    rename(script, 'link', 'moved');
    rename(script, 'f.txt', 'full/f.txt');
    rename(script, 'full', 'full/inside');
    const at = statAt(script, 'moved');
    return (memory) => about(memory, at);
  },
  'folders and slashes at the end of a name': (script) => {
    for (const name of [
      'a',
      'b/',
      'c//',
      'a',
      'a/',
      'f.txt',
      'f.txt/',
      'missing/d',
      'link',
      'dangling',
      'dangling/',
      '.',
      '',
      '/',
    ])
      makeFolder(script, name);
    for (const name of [
      'a/',
      'b',
      'full',
      'f.txt',
      'f.txt/',
      'missing',
      'missing/',
      'link',
      'sublink',
      'sublink/',
      '',
      'empty/.',
    ])
      removeFolder(script, name);
  },
  'removing a file and slashes at the end of a name': (script) => {
    for (const name of [
      'f.txt/',
      'sub',
      'sub/',
      'missing',
      'missing/',
      'link',
      'dangling',
      'sublink/',
      'sublink',
      '',
      '.',
    ])
      unlink(script, name);
    unlink(script, 'f.txt');
    unlink(script, 'f.txt');
  },
  'opening with O_DIRECTORY and O_EXCL': (script) => {
    const names = ['f.txt', 'f.txt/', 'sub', 'sub/', 'link', 'sublink', 'dangling', 'missing', 'missing/', '.', ''];
    for (const name of names)
      for (const create of [0, o.directory, o.create, o.create | o.exclusive, o.create | o.directory])
        for (const follow of [0, 1]) script.open(data, name, { create, rights: right.read, follow });
  },
  'opening a dangling link to create its target': (script) => {
    script.open(data, 'dangling', { create: o.create, rights: right.read | right.write, follow: 1 });
    script.open(data, 'dangling', { create: o.create | o.exclusive, rights: right.write, follow: 1 });
    const at = [statAt(script, 'dangling'), statAt(script, 'missing')];
    return (memory) => at.map((one) => about(memory, one));
  },
  'opening to truncate': (script) => {
    script.open(data, 'sub', { create: o.truncate, rights: right.write });
    script.open(data, 'f.txt', { create: o.truncate, rights: right.read });
    const at = statAt(script, 'f.txt');
    const fd = script.open(data, 'f.txt', { create: o.truncate, rights: right.write });
    script.write(fd, 'new');
    const after = statAt(script, 'f.txt');
    return (memory) => [about(memory, at), about(memory, after)];
  },
  'opening for append': (script) => {
    const fd = script.open(data, 'f.txt', { flags: append, rights: right.read | right.write | right.seek });
    seek(script, fd, 0n, whence.set);
    script.write(fd, '!');
    script.call('fd_fdstat_set_flags', fd, 0);
    const start = seek(script, fd, 0n, whence.set);
    script.write(fd, 'J');
    script.call('fd_fdstat_set_flags', fd, append);
    script.write(fd, '?');
    script.call('fd_fdstat_set_flags', fd, 8);
    const again = script.open(data, 'f.txt');
    const at = script.read(again, 16);
    return (memory) => [memory.u64(start), memory.text(at, 14)];
  },
  'a path that leads up': (script) => {
    const sub = script.open(data, 'sub', { create: o.directory, rights: 0n });
    for (const name of [
      '../f.txt',
      '..',
      '../sub/inner.txt',
      './inner.txt',
      'inner.txt',
      'deep/../inner.txt',
      'deep/../../f.txt',
    ])
      script.open(sub, name, { rights: right.read });
    for (const name of [
      '..',
      '../x',
      'sub/..',
      'sub/../f.txt',
      'sub/../../x',
      '/f.txt',
      '/',
      'sub//inner.txt',
      './/f.txt',
      'up/x',
    ])
      script.open(data, name, { rights: right.read });
    const at = script.room(64);
    script.call('path_filestat_get', sub, 0, ...script.text('../f.txt'), at);
    script.call('path_filestat_get', sub, 0, ...script.text('.'), at);
    script.call('path_create_directory', sub, ...script.text('../made'));
    script.call('path_unlink_file', sub, ...script.text('../f.txt'));
    script.call('path_rename', sub, ...script.text('inner.txt'), data, ...script.text('moved.txt'));
    script.call('path_rename', data, ...script.text('moved.txt'), sub, ...script.text('../x.txt'));
    script.call('path_symlink', ...script.text('../f.txt'), data, ...script.text('sub/up'));
    script.open(data, 'sub/up', { rights: right.read });
    script.open(sub, 'up', { rights: right.read });
  },
  'rights of a folder': (script) => {
    const at = script.room(24);
    script.call('fd_fdstat_get', data, at);
    const again = script.open(data, '.', { create: o.directory, rights: right.readdir });
    const second = script.room(24);
    script.call('fd_fdstat_get', again, second);
    script.call('fd_fdstat_set_rights', again, 0n, 0n);
    const third = script.room(24);
    script.call('fd_fdstat_get', again, third);
    script.call('fd_fdstat_set_rights', again, all, all);
    script.call('fd_fdstat_set_rights', 77, 0n, 0n);
    script.open(again, 'f.txt', { rights: right.read });
    return (memory) => [at, second, third].map((one) => [memory.u8(one), memory.u64(one + 8), memory.u64(one + 16)]);
  },
  'a folder opened with all the rights of its parent': (script) => {
    const at = script.room(24);
    script.call('fd_fdstat_get', data, at);
    const opened = script.room(8);
    script.call('path_open', data, 0, ...script.text('.'), 0, { at: at + 8 }, { at: at + 16 }, 0, opened);
    script.call('path_open', data, 0, ...script.text('sub'), 0, all, all, 0, opened);
    script.call('path_open', data, 0, ...script.text('sub'), o.directory, right.write, 0n, 0, opened);
    script.call('path_open', data, 0, ...script.text('sub'), 0, right.read | right.write, 0n, 0, opened);
  },
  'rights of a file, and what they allow': (script) => {
    const read = script.open(data, 'f.txt', { rights: right.read | right.seek });
    const write = script.open(data, 'f.txt', { rights: right.write });
    const none = script.open(data, 'f.txt', { rights: 0n });
    const stats = [read, write, none].map((fd) => {
      const at = script.room(24);
      script.call('fd_fdstat_get', fd, at);
      return at;
    });
    script.write(read, 'x');
    script.read(write, 1);
    script.read(none, 1);
    script.write(none, 'x');
    script.call('fd_filestat_set_size', read, 1n);
    script.call('fd_allocate', read, 0n, 1n);
    script.call('fd_fdstat_set_rights', read, 0n, 0n);
    script.read(read, 1);
    seek(script, read, 0n, whence.set);
    return (memory) => stats.map((at) => [memory.u8(at), memory.u64(at + 8) & 0x46n]);
  },
  'descriptors that are not there, or of the wrong kind': (script) => {
    const at = script.room(64);
    const list = script.list(script.room(8), 8);
    const fd = script.open(data, 'f.txt');
    for (const one of [77, data, fd, 0] as Value[]) {
      script.call('sock_shutdown', one, 3);
      script.call('sock_send', one, list, 1, 0, at);
      script.call('sock_recv', one, list, 1, 0, at, at);
      script.call('fd_readdir', one, at, 64, 0n, at);
      script.call('fd_tell', one, at);
      script.call('fd_seek', one, 0n, 1, at);
      script.call('fd_advise', one, 0n, 0n, 0);
      script.call('fd_datasync', one);
      script.call('fd_sync', one);
      script.call('fd_filestat_set_times', one, 1n, 1n, 0);
      script.call('fd_pread', one, list, 1, 0n, at);
      script.call('fd_prestat_get', one, at);
      script.call('path_open', one, 0, ...script.text('f.txt'), 0, right.read, 0n, 0, at);
    }
    script.call('fd_write', data, list, 1, at);
    script.call('fd_read', data, list, 1, at);
    script.call('fd_pwrite', data, list, 1, 0n, at);
    script.call('fd_filestat_set_size', data, 0n);
    script.call('fd_renumber', 77, fd);
    script.call('fd_renumber', fd, 77);
    script.call('fd_renumber', fd, fd);
    script.call('fd_close', 77);
  },
  'advice and sizes that make no sense': (script) => {
    const fd = script.open(data, 'f.txt');
    script.call('fd_advise', fd, 0n, 10n, 0);
    script.call('fd_advise', fd, 0n, -1n, 1);
    script.call('fd_allocate', fd, 0n, 0n);
    script.call('fd_allocate', fd, 10n, 10n);
    script.call('fd_filestat_set_size', fd, -1n);
    script.call('fd_filestat_set_size', fd, 3n);
    seek(script, fd, -1n, whence.set);
    seek(script, fd, -4n, whence.end);
    const at = seek(script, fd, 100n, whence.end);
    script.write(fd, 'x');
    const after = stat(script, fd);
    return (memory) => [memory.u64(at), about(memory, after)];
  },
  'reading and writing at a place': (script) => {
    const fd = script.open(data, 'f.txt');
    const to = script.room(16);
    const count = script.room(8);
    script.call('fd_pread', fd, script.list(to, 16), 1, 7n, count);
    script.call('fd_pread', fd, script.list(script.room(8), 8), 1, 100n, script.room(8));
    script.call('fd_pread', fd, script.list(script.room(8), 8), 1, -1n, script.room(8));
    script.call('fd_pwrite', fd, script.list(...script.text('ab')), 1, 20n, script.room(8));
    script.call('fd_pwrite', fd, script.list(...script.text('ab')), 1, -1n, script.room(8));
    const after = stat(script, fd);
    const tell = script.room(8);
    script.call('fd_tell', fd, tell);
    script.call('fd_read', fd, 0, 0, count);
    return (memory) => [memory.text(to, 5), about(memory, after), memory.u64(tell)];
  },
  'listing a folder by cookies': (script) => {
    const parts = [0n, 1n, 2n, 4n, 99n].map((cookie) => {
      const [to, used] = [script.room(400), script.room(8)];
      script.call('fd_readdir', data, to, 400, cookie, used);
      return { to, used };
    });
    const [short, size] = [script.room(40), script.room(8)];
    script.call('fd_readdir', data, short, 40, 0n, size);
    script.call('fd_readdir', data, short, 10, 0n, size);
    script.call('fd_readdir', data, short, 0, 0n, size);
    return (memory) => {
      const names = parts.map(({ to, used }) => {
        const found: string[] = [];
        for (let at = 0; at + 24 < memory.u32(used); ) {
          const length = memory.u32(to + at + 16);
          found.push(`${memory.text(to + at + 24, length)}:${memory.u8(to + at + 20)}`);
          at += 24 + length;
        }
        return found;
      });
      return [names[0]?.toSorted(), ...names.slice(1).map(({ length }) => length)];
    };
  },
  'waiting for clocks and streams': (script) => {
    const subscription = (userdata: number, type: number, rest: (bytes: Buffer) => void) => {
      const bytes = Buffer.alloc(48);
      bytes.writeBigUInt64LE(BigInt(userdata), 0);
      bytes.writeUInt8(type, 8);
      rest(bytes);
      return bytes;
    };
    const clock = (userdata: number, id: number, timeout: bigint) =>
      subscription(userdata, 0, (bytes) => {
        bytes.writeUInt32LE(id, 16);
        bytes.writeBigUInt64LE(timeout, 24);
      });
    const stream = (userdata: number, type: number, fd: number) =>
      subscription(userdata, type, (bytes) => bytes.writeUInt32LE(fd, 16));
    const waits = [
      [clock(7, 1, 1_000_000n)],
      [clock(7, 0, 1_000_000n), clock(8, 1, 60_000_000_000n)],
      [clock(9, 1, 60_000_000_000n), stream(10, 2, 1)],
      [stream(11, 2, 2), stream(12, 2, 1)],
      [stream(13, 1, 77)],
      [clock(14, 9, 1n)],
    ].map((list) => {
      const [events, count] = [script.room(32 * list.length), script.room(8)];
      script.call('poll_oneoff', script.room(Buffer.concat(list)), events, list.length, count);
      return { events, count };
    });
    script.call('poll_oneoff', 0, 0, 0, script.room(8));
    return (memory) =>
      waits.map(({ events, count }) =>
        Array.from({ length: memory.u32(count) }, (_, index) => {
          const at = events + 32 * index;
          return [memory.u64(at), memory.u8(at + 8), memory.u8(at + 10)];
        }),
      );
  },
  clocks: (script) => {
    for (const id of [0, 1, 2, 3]) {
      script.call('clock_res_get', id, script.room(8));
      script.call('clock_time_get', id, 0n, script.room(8));
    }
  },
  'reading links': (script) => {
    const [to, used] = [script.room(16), script.room(8)];
    for (const [name, size] of [
      ['link', 16],
      ['link', 3],
      ['link', 0],
      ['f.txt', 16],
      ['missing', 16],
      ['sub', 16],
    ] as const)
      script.call('path_readlink', data, ...script.text(name), to, size, used);
  },
  'moving a descriptor': (script) => {
    const one = script.open(data, 'f.txt');
    const two = script.open(data, 'sub/inner.txt');
    script.call('fd_renumber', one, two);
    script.call('fd_tell', one, script.room(8));
    const to = script.read(two, 5);
    script.call('fd_close', two);
    const next = script.open(data, 'f.txt');
    script.call('fd_close', next);
    return (memory) => memory.text(to, 5);
  },
  'names that are not UTF-8 or have a NUL': (script) => {
    const bytes = script.room(Uint8Array.of(0xff, 0xfe));
    script.call('path_open', data, 0, bytes, 2, 0, right.read, 0n, 0, script.room(8));
    script.call('path_open', data, 0, ...script.text('f.txt\0x'), 0, right.read, 0n, 0, script.room(8));
    script.call('path_open', data, 0, ...script.text('x'.repeat(300)), o.create, right.write, 0n, 0, script.room(8));
  },
};

/**
 * Where wasmtime 49 answers otherwise: by row, the call, what we answer and what it answers. A row whose memory differs says
 * what both see.
 */
const trailing = 'POSIX removes a folder whose name ends in a slash or a dot, and so does the WASI of WAGI';
const noOpenAt =
  'Node cannot open a file relative to an open folder, so that a link that leads up could lead out by a race';
const rightsDrop = 'rights can be given up, as in the WASI of WAGI; wasmtime 49 has no rights any more';
const differs: Record<
  string,
  { calls: Record<string, [ours: number, wasmtime: number, why: string]>; ours?: unknown }
> = {
  'folders and slashes at the end of a name': {
    calls: {
      '14 path_remove_directory': [0, errno.inval, trailing],
      '23 path_remove_directory': [errno.notempty, errno.inval, trailing],
      '25 path_remove_directory': [0, errno.inval, trailing],
    },
  },
  'a path that leads up': {
    calls: {
      '24 path_symlink': [errno.perm, 0, noOpenAt],
      '25 path_open': [errno.noent, 0, noOpenAt],
      '26 path_open': [errno.noent, errno.perm, noOpenAt],
    },
  },
  'rights of a folder': {
    calls: {
      '3 fd_fdstat_set_rights': [0, errno.notsup, rightsDrop],
      '5 fd_fdstat_set_rights': [errno.notcapable, errno.notsup, rightsDrop],
    },
    ours: [
      [3, 0x7b7fe00n, 0xff7ffffn],
      [3, right.readdir, right.readdir],
      [3, 0n, 0n],
    ],
  },
  'a folder opened with all the rights of its parent': {
    calls: { '3 path_open': [0, errno.isdir, 'a folder that is asked for as one opens, as in the WASI of WAGI'] },
  },
  'rights of a file, and what they allow': {
    calls: {
      '11 fd_allocate': [0, errno.notsup, 'wasmtime 49 has no fd_allocate any more, WAGI has'],
      '12 fd_fdstat_set_rights': [0, errno.notsup, rightsDrop],
      '13 fd_read': [errno.badf, 0, rightsDrop],
    },
  },
  'advice and sizes that make no sense': {
    calls: {
      '3 fd_allocate': [0, errno.notsup, 'wasmtime 49 has no fd_allocate any more, WAGI has'],
      '4 fd_allocate': [0, errno.notsup, 'wasmtime 49 has no fd_allocate any more, WAGI has'],
    },
  },
};

describe('WASI preview 1', () => {
  let folder: string;
  let server: Awaited<ReturnType<typeof host>>;
  before(async function () {
    need(this, 'wasmtime');
    folder = await modules();
    fresh();
    server = await host(folder, config({ '/script': 'script.wasm' }, { volumes: { '/data': 'data' } }));
    assert.ok(server.url, server.complained());
  });
  after(async () => {
    if (server) assert.equal(await server.stop(), 0);
  });

  function fresh(): void {
    rmSync(join(folder, 'data'), { recursive: true, force: true });
    mkdirSync(join(folder, 'data/sub/deep'), { recursive: true });
    mkdirSync(join(folder, 'data/full'));
    mkdirSync(join(folder, 'data/empty'));
    writeFileSync(join(folder, 'data/f.txt'), 'hello, world');
    writeFileSync(join(folder, 'data/sub/inner.txt'), 'inner');
    writeFileSync(join(folder, 'data/full/file'), '');
    symlinkSync('f.txt', join(folder, 'data/link'));
    symlinkSync('missing', join(folder, 'data/dangling'));
    symlinkSync('sub', join(folder, 'data/sublink'));
    symlinkSync('..', join(folder, 'data/up'));
  }
  function byWasmtime(script: Script) {
    const { status, stdout, stderr } = spawnSync(
      'wasmtime',
      ['run', '-W', 'unknown-imports-trap=y', '--dir', 'data::/data', 'script.wasm'],
      {
        cwd: folder,
        env: environment,
        input: script.input(),
        maxBuffer: 1 << 24,
      },
    );
    assert.equal(status, 0, stderr.toString());
    return script.output(stdout.subarray(stdout.indexOf('\n\n') + 2));
  }

  for (const [name, row] of Object.entries(rows))
    it(name, async () => {
      const told: string[][] = [];
      const seen: unknown[] = [];
      for (const run of [(script: Script) => script.run(server.url), byWasmtime]) {
        const script = new Script();
        const look = row(script);
        fresh();
        const { errors, memory } = await run(script);
        told.push(script.told(errors));
        seen.push(look?.(memory));
      }
      const { calls = {}, ours = seen[1] } = differs[name] ?? {};
      const expected = told[1]?.map((line) => {
        const [, call = '', number] = /^(.*) (\d+)$/.exec(line) ?? [];
        const [mine, theirs] = calls[call] ?? [number, number];
        assert.equal(number, String(theirs), `wasmtime answers otherwise than is written here: ${call}`);
        return `${call} ${mine}`;
      });
      assert.deepEqual([told[0], seen[0]], [expected, ours]);
    });
});
