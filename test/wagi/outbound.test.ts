/** Requests that modules send, against servers on this machine. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { httpError } from '../../wagi/outbound.ts';
import { config, host, modules } from './modules.ts';
import { Script } from './script.ts';

describe('a module that asks other servers', () => {
  let server: Awaited<ReturnType<typeof host>>;
  let other: Server;
  let port: number;
  const asked: { method?: string; url?: string; headers: IncomingHttpHeaders; body: string }[] = [];

  before(async () => {
    other = createServer(async (request, response) => {
      const { method, url, headers } = request;
      let body = '';
      for await (const chunk of request) body += chunk;
      asked.push({ ...(method && { method }), ...(url && { url }), headers, body });
      const to = { '/there': '/answer', '/out': `http://localhost:${port}/answer`, '/round': '/round' }[url ?? ''];
      if (to) response.writeHead(url === '/there' ? 303 : 307, { location: to }).end();
      else if (url === '/late') setTimeout(() => response.end('late'), 300);
      else response.writeHead(202, { 'x-one': '1', 'content-type': 'text/plain' }).end(`answer to ${method}`);
    }).listen(0);
    await once(other, 'listening');
    ({ port } = other.address() as AddressInfo);
    const folder = await modules();
    const toml = [
      config({ '/script': 'script.wasm' }, { allowed_hosts: ['http://127.0.0.1'], http_max_concurrency: 2 }),
      config({ '/none': 'script.wasm' }),
      config({ '/all': 'script.wasm' }, { allowed_hosts: ['insecure:allow-all'] }),
    ];
    server = await host(folder, toml.join('\n'), '--timeout', '10', '--workers', '1');
    assert.ok(server.url, server.complained());
  });
  after(async () => {
    assert.equal(await server.stop(), 0);
    other.close();
    other.closeAllConnections();
  });
  beforeEach(() => {
    asked.length = 0;
  });

  /** Sends a request; where its status and its handle will be. */
  function send(script: Script, url: string, { method = 'GET', headers = '', body = '' } = {}) {
    const [status, handle] = [script.room(8), script.room(8)];
    const texts = [url, method, headers, body].flatMap((text) => script.text(text));
    script.call('req', ...texts, status, handle);
    return { status, handle: { at: handle } };
  }
  const there = (path = '/answer', name = '127.0.0.1') => `http://${name}:${port}${path}`;

  it('gets the answer: status, headers, body in parts', async () => {
    const script = new Script();
    const request = { method: 'POST', headers: 'x-mine:a:b\nContent-Type:text/html\n', body: 'a body' };
    const { status, handle } = send(script, there('/path?q=1'), request);
    const [value, lines, first, second, third, length] = [8, 400, 8, 100, 8, 8].map((size) =>
      script.room(size),
    ) as number[] as [number, number, number, number, number, number];
    script
      .call('header_get', handle, ...script.text('X-One'), value, 8, length)
      .call('header_get', handle, ...script.text('x-two'), value, 8, length)
      .call('header_get', handle, ...script.text('content-type'), value, 2, length)
      .call('headers_get_all', handle, lines, 400, script.room(8))
      .call('body_read', handle, first, 6, script.room(8))
      .call('body_read', handle, second, 100, script.room(8))
      .call('body_read', handle, third, 8, length)
      .call('close', handle)
      .call('body_read', handle, first, 8, length);
    const { errors, memory } = await script.run(server.url);
    const { headerNotFound, bufferTooSmall, invalidHandle } = httpError;
    assert.deepEqual(errors, [0, 0, headerNotFound, bufferTooSmall, 0, 0, 0, 0, 0, invalidHandle]);
    assert.deepEqual([memory.u32(status) & 0xffff, memory.text(value, 1)], [202, '1']);
    assert.match(memory.text(lines, 400), /^x-one:1\ncontent-type:text\/plain\n/);
    assert.equal(memory.text(first, 6) + memory.text(second, 8), 'answer to POST');
    assert.equal(memory.u32(length), 0, 'nothing after the end');
    const [{ method, url, headers, body } = { headers: {} as IncomingHttpHeaders, body: '' }] = asked;
    assert.deepEqual([method, url, body, headers['x-mine']], ['POST', '/path?q=1', 'a body', 'a:b']);
    assert.deepEqual([headers['content-type'], headers.host], ['text/html', `127.0.0.1:${port}`]);
  });

  it('asks only where it may', async () => {
    const script = new Script();
    for (const url of [there('/answer', 'localhost'), 'http://127.0.0.2/', 'http://127.0.0.1.example.com/'])
      send(script, url);
    assert.deepEqual((await script.run(server.url)).errors, Array(3).fill(httpError.notAllowed));
    const none = new Script();
    send(none, there());
    assert.deepEqual((await none.run(server.url, '/none')).errors, [httpError.notAllowed]);
    assert.deepEqual(asked, []);
    const all = new Script();
    send(all, there('/answer', 'localhost'));
    assert.deepEqual((await all.run(server.url, '/all')).errors, [0]);
  });

  it('compares the host that the request goes to, however its URL is written', async () => {
    const denied = [
      `http://127.0.0.1@127.0.0.2:${port}/`,
      `http://127.0.0.1:80@localhost:${port}/`,
      `http://127.0.0.2:${port}/@127.0.0.1`,
      `http://127.0.0.2:${port}#@127.0.0.1/`,
      `http://127.0.0.2:${port}\\@127.0.0.1/`,
      `http://LOCALHOST:${port}/`,
      `http://localhost.:${port}/`,
      `http://127.0.0.1.localhost:${port}/`,
      `http://[::ffff:127.0.0.1]:${port}/`,
      `http://[::1]:${port}/`,
      // 127.0.0.2, and all addresses of this machine
      `http://2130706434:${port}/`,
      `http://0x7f000002:${port}/`,
      `http://0:${port}/`,
    ];
    const script = new Script();
    for (const url of denied) send(script, url);
    const { errors } = await script.run(server.url);
    assert.deepEqual(
      denied.filter((_, index) => errors[index] !== httpError.notAllowed),
      [],
    );
    assert.equal(asked.length, 0);
    // Other spellings of the allowed host, whose port does not matter.
    const allowed = [2130706433, '0x7f.1', '127.1', '0177.0.0.1', '127.0.0.1.'].map(
      (name) => `http://${name}:${port}/`,
    );
    const more = new Script();
    for (const url of allowed) {
      const { handle } = send(more, url);
      more.call('close', handle);
    }
    assert.deepEqual((await more.run(server.url)).errors, Array(2 * allowed.length).fill(0));
    assert.ok(asked.every(({ headers }) => headers.host === `127.0.0.1:${port}`));
  });

  it('follows redirections, but not to where it may not ask', async () => {
    const script = new Script();
    const { status, handle } = send(script, there('/there'), {
      method: 'POST',
      body: 'b',
      headers: 'content-type:a/b',
    });
    const body = script.room(16);
    script.call('body_read', handle, body, 16, script.room(8)).call('close', handle);
    send(script, there('/out'));
    const round = send(script, there('/round'));
    const { errors, memory } = await script.run(server.url);
    assert.deepEqual(errors, [0, 0, 0, httpError.notAllowed, httpError.request]);
    assert.deepEqual([memory.u32(status) & 0xffff, memory.text(body, 13)], [202, 'answer to GET']);
    assert.deepEqual(asked[1], { method: 'GET', url: '/answer', headers: asked[1]?.headers, body: '' });
    assert.equal(asked[1]?.headers['content-type'], undefined);
    assert.equal(memory.u32(round.status), 0);
  });

  it('has no more answers open than it may', async () => {
    const script = new Script();
    const { handle } = send(script, there());
    send(script, there());
    send(script, there());
    script.call('close', handle);
    send(script, there());
    assert.deepEqual((await script.run(server.url)).errors, [0, 0, httpError.tooMany, 0, 0]);
    // What one run left open is nothing to the next.
    const next = new Script();
    send(next, there());
    next.call('body_read', 1, next.room(8), 8, next.room(8));
    assert.deepEqual((await next.run(server.url)).errors, [0, httpError.invalidHandle]);
  });

  it('is told what is wrong with a request', async () => {
    const script = new Script();
    send(script, 'no url');
    send(script, there(), { method: 'GE T' });
    send(script, there(), { headers: 'no colon' });
    send(script, there(), { headers: 'x-a:b\rc' });
    send(script, `http://127.0.0.1:1/`);
    send(script, 'ftp://127.0.0.1/');
    script.call('req', -4, 100, ...script.text('GET'), 0, 0, 0, 0, script.room(8), script.room(8));
    script.call(
      'req',
      script.room(Uint8Array.of(0xff)),
      1,
      ...script.text('GET'),
      0,
      0,
      0,
      0,
      script.room(8),
      script.room(8),
    );
    const { invalidUrl, invalidMethod, invalidEncoding, request, memoryAccess, utf8 } = httpError;
    const wanted = [invalidUrl, invalidMethod, invalidEncoding, invalidEncoding, request, request, memoryAccess, utf8];
    assert.deepEqual((await script.run(server.url)).errors, wanted);
  });

  it('does not keep the others waiting', async () => {
    const late = async () => {
      const script = new Script();
      send(script, there('/late'));
      assert.deepEqual((await script.run(server.url)).errors, [0]);
    };
    // One worker: more are opened while they wait.
    await Promise.all(Array.from({ length: 10 }, late));
    assert.equal(asked.length, 10);
  });
});
