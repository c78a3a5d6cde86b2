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

describe('a lock file of npm', () => {
  /** What npm writes about a package. */
  interface Package {
    dependencies?: Record<string, string>;
    devDependencies?: Record<string, string>;
    optionalDependencies?: Record<string, string>;
    peerDependencies?: Record<string, string>;
    peerDependenciesMeta?: Record<string, { optional?: boolean }>;
  }
  for (const language of ['assemblyscript', 'javascript', 'typescript'])
    it(`of ${language} has what its packages need, and nothing else`, () => {
      const { packages } = JSON.parse(manifest(language, 'MIT', 'package-lock.json')) as {
        packages: Record<string, Package>;
      };
      /** Where Node finds a package: in the nearest node_modules. */
      const found = (from: string, name: string): string | undefined => {
        for (let folder = from; ; folder = folder.slice(0, Math.max(folder.lastIndexOf('/node_modules/'), 0))) {
          const path = `${folder === '' ? '' : `${folder}/`}node_modules/${name}`;
          if (packages[path]) return path;
          if (folder === '') return undefined;
        }
      };
      const reached = new Set(['']);
      for (const path of reached) {
        const { dependencies, devDependencies, optionalDependencies, peerDependencies, peerDependenciesMeta } =
          packages[path] ?? assert.fail(path);
        const all = { ...dependencies, ...devDependencies, ...optionalDependencies, ...peerDependencies };
        for (const name of Object.keys(all)) {
          const where = found(path, name);
          const isOptional = optionalDependencies?.[name] ?? peerDependenciesMeta?.[name]?.optional;
          assert.ok(where || isOptional, `${path} needs ${name}`);
          if (where) reached.add(where);
        }
      }
      assert.deepEqual(Object.keys(packages).sort(), [...reached].sort());
    });
});

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
