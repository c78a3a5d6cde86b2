/** One run at a time, and nothing left of one that was killed; what a stranger leaves in our place is not read. */
import assert from 'node:assert/strict';
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join, resolve } from 'node:path';
import { change } from '../../src/change/change.ts';
import { replace } from '../../src/change/journal.ts';
import { lock, refuseRunning } from '../../src/change/lock.ts';
import { readCreateRequest } from '../../src/cli/answers.ts';
import { prepare, writeProject } from '../../src/cli/create.ts';
import { examine } from '../../src/doctor/doctor.ts';
import { hasEnded, thisRun } from '../../src/lib/process.ts';
import { UserError } from '../../src/lib/user-error.ts';
import { render } from '../../src/print/render.ts';
import { plain } from '../support/examples.ts';
import { pathWithout } from '../support/programs.ts';
import { asTree, git, repository, scratch, tree } from '../support/repositories.ts';
import { built } from '../support/shared.ts';

const program = resolve(import.meta.dirname, '../../dist/bin/generator-wasm.cjs');

/** Loaded before the program: kills it at one of its writes below a folder, or tells how many there were. */
const killer = `
const fs = require('node:fs');
const { KILL_AT, KILL_BELOW, KILL_COUNT } = process.env;
let writes = 0;
for (const name of ['writeFileSync', 'renameSync', 'mkdirSync', 'mkdtempSync', 'rmSync', 'rmdirSync', 'openSync', 'linkSync', 'symlinkSync', 'chmodSync']) {
  const real = fs[name];
  fs[name] = (...args) => {
    if (String(args[0]).startsWith(KILL_BELOW) && writes++ === Number(KILL_AT)) process.kill(process.pid, 'SIGKILL');
    return real(...args);
  };
}
require('node:module').syncBuiltinESMExports();
process.on('exit', () => KILL_COUNT && fs.appendFileSync(KILL_COUNT, String(writes)));
`;

