/** The embedded host, as its users meet it: a process that answers as WAGI 0.8.1 does. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { Agent } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { ask, config, host, modules } from './modules.ts';

const insufficient = "Exactly one of 'location' or 'content-type' must be specified";

describe('the embedded host', () => {
  let folder: string;
  let server: Awaited<ReturnType<typeof host>>;

  before(async () => {
    folder = await modules();
    const routes = {
      '/': 'show.wasm',
      '/show/...': 'show.wasm',
      '/exact': 'show.wasm',
      '/cat': 'cat.wasm',
      '/complain': 'complain.wasm',
      '/echo': 'echo.wasm',
      '/exit0': 'exit0.wasm',
      '/exit3': 'exit3.wasm',
      '/trap': 'trap.wasm',
      '/endless': 'endless.wasm',
      '/slow': 'slow.wasm',
      '/show/late': 'cat.wasm',
      '/spill': 'spill.wasm',
      '/noise': 'noise.wasm',
      '/bomb': 'bomb.wasm',
      '/chatter': 'chatter.wasm',
      '/glutton': 'glutton.wasm',
      '/deep': 'deep.wasm',
      '/dirty': 'dirty.wasm',
      '/script': 'script.wasm',
    };
    writeFileSync(join(folder, 'some.env'), '# for tests\nFROM_FILE=file\nexport BOTH=file\n');
    const variables = ['-e', 'BOTH=line', 'QUOTED="a b"', '--env', 'REQUEST_METHOD=fake', '-e', 'HTTP_X_TWICE=fake'];
    const limits = ['--timeout', '2', '--memory', '64'];
    server = await host(folder, config(routes), '--env-file', 'some.env', ...variables, ...limits);
    assert.ok(server.url, server.complained());
  });
  after(async () => {
    assert.equal(await server.stop(), 0);
  });

  /** Arguments, and variables by name. */
  async function shown(path: string, headers: string[] = []) {
    const { status, body } = await ask(server.url, path, { headers });
    assert.equal(status, 200);
    const parts = body.split('\0').slice(0, -1);
    const first = parts.findIndex((part) => part.startsWith('FROM_FILE='));
    const pairs = parts
      .slice(first)
      .map((part) => [part.slice(0, part.indexOf('=')), part.slice(part.indexOf('=') + 1)]);
    return {
      args: parts.slice(0, first),
      env: Object.fromEntries(pairs) as Record<string, string>,
      names: pairs.map(([name]) => name),
    };
  }
  const cat = (body: string, method = 'POST') => ask(server.url, '/cat', { method, body });

  it('says where it serves what', () => {
    assert.match(
      server.said(),
      /^Serving http:\/\/127\.0\.0\.1:\d+\n {2}\/ {2}show\.wasm\n {2}\/show\/\.\.\. {2}show\.wasm\n/,
    );
  });

  it('gives the arguments and variables of CGI', async () => {
    const port = new URL(server.url).port;
    const { args, env } = await shown('/show/a%20b/c?q=1&r=2%20x', [
      'X-Request-Id',
      '7',
      'x-twice',
      'a',
      'x-twice',
      'b',
    ]);
    assert.deepEqual(args, ['/show/a%20b/c', 'q=1', 'r=2%20x']);
    assert.deepEqual(env, {
      FROM_FILE: 'file',
      BOTH: 'line',
      QUOTED: 'a b',
      AUTH_TYPE: '',
      CONTENT_LENGTH: '0',
      CONTENT_TYPE: '',
      X_FULL_URL: `${server.url}/show/a%20b/c?q=1&r=2%20x`,
      GATEWAY_INTERFACE: 'CGI/1.1',
      X_MATCHED_ROUTE: '/show/...',
      QUERY_STRING: 'q=1&r=2%20x',
      REMOTE_ADDR: '127.0.0.1',
      REMOTE_HOST: '127.0.0.1',
      REMOTE_USER: '',
      REQUEST_METHOD: 'GET',
      SCRIPT_NAME: '/show',
      X_RAW_PATH_INFO: '/a%20b/c',
      PATH_INFO: '/a b/c',
      PATH_TRANSLATED: '/a b/c',
      SERVER_NAME: '127.0.0.1',
      SERVER_PORT: port,
      SERVER_PROTOCOL: 'HTTP/1.1',
      SERVER_SOFTWARE: 'WAGI/1',
      HTTP_HOST: `127.0.0.1:${port}`,
      HTTP_X_REQUEST_ID: '7',
      HTTP_X_TWICE: 'b',
    });
  });

  it('leaves PATH_INFO empty on an exact route, and argv[0] is the path', async () => {
    const root = await shown('/');
    assert.deepEqual([root.env.SCRIPT_NAME, root.env.PATH_INFO, root.args], ['/', '', ['/']]);
    const exact = await shown('/exact?');
    assert.deepEqual([exact.env.SCRIPT_NAME, exact.env.PATH_INFO, exact.args], ['/exact', '', ['/exact', '']]);
  });

  it('keeps credentials to itself and marks what is no ASCII', async () => {
    const { env, names } = await shown('/', [
      'Authorization',
      'Basic secret',
      'x-name',
      'Gr\xe8ta',
      'content-type',
      'a/b',
    ]);
    assert.ok(!names.includes('HTTP_AUTHORIZATION') && !names.includes('HTTP_CONNECTION'));
    assert.equal(env.HTTP_X_NAME, 'CORRUPT VALUE');
    assert.deepEqual([env.CONTENT_TYPE, env.HTTP_CONTENT_TYPE], ['', 'a/b']);
  });

  it('decodes PATH_INFO as far as it can be decoded', async () => {
    assert.equal((await shown('/show/%C3%A8%zz%4')).env.PATH_INFO, '/è%zz%4');
    assert.equal((await shown('/show/%ff')).env.PATH_INFO, '/\ufffd');
  });

  it('takes the first route that matches, and paths below only where the route says so', async () => {
    assert.equal((await shown('/show')).env.PATH_INFO, '');
    assert.equal((await shown('/show/late')).env.X_MATCHED_ROUTE, '/show/...');
    for (const path of ['/shown', '/exact/', '/exact/more', '/nothing'])
      assert.deepEqual(await ask(server.url, path).then(({ status, body }) => [status, body]), [404, '']);
    assert.deepEqual(await ask(server.url, '/healthz').then(({ status, body }) => [status, body]), [200, 'OK']);
  });

  it('makes a response of what the module writes', async () => {
    const made = await cat(
      'Status: 418 I am a teapot\nContent-Type: text/html\nX-A:  b:c \nx-a2: Gr\xc3\xa8ta\nbad name: 1\nno colon\n\n<p>\n\n</p>',
    );
    assert.deepEqual([made.status, made.body, made.headers['x-a']], [418, '<p>\n\n</p>', 'b:c']);
    assert.equal(made.headers['content-type'], 'text/html');
    assert.equal(made.headers['content-length'], '9');
    assert.ok(!('x-a2' in made.headers) && !('bad name' in made.headers));
  });

  it('sends to another place', async () => {
    const { status, headers } = await cat('location: /elsewhere\n\n');
    assert.deepEqual([status, headers.location], [302, '/elsewhere']);
    assert.equal((await cat('status: 301\nlocation: /elsewhere\n\n')).status, 301);
    assert.equal((await cat('status: 204\n\n')).status, 204);
  });

  it('says 500 where the headers do not tell what comes, and 502 where the status is none', async () => {
    for (const output of ['x: 1\n\nbody', 'content-type: text/plain\nbody', '\n\nbody']) {
      const { status, body } = await cat(output);
      assert.deepEqual([status, body], [500, insufficient], output);
    }
    for (const output of ['status: well\n\nbody', 'status: 99\n\nbody', 'status:\n\n'])
      assert.equal((await cat(output)).status, 502, output);
  });

  it('answers HEAD with the headers alone', async () => {
    const head = await ask(server.url, '/show/x', { method: 'HEAD' });
    assert.deepEqual([head.status, head.body, head.headers['content-type']], [200, '', 'text/plain']);
    const told = await ask(server.url, '/cat', { method: 'HEAD' });
    assert.equal(told.status, 500, 'a HEAD has no body to send back');
  });

  it('does not trust a content-length that is not true', async () => {
    for (const length of ['3', '9']) {
      const { status, body } = await cat(`content-type: a/b\ncontent-length: ${length}\n\nhello`);
      assert.deepEqual([status, body], [500, '']);
    }
    await server.complains(/POST \/cat: cat\.wasm wrote content-length 9 and a body of 5 bytes/);
    assert.equal((await cat('content-type: a/b\ncontent-length: 5\n\nhello')).body, 'hello');
  });

  it('says 500 with an empty body where the module ends by itself, with 0 too, or traps', async () => {
    for (const [path, why] of [
      ['/exit0', /called proc_exit\(0\), which WAGI treats as a failure/],
      ['/exit3', /exited with 3/],
      ['/trap', /unreachable/],
    ] as const) {
      const { status, body } = await ask(server.url, path);
      assert.deepEqual([status, body], [500, '']);
      await server.complains(why);
    }
  });

  it('shows standard error in its log, not to the client', async () => {
    const { status, body } = await ask(server.url, '/complain', { method: 'POST', body: 'a secret of mine\n' });
    assert.deepEqual([status, body], [500, insufficient]);
    await server.complains(/^a secret of mine$/m);
  });

  it('runs requests beside each other, more than there are workers', async () => {
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => ask(server.url, '/cat', { method: 'POST', body: 'status: 201\n\nx' })),
    );
    assert.deepEqual(
      answers.map(({ status }) => status),
      Array(8).fill(201),
    );
    // While one waits, another is answered.
    const order: string[] = [];
    const slow = ask(server.url, '/slow').then(({ status }) => order.push(`slow ${status}`));
    await new Promise((done) => setTimeout(done, 100));
    await ask(server.url, '/show').then(({ status }) => order.push(`show ${status}`));
    await slow;
    assert.deepEqual(order, ['show 200', 'slow 200']);
  });

  it('ends a module that does not end, and lives on', async () => {
    const answers = await Promise.all([1, 2, 3].map(() => ask(server.url, '/endless')));
    assert.deepEqual(
      answers.map(({ status, body }) => [status, body]),
      Array(3).fill([500, '']),
    );
    await server.complains(/GET \/endless: endless\.wasm did not end within 2 seconds/);
    assert.equal((await ask(server.url, '/show')).status, 200);
  });

  it('tells where a request goes that has no Host, or no port in it', async () => {
    const raw = (head: string) =>
      new Promise<string>((done) => {
        const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
        let said = '';
        socket.on('data', (text) => (said += text)).on('end', () => done(said));
        socket.write(`GET /show HTTP/1.0\r\n${head}\r\n`);
      });
    const without = await raw('');
    assert.match(without, /\0X_FULL_URL=http:\/\/localhost:3000\/show\0/);
    assert.match(without, /\0SERVER_PROTOCOL=HTTP\/1\.0\0/);
    assert.match(await raw('Host: example.com\r\n'), /\0SERVER_NAME=example\.com\0SERVER_PORT=3000\0/);
  });

  it('knows lines that end as on Windows, and drops a header with a line break in it', async () => {
    const { status, headers, body } = await cat('status: 201\r\nx-a: 1\r\n\r\nbody\r\n');
    assert.deepEqual([status, headers['x-a'], body], [201, '1', 'body\r\n']);
    const broken = await cat('content-type: a/b\nx-a: 1\rset-cookie: b=c\nx-c: \0\n\nbody');
    assert.deepEqual([broken.status, broken.headers['set-cookie'], broken.headers['x-c']], [200, undefined, undefined]);
    assert.equal(broken.headers['x-a'], '1set-cookie: b=c');
  });

  it('gives each run a memory as if it were the first, however the one before ended', async () => {
    const dirty = (body: string) => ask(server.url, '/dirty', { method: 'POST', body });
    for (const end of ['0', '1', '2', '0', '1', '2', '0']) {
      const { status, bytes } = await dirty(end);
      assert.equal(status, end === '0' ? 200 : 500);
      if (end === '0') assert.deepEqual([bytes.readUInt32LE(0), bytes.readUInt32LE(4)], [0, 3]);
    }
  });

  it('gives a module no more memory than it may have', async () => {
    for (let runs = 0; runs < 3; runs++) {
      const { status, bytes } = await ask(server.url, '/bomb');
      assert.deepEqual([status, bytes.readUInt32LE(0)], [200, 64 * 16]);
    }
  });

  it('ends a module that writes without end, with a 500 where it has said nothing yet', async () => {
    const noise = await ask(server.url, '/noise');
    assert.deepEqual([noise.status, noise.body], [500, insufficient]);
    await assert.rejects(ask(server.url, '/spill'), /aborted|socket hang up/);
    await server.complains(/GET \/spill: spill\.wasm did not end within 2 seconds/);
    assert.equal((await ask(server.url, '/show')).status, 200);
  });

  it('shows no more of standard error than anyone can read', async () => {
    const before = server.complained().length;
    assert.equal((await ask(server.url, '/chatter')).status, 500);
    await server.complains(/\(the rest is left out\)\n.*chatter\.wasm did not end/s);
    assert.ok(server.complained().length - before < 1_100_000);
  });

  it('lives on where a module takes all the room that its worker has', async () => {
    for (const path of ['/glutton', '/deep', '/glutton']) assert.equal((await ask(server.url, path)).status, 500);
    assert.equal((await ask(server.url, '/show')).status, 200);
  });

  it('sends a large body as it is written, and reads one as it is asked for', async () => {
    const body = Buffer.alloc(40 << 20, 'content-type: a/b\n\n0123456789');
    const { bytes } = await ask(server.url, '/cat', { method: 'POST', body: body.subarray(0, 1_900_000) });
    assert.ok(bytes.equals(body.subarray(19, 1_900_000)));
    // A module that reads a part of it, or nothing.
    assert.equal((await ask(server.url, '/cat', { method: 'POST', body })).bytes.length, 2_000_000 - 19);
    assert.equal((await ask(server.url, '/show', { method: 'POST', body })).status, 200);
  });

  it('answers a client that reads nothing before it has sent all', async () => {
    const body = Buffer.alloc(30 << 20, 'content-type: a/b\n\n0123456789');
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1').pause();
    const head = `POST /echo HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: ${body.length}\r\n\r\n`;
    await new Promise((done) => socket.write(Buffer.concat([Buffer.from(head), body]), done));
    let taken = 0;
    for await (const chunk of socket) taken += chunk.length;
    assert.ok(taken > body.length, `${taken} bytes`);
    assert.equal((await ask(server.url, '/healthz', { method: 'POST', body })).body, 'OK');
  });

  it('tells the length of a body that comes in pieces', async () => {
    const { port } = new URL(server.url);
    const answer = await new Promise<string>((done) => {
      const socket = connect(Number(port), '127.0.0.1');
      let said = '';
      socket.on('data', (text) => (said += text)).on('end', () => done(said));
      socket.write(
        'POST /show HTTP/1.1\r\nhost: x\r\nconnection: close\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n',
      );
      setTimeout(() => socket.write('6\r\n world\r\n0\r\n\r\n'), 50);
    });
    assert.match(answer, /\0CONTENT_LENGTH=11\0/);
  });

  it('answers 10,000 requests at 50 at once, each with its own body', async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 50 });
    const wrong: string[] = [];
    let next = 0;
    const one = async () => {
      for (let number = next++; number < 10_000; number = next++) {
        const text = `content-type: a/b\n\n${number}${'.'.repeat(number % 3000)}`;
        const { status, body } = await ask(server.url, '/cat', { method: 'POST', body: text, agent });
        if (status !== 200 || body !== text.slice(19)) wrong.push(`${number}: ${status}, ${body.slice(0, 40)}`);
      }
    };
    await Promise.all(Array.from({ length: 50 }, one));
    agent.destroy();
    assert.deepEqual(wrong, [], server.complained().slice(-1000));
  });

  it('takes a megabyte and gives it back', async () => {
    const { body } = await cat(`content-type: a/b\n\n${'x'.repeat(1 << 20)}`);
    assert.equal(body.length, 1 << 20);
  });

  it('survives a client that goes away', async () => {
    const { port } = new URL(server.url);
    const socket = connect(Number(port), '127.0.0.1');
    socket.write('POST /cat HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\nhalf');
    await new Promise((done) => setTimeout(done, 50));
    socket.destroy();
    assert.equal((await ask(server.url, '/show')).status, 200);
  });

  it('lets a request end before it stops', async () => {
    const other = await host(folder, config({ '/slow': 'slow.wasm' }));
    const answer = ask(other.url, '/slow');
    await new Promise((done) => setTimeout(done, 300));
    assert.equal(await other.stop('SIGTERM'), 0);
    assert.equal((await answer).status, 200);
    assert.equal(other.complained(), '');
  });
});
