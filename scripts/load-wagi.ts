/**
 * Tests the embedded server under load and with hostile modules and clients: a row for each case, and exit code 1 if one fails.
 * `npm run load` runs all, `npm run load -- idle slow` these two; REQUESTS, MODULES and CONNECTIONS change the numbers.
 */
import { once } from 'node:events';
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { hammer } from '../test/wagi/hammer.ts';
import { ask, config, host, modules } from '../test/wagi/modules.ts';
import { compile } from '../wagi/modules.ts';
import { Pool } from '../wagi/pool.ts';
import { Refusal } from '../wagi/refusal.ts';
import type { Program } from '../wagi/worker-protocol.ts';

type Host = Awaited<ReturnType<typeof host>>;
const amount = (name: string, otherwise: number): number => Number(process.env[name] ?? otherwise);
const wait = (milliseconds: number) => new Promise((done) => setTimeout(done, milliseconds));

const folder = await modules();
const names = ['cat', 'echo', 'dirty', 'bomb', 'endless', 'spill', 'noise', 'chatter', 'glutton', 'deep', 'show'];
const routes = Object.fromEntries(names.map((name) => [`/${name}`, `${name}.wasm`]));

/** Resident memory of the server, in MiB. */
const memory = ({ child }: Host): number =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1]) / 1024;

function check(holds: boolean, problem: string): void {
  if (!holds) throw new Error(problem);
}

/** Checks that another route answers; returns the milliseconds. */
async function answers({ url }: Host): Promise<number> {
  const start = performance.now();
  const { status, body } = await ask(url, '/cat', { method: 'POST', body: 'content-type: a/b\n\nfine' });
  check(status === 200 && body === 'fine', `the other route answers ${status}, ${JSON.stringify(body)}`);
  return performance.now() - start;
}

async function opened(server: Host): Promise<Socket> {
  const socket = connect(Number(new URL(server.url).port), '127.0.0.1').on('error', () => {});
  await once(socket, 'connect');
  return socket;
}

/** Requests a path `count` times, some at once, and another route meanwhile; returns its slowest answer and all statuses. */
async function beside(server: Host, path: string, count: number, atOnce: number) {
  const statuses = new Map<number | string, number>();
  let left = count;
  let running = true;
  const client = async () => {
    while (left-- > 0) {
      const said = await ask(server.url, path).then(
        ({ status }) => status ?? 0,
        () => 'broken off',
      );
      statuses.set(said, (statuses.get(said) ?? 0) + 1);
    }
  };
  let slowest = 0;
  const other = async () => {
    while (running) {
      slowest = Math.max(slowest, await answers(server));
      await wait(50);
    }
  };
  const watching = other();
  await Promise.all(Array.from({ length: atOnce }, client));
  running = false;
  await watching;
  const told = [...statuses].map(([status, times]) => `${times} × ${status}`).join(', ');
  return { told, slowest: `the other route within ${slowest.toFixed(0)} ms` };
}

