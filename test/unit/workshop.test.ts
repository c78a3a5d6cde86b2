/** What the checks of a workshop share. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { packageRoot } from '../../src/catalog/templates.ts';

describe('a check of a workshop', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'check-'));
    const workshop = { locale: 'en', lessons: [], tools: [], makes: {} };
    writeFileSync(join(folder, 'workshop.json'), JSON.stringify(workshop));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('builds again a file that was saved while the compiler ran', () => {
    const project = join(folder, 'web');
    mkdirSync(join(project, 'build'), { recursive: true });
    writeFileSync(join(project, 'source'), 'first\n');
    // The compiler reads its source, the participant saves, the compiler writes.
    const compile = 'text=$$(cat source); echo second >source; echo $$text >$@';
    writeFileSync(join(project, 'Makefile'), `build: build/web.wasm\nbuild/web.wasm: source\n\t${compile}\n`);
    const library = pathToFileURL(join(packageRoot, 'templates/workshop/machinery/lib.mjs')).href;
    const built = () => {
      const script = `import { build } from '${library}'; build('web');`;
      const { status, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', script], {
        cwd: folder,
        encoding: 'utf8',
      });
      assert.equal(status, 0, stderr);
      return readFileSync(join(project, 'build/web.wasm'), 'utf8');
    };
    assert.equal(built(), 'first\n');
    assert.equal(built(), 'second\n');
  });
});

describe('a program of a workshop whose folder is removed', () => {
  const text = (name: string) => join(packageRoot, 'templates/workshop', name);
  const { folderRemoved } = JSON.parse(readFileSync(text('text/en/messages.json'), 'utf8'));
  let folder: string;
  let child: ChildProcess;
  before(function () {
    // Windows keeps the folder that a process is in.
    if (process.platform === 'win32') this.skip();
  });
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'removed-'));
    mkdirSync(join(folder, '.workshop'));
    mkdirSync(join(folder, 'lessons'));
    writeFileSync(join(folder, 'lessons/01-hello.md'), '# Hello\n');
    const lesson = { id: '01', slug: 'hello', title: 'Hello', minutes: 1, tracks: ['day'], projects: ['hello'] };
    const makes = { hello: { lesson: '01' } };
    writeFileSync(
      join(folder, 'workshop.json'),
      JSON.stringify({ locale: 'en', lessons: [lesson], left: [], tools: [], makes }),
    );
  });
  afterEach(() => {
    child.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  });

  /** Starts a program, removes its folder once it has printed this, and gives back its exit code and what it printed then. */
  async function removed(program: string, args: string[], printed: RegExp, then: (match: string) => Promise<unknown>) {
    child = spawn(process.execPath, [text(`machinery/${program}`), ...args], {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let stdout = '';
    let stderr = '';
    child.stderr?.setEncoding('utf8').on('data', (data: string) => (stderr += data));
    const closed = once(child, 'close');
    const match = await new Promise<string>((done, fail) => {
      child.stdout?.setEncoding('utf8').on('data', (data: string) => {
        stdout += data;
        const [, found] = printed.exec(stdout) ?? [];
        if (found !== undefined) done(found);
      });
      closed.then(() => fail(new Error(`${program} ended: ${stdout}${stderr}`)));
    });
    await then(match);
    const [code] = await closed;
    return { code, stderr };
  }

  it('ends with a sentence: the registry, at the next request', async () => {
    const ended = await removed('registry.mjs', ['0'], /localhost:(\d+)/, async (port) => {
      const url = `http://127.0.0.1:${port}/v2/`;
      assert.equal((await fetch(url)).status, 200);
      rmSync(folder, { recursive: true });
      await assert.rejects(fetch(url));
    });
    assert.deepEqual(ended, { code: 1, stderr: `${folderRemoved}\n` });
  });

  it('ends with a sentence: the watcher', async () => {
    const remove = async () => rmSync(folder, { recursive: true });
    const ended = await removed('run.mjs', ['watch'], /(✗) Lesson 01/, remove);
    assert.equal(ended.code, 1);
    assert.ok(ended.stderr.endsWith(`${folderRemoved}\n`), ended.stderr);
  });
});
