/** `npm run release`, which the release workflow starts with: it stops before a release whose parts do not agree. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { scratch } from '../support/repositories.ts';

const script = resolve(import.meta.dirname, '../../scripts/release.mjs');

describe('the release of a tag', function () {
  this.timeout(60_000);
  const folder = scratch();
  const put = (path: string, text: string) => writeFileSync(join(folder(), path), text);
  const run = (tag: string) => spawnSync(process.execPath, [script, tag, 'out'], { cwd: folder(), encoding: 'utf8' });
  const refuses = (tag: string, why: RegExp) => {
    const { status, stderr } = run(tag);
    assert.equal(status, 1, stderr);
    assert.match(stderr, why);
    assert.doesNotMatch(stderr, /^ +at /m);
  };

  beforeEach(() => {
    for (const path of ['test/releases', 'dist']) mkdirSync(join(folder(), path), { recursive: true });
    put('dist/THIRD_PARTY.txt', `Code of:\n\n${'-'.repeat(80)}\n\n@b/c 2.0.0: MIT OR ISC\n\nThe text.\n`);
    put('package.json', JSON.stringify({ name: 'a', version: '1.2.3', files: ['b.txt'] }));
    put('b.txt', 'in the package\n');
    put('CHANGELOG.md', '# Changelog\n\n## 1.2.3\n\n- New.\n\n## 1.2.2\n\n- Old.\n');
  });

  it('has the package, and the section of the changelog', () => {
    const { status, stderr } = run('v1.2.3');
    assert.equal(status, 0, stderr);
    assert.equal(readFileSync(join(folder(), 'out/NOTES.md'), 'utf8'), '- New.\n');
    assert.ok(gunzipSync(readFileSync(join(folder(), 'out/generator-wasm.tgz'))).includes('in the package\n'));
  });
  it('has an SBOM of what is bundled', () => {
    assert.equal(run('v1.2.3').status, 0);
    const tarball = readFileSync(join(folder(), 'out/generator-wasm.tgz'));
    const { packages, relationships } = JSON.parse(
      readFileSync(join(folder(), 'out/generator-wasm.spdx.json'), 'utf8'),
    );
    const [own, part, ...more] = packages;
    assert.equal(own.checksums[0].checksumValue, createHash('sha512').update(tarball).digest('hex'));
    assert.deepEqual(
      [part.name, part.versionInfo, part.licenseDeclared, part.externalRefs[0].referenceLocator],
      ['@b/c', '2.0.0', 'MIT OR ISC', 'pkg:npm/%40b/c@2.0.0'],
    );
    assert.deepEqual(more, []);
    assert.equal(relationships[1].relatedSpdxElement, part.SPDXID);
  });
  it('refuses a package whose build lists nothing that it bundles', () => {
    put('dist/THIRD_PARTY.txt', '');
    refuses('v1.2.3', /THIRD_PARTY\.txt lists no package/);
  });
  it('refuses a tag that is not the version', () => refuses('v1.2.4', /'v1\.2\.4', but package\.json has .* 1\.2\.3/));
  it('refuses a version that was released', () => {
    put('test/releases/1.2.3.tgz', '');
    refuses('v1.2.3', /1\.2\.3 was released before/);
  });
  it('refuses a package that is not the same twice', () => {
    put('package.json', JSON.stringify({ name: 'a', version: '1.2.3', scripts: { prepack: 'date +%N >b.txt' } }));
    refuses('v1.2.3', /Two runs of npm pack made different tarballs/);
  });
  it('refuses a version that the changelog does not have', () => {
    put('CHANGELOG.md', '# Changelog\n\n## 1.2.2\n\n- Old.\n');
    refuses('v1.2.3', /no section '## 1\.2\.3'/);
  });
});
