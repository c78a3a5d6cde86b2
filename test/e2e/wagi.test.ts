/** The embedded host serves what `make push` has pushed, from a real registry that wants a password. */
import assert from 'node:assert/strict';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'smol-toml';
import { plain } from '../support/examples.ts';
import { freePort, need, needed, ok, scratch } from '../support/programs.ts';
import { credentials, startRegistry } from './registry.ts';
import { bin, make, project, serving, taskEnvironment } from './world.ts';

describe('the embedded host, from a registry', function () {
  this.timeout(300_000);

  it('pulls and serves a module that its project has pushed', async function () {
    need(this, 'docker-registry', 'oras', 'make', ...needed('assemblyscript'));
    const { server, stop } = await startRegistry();
    try {
      const choices = { ...plain, language: 'assemblyscript', kind: 'wagi' as const, host: 'wagi' };
      const folder = project({ ...choices, registry: 'oci', namespace: `${server}/team` });
      make(folder, 'setup');
      ok('make', ['optimize', 'login', 'push', 'TAG=v1'], folder, { ...taskEnvironment(), ...credentials });
      const elsewhere = mkdtempSync(join(scratch, 'served-'));
      const module = `oci:${server}/team/${plain.name}:v1`;
      writeFileSync(join(elsewhere, 'modules.toml'), stringify({ module: [{ route: '/...', module }] }));
      const listen = `127.0.0.1:${await freePort()}`;
      const end = await serving(bin(), ['serve', '--listen', listen], elsewhere, `http://${listen}/healthz`);
      assert.equal(await (await fetch(`http://${listen}/?name=Ada`)).text(), 'Hello, Ada!\n');
      const { code, said } = await end();
      assert.equal(code, 0);
      assert.match(said, new RegExp(`/\\.\\.\\. {2}${module}`));
    } finally {
      await stop();
    }
  });
});
