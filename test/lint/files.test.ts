/** Every format through its own checker, over projects that together have every value of every question. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { axes } from '../../src/catalog/axes.ts';
import type { Choices } from '../../src/model/choices.ts';
import type { File } from '../../src/model/plan.ts';
import { render } from '../../src/print/render.ts';
import { everyChoice, label, plain } from '../support/examples.ts';
import { need, ok, scratch } from '../support/programs.ts';

/** Projects in which every pair of values of two questions appears. */
function pairwise(): Choices[] {
  const pairs = (choices: Choices): string[] => {
    const values = Object.entries(choices).map(([key, value]) => `${key}=${value}`);
    return values.flatMap((one, index) => values.slice(index + 1).map((two) => `${one} ${two}`));
  };
  const open = new Set(everyChoice().flatMap(pairs));
  const chosen: Choices[] = [];
  const candidates = everyChoice();
  while (open.size > 0) {
    const score = (choices: Choices) => pairs(choices).filter((pair) => open.has(pair)).length;
    const best = candidates.reduce((a, b) => (score(b) > score(a) ? b : a));
    for (const pair of pairs(best)) open.delete(pair);
    chosen.push(best);
  }
  return chosen;
}

describe('every printed file through its own checker', function () {
  this.timeout(300_000);
  const projects = pairwise();
  const several: Choices = {
    ...plain,
    registry: 'ghcr',
    namespace: 'ghcr.io/octo-org',
    ci: ['github', 'gitlab'],
    module: ['api:rust:http:spinkube', 'job:c:command:runwasi'],
  };
  const folders = new Map<Choices, string>();
  /** The distinct files whose path matches. */
  const all = (pattern: RegExp): string[] => {
    const files = new Map<string, string>();
    for (const choices of [...projects, several])
      for (const { path, text } of render(choices))
        if (pattern.test(path)) files.set(`${path}\n${text}`, join(folders.get(choices) ?? '', path));
    return [...files.values()];
  };

  before(() => {
    for (const choices of [...projects, several]) {
      const folder = mkdtempSync(join(scratch, 'lint-'));
      folders.set(choices, folder);
      for (const { path, text } of render(choices)) {
        mkdirSync(dirname(join(folder, path)), { recursive: true });
        writeFileSync(join(folder, path), text);
      }
    }
  });

  it('takes every value of every question', () => {
    for (const key of ['language', 'kind', 'host', 'registry', 'editor'] as const)
      for (const { id } of axes[key])
        assert.ok(
          projects.some((choices) => choices[key] === id),
          `${key} ${id}`,
        );
    for (const { id } of axes.ci)
      assert.ok(
        projects.some(({ ci }) => ci.includes(id)),
        id,
      );
  });

  it('shell scripts: shellcheck', function () {
    need(this, 'shellcheck');
    const files = all(/\.sh$/);
    assert.ok(files.length > 2);
    ok('shellcheck', ['--external-sources', '--source-path=SCRIPTDIR/..:SCRIPTDIR', ...files], scratch);
  });
  for (const [format, pattern] of [
    ['JSON', /\.(?:json|code-workspace)$/],
    ['Markdown', /\.md$/],
    ['YAML', /\.(?:ya?ml|clang-tidy|clang-format)$/],
  ] as const)
    it(`${format}: Prettier`, function () {
      need(this, 'prettier');
      // npm writes lock files, and biome formats the JSON beside AssemblyScript's sources.
      const files = all(pattern).filter((path) => !/package-lock\.json$|\/assembly\//.test(path));
      assert.ok(files.length > 10);
      ok('prettier', ['--check', '--log-level=warn', ...files], scratch);
    });
  it('TOML: taplo', function () {
    need(this, 'taplo');
    const files = all(/\.toml$/);
    assert.ok(files.length > 10);
    ok('taplo', ['format', '--check', ...files], scratch);
  });
  it('the Makefile: make reads every task', () => {
    for (const choices of projects) {
      const folder = String(folders.get(choices));
      const targets = [
        ...(render(choices).find(({ path }) => path === 'Makefile') as File).text.matchAll(/^([a-z]+):/gm),
      ];
      assert.ok(targets.length > 6, label(choices));
      const listed = ok('make', ['--silent'], folder);
      // CI and the editor call these, so help leaves them out.
      const unlisted = ['help', 'debug', 'checksums', 'intact'];
      for (const [, name = ''] of targets)
        assert.equal(
          new RegExp(`^ {2}${name} `, 'm').test(listed),
          !unlisted.includes(name),
          `${label(choices)}: ${name}`,
        );
      // These projects are in no repository, whose tag make would take.
      ok('make', ['--dry-run', 'TAG=v1.0.0', ...targets.map(([, name]) => String(name))], folder);
    }
  });
});
