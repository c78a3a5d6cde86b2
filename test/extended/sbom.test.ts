/** What syft itself finds in projects, where the ordinary tests have a stand-in for it. */
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { need, ok, project, taskEnvironment } from '../e2e/world.ts';
import { plain } from '../examples.ts';

describe('the SBOM of syft', function () {
  this.timeout(300_000);
  before(function () {
    need(this, 'syft', 'make');
  });

  for (const [language, kind, host, packages] of [
    ['rust', 'http', 'wasmtime', ['wasip2@2.0.1+wasi-0.2.12', 'wit-bindgen@0.62.0']],
    ['javascript', 'http', 'wasmtime', []],
    ['c', 'wagi', 'wagi', []],
  ] as const)
    it(`of ${language} names the project, and what it depends on: ${packages.join(', ') || 'nothing'}`, () => {
      const folder = project({ ...plain, language, kind, host, registry: 'oci', namespace: 'localhost:5000/team' });
      const [optimized = ''] = /build\/hello-wasm(\.opt)?\.wasm(?=\n)/.exec(
        readFileSync(join(folder, 'Makefile'), 'utf8').split('build/sbom.spdx.json: ')[1] ?? '',
      ) ?? [''];
      mkdirSync(join(folder, 'build'), { recursive: true });
      // The list is of the sources: what is in the module does not matter.
      writeFileSync(join(folder, optimized), '');
      ok('make', ['-o', optimized, 'sbom'], folder, taskEnvironment());
      const sbom = JSON.parse(readFileSync(join(folder, 'build/sbom.spdx.json'), 'utf8'));
      assert.equal(sbom.spdxVersion, 'SPDX-2.3');
      assert.equal(sbom.name, 'hello-wasm');
      const found = sbom.packages
        .map(({ name, versionInfo }: { name: string; versionInfo: string }) => `${name}@${versionInfo}`)
        .filter((one: string) => !one.startsWith('hello-wasm'));
      assert.deepEqual(found.sort(), packages);
    });
});
