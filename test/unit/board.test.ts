/** The progress board of a workshop: what it takes, what it refuses, and what it shows. */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { Server } from 'node:http';
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
  let count = 0;
  /** A report of a new participant. */
  const reporting = (name: unknown, more: object = {}) =>
    post(JSON.stringify({ code: 'ABCDEF', name, id: idOf(count++), done: ['01'], ...more }));
  const report = async (name: unknown, more: object = {}): Promise<number> => (await reporting(name, more)).status;
  const idOf = (n: number): string => n.toString(16).padStart(16, '0');
  const shown = async (): Promise<string> => (await fetch(url)).text();
  const names = (page: string): string[] =>
    [...page.matchAll(/<th scope="row"><bdi>(.*?)<\/bdi><\/th>/gs)].map(([, n = '']) => n);
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
    await start();
  });
  /** Starts the board anew, from its file, and gives back what it warned of. */
  async function start(): Promise<string[]> {
    const { board } = await import(pathToFileURL(join(scripts, 'server.mjs')).href);
    const warnings: string[] = [];
    const warn = (kept: string) => warnings.push(kept);
    server = board({ workshop, messages, code: 'ABCDEF', file: join(folder, 'progress.json'), warn });
    url = `http://127.0.0.1:${await listen(server)}`;
    return warnings;
  }
  const stop = () => {
    server.closeAllConnections();
    server.close();
  };
  afterEach(() => {
    stop();
    rmSync(folder, { recursive: true });
  });

  it('shows forty participants who report at once, and keeps them', async () => {
    const forty = Array.from({ length: 40 }, (_, i) => `Ada ${i}`);
    assert.deepEqual(new Set(await Promise.all(forty.map((name) => report(name)))), new Set([200]));
    const page = await shown();
    assert.deepEqual(names(page), forty, 'in the order of their names, where 9 comes before 10');
    assert.equal(page.match(/class="done"/g)?.length, 40);
    stop();
    assert.deepEqual(await start(), []);
    assert.equal(await shown(), page);
  });

  it('shows two tables from 20 participants on', async () => {
    const tables = async () => (await shown()).match(/<table>/g)?.length;
    for (let i = 0; i < 19; i++) await report(`Ada ${i}`);
    assert.equal(await tables(), 1);
    await report('Grace');
    assert.equal(await tables(), 2);
  });

  it('keeps a lesson that is done', async () => {
    await report('Ada', { id: idOf(1), done: ['01', '02'] });
    await report('Ada', { id: idOf(1), done: [] });
    assert.equal((await shown()).match(/class="done"/g)?.length, 2);
  });

  it('shows two participants of one name apart, and one who takes another name once', async () => {
    const told = async (name: string, id: string) => (await reporting(name, { id })).text();
    assert.equal(await told('Ada', idOf(1)), 'Ada');
    assert.equal(await told('Ada', idOf(2)), 'Ada (2)');
    assert.equal(await told('Ada', idOf(1)), 'Ada');
    assert.equal(await told('Ada', idOf(2)), 'Ada (2)');
    assert.equal(await told('Ada\u0301', idOf(3)), 'Adá');
    assert.equal(await told('x'.repeat(40), idOf(4)), 'x'.repeat(32));
    assert.equal(await told('x'.repeat(40), idOf(5)), `${'x'.repeat(28)} (2)`);
    assert.equal(await told('Grace', idOf(2)), 'Grace');
    assert.deepEqual(names(await shown()), ['Ada', 'Adá', 'Grace', 'x'.repeat(28).concat(' (2)'), 'x'.repeat(32)]);
  });

  it('keeps a file that it cannot read, says where, and has all again with the next reports', async () => {
    const file = join(folder, 'progress.json');
    await report('Ada', { done: ['01', '02'] });
    for (const [damaged, kept] of [
      [readFileSync(file, 'utf8').slice(0, 20), `${file}.damaged`],
      ['{}', `${file}.damaged-2`],
    ] as const) {
      stop();
      writeFileSync(file, damaged);
      assert.deepEqual(await start(), [kept]);
      assert.equal(readFileSync(kept, 'utf8'), damaged);
      assert.deepEqual(names(await shown()), []);
      await report('Ada', { done: ['01', '02'] });
      assert.equal((await shown()).match(/class="done"/g)?.length, 2);
    }
  });

  it('prints addresses of both kinds, and its own where there is no network', async () => {
    const { origins } = await import(pathToFileURL(join(scripts, 'server.mjs')).href);
    const of = (family: string, address: string, internal = false) => ({ family, address, internal });
    const interfaces = {
      lo: [of('IPv4', '127.0.0.1', true), of('IPv6', '::1', true)],
      eth0: [of('IPv6', '2001:db8::7'), of('IPv6', 'fe80::1'), of('IPv4', '192.168.1.5')],
    };
    assert.deepEqual(origins(interfaces, 4000), ['http://192.168.1.5:4000', 'http://[2001:db8::7]:4000']);
    assert.deepEqual(origins({ lo: interfaces.lo }, 4000), ['http://127.0.0.1:4000']);
  });

  it('shows markup as text and leaves out control characters, and allows no script', async () => {
    assert.equal(await report('<script>alert("x")</script>'), 200);
    assert.equal(await report('A\u0000d\u001b[31ma\u202e\nB'), 200);
    assert.equal(await report('__proto__'), 200);
    const page = await shown();
    assert.doesNotMatch(page, /<script|alert\("|<1>/);
    assert.deepEqual(
      names(page).sort(),
      ['&#60;script&#62;alert(&#34;x&#34;)&#60;/script&#62;', 'A d [31ma B', '__proto__'].sort(),
    );
    const { headers } = await fetch(url);
    assert.match(headers.get('content-security-policy') ?? '', /^default-src 'none'/);
  });

  it('refuses what is not a report of this room', async () => {
    assert.equal(await report('Ada', { code: 'ABCDEX' }), 403);
    assert.equal(await report('Ada', { code: undefined }), 403);
    for (const more of [{ done: ['99'] }, { done: 'yes' }, { done: undefined }, { id: 'x' }, { id: undefined }])
      assert.equal(await report('Ada', more), 400, JSON.stringify(more));
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
    assert.equal(statuses.get(200), 200);
    assert.ok((statuses.get(429) ?? 0) > 0);
    const all = names(await shown());
    assert.equal(all.length, 200);
    assert.ok(all.every((name) => name.length === 32));
  });

  const member = (): Record<string, string> => JSON.parse(readFileSync(join(folder, '.workshop/board.json'), 'utf8'));
  /** Runs beside the board, which answers from this process. */
  const joining = async (env: Record<string, string>) => {
    const child = spawn(process.execPath, [join(scripts, 'join.mjs')], {
      cwd: folder,
      env: { PATH: process.env.PATH, ...env },
    });
    const said = { out: '', err: '' };
    child.stdout.on('data', (data) => (said.out += data));
    child.stderr.on('data', (data) => (said.err += data));
    const [status] = await once(child, 'close');
    return { status, ...said };
  };

  it('shows who joins at once, with the lessons that are done, and again under another name', async () => {
    mkdirSync(join(folder, '.workshop'), { recursive: true });
    writeFileSync(join(folder, '.workshop/state.json'), JSON.stringify({ passed: { '02': 'x' } }));
    await report('Ada');
    const env = { BOARD: url, CODE: 'abcdef', NAME: 'Ada' };
    assert.deepEqual(await joining(env), {
      status: 0,
      out: `${messages.joined.replace('{name}', 'Ada (2)')}\n`,
      err: '',
    });
    const { id } = member();
    assert.equal((await joining({ ...env, NAME: 'Pri$cilla $& <b>' })).status, 0);
    assert.equal(member().id, id);
    assert.deepEqual(names(await shown()), ['Ada', 'Pri$cilla $&#38; &#60;b&#62;']);
    assert.equal((await shown()).match(/class="done"/g)?.length, 2);
  });

  it('says in one sentence that the code is wrong, and leaves the membership as it was', async () => {
    const env = { BOARD: url, CODE: 'ABCDEF', NAME: 'Ada' };
    assert.equal((await joining(env)).status, 0);
    const before = member();
    const refused = await joining({ ...env, CODE: 'ABCDEX' });
    assert.deepEqual(refused, { status: 1, out: '', err: `${messages.refused}\n` });
    assert.deepEqual(member(), before);
  });

  it('is joined while it is away, and that is a sentence', async () => {
    stop();
    const { status, err } = await joining({ BOARD: url, CODE: 'ABCDEF', NAME: 'Ada' });
    assert.deepEqual([status, err], [0, `${messages.away}\n`]);
    assert.equal(member().name, 'Ada');
  });

  it('says how to join where something is missing, and writes nothing', () => {
    for (const env of [
      {},
      { BOARD: 'http://x:1', CODE: 'ABCDEF' },
      { BOARD: 'http://x:1', CODE: 'ABCDEF', NAME: '\u200b' },
      { BOARD: 'file:///x', CODE: 'ABCDEF', NAME: 'Ada' },
      { BOARD: 'http://x:1/path?', CODE: 'ABCDEF', NAME: 'Ada' },
      { BOARD: 'http://x:1', CODE: 'ABCDE', NAME: 'Ada' },
    ] as Record<string, string>[]) {
      const { status, stderr } = script('join.mjs', env);
      assert.deepEqual([status, stderr], [1, `${messages.joinHow}\n`]);
    }
    assert.throws(() => member());
  });

  it('says in one sentence that its port is taken', () => {
    const { port } = server.address() as AddressInfo;
    const { status, stderr } = script('server.mjs', { PORT: `${port}` });
    assert.deepEqual([status, stderr], [1, `${messages.portTaken.replaceAll('{port}', `${port}`)}\n`]);
  });
});
