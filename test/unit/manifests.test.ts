/** The manifests of the languages have what their package managers know of a package. */
import assert from 'node:assert/strict';
import { parse } from 'smol-toml';
import { axes } from '../../src/catalog/axes.ts';
import { node } from '../../src/catalog/tools.ts';
import { compose } from '../../src/plan/compose.ts';
import { plain } from '../support/examples.ts';

const manifest = (language: string, license: string, path: string): string => {
  const kind = axes.language.find(({ id }) => id === language)?.kinds.at(-1) ?? 'command';
  const host = kind === 'http' ? 'wasmtime' : plain.host;
  const { files } = compose({ ...plain, language, kind, host, license });
  return files.find((file) => file.path === path)?.text ?? assert.fail(path);
};

for (const { id: license } of axes.license)
  describe(`a project with the licence ${license}`, () => {
    for (const language of ['assemblyscript', 'javascript', 'typescript'])
      it(`in ${language} has it in package.json and in the lock file, with the oldest Node`, () => {
        const name = license === 'none' ? 'UNLICENSED' : license;
        const { devDependencies, engines, scripts, ...own } = JSON.parse(manifest(language, license, 'package.json'));
        assert.equal(own.license, name);
        assert.deepEqual(engines, { node: `>=${node.atLeast}` });
        assert.deepEqual(scripts, { build: 'make build', test: 'make test' });
        // What npm itself writes for this package.json.
        const locked = JSON.parse(manifest(language, license, 'package-lock.json')).packages[''];
        assert.deepEqual(locked, { name: plain.name, license: name, devDependencies, engines });
      });
    it('in Rust has it in Cargo.toml', () => {
      const { package: own } = parse(manifest('rust', license, 'Cargo.toml')) as { package: { license?: string } };
      assert.equal(own.license, license === 'none' ? undefined : license);
    });
  });
