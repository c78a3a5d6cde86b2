/** Every format through its own checker, over projects that together have every value of every question. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, realpathSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { axes } from '../../src/catalog/axes.ts';
import type { Choices } from '../../src/model/choices.ts';
import type { File } from '../../src/model/plan.ts';
import { render } from '../../src/print/render.ts';
import { everyChoice, label, plain } from '../support/examples.ts';
import { need, ok, run, scratch } from '../support/programs.ts';

/** Projects in which every pair of values of two questions appears: the one with most new pairs, again and again. */
function pairwise(): Choices[] {
  const pairs = (choices: Choices): string[] => {
    const values = Object.entries(choices).map(([key, value]) => `${key}=${value}`);
    return values.flatMap((one, index) => values.slice(index + 1).map((two) => `${one} ${two}`));
  };
  let candidates = everyChoice().map((choices) => ({ choices, pairs: pairs(choices) }));
  const open = new Set(candidates.flatMap((one) => one.pairs));
  const chosen: Choices[] = [];
  while (open.size > 0) {
    // What is not new stays so.
    candidates = candidates.flatMap(({ choices, pairs }) => {
      const left = pairs.filter((pair) => open.has(pair));
      return left.length > 0 ? { choices, pairs: left } : [];
    });
    const best = candidates.reduce((a, b) => (b.pairs.length > a.pairs.length ? b : a));
    for (const pair of best.pairs) open.delete(pair);
    chosen.push(best.choices);
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
  const written: { choices: Choices; folder: string; files: File[] }[] = [];
  /** The distinct files whose path matches. */
  const all = (pattern: RegExp): string[] => {
    const distinct = new Map<string, string>();
    for (const { folder, files } of written)
      for (const { path, text } of files) if (pattern.test(path)) distinct.set(`${path}\n${text}`, join(folder, path));
    return [...distinct.values()];
  };

  before(() => {
    for (const choices of [...projects, several]) {
      const folder = mkdtempSync(join(scratch, 'lint-'));
      const files = render(choices);
      written.push({ choices, folder, files });
      for (const { path, text } of files) {
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
  it('the Dockerfile of a dev container: hadolint', function () {
    need(this, 'hadolint');
    const texts = [plain, { ...plain, language: 'c' }].map(
      (choices) => render({ ...choices, editor: 'devcontainer' }).find(({ path }) => /Dockerfile$/.test(path))?.text,
    );
    assert.equal(new Set(texts).size, 2);
    const files = texts.map((text, index) => {
      const path = join(scratch, `Dockerfile-${index}`);
      writeFileSync(path, text ?? '');
      return path;
    });
    ok('hadolint', ['--failure-threshold', 'warning', ...files], scratch);
  });
  it('devcontainer.json: the Dev Container CLI', function () {
    need(this, 'devcontainer');
    const choices = { ...several, editor: 'devcontainer' };
    const folder = mkdtempSync(join(scratch, 'container-'));
    const files = new Map(render(choices).map(({ path, text }) => [path, text]));
    mkdirSync(join(folder, '.devcontainer'));
    for (const name of ['Dockerfile', 'devcontainer.json'])
      writeFileSync(join(folder, '.devcontainer', name), files.get(`.devcontainer/${name}`) ?? '');
    // It asks Docker for a container of this folder, and takes no answer for none.
    const read = run(
      'devcontainer',
      ['read-configuration', '--workspace-folder', folder, '--docker-path', 'true'],
      scratch,
    );
    assert.equal(read.code, 0, read.said);
    const { configuration } = JSON.parse(read.stdout);
    assert.deepEqual(configuration.forwardPorts, [3000]);
    assert.equal(configuration.updateContentCommand, 'make setup');
    assert.equal(configuration.build.dockerfile, 'Dockerfile');
    assert.deepEqual(configuration.customizations.vscode.extensions, [
      'rust-lang.rust-analyzer',
      'vadimcn.vscode-lldb',
      'llvm-vs-code-extensions.vscode-clangd',
    ]);
  });
  it('.editorconfig: Prettier reads the indentation that formatters write', async function () {
    need(this, 'prettier');
    const program = realpathSync(ok('sh', ['-c', 'command -v prettier'], scratch).trim());
    const prettier = await import(join(dirname(program), '../index.mjs'));
    /** The least indentation: that of blocks. Lines that continue others have more, and a comment such as this one has one space. */
    const leastOf = (text: string) =>
      text
        .split('\n')
        .flatMap((line) => /^(?! \*)\s+(?=\S)/.exec(line)?.[0] ?? [])
        .sort((a, b) => a.length - b.length)[0];
    const folder = mkdtempSync(join(scratch, 'indent-'));
    const seen = new Set<string>();
    for (const language of axes.language)
      for (const kind of language.kinds) {
        const host = axes.host.find(({ kinds }) => kinds.includes(kind))?.id ?? '';
        const files = render({ ...plain, language: language.id, kind, host, editor: 'other' });
        // As in a repository of several modules: one file decides for all below.
        const place = join(folder, language.id, kind);
        for (const { path, text } of files) {
          mkdirSync(dirname(join(place, path)), { recursive: true });
          writeFileSync(join(place, path), text);
        }
        // `make lint` checks the sources, and the tests above the other files. Nothing formats these.
        const formatted = files.filter(({ path }) => !/\.(?:md|wit|wat|lock|txt)$|LICENSE/.test(path));
        for (const ending of new Set(formatted.map(({ path }) => path.replace(/^.*[./]/, '')))) {
          const same = formatted.filter(({ path }) => path.endsWith(ending));
          const written = leastOf(same.map(({ text }) => text).join('\n'));
          if (written === undefined) continue;
          for (const { path } of same) {
            const { useTabs, tabWidth } = await prettier.resolveConfig(join(place, path), { editorconfig: true });
            assert.equal(useTabs ? '\t' : ' '.repeat(tabWidth), written, `${language.id} ${kind}: ${path}`);
          }
          seen.add(ending);
        }
      }
    for (const ending of ['c', 'cpp', 'go', 'js', 'json', 'Makefile', 'py', 'rs', 'swift', 'ts', 'yml', 'zig'])
      assert.ok(seen.has(ending), `${ending} of ${[...seen].join(' ')}`);
  });
  it('the Makefile: make reads every task', () => {
    const known = new Set<string>();
    for (const { choices, folder, files } of written) {
      const { text } = files.find(({ path }) => path === 'Makefile') as File;
      if (choices === several || known.has(text)) continue;
      known.add(text);
      const targets = [...text.matchAll(/^([a-z]+):/gm)];
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
