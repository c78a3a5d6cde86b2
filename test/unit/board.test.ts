/** The progress board of a workshop: what it takes, what it refuses, and what it shows. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { packageRoot } from '../../src/catalog/templates.ts';

const scripts = join(packageRoot, 'templates/workshop/board');
const messages = JSON.parse(readFileSync(join(packageRoot, 'templates/workshop/text/en/board.json'), 'utf8'));
const workshop = { locale: 'en', lessons: [1, 2, 3].map((n) => ({ id: `0${n}`, title: `Lesson <${n}>` })) };

describe('the progress board', () => {
  let folder = '';
  let server: Server;
  let url = '';
  const listen = async (server: Server): Promise<number> => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return (server.address() as AddressInfo).port;
  };
  const post = (body: string) => fetch(`${url}/report`, { method: 'POST', body });
  const report = async (name: unknown, more: object = {}): Promise<number> =>
    (await post(JSON.stringify({ code: 'ABCDEF', name, lesson: '01', passed: true, ...more }))).status;
  const shown = async (): Promise<string> => (await fetch(url)).text();
  const names = (page: string): string[] => [...page.matchAll(/<th scope="row">(.*?)<\/th>/gs)].map(([, n = '']) => n);
  const script = (name: string, env: Record<string, string>) =>
    spawnSync(process.execPath, [join(scripts, name)], {
      cwd: folder,
      encoding: 'utf8',
      env: { PATH: process.env.PATH, ...env },
    });

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'board-'));
    mkdirSync(join(folder, '.workshop'));
    writeFileSync(join(folder, 'workshop.json'), JSON.stringify(workshop));
    const { board } = await import(pathToFileURL(join(scripts, 'server.mjs')).href);
    server = board({ workshop, messages, code: 'ABCDEF', file: join(folder, 'progress.json') });
    url = `http://127.0.0.1:${await listen(server)}`;
  });
  afterEach(() => {
    server.closeAllConnections();
    server.close();
    rmSync(folder, { recursive: true });
  });

  it('shows forty participants who report at once, and keeps them', async () => {
    const forty = Array.from({ length: 40 }, (_, i) => `Ada ${i}`);
    assert.deepEqual(new Set(await Promise.all(forty.map((name) => report(name)))), new Set([204]));
    const page = await shown();
    assert.deepEqual(names(page).sort(), forty.sort());
    assert.equal(page.match(/class="done"/g)?.length, 40);
    assert.equal(Object.keys(JSON.parse(readFileSync(join(folder, 'progress.json'), 'utf8'))).length, 40);
  });

  it('keeps a lesson that passed once', async () => {
    await report('Ada');
    await report('Ada', { passed: false });
    assert.match(await shown(), /class="done"/);
  });

  it('shows markup as text and leaves out control characters, and allows no script', async () => {
    assert.equal(await report('<script>alert("x")</script>'), 204);
    assert.equal(await report('A\u0000d\u001b[31ma\u202e\nB'), 204);
    assert.equal(await report('__proto__'), 204);
    const page = await shown();
    assert.doesNotMatch(page, /<script|alert\("|<1>/);
    assert.deepEqual(names(page), ['&#60;script&#62;alert(&#34;x&#34;)&#60;/script&#62;', 'A d [31ma B', '__proto__']);
    const { headers } = await fetch(url);
    assert.match(headers.get('content-security-policy') ?? '', /^default-src 'none'/);
  });

  it('refuses what is not a report of this room', async () => {
    assert.equal(await report('Ada', { code: 'ABCDEX' }), 403);
    assert.equal(await report('Ada', { code: undefined }), 403);
    assert.equal(await report('Ada', { lesson: '99' }), 400);
    assert.equal(await report('Ada', { passed: 'yes' }), 400);
    assert.equal(await report('\u0000 \u200b'), 400);
    assert.equal(await report(7), 400);
    assert.equal((await post('null')).status, 403);
    assert.equal((await post('{')).status, 400);
    assert.equal((await post('x'.repeat(2000))).status, 413);
    assert.equal((await fetch(`${url}/etc/passwd`)).status, 404);
    assert.deepEqual(names(await shown()), []);
  });

  it('shows 200 of 10,000 names, each cut to 32 characters, and takes 1,200 reports a minute', async function () {
    this.timeout(240_000);
    const statuses = new Map<number, number>();
    for (let start = 0; start < 10_000; start += 100)
      for (const status of await Promise.all(
        Array.from({ length: 100 }, (_, i) => report(`${start + i}-${'x'.repeat(90)}`)),
      ))
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
    assert.equal(statuses.get(204), 200);
    assert.ok((statuses.get(429) ?? 0) > 0);
    const all = names(await shown());
    assert.equal(all.length, 200);
    assert.ok(all.every((name) => name.length === 32));
  });

  it('is told of a check only where the participant joined, and a board that is gone is one sentence', async () => {
    const code = `import(${JSON.stringify(pathToFileURL(join(scripts, 'report.mjs')).href)})
      .then(({ report }) => report({ lesson: '01', passed: true })).then((said) => console.log(said))`;
    const tell = () => spawnSync(process.execPath, ['-e', code], { cwd: folder, encoding: 'utf8' }).stdout.trim();
    assert.equal(tell(), 'undefined');
    const gone = createServer();
    const port = await listen(gone);
    await new Promise((resolve) => gone.close(resolve));
    assert.equal(script('join.mjs', { BOARD: `http://127.0.0.1:${port}`, CODE: 'abcdef', NAME: 'Ada' }).status, 0);
    assert.equal(tell(), messages.away);
  });

  it('says how to join where something is missing, and writes nothing', () => {
    for (const env of [
      {},
      { BOARD: 'http://x:1', CODE: 'ABCDEF' },
      { BOARD: 'file:///x', CODE: 'ABCDEF', NAME: 'Ada' },
    ]) {
      const { status, stderr } = script('join.mjs', env);
      assert.deepEqual([status, stderr], [1, `${messages.joinHow}\n`]);
    }
    assert.throws(() => readFileSync(join(folder, '.workshop/board.json')));
  });

  it('says in one sentence that its port is taken', () => {
    const { port } = server.address() as AddressInfo;
    const { status, stderr } = script('server.mjs', { PORT: `${port}` });
    assert.deepEqual([status, stderr], [1, `${messages.portTaken.replaceAll('{port}', `${port}`)}\n`]);
  });
});
