/** The release workflow of this repository, run by act from a tag, up to a registry of npm on loopback. */
import assert from 'node:assert/strict';
import { cpSync, mkdirSync, mkdtempSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { version } from '../../src/catalog/templates.ts';
import { startNpmRegistry } from '../e2e/npm-registry.ts';
import { act } from '../e2e/pipelines.ts';
import { need, ok, root, scratch } from '../support/programs.ts';

describe('a release of this package', function () {
  this.timeout(1_200_000);
  let npmrc: string;
  let stop: () => Promise<unknown>;
  before(async function () {
    need(this, 'act', 'verdaccio', 'git', 'make');
    ({ npmrc, stop } = await startNpmRegistry());
  });
  after(async () => {
    await stop?.();
  });

  it('goes from a tag to the registry with the bytes that were tested, which npx runs', async () => {
    const folder = join(mkdtempSync(join(scratch, 'release-')), 'generator-wasm');
    for (const path of ok('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], root)
      .split('\0')
      .filter(Boolean)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      cpSync(join(root, path), join(folder, path));
    }
    const git = (...args: string[]) =>
      ok('git', ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.com', ...args], folder);
    git('init', '--quiet', '--initial-branch=main');
    git('add', '-A');
    git('commit', '--quiet', '-m', 'all');
    git('tag', `v${version}`);

    const artifacts = mkdtempSync(join(scratch, 'artifacts-'));
    const said = act(folder, '.github/workflows/release.yml', {
      tag: `v${version}`,
      artifacts,
      variables: { NPM_CONFIG_USERCONFIG: npmrc, npm_config_cache: join(scratch, 'npm-of-the-release') },
    });
    assert.match(
      said,
      new RegExp(
        `gh release create v${version} release/generator-wasm\\.tgz release/generator-wasm\\.spdx\\.json --verify-tag`,
      ),
    );
    ok('npm', ['pack', '--silent', `generator-wasm@${version}`], artifacts, { NPM_CONFIG_USERCONFIG: npmrc });
    const bytes = (name: string) => readFileSync(join(artifacts, name));
    assert.ok(bytes(`generator-wasm-${version}.tgz`).equals(bytes('release/generator-wasm.tgz')));
    const printed = ok('npx', ['--yes', `generator-wasm@${version}`, '--version'], scratch, {
      NPM_CONFIG_USERCONFIG: npmrc,
      npm_config_cache: join(scratch, 'npm-of-a-user'),
    });
    assert.ok(printed.split('\n').includes(version), printed);
  });
});
