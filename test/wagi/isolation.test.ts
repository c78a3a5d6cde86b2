/** One request cannot end or fill the host: whatever a module answers or a client sends, the next request is answered. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import fc from 'fast-check';
import { headBytes } from './heads.ts';
import { ask, config, host, modules, until } from './modules.ts';

describe('the embedded host, after a request that goes wrong', () => {
  let server: Awaited<ReturnType<typeof host>>;

  before(async () => {
    const folder = await modules();
    const routes = { '/cat': 'cat.wasm', '/echo': 'echo.wasm', '/spill': 'spill.wasm', '/other': 'cat.wasm' };
    const toml = config({ ...routes, '/show': 'show.wasm', '/slow': 'slow.wasm' });
    server = await host(folder, toml, '--timeout', '5', '--access-log', 'access.log');
    assert.ok(server.url, server.complained());
  });
  after(async () => {
    assert.equal(await server.stop(), 0);
  });

  const answer = (head: string, method = 'POST') => ask(server.url, '/cat', { method, body: head });
  /** Another route answers as if nothing had happened. */
  async function goesOn(): Promise<void> {
    const { status, body } = await ask(server.url, '/other', { method: 'POST', body: 'content-type: a/b\n\nfine' });
    assert.deepEqual([status, body], [200, 'fine']);
  }
  /** Sends bytes as they stand and gives what comes back until the host closes the connection, or it is cut off. */
  const raw = (text: string, cut = false) =>
    new Promise<string>((done) => {
      const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
      let said = '';
      socket.on('data', (part) => (said += part)).on('error', () => {});
      socket.on('close', () => done(said));
      socket.write(text, () => cut && socket.destroy());
    });

  /** MiB that are resident. */
  const memory = () =>
    Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${server.child.pid}/status`, 'utf8'))?.[1]) / 1024;

  it('leaves out headers that describe the connection, which Node would throw on', async () => {
    const names = ['Trailer', 'Transfer-Encoding', 'Connection', 'Keep-Alive', 'TE', 'Upgrade', 'Proxy-Connection'];
    for (const name of names) {
      const { status, headers, body } = await answer(`content-type: a/b\n${name}: Expires\n\nhi`);
      assert.deepEqual([name, status, body], [name, 200, 'hi']);
      assert.equal(headers.trailer, undefined);
      await goesOn();
    }
  });

  it('logs the headers that HTTP cannot carry', async () => {
    const { status, headers } = await answer('content-type: a/b\nx-né: 1\nx-two: caf\u00e9\nx y: 1\nx-good: 1\n\nhi');
    assert.deepEqual([status, headers['x-good'], headers['x-two']], [200, '1', undefined]);
    await server.complains(/POST \/cat: cat\.wasm wrote headers that are not ASCII or have an invalid name.*"x-two"/);
  });

  it('sends every Set-Cookie, and the last of all other headers', async () => {
    const { headers } = await answer('content-type: a/b\nset-cookie: a=1\nSet-Cookie: b=2\nx-one: 1\nx-one: 2\n\n');
    assert.deepEqual([headers['set-cookie'], headers['x-one']], [['a=1', 'b=2'], '2']);
  });

  it('keeps the length of 304, gives none to 204, and sends no body with them or with 205', async () => {
    const same = await answer('status: 304\netag: x\ncontent-length: 1234\n\nno body');
    assert.deepEqual([same.status, same.headers['content-length'], same.body], [304, '1234', '']);
    const empty = await answer('status: 204\ncontent-length: 7\n\nno body');
    assert.deepEqual([empty.status, empty.headers['content-length'], empty.body], [204, undefined, '']);
    const reset = await answer('status: 205\ncontent-length: 7\n\nno body');
    assert.deepEqual([reset.status, reset.headers['content-length'], reset.body], [205, '0', '']);
    await goesOn();
  });

  it('answers 500 to a status that is not final', async () => {
    for (const status of [100, 101, 103, 199]) {
      const refused = await answer(`status: ${status}\n\n`);
      assert.deepEqual([refused.status, refused.body], [500, '']);
    }
    await server.complains(/wrote the status '101', which is not final/);
    await goesOn();
  });

  it('answers 400 to two Host headers', async () => {
    const said = await raw('GET /cat HTTP/1.1\r\nHost: a.example\r\nHost: b.example\r\n\r\n');
    assert.match(said, /^HTTP\/1\.1 400 /);
    assert.match(said, /The request has more than one Host header\.$/);
    await goesOn();
  });

  it('answers 404 to CONNECT, and passes every header on', async () => {
    assert.match(await raw('CONNECT a.example:443 HTTP/1.1\r\nHost: a.example:443\r\n\r\n'), /^HTTP\/1\.1 404 /);
    const headers = Array.from({ length: 1500 }, (_, index) => `X-${index}: ${index}\r\n`).join('');
    const said = await raw(`GET /show HTTP/1.1\r\nHost: x\r\nConnection: close\r\n${headers}\r\n`);
    assert.ok(said.includes('HTTP_X_1499=1499\0'), said.slice(0, 500));
    await goesOn();
  });

  it('runs the pipelined requests of a client one after the other, and answers others meanwhile', async function () {
    const port = Number(new URL(server.url).port);
    const text = (index: number) => `content-type: a/b\n\n${index};`;
    const requests = Array.from(
      { length: 2000 },
      (_, index) => `POST /cat HTTP/1.1\r\nHost: x\r\nContent-Length: ${text(index).length}\r\n\r\n${text(index)}`,
    );
    const last = 'GET /none HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n';
    const said = await raw(requests.join('') + last);
    assert.deepEqual(
      [...said.matchAll(/\r\n\r\n(\d+);/g)].map(([, index]) => Number(index)),
      requests.map((_, index) => index),
    );

    if (process.platform !== 'linux') this.skip();
    const before = memory();
    const flood = 'GET /slow HTTP/1.1\r\nHost:\r\n\r\n'.repeat(100_000);
    const client = connect(port, '127.0.0.1').on('error', () => {});
    client.write(flood);
    // Until the server reads no more.
    for (let sent = -1; sent !== client.bytesWritten - client.writableLength; ) {
      sent = client.bytesWritten - client.writableLength;
      await goesOn();
      await new Promise((done) => setTimeout(done, 500));
    }
    assert.ok(memory() - before < 60, `${memory()} MiB after ${before}`);
    client.destroy();
    await goesOn();
  });

  it('runs nothing for a client that has left before its turn', async () => {
    const ask = 'GET /slow HTTP/1.1\r\nHost: x\r\n\r\n';
    await Promise.all(Array.from({ length: 100 }, () => raw(ask, true)));
    await goesOn();
    await server.complains(/GET \/slow: slow\.wasm was not run: the client has left/);
  });

  it('answers others while clients do not read what modules write', async () => {
    const routes = { '/spill': 'spill.wasm', '/other': 'cat.wasm' };
    const own = await host(await modules(), config(routes), '--timeout', '600', '--workers', '1');
    const clients = Array.from({ length: 24 }, () => {
      const socket = connect(Number(new URL(own.url).port), '127.0.0.1').on('error', () => {});
      socket.pause().write('GET /spill HTTP/1.1\r\nHost: x\r\n\r\n');
      return socket;
    });
    await Promise.all(clients.map((socket) => once(socket, 'connect')));
    const { body } = await ask(own.url, '/other', { method: 'POST', body: 'content-type: a/b\n\nfine' });
    assert.equal(body, 'fine');
    await own.complains(/spill\.wasm was ended: its client read nothing for 2 seconds, and others waited/);
    for (const socket of clients) socket.destroy();
    own.child.kill('SIGINT');
    assert.equal(await own.stop(), 0);
  });

  it('takes a head of 60 kB, as WAGI does', async () => {
    const long = 'a'.repeat(30_000);
    const { status, body } = await ask(server.url, `/cat?${long}`, {
      method: 'POST',
      headers: ['x-long', long],
      body: 'content-type: a/b\n\nhi',
    });
    assert.deepEqual([status, body], [200, 'hi']);
  });

  it('lives on where a client leaves in the middle of its request or of its answer', async () => {
    for (const begun of [
      'POST /cat HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nabc',
      'POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 9000000\r\n\r\ncontent-type: a/b\n\n',
      'POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n40000\r\nabc',
      'POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n',
      'GET /spill HTTP/1.1\r\nHost: x\r\n\r\n',
    ]) {
      await raw(begun, true);
      await goesOn();
    }
  });

  it('answers whatever head a module writes, and then another request', async () => {
    await fc.assert(
      fc.asyncProperty(headBytes, async (bytes) => {
        const { status = 0 } = await ask(server.url, '/cat', { method: 'POST', body: bytes });
        assert.ok(status >= 200 && status < 600, String(status));
        await goesOn();
      }),
      { numRuns: 300 },
    );
  });

  it('keeps little of the bodies of many clients in memory, with a length or without', async function () {
    if (process.platform !== 'linux') this.skip();
    const before = memory();
    const piece = Buffer.concat([Buffer.from('100000\r\n'), Buffer.alloc(1 << 20, 97), Buffer.from('\r\n')]);
    const port = Number(new URL(server.url).port);
    const clients = Array.from({ length: 8 }, (_, index) => {
      const socket = connect(port, '127.0.0.1').on('error', () => {});
      const length = index % 2 === 0 ? 'Transfer-Encoding: chunked' : `Content-Length: ${400 << 20}`;
      socket.write(`POST /cat HTTP/1.1\r\nHost: x\r\n${length}\r\n\r\n`);
      return socket;
    });
    let most = 0;
    for (let part = 0; part < 40; part++) {
      await Promise.all(clients.map((socket) => new Promise((done) => socket.write(piece, done))));
      most = Math.max(most, memory());
    }
    for (const socket of clients) socket.destroy();
    assert.ok(most - before < 150, `${most} MiB after ${before}`);
    await goesOn();
    await until(() => memory() - before < 150);
  });
});