const cases: Record<string, (server: Host) => Promise<string>> = {
  async idle(server) {
    const count = amount('CONNECTIONS', 10_000);
    const before = memory(server);
    const sockets: Socket[] = [];
    while (sockets.length < count)
      sockets.push(...(await Promise.all(Array.from({ length: 100 }, () => opened(server)))));
    const slowest = await answers(server);
    const each = ((memory(server) - before) * 1024) / count;
    for (const socket of sockets) socket.destroy();
    check(each < 64, `${each.toFixed(0)} KiB for each connection`);
    return `${count} connections without a request, ${each.toFixed(0)} KiB each; another is answered within ${slowest.toFixed(0)} ms`;
  },

  async slow(server) {
    const sockets = await Promise.all(Array.from({ length: 500 }, () => opened(server)));
    const body = 'content-type: a/b\n\nslow';
    const text = `POST /cat HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: ${body.length}\r\n\r\n${body}`;
    let slowest = 0;
    const said = sockets.map(async (socket) => {
      let all = '';
      for await (const part of socket) all += part;
      return all.endsWith('slow');
    });
    for (const letter of text) {
      for (const socket of sockets) socket.write(letter);
      slowest = Math.max(slowest, await answers(server));
      await wait(20);
    }
    const right = (await Promise.all(said)).filter(Boolean).length;
    check(right === sockets.length, `${right} of ${sockets.length} were answered`);
    return `500 clients that send a byte at a time, all answered; another is answered within ${slowest.toFixed(0)} ms`;
  },

  async large(server) {
    const size = 300 << 20;
    const socket = await opened(server);
    const piece = Buffer.alloc(1 << 20, 'content-type: a/b\n\n0123456789');
    socket.write(`POST /echo HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: ${size}\r\n\r\n`);
    let most = 0;
    const back = (async () => {
      let taken = 0;
      for await (const part of socket) {
        taken += part.length;
        most = Math.max(most, memory(server));
      }
      return taken;
    })();
    for (let sent = 0; sent < size; sent += piece.length) if (!socket.write(piece)) await once(socket, 'drain');
    const taken = await back;
    check(taken > size - 1024, `${taken} bytes came back`);
    check(most < 200, `${most.toFixed(0)} MiB`);
    return `300 MiB up and down again, with at most ${most.toFixed(0)} MiB of memory`;
  },

  async mutated(server) {
    const count = amount('MODULES', 10_000);
    const seed = amount('SEED', 1);
    // Mulberry32: the same modules for the same seed.
    let state = seed;
    const random = (below: number): number => {
      state = (state + 0x6d2b79f5) | 0;
      let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
      mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
      return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
    };
    const originals = ['cat', 'dirty', 'show', 'routes', 'script', 'slow'].map((name) =>
      readFileSync(join(folder, `${name}.wasm`)),
    );
    let compiled = 0;
    let refused = 0;
    let batch: Program[] = [];
    const run = async () => {
      const pool = new Pool({ programs: batch, size: 1, limit: 200, variables: 0 });
      const ends = batch.map(
        (_, program) =>
          new Promise<void>((done) =>
            pool.run({
              ...{ program, strings: '_start\0', args: 0, env: 0, body: { first: Buffer.alloc(0) } },
              ...{ output: (_part: Buffer, next: () => void) => next(), errors() {}, end: () => done() },
              send: () => Promise.resolve({ error: 1 }),
            }),
          ),
      );
      await Promise.all(ends);
      await pool.close();
      batch = [];
    };
    for (let made = 0; made < count; made++) {
      const bytes = Buffer.from(originals[random(originals.length)] ?? '');
      for (let changes = 1 + random(2); changes > 0; changes--) bytes[random(bytes.length)] = random(256);
      try {
        const { exports, unfit, ...program } = await compile(bytes, 1024);
        compiled++;
        if (exports.includes('_start') && !unfit.includes('_start'))
          batch.push({ ...program, volumes: [], maxResponses: 1 });
      } catch (error) {
        check(error instanceof Refusal, `module ${made} of seed ${seed}: ${(error as Error).stack}`);
        refused++;
      }
      if (batch.length === 100) await run();
    }
    await run();
    await answers(server);
    return `${count} modules with changed bytes: ${refused} refused in a sentence, ${compiled} run or fail alone`;
  },

  async endless(server) {
    const { told, slowest } = await beside(server, '/endless', 24, 6);
    check(told === '24 × 500', told);
    return `24 endless loops, ended after a second: ${told}; ${slowest}`;
  },

  async bombs(server) {
    const results = [];
    for (const path of ['/bomb', '/glutton', '/deep']) results.push((await beside(server, path, 60, 6)).told);
    // Extra workers end after ten idle seconds.
    await wait(12_000);
    const after = memory(server);
    check(after < 200, `${after.toFixed(0)} MiB`);
    return `60 times each all the memory there is, more than a worker may keep, a deep recursion: ${results.join('; ')}; ${after.toFixed(0)} MiB after that`;
  },

  async output(server) {
    const results = [];
    let most = 0;
    const watch = setInterval(() => (most = Math.max(most, memory(server))), 50);
    for (const path of ['/spill', '/noise', '/chatter']) results.push((await beside(server, path, 6, 3)).told);
    clearInterval(watch);
    check(most < 512, `${most.toFixed(0)} MiB`);
    return `output without end, with a head, without one, and to standard error: ${results.join('; ')}; at most ${most.toFixed(0)} MiB`;
  },

  async watch() {
    const whole = readFileSync(join(folder, 'cat.wasm'));
    const place = join(folder, 'watched.wasm');
    copyFileSync(join(folder, 'cat.wasm'), place);
    const watched = await host(folder, config({ '/cat': 'watched.wasm' }), '--watch');
    for (let times = 0; times < 12; times++) {
      writeFileSync(place, whole.subarray(0, 1 + ((times * 37) % whole.length)));
      for (let waits = 0; waits < 8; waits++) {
        // Half of the times the file is incomplete for a moment, half of the times until it was loaded.
        if (waits === (times % 2 === 0 ? 1 : 4)) writeFileSync(place, whole);
        await answers(watched);
        await wait(80);
      }
    }
    const loaded = watched.said().split('Reloaded').length - 1;
    const kept = watched.complained().split('is still served').length - 1;
    check(loaded > 0 && kept > 0, `${loaded} times loaded, ${kept} times kept`);
    check((await watched.stop()) === 0, 'the host did not end well');
    return `a module half written 12 times under --watch: each request answered by a whole one, of which ${loaded} were loaded anew and ${kept} kept`;
  },

  async requests(server) {
    const count = amount('REQUESTS', 1_000_000);
    const taken: number[] = [];
    const start = performance.now();
    for (let part = 0; part < 10; part++) {
      const wrong = await hammer(server.url, '/cat', count / 10);
      check(wrong === 0, `${wrong} answers are wrong`);
      taken.push(memory(server));
    }
    const [first = 0] = taken;
    const last = taken.at(-1) ?? 0;
    check(last < first + 24, `${taken.map(Math.round)} MiB`);
    const rate = (count / (performance.now() - start)) * 1000;
    return `${count} requests, each answered with its own body, ${rate.toFixed(0)} a second; MiB after each tenth: ${taken.map(Math.round).join(' ')}`;
  },
};

const wanted = process.argv.slice(2);
const unknown = wanted.find((name) => !Object.hasOwn(cases, name));
if (unknown !== undefined) {
  console.error(`There is no case '${unknown}'. There are: ${Object.keys(cases).join(', ')}.`);
  process.exit(1);
}
for (const name of wanted.length > 0 ? wanted : Object.keys(cases)) {
  const seconds = ['endless', 'bombs', 'output'].includes(name) ? '1' : '30';
  const server = await host(folder, config(routes), '--timeout', seconds, '--memory', '64');
  try {
    console.log(`| ${name} | ${await cases[name]?.(server)} |`);
    const code = await server.stop();
    check(code === 0, `the host ended with ${code}: ${server.complained().slice(-2000)}`);
  } catch (error) {
    console.log(`| ${name} | FAILS: ${(error as Error).message} |`);
    process.exitCode = 1;
    server.child.kill('SIGKILL');
  }
}
