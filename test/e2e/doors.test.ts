/** The packed package through each of its doors: a terminal, no terminal, Yeoman. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { binCommands, commands, reserved } from '../../src/commands/commands.ts';
import { render } from '../../src/print/render.ts';
import { plain } from '../support/examples.ts';
import { environment, need, ok, root, run, scratch } from '../support/programs.ts';
import { repository } from '../support/repositories.ts';
import { bin, installed, project } from './world.ts';

const empty = () => mkdtempSync(join(scratch, 'door-'));
const tree = (folder: string): Record<string, string> =>
  Object.fromEntries(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .map((path) => [path.slice(folder.length + 1), readFileSync(path, 'utf8')]),
  );

describe('the packed package', function () {
  this.timeout(300_000);
  let dist: string;
  before(() => {
    // Node gives the files that it loads by their real paths.
    dist = join(realpathSync(installed()), 'node_modules/generator-wasm/dist');
  });

  it('holds what users need and nothing else', () => {
    const folder = join(installed(), 'node_modules', 'generator-wasm');
    const paths = Object.keys(tree(folder));
    for (const { name } of commands) assert.ok(paths.includes(`dist/generators/${name}/index.js`), name);
    assert.ok(paths.includes('dist/generators/app/index.js') && paths.includes('dist/bin/generator-wasm.cjs'));
    for (const path of paths)
      assert.match(path, /^(dist|templates)\/|^(docs\/build-type\.md|package\.json|README\.md|SECURITY\.md|LICENSE)$/);
  });

  it('writes exactly what the core renders', () => {
    const written = tree(project(plain));
    assert.deepEqual(written, Object.fromEntries(render(plain).map(({ path, text }) => [path, text])));
  });

  it('prints what the picture of the README shows', () => {
    ok('node', ['scripts/picture.mjs', '--check'], root, { GENERATOR_WASM: bin(), NODE_TEST_CONTEXT: undefined });
  });

  it('is all that npm installs, and is small', () => {
    const folder = join(installed(), 'node_modules');
    const names = readdirSync(folder).filter((name) => !name.startsWith('.'));
    assert.deepEqual(names, ['generator-wasm']);
    const paths = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    const bytes = paths.reduce((sum, { parentPath, name }) => sum + statSync(join(parentPath, name)).size, 0);
    assert.ok(bytes < 2_200_000, `${bytes} bytes`);
    const tarball = readdirSync(installed()).find((name) => name.endsWith('.tgz')) ?? '';
    const packed = statSync(join(installed(), tarball)).size;
    assert.ok(packed < 740_000, `${packed} bytes`);
  });

  it('has the licence of each package that it contains', () => {
    const text = readFileSync(join(installed(), 'node_modules/generator-wasm/dist/THIRD_PARTY.txt'), 'utf8');
    const [, ...parts] = text.split(/\n-{80}\n\n/);
    const names = parts.map((part) => /^\S+/.exec(part)?.[0]);
    for (const name of ['@inquirer/core', 'smol-toml', 'wabt', 'yaml', 'yeoman-generator'])
      assert.ok(names.includes(name), name);
    for (const part of parts) assert.match(part, /permission|permitted|licen[cs]e/i);
  });

  /** The files of the package, without the chunks that they share, their size, and the modules of Node that a command loads. */
  function loaded(...argv: string[]): { files: string[]; bytes: number; modules: string[] } {
    const folder = empty();
    const hook = join(folder, 'hook.cjs');
    const list = join(folder, 'loaded.json');
    writeFileSync(
      hook,
      `process.on('exit', () => require('node:fs').writeFileSync(${JSON.stringify(list)}, JSON.stringify([Object.keys(require.cache), process.moduleLoadList])));`,
    );
    ok('node', ['--require', hook, join(dist, 'bin/generator-wasm.cjs'), ...argv], folder);
    const [files, modules] = JSON.parse(readFileSync(list, 'utf8')) as string[][];
    return {
      files: (files ?? [])
        .filter((path) => path !== hook)
        .map((path) => path.slice(dist.length + 1).replace(/(?:-[A-Z0-9]{8})?\.cjs$/, ''))
        .filter((path) => !path.endsWith('/chunk'))
        .sort(),
      bytes: (files ?? []).reduce((sum, path) => sum + statSync(path).size, 0),
      modules: (modules ?? []).map((name) => name.replace('NativeModule ', '')),
    };
  }

  it('loads only what creates a project, and no module of Node that this does not need', () => {
    const answers = ['--yes', '--author', 'Ada', '--no-git'];
    const { files, bytes, modules } = loaded('hello', ...answers);
    assert.ok(bytes < 370_000, `${bytes} bytes`);
    assert.deepEqual(files, ['bin/generator-wasm', 'bin/program', 'bin/prose', 'bin/smol-toml']);
    for (const name of ['child_process', 'crypto', 'http', 'stream', 'tty', 'worker_threads', 'zlib'])
      assert.ok(!modules.includes(name), name);
  });

  it('loads no parser of YAML, and none of the other commands, to change a project', () => {
    const folder = repository(join(empty(), 'project'), render(plain));
    const { files } = loaded('ci', 'gitlab', '--dry-run', folder);
    assert.deepEqual(files, ['bin/change', 'bin/generator-wasm', 'bin/program', 'bin/prose', 'bin/smol-toml']);
  });

  it('loads nothing but the server for serve', () => {
    assert.deepEqual(loaded('serve', '--help').files, ['bin/generator-wasm', 'wagi/cli']);
  });

  const refusals: [string[], RegExp][] = [
    [['hello', '--yes', '--language', 'cobol'], /^Unknown language 'cobol'\. Choose one of: [^\n]+\n$/],
    [['hello'], /^Not running in a terminal. Missing: --language[^\n]+\n$/],
    [['--yes', '--name', '$(touch x)'], /^Name "\$\(touch x\)" is not a valid package name[^\n]+\n$/],
    [['hello', '--yes', '--nmae', 'x'], /^Unknown flag '--nmae'\. Did you mean --name\?\n$/],
    [['host', 'spin'], /^'\.' is not in a git repository[^\n]+\n$/],
    [['ci', 'github', 'nowhere'], /^'nowhere' is not a folder[^\n]+\n$/],
    [['render'], /^Standard input is not valid JSON\.[^\n]+\n$/],
    [['workshop', '--yes'], /^Name one folder for the workshop[^\n]+\n$/],
    [['workshop', 'room', '--yes', '--language', 'go'], /^A workshop in Go is not available[^\n]+\n$/],
    [['doctor', 'nowhere'], /^'nowhere' is not a folder[^\n]+\n$/],
    [['explain'], /^No WebAssembly project found in '\.'\. Recognised files: [^\n]+\n$/],
    [['contract'], /^Pass one URL or module; 0 were given\. [^\n]+\n$/],
    [['contract', 'a.wasm', 'b.wasm'], /^Pass one URL or module; 2 were given\. [^\n]+\n$/],
    [['contract', 'a.wasm'], /^'a\.wasm' is not a module of a project in this folder[^\n]+ Pass --kind [^\n]+\n$/],
    [['contract', 'a.wasm', '--kind', 'lambda'], /^Unknown kind 'lambda'\. Choose one of: command, wagi, http\.\n$/],
    [['contract', 'a.wasm', '--kind', 'wagi'], /^The module 'a\.wasm' cannot be read \(ENOENT\)[^\n]+\n$/],
    [
      ['contract', 'a.wasm', '--kind', 'wagi', '--runtime', 'deno'],
      /^Unknown runtime 'deno'\. Choose one of: [^\n]+\n$/,
    ],
    [['contract', 'a.wasm', '--kin', 'wagi'], /^Unknown flag '--kin'\. Did you mean --kind\?\n$/],
    [['contract', 'http://localhost:1', '--kind', 'command'], /^A server has no command line\. [^\n]+\n$/],
    [['contract', 'http://localhost:1/app'], /^'http:\/\/localhost:1\/app' is not a URL such as [^\n]+\n$/],
    [['serve', '--config', 'nowhere.toml'], /^[^\n]*nowhere\.toml[^\n]*\n$/],
    ...reserved
      .filter((word) => !binCommands.some(({ name }) => name === word))
      .map((word): [string[], RegExp] => [[word, '--yes'], /For a folder with that name, write \.\/[^\n]+\n$/]),
    ...reserved.map((word): [string[], RegExp] => [
      ['--yes', word],
      /For a folder with that name, write \.\/[^\n]+\n$/,
    ]),
    [['help', 'docter'], /^There is no command 'docter'\. Did you mean doctor\? The commands are: [^\n]+\n$/],
    [['help', 'ci', 'host'], /^'host' is one argument too many\. Remove it\.\n$/],
    [['version', 'x'], /^'x' is one argument too many\. Remove it\.\n$/],
    [['list', 'hosts'], /^'hosts' is one argument too many\. Remove it\.\n$/],
    [['completion'], /^Give a shell: generator-wasm completion bash\|zsh\|fish\.\n$/],
    [['completion', 'tcsh'], /^Unknown shell 'tcsh'\. [^\n]*Choose one of: bash, zsh, fish\.\n$/],
  ];
  for (const [argv, sentence] of refusals)
    it(`refuses ${argv.join(' ')} in one sentence, with nothing written`, () => {
      const folder = empty();
      const { status, stdout, stderr } = spawnSync(bin(), argv, {
        cwd: folder,
        env: environment,
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      assert.equal(status, 1, stderr);
      assert.equal(stdout, '');
      assert.match(stderr, sentence);
      assert.deepEqual(readdirSync(folder), []);
    });

  it('changes a project, and takes it back', () => {
    const folder = empty();
    ok(bin(), ['hello', '--yes', '--no-git', '--author', 'Ada'], folder);
    const place = join(folder, 'hello');
    ok('git', ['init', '--quiet'], place);
    const before = tree(place);
    ok(bin(), ['ci', 'gitlab', '--force'], place);
    assert.ok(existsSync(join(place, '.gitlab-ci.yml')));
    ok(bin(), ['ci', '--abort'], place);
    const { '.git/generator-wasm/root.json': _, ...after } = tree(place);
    assert.deepEqual(after, before);
  });

  it('reports the problems of a project, and changes nothing', () => {
    const folder = empty();
    ok(bin(), ['hello', '--yes', '--no-git', '--author', 'Ada'], folder);
    const place = join(folder, 'hello');
    const before = tree(place);
    const { code, stdout } = run(bin(), ['doctor'], place);
    assert.equal(code, 1);
    assert.match(stdout, /^Repository\n {2}This folder is not in a git repository, .*\n {4}git init /);
    assert.match(stdout, /\nChecked \d+ tools, \d+ pins, 1 workflow and 2 CI files\.\n$/);
    assert.equal(JSON.parse(run(bin(), ['doctor', '--json', 'hello'], folder).stdout).outcome, 'problems found');
    assert.deepEqual(tree(place), before);
  });

  it('does not hang on an open pipe', () => {
    const { status, stderr } = spawnSync(bin(), ['hello'], {
      cwd: empty(),
      env: environment,
      encoding: 'utf8',
      input: '\n\n',
      timeout: 20_000,
    });
    assert.equal(status, 1);
    assert.match(stderr, /^Not running in a terminal/);
  });

  it('makes ./ci a folder', () => {
    const folder = empty();
    ok(bin(), ['./ci', '--yes', '--no-git'], folder);
    assert.ok(existsSync(join(folder, 'ci', 'Makefile')));
  });

  it('writes the same project through yo', function () {
    need(this, 'yo');
    // Started by root, yo becomes another user.
    const home = empty();
    for (const folder of [scratch, home]) chmodSync(folder, 0o777);
    const env = { HOME: home, NODE_PATH: join(installed(), 'node_modules') };
    ok('yo', ['wasm', plain.name, '--yes', '--no-git', '--author', 'Ada', '--no-insight'], home, env);
    assert.deepEqual(
      tree(join(home, plain.name)),
      Object.fromEntries(render(plain).map(({ path, text }) => [path, text])),
    );
    const project = join(home, plain.name);
    ok('git', ['init', '--quiet'], project);
    ok('chmod', ['-R', 'a+rwX', project], home);
    const safe = { GIT_CONFIG_COUNT: '1', GIT_CONFIG_KEY_0: 'safe.directory', GIT_CONFIG_VALUE_0: '*' };
    ok('yo', ['wasm:ci', 'gitlab', '--force', '--no-insight'], project, { ...env, ...safe });
    assert.ok(existsSync(join(project, '.gitlab-ci.yml')));
  });

  it('is the one line that it prints', () => {
    const folder = empty();
    const said = ok(bin(), ['one', '--yes', '--no-git', '--author', "Ada O'Neil", '--language', 'c'], folder);
    const line = /npx generator-wasm@\S+ (.*)\n/.exec(said)?.[1];
    const again = join(folder, 'again');
    mkdirSync(again);
    ok('sh', ['-c', `'${bin()}' ${line} --no-git`], again);
    assert.deepEqual(tree(join(again, 'one')), tree(join(folder, 'one')));
  });
});