describe('runs that meet or are killed', function () {
  this.timeout(300_000);
  const folder = scratch();
  const names = ['TMPDIR', 'HOME', 'GIT_CEILING_DIRECTORIES'];
  const env = Object.fromEntries(names.map((name) => [name, process.env[name]]));
  before(() => {
    built();
  });
  beforeEach(() => {
    mkdirSync(join(folder(), 'tmp'));
    mkdirSync(join(folder(), 'work'));
    writeFileSync(join(folder(), 'killer.cjs'), killer);
    process.env.TMPDIR = join(folder(), 'tmp');
    process.env.HOME = folder();
    process.env.GIT_CEILING_DIRECTORIES = folder();
    writeFileSync(join(folder(), '.gitconfig'), '[user]\n\tname = Ada\n\temail = ada@example.com\n');
  });
  afterEach(() => {
    for (const [name, value] of Object.entries(env))
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
  });
  const root = () => join(folder(), 'work/project');
  const run = (argv: string[], at?: number) =>
    spawnSync(process.execPath, ['--require', join(folder(), 'killer.cjs'), program, ...argv], {
      cwd: join(folder(), 'work'),
      env: {
        ...process.env,
        KILL_BELOW: folder(),
        ...(at === undefined ? { KILL_COUNT: join(folder(), 'count') } : { KILL_AT: String(at) }),
      },
      encoding: 'utf8',
    });
  const reset = () => {
    for (const name of ['work', 'tmp', 'count']) rmSync(join(folder(), name), { recursive: true, force: true });
    for (const name of ['work', 'tmp']) mkdirSync(join(folder(), name));
  };
  /** What runs leave, but for this process, whose own temporary folder stays until it ends. */
  const left = () => [
    ...readdirSync(join(folder(), 'work'), { recursive: true, encoding: 'utf8' }).filter((path) =>
      /\.generator-wasm-|\.lock$|\.git\/generator-wasm\/(?!root\.json$)/.test(path),
    ),
    ...readdirSync(join(folder(), 'tmp')).filter((name) => !name.includes(`.${process.pid}.`)),
  ];
  /** Up to this many points, spread over all. */
  function points(argv: string[], most: number): number[] {
    assert.equal(run(argv).status, 0);
    const all = Number(readFileSync(join(folder(), 'count'), 'utf8'));
    assert.ok(all > 20, `${all} writes`);
    const step = Math.max(1, all / most);
    return [...new Set(Array.from({ length: most }, (_, index) => Math.floor(index * step)))];
  }

  for (const next of ['the next run', '--abort'] as const)
    it(`${next} removes what a killed change has left`, async () => {
      const make = () => repository(root(), render(plain));
      make();
      const before = tree(root());
      let taken = 0;
      for (const at of points(['ci', 'gitlab', root()], 8)) {
        reset();
        make();
        assert.equal(run(['ci', 'gitlab', root()], at).signal, 'SIGKILL', `write ${at}`);
        if (next === '--abort') {
          await change('ci', ['--abort', root()], '/', undefined).catch((error) => {
            assert.match(error.message, /There is no change to undo/);
          });
          assert.deepEqual(tree(root()), before, `write ${at}`);
        } else {
          const { text } = await change('ci', ['gitlab', '--force', root()], '/', undefined);
          if (/was undone first/.test(text)) taken++;
          assert.deepEqual(tree(root()), asTree(render({ ...plain, ci: ['gitlab'] })), `write ${at}`);
        }
        assert.deepEqual(left(), [], `write ${at}`);
      }
      if (next === 'the next run') assert.ok(taken > 1, 'some were killed between the first file and the last');
    });
  for (const there of [false, true])
    it(`a killed run leaves no repository without its commit, in ${there ? 'a folder' : 'no folder'} that is there`, async () => {
      const argv = ['project', '--yes'];
      for (const at of points(argv, 8)) {
        reset();
        if (there) {
          mkdirSync(root());
          writeFileSync(join(root(), 'mine.txt'), 'mine\n');
        }
        assert.equal(run(argv, at).signal, 'SIGKILL', `write ${at}`);
        if (existsSync(join(root(), '.git'))) assert.equal(git(root(), 'rev-list', '--count', 'HEAD').trim(), '1');
        const files = existsSync(root())
          ? Object.keys(tree(root())).filter((path) => !path.startsWith('.generator'))
          : [];
        if (!there) assert.ok(files.length === 0 || files.length > 20, 'all files or none');
        writeProject(await prepare(readCreateRequest(argv), join(folder(), 'work'), undefined));
        if (existsSync(join(root(), '.git')) || !there) {
          assert.equal(git(root(), 'rev-list', '--count', 'HEAD').trim(), '1');
          assert.equal(git(root(), 'status', '--porcelain'), there ? '?? mine.txt\n' : '');
        }
        assert.deepEqual(left(), [], `write ${at}`);
      }
    });

  it('of two changes at once both are made, or one is refused with a sentence', async () => {
    for (let pair = 0; pair < 4; pair++) {
      reset();
      repository(root(), render(plain));
      const both = await Promise.all(
        ['gitlab', 'azure'].map(
          (id) =>
            new Promise<{ id: string; status: number | null; said: string }>((done) => {
              const child = spawn(process.execPath, [program, 'ci', '--add', id, root(), '--force'], {
                env: process.env,
              });
              let said = '';
              child.stderr.on('data', (data) => {
                said += data;
              });
              child.on('close', (status) => done({ id, status, said }));
            }),
        ),
      );
      const ended = both.filter(({ status }) => status === 0).map(({ id }) => id);
      const ci = ['github', 'gitlab', 'azure'].filter((id) => id === 'github' || ended.includes(id));
      assert.ok(ended.length > 0);
      assert.deepEqual(tree(root()), asTree(render({ ...plain, ci })));
      for (const { said } of both.filter(({ status }) => status !== 0))
        assert.match(
          said,
          /^Another run of generator-wasm is changing this repository \(process \d+\)\. Wait until it ends\.\n$/,
        );
      assert.deepEqual(left(), []);
    }
  });

  describe('a lock', () => {
    const file = () => join(folder(), 'git/generator-wasm/lock');
    const put = (text: string, mode = 0o600) => {
      mkdirSync(join(file(), '..'), { recursive: true, mode: 0o700 });
      rmSync(file(), { force: true, recursive: true });
      writeFileSync(file(), text);
      chmodSync(file(), mode);
    };
    const [machine, boot, pid, start] = thisRun.split('.');

    it('is held by one, and free after', () => {
      const release = lock(file());
      assert.throws(() => lock(file()), new RegExp(`process ${process.pid}`));
      assert.throws(() => refuseRunning(file()), UserError);
      release();
      lock(file())();
      assert.deepEqual(readdirSync(join(file(), '..')), []);
    });
    it('of a run that has ended is taken over, and no other', () => {
      const child = spawnSync(process.execPath, ['-e', '']);
      const over = [`${machine}.${boot}.${child.pid}.1`, `${machine}.00000000.${pid}.${start}`];
      if (start) over.push(`${machine}.${boot}.${pid}.1`);
      for (const name of over) {
        assert.equal(hasEnded(name), true, name);
        put(`${name}\n`);
        refuseRunning(file());
        lock(file())();
      }
      for (const name of [`00000000.${boot}.${pid}.${start}`, '', 'nonsense', `${machine}.${boot}.x.`]) {
        assert.equal(hasEnded(name), undefined, name);
        put(`${name}\n`);
        assert.throws(
          () => lock(file()),
          /is the lock of a run on another machine or in a container.*remove the lock: rm /,
        );
      }
      assert.equal(hasEnded(`${machine}.${boot}.1.`), false);
    });
    it('is not read where it is not our own file', () => {
      put('');
      rmSync(file());
      symlinkSync('/etc/hostname', file());
      assert.throws(() => lock(file()), /lock' is a link, so it was not read/);
      put(thisRun, 0o644);
      assert.throws(() => lock(file()), /lock' is open to other users/);
      rmSync(file());
      mkdirSync(file());
      assert.throws(() => lock(file()), /lock' is not a file/);
      rmSync(join(file(), '..'), { recursive: true });
      symlinkSync(folder(), join(file(), '..'));
      assert.throws(() => lock(file()), /generator-wasm' is a link/);
    });
  });

  describe('a journal', () => {
    // The doctor asks each tool for its version, and npm alone takes longer than all else.
    const path = process.env.PATH;
    before(() => {
      process.env.PATH = pathWithout('mise', 'node', 'npm');
    });
    after(() => {
      process.env.PATH = path;
    });
    const kept = () => join(root(), '.git/generator-wasm');
    const file = () => join(kept(), 'root.json');
    const entry = (path: string, mode = 0o644) => ({
      path,
      before: { data: Buffer.from('owned\n').toString('base64'), mode },
      after: null,
    });
    const journal = (more: object) => JSON.stringify({ format: 1, done: false, entries: [], made: [], ...more });
    const put = (text: string, mode = 0o600) => {
      rmSync(kept(), { recursive: true, force: true });
      mkdirSync(kept(), { recursive: true, mode: 0o700 });
      writeFileSync(file(), text);
      chmodSync(file(), mode);
    };
    /** Nothing is done, and one sentence names the file. */
    async function refused(sentence: RegExp, what: string): Promise<void> {
      const before = tree(root());
      for (const argv of [['gitlab'], ['--abort'], ['--abort', '--force'], ['gitlab', '--dry-run']])
        await assert.rejects(change('ci', argv, root(), undefined), (error: Error) => {
          assert.ok(error instanceof UserError, error.stack);
          assert.match(error.message, sentence, what);
          assert.match(error.message, /^'.*\.git\/generator-wasm.*so it was not read\. .*remove it: rm -r /);
          return true;
        });
      assert.match((await examine([], root())).text.replace(/\s+/g, ' '), /so it was not read/);
      assert.deepEqual(tree(root()), before);
    }

    it('is read where it is as we write it', async () => {
      repository(root(), render(plain));
      put(journal({ entries: [entry('sub/mine.txt')] }));
      await change('ci', ['--abort', '--force'], root(), undefined);
      assert.equal(readFileSync(join(root(), 'sub/mine.txt'), 'utf8'), 'owned\n');
      assert.ok(!existsSync(file()));
      // As 0.2.0 wrote it.
      put(journal({ format: undefined, entries: [entry('sub/mine.txt')] }));
      assert.match(
        (await change('ci', ['gitlab', '--dry-run'], root(), undefined).catch(String)) as string,
        /interrupted/,
      );
    });
    it('is not read where it does not parse, or names what we would not', async () => {
      repository(root(), render(plain));
      mkdirSync(join(folder(), 'outside'));
      symlinkSync(join(folder(), 'outside'), join(root(), 'linked'));
      const texts: [text: string, sentence: RegExp][] = [
        ['{broken', /cannot be parsed/],
        ['', /cannot be parsed/],
        ['null', /is not a journal/],
        ['[]', /is not a journal/],
        [journal({ format: 2 }), /has the format 2, and this version knows 1/],
        [journal({ done: 'no' }), /is not a journal/],
        [journal({ entries: [{ path: 'a', before: { data: 'x', mode: 0o4755 }, after: null }] }), /is not a journal/],
        [journal({ entries: [{ path: 'a', before: 3, after: null }] }), /is not a journal/],
        ...[
          '../up',
          '/etc/evil',
          'a/../../up',
          '.git/hooks/pre-commit',
          'a/.GIT/config',
          'git~1/x',
          './x',
          'a//b',
          'a\\..\\b',
          '',
          'a\0b',
          '.git. /x',
        ].map((path): [string, RegExp] => [journal({ entries: [entry(path)] }), /names the path/]),
        [journal({ made: ['../up'] }), /names the path/],
        [journal({ entries: [entry('linked/evil.sh')] }), /names a path below 'linked', which is not a folder/],
        [journal({ entries: [entry('Makefile/evil.sh')] }), /names a path below 'Makefile', which is not a folder/],
      ];
      for (const [text, sentence] of texts) {
        put(text);
        await refused(sentence, text);
      }
      assert.deepEqual(readdirSync(join(folder(), 'outside')), []);
    });
    it('is not read where it is a link, open to others, or another user’s', async () => {
      repository(root(), render(plain));
      const text = journal({ entries: [entry('mine.txt')] });
      put(text, 0o644);
      await refused(/is open to other users/, 'mode');
      put(text);
      chmodSync(kept(), 0o777);
      await refused(/can be written to by other users/, 'folder');
      put(text);
      rmSync(file());
      writeFileSync(join(folder(), 'elsewhere.json'), text, { mode: 0o600 });
      symlinkSync(join(folder(), 'elsewhere.json'), file());
      await refused(/is a link/, 'link');
      rmSync(file());
      execFileSync('mkfifo', ['-m', '600', file()]);
      await refused(/is not a file/, 'named pipe');
      rmSync(kept(), { recursive: true });
      mkdirSync(join(folder(), 'theirs'), { mode: 0o700 });
      symlinkSync(join(folder(), 'theirs'), kept());
      await refused(/generator-wasm' is a link/, 'folder');
      rmSync(kept());
      if (process.getuid?.() !== 0) return;
      put(text);
      chownSync(file(), 65534, 65534);
      await refused(/belongs to another user/, 'owner');
    });
    it('does not write through a link that a clone brings', async () => {
      const victim = join(folder(), 'victim');
      writeFileSync(victim, 'precious\n');
      repository(root(), render(plain));
      for (const name of ['.generator-wasm-new', '.generator-wasm-', 'new']) symlinkSync(victim, join(root(), name));
      mkdirSync(kept(), { mode: 0o700 });
      symlinkSync(victim, `${file()}.new`);
      replace(root(), file(), [{ path: 'own.txt', data: Buffer.from('own\n') }]);
      assert.equal(readFileSync(victim, 'utf8'), 'precious\n');
      assert.equal(readFileSync(join(root(), 'own.txt'), 'utf8'), 'own\n');
    });
  });
});
