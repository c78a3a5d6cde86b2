/** What goes wrong in a workshop: each is a sentence that helps, and nothing of the participant is lost. No compiler is needed. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../src/catalog/templates.ts';
import { environment, freePort, ok, pathWithout, type Result, run, scratch } from '../support/programs.ts';
import { bin, serving } from './world.ts';

const messagesOf = (name: string): Record<string, string> =>
  JSON.parse(readFileSync(join(packageRoot, 'templates/workshop/text/en', name), 'utf8'));
const messages = messagesOf('messages.json');
const boardMessages = messagesOf('board.json');
const sentence = (key: string, values: Record<string, string> = {}): string =>
  (messages[key] ?? '').replace(/\{(\w+)\}/g, (_, name) => values[name] ?? '');

describe('a workshop where something goes wrong', function () {
  this.timeout(120_000);
  let fresh: string;
  let folder: string;

  before(() => {
    fresh = join(mkdtempSync(join(scratch, 'faults-')), 'fresh');
    ok(bin(), ['workshop', fresh, '--yes', '--no-git', '--language', 'assemblyscript'], scratch);
    ok('make', ['intact'], fresh);
  });
  beforeEach(() => {
    folder = join(mkdtempSync(join(scratch, 'faults-')), 'room');
    cpSync(fresh, folder, { recursive: true });
  });

  /** What stops the servers of a test. */
  const stops: (() => Promise<unknown>)[] = [];
  afterEach(() => Promise.all(stops.splice(0).map((stop) => stop())));

  /** Starts a server that ends with the test, or before. */
  async function server(...how: Parameters<typeof serving>): Promise<() => Promise<unknown>> {
    const end = await serving(...how);
    let ended: Promise<unknown> | undefined;
    const stop = () => (ended ??= end());
    stops.push(stop);
    return stop;
  }

  const shell = (code: string, env: NodeJS.ProcessEnv = {}): Result => run('bash', ['-ec', code], folder, env);
  const write = (path: string, text: string) => writeFileSync(join(folder, path), text);
  /** A command that fails with this sentence, and shows no stack. */
  function fails(code: string, expected: string, env: NodeJS.ProcessEnv = {}): void {
    const { code: exit, said } = shell(code, env);
    assert.notEqual(exit, 0, said);
    assert.ok(said.includes(expected), `${expected}\nis not in\n${said}`);
    assert.doesNotMatch(said, /\n {4}at .*:\d+:\d+|node:internal/);
  }
  /** A project that builds, lints and tests whatever is in it, as a repository. */
  function pretend(project: string, choices: object): void {
    mkdirSync(join(folder, project, 'build'), { recursive: true });
    write(`${project}/.yo-rc.json`, JSON.stringify({ 'generator-wasm': { choices } }));
    write(`${project}/Makefile`, 'setup lint test build:\n\t@true\n');
    const git = `git -C ${project} -c user.name=x -c user.email=x`;
    shell(
      `git init --quiet ${project} && git -C ${project} add --all && ${git} commit --quiet --message x && mkdir -p ${project}/build`,
    );
  }

  describe('half of the tools', () => {
    const without = (command: string) => ({ PATH: pathWithout(command) });
    const missing = (tool: string) => sentence('missing', { tool });

    it('make', () => assert.equal(shell('. ./activate', without('make')).said, `${missing('make')}\n`));
    for (const tool of ['node', 'git'])
      it(tool, () => {
        fails('make check-01', missing(tool), without(tool));
        assert.match(shell('. ./activate', without(tool)).said, new RegExp(`^${missing(tool)}$`, 'm'));
      });
    it('mise', () =>
      fails('make setup', sentence('noMise', { command: 'npm install --global @jdxcode/mise@' }), without('mise')));
    it('asc, before make setup', () => {
      shell('make start-02');
      shell('.workshop/bin/generator-wasm hello --yes --no-git --language assemblyscript --kind command --ci none');
      fails('make check-01', 'missing  asc: make setup');
    });
    it('wasmtime', () => {
      pretend('hello', {});
      // A module with one page of memory and nothing else.
      writeFileSync(join(folder, 'hello/build/hello.wasm'), Buffer.from('0061736d010000000503010001', 'hex'));
      write('hello/sandbox.txt', 'imports: 0\nmemory: 65536\n');
      const help = { command: 'wasmtime', reason: 'ENOENT', help: sentence('bySetup') };
      fails('make check-10', sentence('cannotRun', help), without('wasmtime'));
    });
    it('oras', () => {
      pretend('web', { namespace: 'localhost:5050/workshop' });
      const help = { command: 'oras', reason: 'ENOENT', help: sentence('bySetup') };
      fails('make check-06', sentence('cannotRun', help), without('oras'));
    });
  });

  it('is a start in the middle', () => {
    const start = (lesson: string) => sentence('startHere', { lesson });
    const none = (project: string, lesson: string) => sentence('noProject', { project, lesson });
    for (const [id, project, maker] of [
      ['03', 'web', '02'],
      ['04', 'web', '02'],
      ['06', 'web', '02'],
      ['07', 'web', '02'],
      ['09', 'web', '02'],
      ['10', 'hello', '01'],
    ] as const) {
      fails(`make check-${id}`, none(project, maker));
      fails(`make check-${id}`, start(id));
    }
    fails('make check-05', none('other', '05'));
    assert.doesNotMatch(shell('make check-05').said, /in the middle/);
    pretend('other', { language: 'c' });
    fails('make check-05', none('web', '02'));
    assert.ok(shell('make start-05').said.includes(sentence('started', { project: 'web', lesson: '05' })));
    pretend('web', {});
    write('web/.yo-rc.json', '{');
    fails('make check-06', 'web/.yo-rc.json is not valid JSON');
    fails('make check-99', sentence('noLesson', { lesson: '99', lessons: '01, 02, 03' }).slice(0, -1));
  });

  it('is a folder that was renamed between two lessons', () => {
    shell('make start-03');
    write('web/mine.txt', 'own work\n');
    const renamed = `${folder} of Ada`;
    renameSync(folder, renamed);
    folder = renamed;
    assert.match(shell('. ./activate && generator-wasm --version').said, /^\d+\.\d+\.\d+$/m);
    const branch = /branch (kept\/\S+)\. /.exec(shell('make start-03').said)?.[1];
    assert.equal(ok('git', ['show', `${branch}:mine.txt`], join(folder, 'web')), 'own work\n');
  });

  it('is a check that was edited, or the file that compares them', () => {
    for (const name of ['machinery/checks/09.mjs', 'machinery/verify.mjs', 'board/report.mjs']) {
      const path = `.workshop/package/templates/workshop/${name}`;
      const text = readFileSync(join(folder, path), 'utf8');
      write(path, '');
      fails('make check-09', sentence('edited', { files: path }));
      assert.equal(shell('make restore').code, 0);
      assert.equal(readFileSync(join(folder, path), 'utf8'), text);
    }
    rmSync(join(folder, '.workshop/package'), { recursive: true });
    fails('make check-01', sentence('noProject', { project: 'hello', lesson: '01' }));
  });

  describe('a damaged state file', () => {
    for (const text of [
      '',
      'null',
      '{"lesson":"99","passed":{}}',
      '{"passed":{"77":"x"}}',
      '{"passed":{},"track":"week"}',
    ])
      it(`is kept: ${text || 'empty'}`, () => {
        const kept = '.workshop/state.json.damaged';
        for (const path of text ? [kept] : [kept, `${kept}-2`]) {
          write('.workshop/state.json', text);
          const { code, said } = shell('make start-01');
          assert.equal(code, 0, said);
          assert.ok(said.includes(sentence('stateDamaged', { kept: path })), said);
          assert.equal(readFileSync(join(folder, path), 'utf8'), text);
          assert.deepEqual(JSON.parse(readFileSync(join(folder, '.workshop/state.json'), 'utf8')).passed, {});
        }
      });

    it('does not stop make watch', async () => {
      write('.workshop/state.json', '{"lesson": "03", "pas');
      const said = watching();
      while (!said().includes('✗ Lesson 01')) {
        assert.ok(stops.length > 0, said());
        await new Promise((done) => setTimeout(done, 50));
      }
      assert.ok(said().includes(sentence('stateDamaged', { kept: '.workshop/state.json.damaged' })), said());
      assert.doesNotMatch(said(), /\n {4}at /);
    });

    it('is one of no lesson where nothing is remembered yet', () =>
      assert.equal(shell('make start-01').said, `${sentence('goOn', { file: 'lessons/01-hello.md' })}\n`));
  });

  function watching() {
    const child = spawn('make', ['watch'], {
      cwd: folder,
      env: environment,
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    let text = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (data: string) => (text += data));
    const ended = once(child, 'close');
    stops.push(async () => {
      if (child.pid && child.exitCode === null) process.kill(-child.pid);
      await ended;
    });
    return () => text;
  }

  it('is two checks at once, of which neither removes the files of the other', async () => {
    pretend('web', { ci: ['github'] });
    const check = () =>
      new Promise<number | null>((done) => {
        const child = spawn('make', ['check-09'], { cwd: folder, env: environment, stdio: 'ignore' });
        child.on('close', done);
      });
    write('web/Makefile', 'setup lint test build:\n\t@sleep 0.3; test -e Makefile\n');
    shell('git -C web -c user.name=x -c user.email=x commit --quiet --all --message slow');
    assert.deepEqual(await Promise.all([check(), check(), check()]), [0, 0, 0]);
    assert.deepEqual(readdirSync(join(folder, '.workshop/tmp')), []);
  });

  it('is two starts at once, of which one waits to be typed again', async () => {
    write('.workshop/starting', `${process.pid}`);
    fails('make start-02', sentence('startsAlready'));
    const { pid } = await new Promise<{ pid: number | undefined }>((done) => {
      const child = spawn('true');
      child.on('close', () => done({ pid: child.pid }));
    });
    write('.workshop/starting', `${pid}`);
    assert.equal(shell('make start-02').code, 0, 'the lock of a start that was ended');
  });

  it('removes only what was pushed of the projects that start again', () => {
    const tags = join(folder, '.workshop/registry/tags');
    for (const image of ['workshop%2Fhello', 'workshop%2Fweb']) mkdirSync(join(tags, image), { recursive: true });
    shell('make start-03');
    assert.deepEqual(readdirSync(tags), ['workshop%2Fhello']);
    shell('make start-10');
    assert.deepEqual(readdirSync(tags), []);
  });

  it('is a second workshop on the port of the registry, or of the board', async () => {
    const port = `${await freePort()}`;
    const registry = join(fresh, '.workshop/package/templates/workshop/machinery/registry.mjs');
    for (const [first, args, second, expected] of [
      [
        process.execPath,
        [registry, port],
        `node ${registry} ${port}`,
        sentence('portTaken', { port, reason: 'EADDRINUSE' }),
      ],
      [
        'make',
        ['board', `PORT=${port}`],
        `make board PORT=${port}`,
        boardMessages.portTaken?.replaceAll('{port}', port),
      ],
    ] as const) {
      await server(first, [...args], fresh, `http://127.0.0.1:${port}/v2/`);
      fails(second, expected ?? '');
    }
  });

  it('is a registry that is sent something else, and goes on', async () => {
    const port = `${await freePort()}`;
    const registry = join(folder, '.workshop/package/templates/workshop/machinery/registry.mjs');
    const url = `http://127.0.0.1:${port}/v2/`;
    await server(process.execPath, [registry, port], folder, url);
    assert.equal((await fetch(`${url}a/manifests/b`, { method: 'PUT', body: 'no JSON' })).status, 400);
    assert.equal((await fetch(`${url}../../x/blobs/uploads/`, { method: 'POST' })).status, 405);
    assert.equal((await fetch(url)).status, 200);
  });

  it('is a board that went away: the check passes, and the board has all again later', async () => {
    pretend('web', { ci: ['github'] });
    const url = `http://127.0.0.1:${await freePort()}/`;
    const board = () => server('make', ['board', `PORT=${new URL(url).port}`], folder, url);
    const page = async () => (await fetch(url)).text();
    const stop = await board();
    const code = readFileSync(join(folder, '.workshop/board/code'), 'utf8');
    assert.match(
      shell(`make join BOARD=${url} CODE=${code} NAME='Pri$cilla $(id)'`).said,
      /under the name Pri\$cilla \$\(id\)\./,
    );
    assert.match(await page(), /<bdi>Pri\$cilla \$\(id\)<\/bdi>/);
    fails(`make join BOARD=${url} CODE=${code}`, boardMessages.joinHow ?? '', { NAME: 'DESKTOP-7' });
    await stop();
    const alone = shell('make check-09');
    assert.equal(alone.code, 0, alone.said);
    assert.ok(alone.said.includes(boardMessages.away ?? '?'), alone.said);
    await board();
    assert.doesNotMatch(await page(), /class="done"/);
    fails('make check-01', sentence('noProject', { project: 'hello', lesson: '01' }));
    assert.equal((await page()).match(/class="done"/g)?.length, 1, 'of lesson 09, with the report of another check');
  });
});
