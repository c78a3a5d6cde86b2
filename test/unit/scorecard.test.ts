/**
 * What OpenSSF Scorecard reads from the files of this repository, and the page on the package for its users.
 * https://github.com/ossf/scorecard/blob/main/docs/checks.md
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parse } from 'yaml';

const root = resolve(import.meta.dirname, '../..');
const text = (path: string): string => readFileSync(join(root, path), 'utf8');
const paths = execFileSync('git', ['ls-files', '-z'], { cwd: root, encoding: 'utf8' }).split('\0').filter(Boolean);
const manifest = JSON.parse(text('package.json'));

interface Workflow {
  on: Record<string, unknown>;
  permissions?: unknown;
  jobs: Record<string, { permissions?: Record<string, string>; steps: { uses?: string; run?: string }[] }>;
}
const workflows: Record<string, Workflow> = Object.fromEntries(
  readdirSync(join(root, '.github/workflows')).map((name) => [name, parse(text(`.github/workflows/${name}`))]),
);
const jobs = Object.entries(workflows).flatMap(([name, { jobs }]) =>
  Object.entries(jobs).map(([id, job]) => ({ ...job, name: `${name}: ${id}` })),
);

describe('the checks of OpenSSF Scorecard', () => {
  it('Binary-Artifacts: nothing that is compiled', () => {
    const compiled =
      /\.(?:crx|deb|dex|o|a|so|iso|class|jar|bundle|dylib|lib|msi|dll|drv|efi|exe|ocx|py[co]|par|rpm|wasm|whl)$/i;
    assert.ok(paths.length > 300);
    assert.deepEqual(
      paths.filter((path) => compiled.test(path)),
      [],
    );
  });

  it('Dangerous-Workflow: no rights for the code of a pull request, no expression in a script', () => {
    for (const [name, { on }] of Object.entries(workflows))
      for (const event of ['pull_request_target', 'workflow_run']) assert.ok(!(event in on), `${name}: ${event}`);
    for (const { name, steps } of jobs) for (const { run } of steps) assert.doesNotMatch(run ?? '', /\$\{\{/, name);
  });

  it('Token-Permissions: none for a workflow, and only those of publishing to write', () => {
    for (const [name, { permissions }] of Object.entries(workflows)) assert.deepEqual(permissions, {}, name);
    const writes = jobs.flatMap(({ name, permissions = {} }) =>
      Object.entries(permissions)
        .filter(([, right]) => right === 'write')
        .map(([of]) => `${name} ${of}`),
    );
    assert.deepEqual(writes, ['release.yml: publish id-token', 'release.yml: announce contents']);
  });

  it('Pinned-Dependencies: actions by commit, packages by a lock file or an exact version', () => {
    for (const { name, steps } of jobs)
      for (const { uses, run = '' } of steps) {
        if (uses) assert.match(uses, /@[0-9a-f]{40}$/, name);
        assert.doesNotMatch(run, /npm (?:install|i) |pip install|curl|wget/, name);
        for (const [, spec = ''] of run.matchAll(/npx --yes (?!--package \.\/)(\S+)/g))
          assert.match(spec, /@\d+\.\d+\.\d+$/, name);
      }
    assert.ok(paths.includes('package-lock.json'));
  });

  it('Dependency-Update-Tool, License, Security-Policy, Fuzzing, Packaging', () => {
    const systems = parse(text('.github/dependabot.yml')).updates.map(
      (one: Record<string, string>) => one['package-ecosystem'],
    );
    assert.deepEqual(systems, ['npm', 'github-actions']);
    assert.match(text('LICENSE'), /^MIT License/);
    assert.match(text('SECURITY.md'), /## How to report a vulnerability/);
    assert.ok(manifest.devDependencies['fast-check']);
    assert.match(text('.github/workflows/release.yml'), /npm@\S+ publish /);
  });
});

describe('docs/package.md', () => {
  const page = text('docs/package.md');

  it('has the versions of Node.js that package.json and CI have', () => {
    assert.ok(page.includes(`\`${manifest.engines.node}\``));
    const lines = parse(text('.github/workflows/ci.yml')).jobs.linux.strategy.matrix.node;
    assert.ok(page.includes(`Node.js ${lines.slice(0, -1).join(', ')} and ${lines.at(-1)}`), lines);
  });

  it('gives the reason for each dependency', () => {
    const [, section = ''] = page.split('## Dependencies');
    const rows = [...(section.split('## ')[0] ?? '').matchAll(/^\| (`.*?) \| \S/gm)].flatMap(([, names = '']) =>
      [...names.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name),
    );
    const named = Object.keys({ ...manifest.dependencies, ...manifest.devDependencies });
    const isOf = (row: string, name: string) =>
      name === row || name.startsWith(`${row}/`) || name.startsWith(`@${row}/`);
    for (const name of named)
      assert.ok(
        rows.some((row) => isOf(row, name)),
        `no reason for ${name}`,
      );
    for (const row of rows)
      assert.ok(
        named.some((name) => isOf(row, name)),
        `${row} is not used`,
      );
  });

  it('names the licences of all packages that have one', () => {
    const allowed =
      /^(?:MIT|ISC|0BSD|BSD-[23]-Clause|Apache-2\.0|BlueOak-1\.0\.0|CC0-1\.0|CC-BY-3\.0|Artistic-2\.0|PSF-2\.0)$/;
    const { packages } = JSON.parse(text('package-lock.json'));
    const found = Object.entries(packages as Record<string, { dev?: true; license?: string }>).filter(
      ([path, { dev, license }]) => path && (license || !dev),
    );
    assert.ok(found.length > 50);
    for (const [path, { license = 'none' }] of found)
      assert.ok(
        license
          .replace(/[()]/g, '')
          .split(/ OR | AND /)
          .every((one) => allowed.test(one)),
        `${path}: ${license}`,
      );
  });
});
