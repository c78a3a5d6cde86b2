/** What WAGI has around its routes, and what the embedded host has besides: logs, numbers, loading anew. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { request } from 'node:http';
import { Agent, get } from 'node:https';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ask, config, host, modules, text, until } from './modules.ts';

describe('the embedded host', () => {
  let folder: string;
  before(async () => {
    folder = await modules();
  });

  /** Serves while `work` asks. */
  async function serving(
    toml: string,
    args: string[],
    work: (server: Awaited<ReturnType<typeof host>>) => Promise<void>,
  ) {
    const server = await host(folder, toml, ...args);
    assert.ok(server.url, server.complained());
    try {
      await work(server);
    } finally {
      assert.equal(await server.stop(), 0);
    }
    return server;
  }
  const shown = async (url: string, path: string) => (await ask(url, path)).body.split('\0');

  it('makes the arguments as argv says', async () => {
    const argv = 'run ${SCRIPT_NAME} -x ${ARGS} end';
    await serving(config({ '/show/...': 'show.wasm' }, { argv }), [], async ({ url }) => {
      const args = (all: string[]) =>
        all.slice(
          0,
          all.findIndex((one) => one.startsWith('AUTH_TYPE=')),
        );
      const all = args(await shown(url, '/show/a%20b?c=1&d=2'));
      assert.deepEqual(all, ['run', '/show/a%20b', '-x', 'c=1', 'd=2', 'end']);
      assert.deepEqual(args(await shown(url, '/show')), ['run', '/show', '-x', 'end']);
      assert.deepEqual(args(await shown(url, '/show?${ARGS}')), ['run', '/show', '-x', '${ARGS}', 'end']);
    });
  });

  it('gives a module variables of its own, which those of the command line win over', async () => {
    const toml = [
      config({ '/a': 'show.wasm' }, { environment: { ONE: 'a', TWO: 'a', SERVER_NAME: 'a' } }),
      config({ '/b': 'show.wasm' }),
    ];
    await serving(toml.join('\n'), ['--env', 'TWO=line'], async ({ url }) => {
      const a = await shown(url, '/a');
      assert.ok(a.includes('ONE=a') && a.includes('TWO=line') && a.includes('SERVER_NAME=127.0.0.1'));
      assert.equal(a.filter((one) => one.startsWith('SERVER_NAME=')).length, 1);
      assert.ok(!(await shown(url, '/b')).includes('ONE=a'));
    });
  });

  it('lets no path smuggle a variable in', async () => {
    await serving(config({ '/...': 'show.wasm' }), [], async ({ url }) => {
      const all = await shown(url, '/a%00HTTP_FAKE=1');
      assert.ok(all.includes('PATH_INFO=/a') && all.includes('X_RAW_PATH_INFO=/a%00HTTP_FAKE=1'));
      assert.ok(!all.includes('HTTP_FAKE=1'));
    });
  });

  it('calls the function that is named, and serves the text format, which is UTF-8', async () => {
    writeFileSync(join(folder, 'entries.wat'), `;; a comment\n${text('entries').replace('mainhello', 'Grühello')}`);
    const toml = `${config({ '/main': 'entries.wat' })}\n${config({ '/hello': 'entries.wat' }, { entrypoint: 'hello' })}`;
    await serving(toml, [], async ({ url }) => {
      assert.equal((await ask(url, '/main')).body, 'Grü');
      assert.equal((await ask(url, '/hello')).body, 'hello');
    });
  });

  it('asks a module for routes of its own, of which the last that matches wins', async () => {
    await serving(config({ '/one/...': 'routes.wasm', '/two': 'routes.wasm' }), [], async ({ url, said }) => {
      const routes = said()
        .split('\n')
        .slice(1, 9)
        .map((line) => line.trim().split(' ')[0]);
      const below = (route: string) => [`${route}/more/hello`, `${route}/more/...`, `${route}/hello`];
      assert.deepEqual(routes, [...below('/one'), '/one/...', ...below('/two'), '/two']);
      const answers = ['/one', '/one/hello', '/one/more/hello', '/one/more/x', '/one/x', '/two', '/two/more', '/two/x'];
      const bodies = await Promise.all(answers.map(async (path) => (await ask(url, path)).body));
      assert.deepEqual(bodies, ['main', 'hello', 'hello', 'bye', 'main', 'main', 'bye', '']);
    });
  });

  it('keeps what modules write to standard error where WAGI keeps it', async () => {
    const log = join(folder, 'logs', createHash('sha256').update('/complain').digest('hex'), 'module.stderr');
    const server = await serving(config({ '/complain': 'complain.wasm' }), ['--log-dir', 'logs'], async ({ url }) => {
      for (const body of ['one\n', 'two\n']) await ask(url, '/complain', { method: 'POST', body });
      await until(() => existsSync(log) && readFileSync(log, 'utf8') === 'one\ntwo\n');
    });
    assert.doesNotMatch(server.complained(), /^one$/m);
  });

  it('writes an access log', async () => {
    const toml = config({ '/show': 'show.wasm', '/trap': 'trap.wasm' });
    await serving(toml, ['--access-log', 'access.log'], async ({ url }) => {
      await ask(url, '/show?a', { headers: ['user-agent', 'a "b" \x80', 'referer', 'http://x/'] });
      await ask(url, '/trap');
      await ask(url, '/lost', { method: 'HEAD' });
    });
    const lines = readFileSync(join(folder, 'access.log'), 'utf8').split('\n');
    const when = String.raw`127\.0\.0\.1 - - \[\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d \+0000\]`;
    for (const [index, rest] of [
      String.raw`"GET /show\?a HTTP/1\.1" 200 \d+ "http://x/" "a \\x22b\\x22 \\x80" \d+\.\d`,
      String.raw`"GET /trap HTTP/1\.1" 500 - "-" "-" \d+\.\d`,
      String.raw`"HEAD /lost HTTP/1\.1" 404 - "-" "-" \d+\.\d`,
    ].entries())
      assert.match(lines[index] ?? '', new RegExp(`^${when} ${rest}$`));
    assert.equal(lines[3], '');
  });

  it('tells numbers for Prometheus, away from the routes', async () => {
    const toml = config({ '/...': 'show.wasm', '/': 'show.wasm' });
    await serving(toml, ['--metrics', '127.0.0.1:0', '--workers', '3'], async ({ url, said }) => {
      for (const path of ['/a', '/b', '/healthz']) await ask(url, path);
      const [, place = ''] = /^Metrics at (\S+)$/m.exec(said()) ?? [];
      const numbers = await (await fetch(place)).text();
      for (const line of [
        'wagi_requests_total{route="/...",status="200"} 2',
        'wagi_requests_total{route="",status="200"} 1',
        'wagi_request_duration_seconds_bucket{route="/...",le="+Inf"} 2',
        'wagi_request_duration_seconds_count{route="/..."} 2',
        'wagi_workers 3',
        'wagi_workers_busy 0',
        'wagi_runs_ended_total 0',
      ])
        assert.ok(numbers.split('\n').includes(line), `${line} is not in\n${numbers}`);
      assert.equal((await fetch(new URL('/', place))).status, 404);
      assert.match((await ask(url, '/metrics')).body, /PATH_INFO=\/metrics/);
    });
  });

  it('serves HTTPS', async () => {
    const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1'];
    const files = ['-keyout', 'key.pem', '-out', 'cert.pem'];
    execFileSync(
      'openssl',
      ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', ...files, ...subject],
      {
        cwd: folder,
        stdio: 'ignore',
      },
    );
    const tls = ['--tls-cert', 'cert.pem', '--tls-key', 'key.pem'];
    await serving(config({ '/': 'show.wasm' }), tls, async ({ url }) => {
      const agent = new Agent({ ca: readFileSync(join(folder, 'cert.pem')) });
      const body = await new Promise<string>((done, fail) =>
        get(url, { agent }, async (response) => {
          let all = '';
          for await (const chunk of response) all += chunk;
          done(all);
        }).on('error', fail),
      );
      agent.destroy();
      assert.match(url, /^https:/);
      assert.ok(body.split('\0').includes(`X_FULL_URL=${url}/`));
    });
  });

  it('loads modules and routes anew when they change, and keeps what it has where that fails', async () => {
    copyFileSync(join(folder, 'cat.wasm'), join(folder, 'mine.wasm'));
    const toml = config({ '/': 'mine.wasm' });
    await serving(toml, ['--watch'], async ({ url, complained }) => {
      const slow = ask(url, '/', { method: 'POST', body: 'status: 201\n\n' });
      assert.equal((await slow).status, 201);
      // As a linker does: beside it, and then in its place.
      copyFileSync(join(folder, 'show.wasm'), join(folder, 'mine.new'));
      renameSync(join(folder, 'mine.new'), join(folder, 'mine.wasm'));
      await until(async () => (await ask(url, '/')).body.includes('REQUEST_METHOD=GET'));
      writeFileSync(join(folder, 'mine.wasm'), 'half a module');
      await until(() =>
        /'mine\.wasm' is not a WebAssembly module\. .* The previous version is still served/.test(complained()),
      );
      assert.equal((await ask(url, '/')).status, 200);
      rmSync(join(folder, 'mine.wasm'));
      await until(() => /'mine\.wasm' cannot be read/.test(complained()));
      copyFileSync(join(folder, 'cat.wasm'), join(folder, 'mine.wasm'));
      await until(async () => (await ask(url, '/', { method: 'POST', body: 'status: 202\n\n' })).status === 202);
      writeFileSync(join(folder, 'modules.toml'), config({ '/': 'mine.wasm', '/new': 'show.wasm' }));
      await until(async () => (await ask(url, '/new')).status === 200);
    });
  });

  it('loads a module anew whose folder was removed and made again, or moved, or to which a link leads', async () => {
    const build = join(folder, 'build');
    const put = (name: string) => {
      mkdirSync(join(build, 'out'), { recursive: true });
      copyFileSync(join(folder, name), join(build, 'out/mine.wasm'));
    };
    put('cat.wasm');
    symlinkSync('build/out/mine.wasm', join(folder, 'link.wasm'));
    for (const module of ['build/out/mine.wasm', 'link.wasm'])
      await serving(config({ '/': module }), ['--watch'], async ({ url, complained }) => {
        const answers = (status: number) =>
          until(async () => (await ask(url, '/', { method: 'POST', body: 'status: 202\n\n' })).status === status);
        await answers(202);
        rmSync(build, { recursive: true });
        await until(() => /mine\.wasm' cannot be read|link\.wasm' cannot be read/.test(complained()));
        put('trap.wasm');
        await answers(500);
        renameSync(build, join(folder, 'before'));
        put('cat.wasm');
        await answers(202);
        rmSync(join(folder, 'before'), { recursive: true });
      });
  });

  it('answers where nothing reads its log any more', async () => {
    await serving(config({ '/': 'complain.wasm' }), [], async ({ url, child }) => {
      child.stdout.destroy();
      child.stderr.destroy();
      for (let count = 0; count < 3; count++) {
        assert.equal((await ask(url, '/', { method: 'POST', body: 'a line' })).status, 500);
        await new Promise((done) => setTimeout(done, 50));
      }
    });
  });

  it('does not wait for the rest of a request for longer than a module may run', async () => {
    const server = await host(folder, config({ '/': 'cat.wasm' }), '--timeout', '1');
    const client = connect(Number(new URL(server.url).port), '127.0.0.1').on('error', () => {});
    client.write('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nab');
    await ask(server.url, '/');
    assert.equal(await server.stop(), 0);
    client.destroy();
  });

  it('ends while it loads a module anew', async () => {
    const own = join(folder, 'ends.wasm');
    copyFileSync(join(folder, 'show.wasm'), own);
    const server = await host(folder, config({ '/': 'ends.wasm' }), '--watch');
    copyFileSync(join(folder, 'slowRoutes.wasm'), own);
    // What its function _routes writes to standard error.
    await server.complains(/\0/);
    assert.equal(await server.stop(), 0);
  });

  it('lets a run end that was begun before its module changed', async () => {
    copyFileSync(join(folder, 'slow.wasm'), join(folder, 'mine.wasm'));
    await serving(config({ '/': 'mine.wasm' }), ['--watch'], async ({ url, said }) => {
      const slow = ask(url, '/');
      await new Promise((done) => setTimeout(done, 200));
      copyFileSync(join(folder, 'show.wasm'), join(folder, 'mine.wasm'));
      await until(() => said().includes('Reloaded'));
      assert.match((await ask(url, '/')).body, /REQUEST_METHOD/);
      assert.deepEqual(await slow.then(({ status, body }) => [status, body]), [200, '']);
    });
  });

  it('answers a request whose body comes while its module changes', async () => {
    copyFileSync(join(folder, 'slow.wasm'), join(folder, 'mine.wasm'));
    await serving(config({ '/': 'mine.wasm' }), ['--watch'], async ({ url, said }) => {
      const { hostname, port } = new URL(url);
      const call = request({ hostname, port, method: 'POST', headers: { 'content-length': 2 } });
      call.write('a');
      await new Promise((done) => setTimeout(done, 100));
      copyFileSync(join(folder, 'show.wasm'), join(folder, 'mine.wasm'));
      await until(() => said().includes('Reloaded'));
      call.end('b');
      const [{ statusCode }] = await once(call, 'response');
      assert.equal(statusCode, 200);
    });
  });

  it('leaves no temporary folder, and removes that of a killed server', async () => {
    const { TMPDIR } = process.env;
    const own = mkdtempSync(join(tmpdir(), 'host-'));
    process.env.TMPDIR = own;
    try {
      const killed = await host(folder, config({ '/': 'show.wasm' }));
      await killed.stop('SIGKILL');
      assert.equal(readdirSync(own).length, 1);
      await serving(config({ '/': 'show.wasm' }), [], async () => {});
      assert.deepEqual(readdirSync(own), []);
    } finally {
      if (TMPDIR === undefined) delete process.env.TMPDIR;
      else process.env.TMPDIR = TMPDIR;
      rmSync(own, { recursive: true });
    }
  });
});