describe('the prompts, in a terminal', function () {
  this.timeout(120_000);
  // One that has just been told to end may still answer.
  let count = 0;
  let session = '';
  const tmux = (...args: string[]) => run('tmux', ['-L', session, ...args], scratch).stdout;
  const pause = () => new Promise((done) => setTimeout(done, 150));
  /** Waits until the screen shows this. */
  async function sees(pattern: RegExp): Promise<string> {
    for (let tries = 0; tries < 400; tries++) {
      const screen = tmux('capture-pane', '-p', '-J', '-S', '-200');
      if (pattern.test(screen)) return screen;
      await pause();
    }
    throw new Error(`The terminal never showed ${pattern}:\n${tmux('capture-pane', '-p', '-S', '-200')}`);
  }
  const keys = async (...names: string[]) => {
    for (const name of names) {
      tmux('send-keys', name);
      await pause();
    }
  };
  const start = (folder: string, command: string, columns = '100') =>
    tmux('new-session', '-d', '-x', columns, '-y', '40', `cd ${folder}; ${command}; echo "exit $?"; sleep 60`);

  beforeEach(function () {
    need(this, 'tmux');
    session = `generator-wasm-${process.pid}-${++count}`;
  });
  afterEach(() => {
    tmux('kill-server');
  });

  it('asks each question, shows why a choice is closed, and writes the project', async () => {
    const folder = empty();
    start(folder, `${bin()} --no-git --author Ada`);
    await sees(/What do you want to make[\s\S]*My own choice/);
    await keys('Up', 'Enter');
    await sees(/Project name/);
    await keys('hello', 'Enter');
    await sees(/Guest language[\s\S]*AssemblyScript/);
    await keys('Down', 'Enter');
    await sees(/Kind of program/);
    await keys('Up', 'Enter');
    await sees(/Host[\s\S]*WAGI \(needs kind wagi\)/);
    await keys('Enter');
    await sees(/\? Registry/);
    await keys('Enter');
    await sees(/CI[\s\S]*GitLab/);
    await keys('Enter');
    await sees(/Editor/);
    await keys('Enter');
    await sees(/Licence/);
    await keys('Enter');
    await sees(/Wrote \d+ files to hello:[\s\S]*exit 0/);
    const { choices } = JSON.parse(readFileSync(join(folder, 'hello', '.yo-rc.json'), 'utf8'))['generator-wasm'];
    assert.deepEqual(choices, { ...plain, name: 'hello', language: 'c', kind: 'command', host: 'wasmtime' });
  });

  it('brings a newcomer to the end in three keys', async () => {
    const folder = empty();
    start(folder, `${bin()} --no-git`);
    await sees(/What do you want to make[\s\S]*❯ A web handler that runs here now/);
    await keys('Enter');
    await sees(/Project name/);
    await keys('Enter');
    await sees(/Wrote \d+ files to hello-wasm:[\s\S]*exit 0/);
  });

  it('refuses a bad name at once and lets one try again', async () => {
    const folder = empty();
    start(folder, `${bin()} --no-git --language c`);
    await sees(/Project name/);
    await keys('My', 'Space', 'App', 'Enter');
    await sees(/is not a valid package name/);
  });

  it('leaves nothing behind on Ctrl-C, and exits 130', async () => {
    const folder = empty();
    start(folder, bin());
    await sees(/What do you want to make/);
    await keys('Enter');
    await sees(/Project name/);
    await keys('C-c');
    await sees(/Cancelled\. Nothing was written\.[\s\S]*exit 130/);
    assert.deepEqual(readdirSync(folder), []);
  });
});
