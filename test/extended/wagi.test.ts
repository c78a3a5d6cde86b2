/**
 * What takes long to see of the embedded host: its memory over 1,000,000 requests (REQUESTS=100000 sends fewer), 100,000 heads of
 * answers (HEADS), and that it runs on every Node that the package supports. `npm run test:extended` runs it.
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { Agent } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { need } from '../support/programs.ts';
import { hammer } from '../wagi/hammer.ts';
import { headBytes } from '../wagi/heads.ts';
import { ask, config, host, modules } from '../wagi/modules.ts';

/** Of a process, in MiB: now, and the descriptors that it has open. */
const memory = (pid: number) => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;
const open = (pid: number) => readdirSync(`/proc/${pid}/fd`).length;

describe('the embedded host, for long', function () {
  this.timeout(1_800_000);
  // A server that is left after a failed test would keep the process.
  let server: Awaited<ReturnType<typeof host>>;
  afterEach(() => server?.child.kill('SIGKILL'));

  it('takes no more memory after 1,000,000 requests than after the first fifth', async () => {
    const fifth = Number(process.env.REQUESTS ?? 1_000_000) / 5;
    const folder = await modules();
    const toml = config({ '/cat': 'cat.wasm', '/dirty': 'dirty.wasm', '/bomb': 'bomb.wasm' });
    server = await host(folder, toml, '--memory', '64', '--metrics', '127.0.0.1:0', '--access-log', 'access.log');
    const pid = server.child.pid ?? 0;
    const taken: number[] = [];
    for (let part = 0; part < 5; part++) {
      assert.equal(await hammer(server.url, '/cat', fifth * 0.8), 0);
      assert.equal(await hammer(server.url, '/dirty', fifth * 0.1995), 0);
      // V8 grows a memory page by page in 50 ms, so more of these would take longer than all others together.
      assert.equal(await hammer(server.url, '/bomb', fifth * 0.0005), 0);
      taken.push(memory(pid));
    }
    console.log(`      MiB after each fifth: ${taken.map(Math.round).join(', ')}; ${open(pid)} descriptors`);
    const [first = 0] = taken;
    assert.ok((taken.at(-1) ?? 0) < first + 24, `${taken}`);
    assert.ok(open(pid) < 200);
    assert.equal(await server.stop(), 0);
  });

  it('answers 100,000 heads that modules might write, and another route after each', async () => {
    server = await host(await modules(), config({ '/cat': 'cat.wasm', '/other': 'cat.wasm' }));
    const agent = new Agent({ keepAlive: true });
    await fc.assert(
      fc.asyncProperty(headBytes, async (bytes) => {
        const { status = 0 } = await ask(server.url, '/cat', { method: 'POST', body: bytes, agent });
        assert.ok(status >= 200 && status < 600, String(status));
        const other = await ask(server.url, '/other', { method: 'POST', body: 'content-type: a/b\n\nfine', agent });
        assert.deepEqual([other.status, other.body], [200, 'fine']);
      }),
      { numRuns: Number(process.env.HEADS ?? 100_000) },
    );
    agent.destroy();
    assert.equal(await server.stop(), 0);
  });

  describe('on other versions of Node', () => {
    const versions = ['20', '22', '24', '26'];
    let folder: string;
    before(function () {
      need(this, 'npm');
      folder = mkdtempSync(join(tmpdir(), 'nodes-'));
      const packages = versions.map((version) => `node${version}@npm:node@${version}`);
      execFileSync('npm', ['install', '--silent', '--no-fund', '--no-audit', '--prefix', folder, ...packages]);
    });
    after(() => {
      delete process.env.HOST_NODE;
      rmSync(folder, { recursive: true, force: true });
    });

    for (const version of versions)
      it(`lives through 10,000 requests on Node ${version}`, async () => {
        process.env.HOST_NODE = join(folder, `node_modules/node${version}/bin/node`);
        assert.match(execFileSync(process.env.HOST_NODE, ['--version']).toString(), new RegExp(`^v${version}\\.`));
        server = await host(await modules(), config({ '/cat': 'cat.wasm', '/dirty': 'dirty.wasm' }));
        assert.ok(server.url, server.complained());
        assert.equal(await hammer(server.url, '/cat', 9000), 0);
        assert.equal(await hammer(server.url, '/dirty', 1000), 0);
        assert.equal(await server.stop(), 0);
      });
  });
});
