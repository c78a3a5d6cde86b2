/** The SBOM lists what is compiled into a module, by the language's own tools, and neither linters nor compilers. */
import assert from 'node:assert/strict';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { plain } from '../support/examples.ts';
import { need, needed, ok, scratch } from '../support/programs.ts';
import { make, project, taskEnvironment } from './world.ts';

/** Of each language, a kind and what its SBOM has to list: a version is any where it is the one of a tool. */
const listed: { [language: string]: [kind: 'command' | 'http', ...packages: RegExp[]] } = {
  assemblyscript: ['command', /^pkg:npm\/%40assemblyscript\/wasi-shim@0\.1\.0$/, /^pkg:npm\/assemblyscript@[\d.]+$/],
  c: ['command', /^pkg:generic\/compiler-rt@22\.[\d.]+$/, /^pkg:generic\/wasi-libc$/],
  cpp: [
    'command',
    /^pkg:generic\/compiler-rt@22\.[\d.]+$/,
    /^pkg:generic\/libc%2B%2B@22\.[\d.]+$/,
    /^pkg:generic\/wasi-libc$/,
  ],
  go: ['http', /^pkg:generic\/wasi_snapshot_preview1@[\d.]+$/, /^pkg:golang\/stdlib@1\.[\d.]+$/],
  javascript: [
    'http',
    /^pkg:generic\/spidermonkey$/,
    /^pkg:generic\/wasi-libc$/,
    /^pkg:github\/bytecodealliance\/StarlingMonkey$/,
    /^pkg:npm\/%40bytecodealliance\/componentize-js@[\d.]+$/,
  ],
  python: ['http', /^pkg:generic\/cpython@3\.14$/, /^pkg:generic\/wasi-libc$/, /^pkg:pypi\/componentize-py@[\d.]+$/],
  rust: [
    'http',
    /^pkg:cargo\/wasip2@2\.[\w.%-]+$/,
    /^pkg:cargo\/wit-bindgen@[\d.]+$/,
    /^pkg:generic\/rust-std@1\.[\d.]+$/,
    /^pkg:generic\/wasi-libc$/,
  ],
  zig: ['command', /^pkg:generic\/zig-std@0\.[\d.]+$/],
};

describe('the SBOM', function () {
  this.timeout(600_000);

  /** The package URLs that a project's SBOM has, and the document. */
  function sbomOf(folder: string) {
    const [, module = ''] =
      /^build\/sbom\.spdx\.json: (\S+)$/m.exec(readFileSync(join(folder, 'Makefile'), 'utf8')) ?? [];
    mkdirSync(dirname(join(folder, module)), { recursive: true });
    // The list is of what would be compiled: what is in the file does not matter.
    writeFileSync(join(folder, module), '');
    ok('make', ['--always-make', '-o', module, 'sbom'], folder, taskEnvironment());
    const sbom = JSON.parse(readFileSync(join(folder, 'build/sbom.spdx.json'), 'utf8'));
    const urls: string[] = sbom.packages.flatMap(
      ({ externalRefs = [] }: { externalRefs?: { referenceLocator: string }[] }) =>
        externalRefs.map(({ referenceLocator }) => referenceLocator),
    );
    return { sbom, urls };
  }
  const choices = (language: string) => {
    const [kind = 'command'] = listed[language] ?? [];
    return { ...plain, language, kind, host: 'wasmtime', registry: 'oci', namespace: 'localhost:5000/team' };
  };

  for (const [language, [, ...packages]] of Object.entries(listed))
    it(`of ${language} has what is compiled in, and nothing else`, function () {
      need(this, 'make', ...needed(language));
      const folder = project(choices(language));
      if (language === 'python') make(folder, 'setup');
      const { sbom, urls } = sbomOf(folder);
      assert.equal(sbom.spdxVersion, 'SPDX-2.3');
      assert.equal(sbom.packages[0].name, 'hello-wasm');
      assert.equal(sbom.packages[0].licenseDeclared, 'MIT');
      assert.equal(urls.length, packages.length, urls.join('\n'));
      for (const [index, expected] of packages.entries()) assert.match(urls[index] ?? '', expected);
      const contained = sbom.relationships.filter(
        ({ relationshipType }: { relationshipType: string }) => relationshipType === 'CONTAINS',
      );
      assert.equal(contained.length, packages.length);
    });

  it('has the packages that a program of Python imports, and theirs', function () {
    need(this, 'make', ...needed('python'));
    const folder = project(choices('python'));
    make(folder, 'setup');
    const other = mkdtempSync(join(scratch, 'imports-'));
    writeFileSync(join(other, 'requirements.in'), '# comment\ncomponentize-py\nMypy_Extensions>=1\npytest\n');
    const python = join(folder, '.venv/bin/python');
    assert.match(ok(python, [join(folder, 'scripts/packages.py')], other), /^mypy-extensions@[\d.]+\n$/);
  });

  it('has the packages that a program of JavaScript depends on, and theirs', function () {
    need(this, 'make', 'mise');
    const folder = mkdtempSync(join(scratch, 'depends-'));
    cpSync(project(choices('javascript')), folder, { recursive: true });
    const lock = JSON.parse(readFileSync(join(folder, 'package-lock.json'), 'utf8'));
    lock.packages[''].dependencies = { '@team/words': '1.2.3' };
    lock.packages['node_modules/@team/words'] = { version: '1.2.3', dependencies: { letters: '^4.0.0' } };
    lock.packages['node_modules/letters'] = { version: '4.5.6' };
    writeFileSync(join(folder, 'package-lock.json'), JSON.stringify(lock));
    const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    writeFileSync(
      join(folder, 'package.json'),
      JSON.stringify({ ...manifest, dependencies: { '@team/words': '1.2.3' } }),
    );
    const { urls } = sbomOf(folder);
    for (const url of ['pkg:npm/%40team/words@1.2.3', 'pkg:npm/letters@4.5.6']) assert.ok(urls.includes(url), url);
    assert.ok(!urls.some((url) => url.includes('biome')));
  });
});
