/** The files of a volume, as a module reads and writes them, and what is around it, which it never sees. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { filetype } from '../../wagi/descriptors.ts';
import { errno } from '../../wagi/errno.ts';
import { config, host, modules } from './modules.ts';
import { Script } from './script.ts';

/** What `path_open` takes to make a file, a folder, and so on. */
const o = { create: 1, directory: 2, exclusive: 4, truncate: 8 };
const append = 1;
const readOnly = 1n << 1n;
/** The descriptor of the first volume, and of the second. */
const data = 3;
const other = 4;

describe('a volume', () => {
  let folder: string;
  let server: Awaited<ReturnType<typeof host>>;
  const file = (name: string) => join(folder, 'data', name);
  const run = (script: Script) => script.run(server.url);

  before(async () => {
    folder = await modules();
    mkdirSync(join(folder, 'data/sub'), { recursive: true });
    mkdirSync(join(folder, 'other'));
    writeFileSync(join(folder, 'secret.txt'), 'a secret');
    writeFileSync(file('hello.txt'), 'hello, world');
    writeFileSync(file('sub/inner.txt'), 'inner');
    symlinkSync('hello.txt', file('inside'));
    symlinkSync('../secret.txt', file('outside'));
    symlinkSync('..', file('up'));
    symlinkSync(join(folder, 'secret.txt'), file('absolute'));
    symlinkSync('loop', file('loop'));
    symlinkSync('../data/hello.txt', file('around'));
    symlinkSync('../hello.txt', file('sub/back'));
    const volumes = { '/data': 'data', '/other': 'other' };
    server = await host(folder, config({ '/script': 'script.wasm' }, { volumes }), '--timeout', '20');
    assert.ok(server.url, server.complained());
  });
  after(async () => {
    assert.equal(await server.stop(), 0);
  });

  it('is told by its name, and no other folder is', async () => {
    const script = new Script();
    const [about, name] = [script.room(8), script.room(16)];
    script
      .call('fd_prestat_get', data, about)
      .call('fd_prestat_dir_name', data, name, 5)
      .call('fd_prestat_dir_name', data, name, 4)
      .call('fd_prestat_get', other, about)
      .call('fd_prestat_get', 5, about)
      .call('fd_prestat_get', 0, about);
    const { errors, memory } = await run(script);
    assert.deepEqual(errors, [0, 0, errno.nametoolong, 0, errno.badf, errno.badf]);
    assert.deepEqual([memory.u32(about + 4), memory.text(name, 5)], [6, '/data']);
  });

  it('gives what is in a file, from wherever it is asked for', async () => {
    const script = new Script();
    const fd = script.open(data, 'hello.txt', { rights: readOnly });
    const [position, part] = [script.room(8), script.room(8)];
    const first = script.read(fd, 5);
    script.call('fd_seek', fd, 2n, 1, position).call('fd_tell', fd, position);
    const second = script.read(fd, 20);
    script
      .call('fd_pread', fd, script.list(part, 5), 1, 0n, script.room(8))
      .call('fd_seek', fd, -100n, 1, position)
      .call('fd_seek', fd, 0n, 7, position)
      .write(fd, 'no')
      .call('fd_close', fd)
      .call('fd_close', fd);
    const { errors, memory } = await run(script);
    assert.deepEqual(errors, [0, 0, 0, 0, 0, 0, errno.inval, errno.inval, errno.badf, 0, errno.badf]);
    assert.deepEqual(
      [memory.text(first, 5), memory.text(second, 5), memory.text(part, 5)],
      ['hello', 'world', 'hello'],
    );
    assert.equal(memory.u64(position), 7n);
  });

  it('takes what is written: new, over what is there, at the end, cut', async () => {
    const script = new Script();
    const fd = script.open(data, 'new.txt', { create: o.create | o.exclusive });
    script.write(fd, '0123456789').call('fd_pwrite', fd, script.list(...script.text('ab')), 1, 3n, script.room(8));
    script.call('fd_sync', fd).call('fd_datasync', fd).call('fd_filestat_set_size', fd, 8n).call('fd_close', fd);
    const more = script.open(data, 'new.txt', { flags: append });
    script.write(more, '!').call('fd_allocate', more, 0n, 12n).call('fd_advise', more, 0n, 1n, 0);
    script.open(data, 'new.txt', { create: o.create | o.exclusive });
    const { errors } = await run(script);
    assert.deepEqual(errors, [...Array(10).fill(0), 0, errno.exist]);
    assert.equal(readFileSync(file('new.txt'), 'latin1'), '012ab567!\0\0\0');
    const cut = new Script();
    const short = cut.open(data, 'new.txt', { create: o.truncate });
    cut.write(short, 'x');
    assert.deepEqual((await run(cut)).errors, [0, 0]);
    assert.equal(readFileSync(file('new.txt'), 'latin1'), 'x');
  });

  it('tells of files and folders what they are', async () => {
    utimesSync(file('hello.txt'), 1, 2);
    const script = new Script();
    const [whole, link, dir, open, flags] = [64, 64, 64, 64, 24].map((size) => script.room(size)) as [
      number,
      number,
      number,
      number,
      number,
    ];
    const fd = script.open(data, 'hello.txt', { flags: append });
    script
      .call('path_filestat_get', data, 1, ...script.text('inside'), whole)
      .call('path_filestat_get', data, 0, ...script.text('inside'), link)
      .call('path_filestat_get', data, 0, ...script.text('sub/.'), dir)
      .call('fd_filestat_get', fd, open)
      .call('fd_fdstat_get', fd, flags)
      .call('path_filestat_get', data, 1, ...script.text('lost'), whole + 8)
      .call('path_filestat_get', data, 1, ...script.text('hello.txt/'), whole + 8)
      .call('path_filestat_get', data, 1, ...script.text('hello.txt/x'), whole + 8);
    const { errors, memory } = await run(script);
    assert.deepEqual(errors, [0, 0, 0, 0, 0, 0, errno.noent, errno.notdir, errno.notdir]);
    assert.deepEqual(
      [whole, link, dir, open].map((at) => memory.u8(at + 16)),
      [filetype.file, filetype.link, filetype.directory, filetype.file],
    );
    assert.deepEqual([memory.u64(whole + 32), memory.u64(whole + 48)], [12n, 2_000_000_000n]);
    assert.equal(memory.u64(whole + 8), BigInt(statSync(file('hello.txt')).ino));
    assert.deepEqual([memory.u8(flags), memory.u32(flags + 2) & 0xffff], [filetype.file, append]);
  });

  it('sets the times of files', async () => {
    const script = new Script();
    script
      .call('path_filestat_set_times', data, 1, ...script.text('hello.txt'), 3_000_000_000n, 4_000_000_000n, 1 | 4)
      .call('path_filestat_set_times', data, 1, ...script.text('hello.txt'), 0n, 0n, 1 | 2);
    const fd = script.open(data, 'sub/inner.txt');
    script.call('fd_filestat_set_times', fd, 5_000_000_000n, 6_000_000_000n, 4);
    assert.deepEqual((await run(script)).errors, [0, errno.inval, 0, 0]);
    assert.deepEqual([statSync(file('hello.txt')).atimeMs, statSync(file('hello.txt')).mtimeMs], [3000, 4000]);
    assert.equal(statSync(file('sub/inner.txt')).mtimeMs, 6000);
  });

  it('lists a folder, in as many pieces as there have to be', async () => {
    mkdirSync(file('many'));
    const names = Array.from({ length: 40 }, (_, index) => `file-${index}`);
    for (const name of names) writeFileSync(file(`many/${name}`), '');
    const found: string[] = [];
    for (let cookie = 0n, more = true; more; ) {
      const script = new Script();
      const fd = script.open(data, 'many', { create: o.directory });
      const [at, used] = [script.room(200), script.room(8)];
      const { errors, memory } = await run(script.call('fd_readdir', fd, at, 200, cookie, used));
      assert.deepEqual(errors, [0, 0]);
      const end = at + memory.u32(used);
      more = memory.u32(used) === 200;
      for (let entry = at; entry + 24 <= end; ) {
        const length = memory.u32(entry + 16);
        if (entry + 24 + length > end) break;
        const name = memory.text(entry + 24, length);
        assert.equal(memory.u8(entry + 20), name.startsWith('.') ? filetype.directory : filetype.file);
        assert.notEqual(memory.u64(entry + 8), 0n);
        found.push(name);
        cookie = memory.u64(entry);
        entry += 24 + length;
      }
    }
    assert.deepEqual(found.slice(0, 2), ['.', '..']);
    assert.deepEqual(found.slice(2).sort(), names.sort());
  });

  it('has files made, moved, linked and removed, and folders', async () => {
    const script = new Script();
    const target = script.room(16);
    script
      .call('path_create_directory', data, ...script.text('made'))
      .call('path_create_directory', data, ...script.text('made'))
      .write(script.open(data, 'made/a', { create: o.create }), 'a')
      .call('path_link', data, 0, ...script.text('made/a'), data, ...script.text('made/b'))
      .call('path_rename', data, ...script.text('made/b'), other, ...script.text('c'))
      .call('path_symlink', ...script.text('a'), data, ...script.text('made/link'))
      .call('path_readlink', data, ...script.text('made/link'), target, 16, script.room(8))
      .call('path_remove_directory', data, ...script.text('made'))
      .call('path_unlink_file', data, ...script.text('made'))
      .call('path_unlink_file', data, ...script.text('made/link'))
      .call('path_unlink_file', data, ...script.text('made/a'))
      .call('path_remove_directory', data, ...script.text('made'))
      .call('path_remove_directory', data, ...script.text('.'));
    const { errors, memory } = await run(script);
    const refused = { 1: errno.exist, 8: errno.notempty, 9: errno.isdir, 13: errno.busy };
    assert.deepEqual(errors, Object.assign(Array(14).fill(0), refused));
    assert.equal(memory.text(target, 1), 'a');
    assert.equal(readFileSync(join(folder, 'other/c'), 'utf8'), 'a');
    assert.ok(!existsSync(file('made')));
  });

  it('follows links that stay inside, and none that lead out', async () => {
    const script = new Script();
    const inside = script.read(script.open(data, 'inside'), 5);
    const back = script.read(script.open(data, 'sub/back'), 5);
    for (const path of ['outside', 'absolute', 'up/secret.txt', 'up', 'around', 'loop'])
      script.open(data, path, { rights: readOnly });
    script.open(data, 'inside', { follow: 0, rights: readOnly });
    const { errors, memory } = await run(script);
    const out = [errno.perm, errno.perm, errno.perm, errno.perm, errno.perm];
    assert.deepEqual(errors, [0, 0, 0, 0, ...out, errno.loop, errno.loop]);
    assert.deepEqual([memory.text(inside, 5), memory.text(back, 5)], ['hello', 'hello']);
  });

  it('has nothing above it, by whatever call', async () => {
    const script = new Script();
    for (const path of [
      '..',
      '../secret.txt',
      'sub/../../secret.txt',
      './../secret.txt',
      '/etc/passwd',
      '//etc/passwd',
    ])
      script.open(data, path, { rights: readOnly });
    const up = () => script.text('../x');
    const hello = () => script.text('hello.txt');
    script
      .call('path_create_directory', data, ...up())
      .call('path_filestat_get', data, 1, ...script.text('../secret.txt'), script.room(64))
      .call('path_link', data, 0, ...script.text('../secret.txt'), data, ...script.text('stolen'))
      .call('path_link', data, 0, ...hello(), data, ...up())
      .call('path_rename', data, ...hello(), data, ...up())
      .call('path_rename', data, ...script.text('../secret.txt'), data, ...script.text('stolen'))
      .call('path_symlink', ...script.text('x'), data, ...up())
      .call('path_symlink', ...script.text('../secret.txt'), data, ...script.text('stolen'))
      .call('path_symlink', ...script.text('/etc/passwd'), data, ...script.text('stolen'))
      .call('path_unlink_file', data, ...script.text('../secret.txt'))
      .call('path_remove_directory', data, ...script.text('../other'))
      .call('path_readlink', data, ...script.text('../data/inside'), script.room(8), 8, script.room(8));
    const sub = script.open(data, 'sub', { create: o.directory });
    script.open(sub, '../hello.txt', { rights: readOnly });
    const below = script.open(sub, '../../secret.txt', { rights: readOnly });
    const { errors, memory } = await run(script);
    // No path leads out of an open folder, inside a volume either.
    assert.deepEqual(errors, [...Array(18).fill(errno.perm), 0, errno.perm, errno.perm]);
    assert.equal(memory.u32(below.at), 0);
    assert.deepEqual(
      readdirSync(folder).filter((name) => name === 'x'),
      [],
    );
    assert.ok(!existsSync(file('stolen')));
  });

  it('opens no pipe, which would keep its worker', async () => {
    execFileSync('mkfifo', [file('pipe')]);
    const script = new Script();
    script.open(data, 'pipe', { rights: readOnly });
    script.open(data, 'sub', { rights: 1n << 6n });
    script.open(data, 'hello.txt', { create: o.directory });
    script.open(data, 'lost/file', { create: o.create });
    script.open(data, 'na\0me', { create: o.create });
    assert.deepEqual((await run(script)).errors, [errno.acces, errno.isdir, errno.notdir, errno.noent, errno.inval]);
  });

  it('answers calls that make no sense with a number', async () => {
    const script = new Script();
    const fd = script.open(data, 'hello.txt', { rights: readOnly });
    script
      .call('fd_read', fd, -8, 1, script.room(8))
      .call('fd_read', fd, script.list(-16, 8), 1, script.room(8))
      .call('fd_read', 77, script.list(script.room(8), 8), 1, script.room(8))
      .call('fd_read', data, script.list(script.room(8), 8), 1, script.room(8))
      .call('fd_readdir', fd, script.room(8), 8, 0n, script.room(8))
      .call('fd_pread', fd, script.list(script.room(8), 8), 1, -1n, script.room(8))
      .call('path_open', fd, 0, ...script.text('x'), 0, 0n, 0n, 0, script.room(8))
      .call('path_open', data, 0, -4, 100, 0, 0n, 0n, 0, script.room(8))
      .call('path_open', data, 0, script.room(Uint8Array.of(0xff)), 1, 0, 0n, 0n, 0, script.room(8))
      .call('fd_renumber', fd, 88)
      .call('random_get', 0x7fffffff, 10)
      .call('poll_oneoff', script.room(8), script.room(8), 0, script.room(8))
      .call('fd_fdstat_set_flags', 1, 1)
      .call('fd_seek', 1, 0n, 0, script.room(8));
    const { fault, badf, ilseq, notdir, inval, notsup, spipe } = errno;
    const wanted = [0, fault, fault, badf, badf, badf, inval, notdir, fault, ilseq, badf, fault, inval, notsup, spipe];
    assert.deepEqual((await run(script)).errors, wanted);
  });

  it('leaves no file open, however a run ends', async () => {
    const open = () => readdirSync(`/proc/${server.child.pid}/fd`).length;
    const some = async () => {
      const script = new Script();
      for (let files = 0; files < 20; files++) script.open(data, 'hello.txt', { rights: readOnly });
      assert.deepEqual((await run(script)).errors, Array(20).fill(0));
    };
    await some();
    const before = open();
    for (let runs = 0; runs < 20; runs++) await some();
    assert.ok(open() <= before + 2, `${before} descriptors, then ${open()}`);
  });
});
