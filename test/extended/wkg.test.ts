/** What is pushed as a CNCF Wasm artifact is pulled by wkg, the client of the Bytecode Alliance. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { credentials, startRegistry } from '../e2e/registry.ts';
import { make, project, taskEnvironment } from '../e2e/world.ts';
import { samples } from '../support/cells.ts';
import { plain } from '../support/examples.ts';
import { need, needed, ok, scratch } from '../support/programs.ts';

describe('wkg', function () {
  this.timeout(600_000);
  let server: string;
  let stop: () => Promise<unknown>;
  before(async function () {
    need(this, 'wkg', 'docker-registry', 'oras', 'make');
    ({ server, stop } = await startRegistry());
  });
  after(async () => {
    await stop?.();
  });

  for (const [kind, host, built] of [
    ['http', 'wasmtime', 'http.wasm'],
    ['command', 'wasmtime', 'command.opt.wasm'],
    ['command', 'wazero', 'command.opt.wasm'],
  ] as const)
    it(`pulls what is pushed of kind ${kind} for ${host}, byte for byte`, function () {
      const sample = kind === 'command' ? plain : samples.find((one) => one.kind === kind);
      assert.ok(sample);
      need(this, ...needed(sample.language));
      const namespace = `${server}/for-${host}`;
      const folder = project({ ...sample, kind, host, registry: 'oci', namespace, name: kind });
      make(folder, 'setup');
      ok('make', [kind === 'http' ? 'build' : 'optimize', 'login', 'push', 'TAG=v1'], folder, {
        ...taskEnvironment(),
        ...credentials,
      });
      const pulled = join(mkdtempSync(join(scratch, 'wkg-')), 'pulled.wasm');
      ok('wkg', ['oci', 'pull', '--insecure', server, '--output', pulled, `${namespace}/${kind}:v1`], scratch, {
        WKG_OCI_USERNAME: credentials.REGISTRY_USER,
        WKG_OCI_PASSWORD: credentials.REGISTRY_PASSWORD,
      });
      assert.deepEqual(readFileSync(pulled), readFileSync(join(folder, 'build', built)));
    });
});
