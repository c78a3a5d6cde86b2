import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readCreateRequest } from '../../src/cli/answers.ts';
import { prepare, writeProject } from '../../src/cli/create.ts';
import { planGit, survey, write } from '../../src/project/write.ts';

const files = [
  { path: 'a.txt', text: 'a\n' },
  { path: 'deep/er/run.sh', text: '#!/bin/sh\n', executable: true as const },
];
/** Every path below a folder with its content, so that a test can say that nothing has changed. */
const everything = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => `${path} ${statSync(path, { throwIfNoEntry: false })?.isFile() ? readFileSync(path, 'utf8') : ''}`)
    .sort();

describe('writing', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'write-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  const refused = (action: () => unknown, sentence: RegExp) => {
    const before = everything(folder);
    assert.throws(action, (error: Error) => sentence.test(error.message) && (error as { code?: unknown }).code === 1);
    assert.deepEqual(everything(folder), before, 'nothing was written');
  };

  it('makes a new folder as a whole, with the executable bit', () => {
    const target = join(folder, 'x', 'new');
    write(target, survey(target, files));
    assert.equal(readFileSync(join(target, 'a.txt'), 'utf8'), 'a\n');
    assert.ok(statSync(join(target, 'deep/er/run.sh')).mode & 0o100);
    assert.deepEqual(readdirSync(join(folder, 'x')), ['new'], 'no stage is left');
  });
  it('adds to an existing folder what is missing', () => {
    writeFileSync(join(folder, 'a.txt'), 'a\n');
    writeFileSync(join(folder, 'mine'), 'mine');
    const missing = survey(folder, files);
    assert.deepEqual(
      missing.map(({ path }) => path),
      ['deep/er/run.sh'],
    );
    write(folder, missing);
    assert.deepEqual(readdirSync(folder).sort(), ['a.txt', 'deep', 'mine']);
  });
  it('refuses to overwrite, and lists every path in the way', () => {
    writeFileSync(join(folder, 'a.txt'), 'other');
    mkdirSync(join(folder, 'deep'));
    writeFileSync(join(folder, 'deep', 'er'), 'a file where a folder must be');
    refused(() => survey(folder, files), /^These files already exist in '.*': a\.txt, deep\/er\./);
  });
  it('refuses a file as destination, and below a file', () => {
    writeFileSync(join(folder, 'file'), '');
    refused(() => survey(join(folder, 'file'), files), /'.*file' is not a folder/);
    refused(() => survey(join(folder, 'file', 'below'), files), /'.*file' is not a folder/);
  });
  it('does not follow a link out of the folder', () => {
    const elsewhere = mkdtempSync(join(tmpdir(), 'elsewhere-'));
    symlinkSync(elsewhere, join(folder, 'deep'));
    refused(() => survey(folder, files), /^This file already exists in '.*': deep\./);
    assert.deepEqual(readdirSync(elsewhere), []);
    rmSync(elsewhere, { recursive: true });
  });
  it('does not write through a dangling link', () => {
    symlinkSync(join(folder, 'nowhere'), join(folder, 'a.txt'));
    refused(() => survey(folder, files), /a\.txt/);
  });
  it('takes everything back when a write fails', () => {
    const clash = [...files, { path: 'deep/er/run.sh/not-a-folder', text: '' }];
    refused(() => write(folder, clash), /cannot be written/);
    refused(() => write(join(folder, 'new'), clash), /cannot be written/);
  });
  it('restores the files that it replaced when a write fails', () => {
    writeFileSync(join(folder, 'a.txt'), 'mine');
    mkdirSync(join(folder, 'later'));
    refused(() => write(folder, [...files, { path: 'later', text: '' }]), /cannot be written/);
  });
  it('says so where it may not write', () => {
    // root may write everywhere, so it becomes another user for as long.
    const isRoot = process.geteuid?.() === 0;
    chmodSync(folder, 0o555);
    if (isRoot) process.seteuid?.(65534);
    try {
      refused(() => write(join(folder, 'x'), files), /cannot be written \(EACCES\)/);
    } finally {
      if (isRoot) process.seteuid?.(0);
      chmodSync(folder, 0o700);
    }
  });

  describe('git', () => {
    const git = (...args: string[]) => execFileSync('git', args, { cwd: folder, encoding: 'utf8' }).trim();
    let env: NodeJS.ProcessEnv;
    beforeEach(() => {
      env = { ...process.env };
      for (const name of Object.keys(process.env)) if (name.startsWith('GIT_')) delete process.env[name];
      process.env.HOME = mkdtempSync(join(tmpdir(), 'home-'));
      process.env.GIT_CONFIG_NOSYSTEM = '1';
      process.env.GIT_CEILING_DIRECTORIES = tmpdir();
    });
    afterEach(() => {
      rmSync(String(process.env.HOME), { recursive: true });
      for (const name of Object.keys(process.env)) if (!(name in env)) delete process.env[name];
      Object.assign(process.env, env);
    });
    const identity = () =>
      writeFileSync(join(String(process.env.HOME), '.gitconfig'), '[user]\nname = Ada\nemail = ada@example.com\n');
    const begin = (wanted?: boolean) => {
      return write(folder, survey(folder, files), planGit(folder, wanted));
    };

    it('makes a repository with one commit of our files', () => {
      identity();
      writeFileSync(join(folder, 'mine'), 'not ours');
      assert.match(begin(), /with a first commit/);
      assert.equal(git('status', '--porcelain'), '?? mine');
      assert.equal(git('rev-list', '--count', 'HEAD'), '1');
    });
    it('makes a repository only, without an identity, and sets none', () => {
      assert.match(begin(), /without a commit/);
      assert.ok(existsSync(join(folder, '.git')));
      assert.throws(() => git('rev-parse', 'HEAD'));
      assert.doesNotMatch(readFileSync(join(folder, '.git', 'config'), 'utf8'), /\[user\]/);
    });
    it('stays out of a repository that is around', () => {
      identity();
      git('init', '--quiet');
      assert.equal(begin(), '');
      assert.throws(() => git('rev-parse', 'HEAD'));
    });
    it('does nothing when told not to', () => {
      assert.equal(begin(false), '');
      assert.ok(!existsSync(join(folder, '.git')));
    });
    it('runs no hook', () => {
      identity();
      const hooks = join(String(process.env.HOME), 'hooks');
      mkdirSync(hooks);
      writeFileSync(join(hooks, 'post-commit'), `#!/bin/sh\ntouch ${join(folder, 'hook-ran')}\n`, { mode: 0o755 });
      execFileSync('git', ['config', '--global', 'core.hooksPath', hooks]);
      assert.match(begin(), /with a first commit/);
      assert.ok(!existsSync(join(folder, 'hook-ran')));
    });
  });

  describe('a project', () => {
    const make = async (...argv: string[]) => writeProject(await prepare(readCreateRequest(argv), folder, undefined));

    it('tells what to do next and how to make it again', async () => {
      const said = await make('hello', '--yes', '--no-git', '--author', "Ada O'Neil");
      assert.match(said, /^Wrote \d+ files to hello:/);
      assert.match(said, /\n {2}cd hello\n {2}make setup test\n {2}make serve\n/);
      assert.match(said, /npx generator-wasm@\S+ hello .*--author 'Ada O'\\''Neil'/);
    });
    it('is found unchanged the second time', async () => {
      await make('hello', '--yes', '--no-git');
      const before = everything(folder);
      assert.match(await make('hello', '--yes', '--no-git'), /^Already up to date: hello/);
      assert.deepEqual(everything(folder), before);
    });
    it('is not written by --dry-run, not even its folder', async () => {
      assert.match(await make('hello', '--yes', '--dry-run'), /^Would write \d+ files to hello:\n {2}\./);
      assert.deepEqual(readdirSync(folder), []);
    });
    it('goes into a folder with only a repository in it', async () => {
      mkdirSync(join(folder, 'hello', '.git'), { recursive: true });
      assert.match(await make('hello', '--yes'), /^Wrote/);
    });
    describe('in a fresh clone of a new repository', () => {
      const own = { 'README.md': '# Mine\n', LICENSE: 'Mine.\n', '.gitignore': '*.log\nMakefile' };
      const clone = () => {
        execFileSync('git', ['init', '--quiet', folder]);
        for (const [path, text] of Object.entries(own)) put(path, text);
      };
      const put = (path: string, text: string) => writeFileSync(join(folder, path), text);
      const read = (path: string) => readFileSync(join(folder, path), 'utf8');

      it('keeps README, LICENSE and the lines of .gitignore, and says what git ignores', async () => {
        clone();
        const said = await make('.', '--yes', '--name', 'hello');
        assert.match(said, /\nKept your own LICENSE and README\.md\. To replace them: --on-conflict overwrite\.\n/);
        assert.match(said, /\ngit ignores Makefile\. To commit them: git add --force\.\n/);
        assert.deepEqual([read('README.md'), read('LICENSE')], [own['README.md'], own.LICENSE]);
        assert.match(read('.gitignore'), /^\*\.log\nMakefile\n(?:.*\n)*\/build\/\n$/);
        assert.match(await make('.', '--yes', '--name', 'hello'), /^Already up to date/);
      });
      it('replaces them, or writes nothing, as --on-conflict says', async () => {
        clone();
        const before = everything(folder);
        const aborted = make('.', '--yes', '--name', 'hello', '--on-conflict', 'abort');
        await assert.rejects(aborted, /^UserError: These files already exist .*: \.gitignore, LICENSE, README\.md\./);
        assert.deepEqual(everything(folder), before);
        await make('.', '--yes', '--name', 'hello', '--on-conflict', 'overwrite');
        assert.match(read('README.md'), /^# hello\n/);
      });
      it('keeps other files only with --on-conflict keep', async () => {
        clone();
        put('Makefile', 'mine:\n');
        const before = everything(folder);
        await assert.rejects(
          make('.', '--yes', '--name', 'hello'),
          /already exists .*: Makefile\. .*--on-conflict keep/,
        );
        assert.deepEqual(everything(folder), before);
        assert.match(
          await make('.', '--yes', '--name', 'hello', '--on-conflict', 'keep'),
          /Kept your own LICENSE, Makefile and/,
        );
        assert.equal(read('Makefile'), 'mine:\n');
      });
    });
    it('goes here for a dot, named after the folder', async () => {
      mkdirSync(join(folder, 'here'));
      const said = writeProject(
        await prepare(readCreateRequest(['.', '--yes', '--no-git']), join(folder, 'here'), undefined),
      );
      assert.match(said, /^Wrote \d+ files to \.:/);
      assert.doesNotMatch(said, /\n {2}cd /);
      assert.match(readFileSync(join(folder, 'here', 'Makefile'), 'utf8'), /build\/here\.wasm/);
    });
  });
});
