/** What is pushed as a CNCF Wasm artifact is pulled by wkg, the client of the Bytecode Alliance. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { samples } from '../cells.ts';
import { credentials, startRegistry } from '../e2e/registry.ts';
import { make, need, needed, ok, project, scratch, taskEnvironment } from '../e2e/world.ts';

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

  it('pulls a component, byte for byte', function () {
    const sample = samples.find(({ kind }) => kind === 'http');
    assert.ok(sample);
    need(this, ...needed(sample.language));
    const folder = project({ ...sample, registry: 'oci', namespace: `${server}/team`, name: 'component' });
    make(folder, 'setup');
    ok('make', ['login', 'push', 'TAG=v1'], folder, { ...taskEnvironment(), ...credentials });
    const pulled = join(mkdtempSync(join(scratch, 'wkg-')), 'pulled.wasm');
    ok('wkg', ['oci', 'pull', '--insecure', server, '--output', pulled, `${server}/team/component:v1`], scratch, {
      WKG_OCI_USERNAME: credentials.REGISTRY_USER,
      WKG_OCI_PASSWORD: credentials.REGISTRY_PASSWORD,
    });
    assert.deepEqual(readFileSync(pulled), readFileSync(join(folder, 'build/component.wasm')));
  });
});
