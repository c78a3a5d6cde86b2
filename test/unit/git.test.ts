/** A repository that a stranger wrote: no program that it names is run, and git works in it as ever. */
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { delimiter, join } from 'node:path';
import { change } from '../../src/change/change.ts';
import { mergeByGit } from '../../src/change/reconcile.ts';
import { readCreateRequest } from '../../src/cli/answers.ts';
import { prepare, writeProject } from '../../src/cli/create.ts';
import { examine } from '../../src/doctor/doctor.ts';
import { UserError } from '../../src/lib/user-error.ts';
import { render } from '../../src/print/render.ts';
import {
  authorName,
  carried,
  oldestGit,
  git as ours,
  plainSettings,
  repositoryAround,
  switches,
} from '../../src/project/git.ts';
import { ignoredOf, locate, pathsIn } from '../../src/project/location.ts';
import { plain } from '../support/examples.ts';
import { commit, git, put, repository, scratch } from '../support/repositories.ts';

const manifest = { path: 'Cargo.toml', text: '[package]\nname = "a"\nversion = "0.1.0"\n' };
const main = { path: 'src/main.rs', text: 'fn main() {}\n' };

describe('git in a repository of a stranger', function () {
  this.timeout(120_000);
  const folder = scratch();
  const at = (...path: string[]) => join(folder(), ...path);
  const write = (path: string, text: string, mode = 0o666) => {
    mkdirSync(join(at(path), '..'), { recursive: true });
    writeFileSync(at(path), text, { mode });
  };
  let env: NodeJS.ProcessEnv;
  beforeEach(() => {
    env = { ...process.env };
    for (const name of Object.keys(process.env)) if (name.startsWith('GIT_')) delete process.env[name];
    process.env.HOME = at('home');
    process.env.GIT_CONFIG_NOSYSTEM = '1';
    write('home/.gitconfig', '[user]\n\tname = Ada\n\temail = ada@example.com\n');
    write('canary', `#!/bin/sh\necho "$0 $*" >>'${at('ran')}'\nexit 1\n`, 0o777);
    chmodSync(at('canary'), 0o755);
  });
  afterEach(() => {
    // A plain object in place of process.env would be seen by no native code, os.tmpdir() included.
    for (const name of Object.keys(process.env)) if (!(name in env)) delete process.env[name];
    Object.assign(process.env, env);
  });
  const canaryRan = () => (existsSync(at('ran')) ? readFileSync(at('ran'), 'utf8') : '');

  /** Each command, and a sentence where it refuses. */
  async function everyCommand(root = at('repository')): Promise<string[]> {
    const change_ = (name: Parameters<typeof change>[0], ...argv: string[]) => change(name, argv, root, undefined);
    const runs: (() => Promise<unknown>)[] = [
      () => examine(['--diff'], root),
      () => change_('ci', 'github', '--diff'),
      () => change_('ci', 'github'),
      () => change_('ci', 'gitlab', '--force'),
      () => change_('upgrade', '--check'),
      () => change_('upgrade', '--force'),
      () => change_('host', 'spin', '--force'),
      () => change_('registry', 'none', '--force'),
      () => change_('vscode', '--force', '--remove'),
      () => change_('language', 'c', '--name', 'api', '--force'),
      () => change_('ci', '--abort', '--force'),
      async () => writeProject(await prepare(readCreateRequest(['.', '--yes', '--name', 'here']), root, undefined)),
      async () => writeProject(await prepare(readCreateRequest(['new', '--yes', '--git']), root, undefined)),
    ];
    const refused: string[] = [];
    for (const run of runs)
      try {
        await run();
      } catch (error) {
        assert.ok(error instanceof UserError, String((error as Error).stack));
        refused.push(error.message);
      }
    return refused;
  }

  /** A repository with both a project of ours and files that differ in time from the index, so that git compares bytes. */
  function make(files = render(plain)): string {
    repository(at('repository'), [
      ...files,
      { path: '.gitattributes', text: '* filter=canary diff=canary merge=canary\n' },
    ]);
    for (const path of git(at('repository'), 'ls-files').split('\n').filter(Boolean))
      utimesSync(at('repository', path), 1e9, 1e9);
    write('repository/README.md', 'edited\n');
    return at('repository');
  }

  const hookNames =
    'pre-commit prepare-commit-msg commit-msg post-commit post-checkout post-index-change fsmonitor-watchman reference-transaction pre-auto-gc post-rewrite'.split(
      ' ',
    );
  const section = (key: string, value: string) => {
    const [, head, , sub, name] = /^([^.]+)(\.(.*))?\.([^.]+)$/.exec(key) ?? [];
    return `[${head}${sub === undefined ? '' : ` "${sub}"`}]\n\t${name} = "${value}"\n`;
  };
  /** Every key that this git knows, with `canary` in place of what the user names. */
  const keys = () => [
    ...new Set(
      execFileSync('git', ['help', '--config'], { encoding: 'utf8' })
        .split('\n')
        .filter((line) => /^[a-z][\w-]*\.(?!remote_heads$).+$/i.test(line))
        .map((line) => line.replace(/<[^>]*>|\*/g, 'canary'))
        .concat(['filter.canary.process', 'alias.status', 'alias.ls-files', 'alias.config', 'remote.canary.vcs']),
    ),
  ];
  const hostile = () =>
    keys()
      .filter((key) => !carried.some((one) => one.test(key.toLowerCase())) && !/^core\.(?:bare|worktree)$/i.test(key))
      .map((key) => section(key, at('canary')))
      .join('');

  it('has a canary that sings where git itself is called', () => {
    const root = make();
    for (const [key, call] of [
      ['core.fsmonitor', ['status']],
      ['filter.canary.clean', ['status']],
      ['diff.canary.textconv', ['diff']],
      ['alias.st', ['st']],
    ] as const) {
      writeFileSync(at('ran'), '');
      utimesSync(join(root, 'Makefile'), 1, Math.random() * 1e9);
      const value = key === 'alias.st' ? `!${at('canary')}` : at('canary');
      spawnSync('git', ['-c', `${key}=${value}`, ...call], { cwd: root, stdio: 'ignore' });
      assert.notEqual(canaryRan(), '', key);
    }
  });

  const ways: Record<string, (root: string, text: string) => void> = {
    directly: (root, text) => writeFileSync(join(root, '.git/config'), text, { flag: 'a' }),
    'by an include': (root, text) => {
      writeFileSync(join(root, 'inc'), text);
      writeFileSync(
        join(root, '.git/config'),
        '[include]\n\tpath = ../inc\n[includeIf "gitdir:/"]\n\tpath = ../inc\n',
        {
          flag: 'a',
        },
      );
    },
    'by config.worktree': (root, text) => {
      writeFileSync(join(root, '.git/config'), '[extensions]\n\tworktreeConfig = true\n', { flag: 'a' });
      writeFileSync(join(root, '.git/config.worktree'), text);
    },
  };
  for (const [way, set] of Object.entries(ways))
    for (const files of [render(plain), [manifest, main]])
      it(`runs no program of any key of git, set ${way}, in ${files.length > 2 ? 'a project of ours' : 'one of a stranger'}`, async () => {
        const root = make(files);
        set(root, hostile());
        for (const name of hookNames) {
          mkdirSync(join(root, '.git/hooks'), { recursive: true });
          execFileSync('cp', [at('canary'), join(root, '.git/hooks', name)]);
        }
        mkdirSync(join(root, '.git/info'), { recursive: true });
        writeFileSync(join(root, '.git/info/attributes'), '* filter=canary diff=canary merge=canary\n');
        const refused = await everyCommand();
        assert.equal(canaryRan(), '');
        assert.ok(refused.length < 10, `most commands work: ${refused.join('\n')}`);
        assert.ok(existsSync(join(root, '.gitlab-ci.yml')) || existsSync(join(root, '.github/workflows/ci.yml')));
      });

  it('runs none of a key that is carried, and says so where git refuses its value', async () => {
    make();
    const config = readFileSync(at('repository/.git/config'), 'utf8');
    for (const key of [
      ...keys().filter((key) => carried.some((one) => one.test(key.toLowerCase()))),
      'core.worktree',
      'core.bare',
      'extensions.canary',
    ]) {
      writeFileSync(at('repository/.git/config'), `${config}${section(key, at('canary'))}`);
      for (const look of [
        () => examine([], at('repository')),
        () => change('ci', ['--diff'], at('repository'), undefined),
      ])
        await assert.doesNotReject(look().catch((error) => assert.ok(error instanceof UserError, String(error))));
      assert.equal(canaryRan(), '', key);
    }
  });

  it('runs no filter of the user either, and says what it did not run', async () => {
    const root = make();
    write('home/.gitconfig', section('filter.canary.clean', at('canary')) + section('filter.canary.required', 'true'));
    await assert.rejects(
      change('upgrade', ['--restore', 'README.md'], root, undefined),
      /uncommitted changes: README\.md\. .* README\.md: a git filter applies, which is not run here\. If git diff/,
    );
    assert.equal(canaryRan(), '');
    // The bytes are those of the index, though the time is not.
    put(root, render(plain));
    utimesSync(join(root, 'README.md'), 1e9, 1e9);
    assert.match((await change('ci', ['gitlab'], root, undefined)).text, /^Changed/);
    assert.equal(canaryRan(), '');
  });
  it('fetches nothing that a partial clone lacks', async () => {
    const root = make();
    const object = git(root, 'rev-parse', 'HEAD^{tree}').trim();
    renameSync(join(root, '.git/objects', object.slice(0, 2)), at('away'));
    const text = `[extensions]\n\tpartialClone = origin\n[remote "origin"]\n\tpromisor = true\n\turl = ssh://example.org/x\n\tuploadpack = ${at('canary')}\n[core]\n\tsshCommand = ${at('canary')}\n[protocol]\n\tallow = always\n`;
    writeFileSync(join(root, '.git/config'), text, { flag: 'a' });
    git(root, 'config', 'core.repositoryFormatVersion', '1');
    assert.throws(() => git(root, 'ls-tree', 'HEAD'));
    assert.notEqual(canaryRan(), '', 'git itself fetches');
    rmSync(at('ran'));
    assert.throws(() => ours(root, 'ls-tree', 'HEAD'), UserError);
    await everyCommand();
    assert.equal(canaryRan(), '');
  });
  it('calls no git in a submodule', async () => {
    const root = make();
    const sub = repository(join(root, 'sub'), [main]);
    git(root, '-c', 'filter.canary.clean=cat', 'add', 'sub');
    git(sub, 'config', 'core.fsmonitor', at('canary'));
    git(sub, 'config', 'filter.canary.clean', at('canary'));
    mkdirSync(join(sub, '.git/info'));
    writeFileSync(join(sub, '.git/info/attributes'), '* filter=canary\n');
    utimesSync(join(sub, main.path), 1e9, 1e9);
    await everyCommand();
    assert.equal(canaryRan(), '');
  });
  it('calls no git that the repository brings', () => {
    const root = make();
    write('repository/node_modules/.bin/git', readFileSync(at('canary'), 'utf8'), 0o777);
    const bin = join(root, 'node_modules/.bin');
    process.env.PATH = [bin, 'node_modules/.bin', '', process.env.PATH].join(delimiter);
    assert.match(ours(root, 'ls-files'), /Makefile/);
    assert.equal(canaryRan(), '');
    // Nor where it works in a folder of its own.
    assert.equal(mergeByGit('a\n', 'a\n', 'b\n')?.text, 'b\n');
    assert.equal(canaryRan(), '');
  });

  it('is led nowhere by the environment', () => {
    const root = make();
    const other = repository(at('other'), [main]);
    for (const [name, value] of Object.entries({
      GIT_DIR: join(other, '.git'),
      GIT_WORK_TREE: other,
      GIT_INDEX_FILE: at('none'),
      GIT_OBJECT_DIRECTORY: at('none'),
      GIT_EXTERNAL_DIFF: at('canary'),
      GIT_CONFIG_PARAMETERS: `'core.fsmonitor=${at('canary')}'`,
      GIT_SSH_COMMAND: at('canary'),
      GIT_ALLOW_PROTOCOL: 'ext',
    }))
      process.env[name] = value;
    assert.match(ours(root, 'status', '--porcelain'), /^ M README\.md$/m);
    assert.equal(canaryRan(), '');
  });
  it('leaves the user’s own configuration in force', () => {
    const root = make([{ path: 'own.txt', text: 'own\n' }]);
    write('repository/secret.key', '');
    write('home/ignore', '*.key\n');
    write('home/work', '[user]\n\tname = Grace\n');
    write(
      'home/.gitconfig',
      `[core]\n\tautocrlf = true\n\texcludesFile = ${at('home/ignore')}\n[includeIf "gitdir:${root}/"]\n\tpath = ${at('home/work')}\n`,
    );
    rmSync(join(root, 'own.txt'));
    execFileSync('git', ['checkout', '--quiet', 'own.txt'], { cwd: root });
    assert.equal(readFileSync(join(root, 'own.txt'), 'utf8'), 'own\r\n');
    utimesSync(join(root, 'own.txt'), 1e9, 1e9);
    assert.equal(ours(root, 'status', '--porcelain', '--', 'own.txt'), '', 'line ends are converted');
    assert.deepEqual(pathsIn(root).sort(), ['.gitattributes', 'README.md', 'own.txt'].sort());
    assert.equal(authorName(root), 'Grace');
    process.env.GIT_CONFIG_COUNT = '1';
    process.env.GIT_CONFIG_KEY_0 = 'user.name';
    process.env.GIT_CONFIG_VALUE_0 = 'Barbara';
    assert.equal(authorName(root), 'Barbara');
  });
  it('works in repositories of every kind', () => {
    const root = make();
    git(root, '-c', 'filter.canary.clean=cat', 'worktree', 'add', '--quiet', at('linked'));
    const sub = repository(at('sub'), [main]);
    git(root, '-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', sub, 'sub');
    git(folder(), 'init', '--quiet', '--object-format=sha256', '--template=', 'sha256');
    put(at('sha256'), [main]);
    commit(at('sha256'));
    for (const one of [at('linked'), join(root, 'sub'), at('sha256'), join(root, '.vscode')]) {
      assert.ok(pathsIn(one).length > 0, one);
      assert.equal(ours(one, 'rev-parse', 'HEAD'), git(one, 'rev-parse', 'HEAD').trim());
      assert.equal(ours(one, 'rev-parse', '--show-toplevel'), git(one, 'rev-parse', '--show-toplevel').trim());
      assert.ok(locate(one, '.').journal.startsWith(git(one, 'rev-parse', '--absolute-git-dir').trim()));
    }
  });

  it('reads a configuration that git wrote as git does, and leaves any other to git', () => {
    const read = (text: string) => {
      write('config', text);
      const settings = plainSettings(text);
      if (!settings) return undefined;
      const listed = git(folder(), 'config', '--file', at('config'), '--no-includes', '-z', '--list');
      assert.equal(settings.map(([key, value]) => `${key}\n${value}\0`).join(''), listed, text);
      return settings.length;
    };
    const root = repository(at('repository'), [manifest, main]);
    git(root, 'remote', 'add', 'Origin.x', 'git@example.com:a/b.git');
    git(root, 'config', 'lfs.https://example.com/A b.access', 'basic');
    git(root, 'config', 'branch.main.description', 'x');
    assert.equal(read(readFileSync(join(root, '.git/config'), 'utf8')), 8);
    assert.equal(read(''), 0);
    assert.equal(read('[Core]\n\tFileMode = TRUE\n\n[core]\n\tfilemode = false'), 2);
    const core = '[core]\n\teditor = a\n';
    for (const text of [
      'editor = a\n',
      '\teditor = a\n',
      '[core] editor = a\n',
      '[core "a\\"b"]\n\teditor = a\n',
      '[core.a]\n\teditor = a\n',
      ...['"a b"', 'a b', 'a # b', 'a;b', 'a\\n', 'a\\\nb', 'a ', '', 'a\rb', 'a\u00a0b'].map(
        (value) => `[core]\n\teditor = ${value}\n`,
      ),
      '[core]\n\teditor\n',
      '[core]\n# a comment\n',
      core.replaceAll('\n', '\r\n'),
      `\ufeff${core}`,
      `${core}\0`,
    ])
      assert.equal(read(text), undefined, JSON.stringify(text));
  });

  it('tells what is ignored, also beside a path behind a link or in a submodule', () => {
    const root = repository(at('repository'), [
      manifest,
      main,
      { path: '.gitignore', text: '/target/\n*.log\n!a.log\n' },
    ]);
    symlinkSync('src', join(root, 'link'));
    repository(join(root, 'sub'), [main]);
    git(root, 'add', 'sub');
    const asked = ['Makefile', 'link/a.log', 'b.log', 'sub/b.log', 'sub/c', 'a.log', 'link/b', 'target/'];
    assert.deepEqual(ignoredOf(root, asked), ['b.log', 'target/']);
  });

  it('looks for a repository once for all paths of a folder that is in none', () => {
    const files = process.getBuiltinModule('node:fs');
    const { realpathSync } = files;
    const looked: unknown[] = [];
    files.realpathSync = Object.assign((path: string) => {
      looked.push(path);
      return realpathSync(path);
    }, realpathSync);
    syncBuiltinESMExports();
    try {
      assert.deepEqual(ignoredOf(folder(), ['a', 'b', 'c']), []);
    } finally {
      files.realpathSync = realpathSync;
      syncBuiltinESMExports();
    }
    assert.deepEqual(looked, [folder()]);
  });

  it('finds the default branch: that of the remote, else the usual ones, else main', () => {
    const root = repository(at('repository'), [manifest, main]);
    const branch = () => locate(root, '.').branch;
    assert.equal(branch(), 'main');
    git(root, 'branch', '--move', 'main', 'work');
    assert.equal(branch(), 'main');
    git(root, 'branch', 'trunk/main');
    assert.equal(branch(), 'main');
    git(root, 'branch', 'master');
    assert.equal(branch(), 'master');
    git(root, 'update-ref', 'refs/remotes/origin/release/2', 'HEAD');
    git(root, 'symbolic-ref', 'refs/remotes/origin/HEAD', 'refs/remotes/origin/release/2');
    assert.equal(branch(), 'release/2');
    git(root, 'pack-refs', '--all');
    assert.equal(branch(), 'release/2');
    git(root, 'update-ref', 'refs/remotes/origin/$x', 'HEAD');
    git(root, 'symbolic-ref', 'refs/remotes/origin/HEAD', 'refs/remotes/origin/$x');
    assert.equal(branch(), 'master');
  });

  describe('is found', () => {
    const refused = (where: string, sentence: RegExp) =>
      assert.throws(
        () => repositoryAround(where),
        (error: Error) => error instanceof UserError && sentence.test(error.message),
      );
    it('by its .git alone: not in a bare one that a clone brings', async () => {
      const root = make();
      git(root, 'clone', '--quiet', '--bare', '.', 'bare');
      git(join(root, 'bare'), 'config', 'core.fsmonitor', at('canary'));
      git(join(root, 'bare'), 'config', 'core.worktree', root);
      put(join(root, 'bare'), render(plain));
      refused(join(root, 'bare'), /is git's own folder/);
      refused(join(root, 'bare/.vscode'), /is git's own folder, or is inside it/);
      await everyCommand(join(root, 'bare'));
      assert.equal(canaryRan(), '');
      refused(join(root, '.git/refs'), /is git's own folder/);
    });
    it('where .git leads back, and nowhere else', () => {
      const victim = repository(at('victim'), [main]);
      const root = at('archive');
      put(root, [main]);
      writeFileSync(join(root, '.git'), `gitdir: ${join(victim, '.git')}\n`);
      refused(
        root,
        /'.*archive\/\.git' leads to '.*victim\/\.git', which does not point back to this folder\. .* core\.worktree/,
      );
      writeFileSync(join(root, '.git'), 'gitdir: ../nowhere\n');
      refused(root, /does not point to a repository/);
      rmSync(join(root, '.git'));
      symlinkSync('../victim/.git', join(root, '.git'));
      refused(root, /does not point back to this folder/);
      rmSync(join(root, '.git'));
      git(folder(), 'init', '--quiet', '--separate-git-dir', 'apart', 'archive');
      refused(root, /If it is the right repository: git config --file/);
      git(root, 'config', '--file', at('apart/config'), 'core.worktree', root);
      assert.equal(repositoryAround(root)?.gitDir, at('apart'));
      const other = repository(at('other'), [main]);
      writeFileSync(join(other, '.git/commondir'), '../../victim/.git');
      refused(other, /uses the objects of '.*victim\/\.git'/);
      git(victim, 'config', 'core.worktree', at('elsewhere'));
      refused(victim, /has its files in '.*elsewhere'/);
      git(victim, 'config', '--unset', 'core.worktree');
      git(victim, 'config', 'core.bare', 'true');
      refused(victim, /is bare/);
    });
    it('but not that of another user, unless the user trusts it', function () {
      if (process.getuid?.() !== 0) return this.skip();
      const root = make();
      chownSync(root, 65534, 65534);
      refused(join(root, '.vscode'), /belongs to another user, so git does not trust it\. .*--add safe\.directory '/);
      for (const value of [root, '*', `${folder()}/*`]) {
        write('home/.gitconfig', section('safe.directory', value));
        assert.equal(repositoryAround(root)?.workTree, root);
      }
      write('home/.gitconfig', section('safe.directory', root) + section('safe.directory', ''));
      refused(root, /does not trust it/);
      git(root, '-c', `safe.directory=${root}`, 'config', 'safe.directory', '*');
      refused(root, /does not trust it/);
    });
    it('and not read where its configuration is no file, or without bounds', () => {
      const config = join(make(), '.git/config');
      writeFileSync(config, '#'.repeat(2 << 20));
      refused(at('repository'), /\.git\/config' has 2097152 bytes; the limit is 1048576/);
      writeFileSync(config, '[core');
      refused(at('repository'), /^git config failed: bad config line \d in file/);
      rmSync(config);
      execFileSync('mkfifo', [config]);
      refused(at('repository'), /is not a regular file/);
    });
  });

  it('names the oldest git that it takes, which all switches work with', () => {
    const older = (one: string, other: string) => one.localeCompare(other, 'en', { numeric: true }) < 0;
    for (const { name, since, older: instead } of switches) assert.ok(!older(oldestGit, since) || instead, name);
    assert.match(
      readFileSync(join(import.meta.dirname, '../../README.md'), 'utf8'),
      new RegExp(`git ${oldestGit} or newer`),
    );
    write('bin/git', '#!/bin/sh\necho git version 2.30.2\n', 0o777);
    chmodSync(at('bin/git'), 0o755);
    const bin = join(import.meta.dirname, '../../bin/generator-wasm.ts');
    const root = make();
    const run = (PATH: string) => {
      try {
        const argv = ['--import', 'tsx', bin, 'ci', 'gitlab', root];
        return execFileSync(process.execPath, argv, {
          env: { ...process.env, PATH },
          cwd: import.meta.dirname,
          encoding: 'utf8',
          stdio: 'pipe',
        });
      } catch (error) {
        return String((error as { stderr?: unknown }).stderr);
      }
    };
    assert.match(run(at('bin')), new RegExp(`^git is 2\\.30\\.2 here, and ${oldestGit} or newer is needed[^\\n]*\\n$`));
    assert.match(run(at('none')), /^git is not installed[^\n]*\n$/);
  });
  it('leaves nothing in the temporary folder', () => {
    const root = make();
    mkdirSync(at('tmp'));
    const source = JSON.stringify(new URL('../../src/project/git.ts', import.meta.url).href);
    const script = `import(${source}).then(({ git }) => git(process.argv[1], 'ls-files'))
      .then(() => console.log(require('node:fs').readdirSync(process.env.TMPDIR).join()))`;
    const during = execFileSync(process.execPath, ['--import', 'tsx', '--eval', script, root], {
      env: { ...process.env, TMPDIR: at('tmp') },
      cwd: import.meta.dirname,
      encoding: 'utf8',
    });
    assert.match(during, /generator-wasm-/, 'a folder while the process runs');
    assert.deepEqual(
      readdirSync(at('tmp')).filter((name) => name.startsWith('generator-wasm-')),
      [],
    );
  });
});
