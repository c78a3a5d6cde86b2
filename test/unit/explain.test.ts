/** `explain`: the page and the JSON say what the plan says, the text of a repository is only text, and nothing is changed. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { axes, find } from '../../src/catalog/axes.ts';
import { change } from '../../src/change/change.ts';
import { explain } from '../../src/explain/explain.ts';
import type { Explanation } from '../../src/explain/explanation.ts';
import { size } from '../../src/explain/page.ts';
import { UserError } from '../../src/lib/user-error.ts';
import type { Choices } from '../../src/model/choices.ts';
import { inputs, pipeline } from '../../src/model/pipeline.ts';
import { compose } from '../../src/plan/compose.ts';
import { render } from '../../src/print/render.ts';
import { plain } from '../support/examples.ts';
import { commit, put, repository, scratch, tree } from '../support/repositories.ts';

const shop: Choices = {
  ...plain,
  name: 'shop',
  module: ['api:rust:wagi', 'web:typescript:http:spin', 'jobs:c:command:krustlet'],
  ci: ['github', 'gitlab'],
  registry: 'ghcr',
  namespace: 'ghcr.io/octo-org',
};

/** Two crates, and CI of their owner. */
const stranger = [
  { path: 'Cargo.toml', text: '[workspace]\nmembers = ["crates/*"]\n' },
  { path: '.cargo/config.toml', text: '[build]\ntarget = "wasm32-wasip1"\n' },
  { path: '.gitlab-ci.yml', text: 'lint:\n  script: true\n' },
  ...['greet', 'count'].flatMap((name) => [
    { path: `crates/${name}/Cargo.toml`, text: `[package]\nname = "${name}"\nversion = "1.0.0"\n` },
    { path: `crates/${name}/src/main.rs`, text: 'fn main() {}\n' },
  ]),
];

describe('explain', () => {
  const folder = scratch();
  const json = async (...argv: string[]): Promise<Explanation> =>
    JSON.parse((await explain(['--json', ...argv], folder())).text);
  const html = async (...argv: string[]): Promise<string> => (await explain(['-o', '-', ...argv], folder())).text;
  const refused = (argv: string[], message: RegExp) =>
    assert.rejects(explain(argv, folder()), (error: Error) => {
      assert.ok(error instanceof UserError, error.stack);
      assert.match(error.message, message);
      assert.doesNotMatch(error.message, /\n/);
      return true;
    });

  describe('of a project of generator-wasm', () => {
    it('has the pipelines that its CI files are printed from, and what each step gets', async () => {
      const choices: Choices = { ...plain, ci: ['github', 'azure'], registry: 'ghcr', namespace: 'ghcr.io/octo-org' };
      repository(folder(), render(choices));
      const { ci, modules, origin } = await json();
      const plan = compose(choices);
      assert.equal(origin, 'created');
      assert.deepEqual(
        ci.map(({ id, state }) => [id, state]),
        [
          ['github', 'current'],
          ['azure', 'current'],
        ],
      );
      for (const { id, jobs, files } of ci) {
        const provider = find(axes.ci, id);
        assert.ok(provider);
        assert.deepEqual(
          jobs.map(({ name, steps }) => [name, steps.map(({ task }) => task)]),
          (['check', 'build', 'publish'] as const).map((name) => [name, pipeline(plan, name)]),
        );
        for (const { steps } of jobs)
          for (const { task, secrets } of steps)
            assert.deepEqual(
              secrets,
              inputs(plan, task, provider).secrets.map(({ name }) => name),
            );
        assert.ok(files.length > 0 && files.every(({ exists }) => exists));
      }
      const azure = ci[1]?.needs.map(({ name, kind }) => `${kind} ${name}`) ?? [];
      assert.ok(azure.includes('secret COSIGN_PRIVATE_KEY'), azure.join());
      // Each can be pasted by itself.
      for (const { store } of ci[1]?.needs ?? []) assert.match(store, /^group=.*\naz .*"\$group"/);
      assert.equal(modules[0]?.publish?.image, 'ghcr.io/octo-org/hello-wasm');
      assert.equal(modules[0]?.publish?.isSigned, true);
    });

    it('names the line of each task, and what calls it', async () => {
      repository(folder(), render(shop));
      const { tasks, modules } = await json();
      for (const { file, name } of tasks) {
        const line = readFileSync(join(folder(), file.path), 'utf8').split('\n')[(file.line ?? 0) - 1];
        assert.match(line ?? '', new RegExp(`^${name}:`));
      }
      const of = (place: string, task: string) => tasks.find(({ folder, name }) => folder === place && name === task);
      assert.deepEqual(of('.', 'push')?.calls, ['api/push', 'web/push', 'jobs/push']);
      assert.deepEqual(of('.', 'push')?.ci, ['github', 'gitlab']);
      assert.deepEqual(of('jobs', 'push')?.calledBy, ['push', 'jobs/ship']);
      assert.ok(of('api', 'build')?.calledBy.includes('api/test'));
      assert.deepEqual(
        modules.map(({ name, folder, language, host }) => [name, folder, language, host?.name, host?.isDeployed]),
        [
          ['api', 'api', 'Rust', 'WAGI', false],
          ['web', 'web', 'TypeScript', 'Spin', false],
          ['jobs', 'jobs', 'C', 'Krustlet', true],
        ],
      );
      assert.equal(modules[2]?.host?.file?.path, 'jobs/deploy/job.yaml');
    });

    it('shows the sizes of built modules, edited CI and files that are missing', async () => {
      repository(folder(), render(plain));
      put(folder(), [{ path: 'build/hello-wasm.wasm', text: 'x'.repeat(5500) }]);
      writeFileSync(join(folder(), '.github/workflows/ci.yml'), 'on: push\n');
      rmSync(join(folder(), 'assembly/index.ts'));
      const { modules, ci } = await json();
      assert.deepEqual(modules[0]?.artifacts, [
        { path: 'build/hello-wasm.wasm', bytes: 5500, maxBytes: 11_000 },
        { path: 'build/hello-wasm.opt.wasm', bytes: null, maxBytes: null },
      ]);
      assert.equal(ci[0]?.state, 'edited');
      assert.deepEqual(modules[0]?.sources[0], { path: 'assembly/index.ts', exists: false });
      const text = await html();
      assert.match(text, /<strong>5\.5 kB<\/strong>/);
      assert.match(text, /aria-label="50 % of the limit of 11\.0 kB"/);
      assert.match(text, /GitHub Actions <span class="tag">edited by you</);
      assert.match(text, /<span class="file missing">assembly\/<wbr>index\.ts /);
    });

    it('has these keys in JSON, which programs read', async () => {
      repository(folder(), render({ ...shop, ci: ['gitlab'] }));
      assert.deepEqual(keysOf(await json()), [
        'ci[].files[].exists',
        'ci[].files[].path',
        'ci[].id',
        'ci[].jobs[].name',
        'ci[].jobs[].steps[].identity',
        'ci[].jobs[].steps[].secrets[]',
        'ci[].jobs[].steps[].task',
        'ci[].jobs[].steps[].variables[]',
        'ci[].name',
        'ci[].needs[].help',
        'ci[].needs[].kind',
        'ci[].needs[].name',
        'ci[].needs[].store',
        'ci[].state',
        'generator',
        'modules[].artifacts[].bytes',
        'modules[].artifacts[].maxBytes',
        'modules[].artifacts[].path',
        'modules[].build.command',
        'modules[].build.file.exists',
        'modules[].build.file.line',
        'modules[].build.file.path',
        'modules[].build.runs[]',
        'modules[].contract.cases',
        'modules[].contract.file.exists',
        'modules[].contract.file.path',
        'modules[].folder',
        'modules[].host.file.exists',
        'modules[].host.file.path',
        'modules[].host.isDeployed',
        'modules[].host.isLegacy',
        'modules[].host.name',
        'modules[].host.runsAt',
        'modules[].kind',
        'modules[].language',
        'modules[].leftOut',
        'modules[].name',
        'modules[].publish.file.exists',
        'modules[].publish.file.line',
        'modules[].publish.file.path',
        'modules[].publish.image',
        'modules[].publish.isSigned',
        'modules[].publish.registry',
        'modules[].sources[].exists',
        'modules[].sources[].path',
        'name',
        'origin',
        'preview',
        'root',
        'tasks[].calledBy[]',
        'tasks[].calls[]',
        'tasks[].ci[]',
        'tasks[].file.exists',
        'tasks[].file.line',
        'tasks[].file.path',
        'tasks[].folder',
        'tasks[].help',
        'tasks[].name',
        'tasks[].needs[]',
        'version',
        'writtenBy',
      ]);
    });
  });

  describe('of the repository of another author', () => {
    it('shows what ci then writes, and writes nothing', async () => {
      repository(folder(), stranger);
      const before = tree(folder());
      const { origin, modules, ci, preview, tasks } = await json();
      assert.deepEqual(tree(folder()), before);
      assert.equal(origin, 'found');
      assert.deepEqual(
        modules.map(({ name, build, artifacts }) => [name, build.file?.path, artifacts[0]?.path]),
        [
          ['crate count', '.cargo/config.toml', 'target/wasm32-wasip1/release/count.wasm'],
          ['crate greet', '.cargo/config.toml', 'target/wasm32-wasip1/release/greet.wasm'],
        ],
      );
      assert.deepEqual(
        ci.map(({ id, state }) => [id, state]),
        [
          ['gitlab', 'foreign'],
          ['github', 'planned'],
        ],
      );
      assert.ok(tasks.some(({ name, ci }) => name === 'build' && ci.includes('github')));
      await change('ci', ['github'], folder(), undefined);
      const now = Object.keys(tree(folder())).filter((path) => !(path in before));
      assert.deepEqual(preview?.writes, now.sort());
      commit(folder());
      assert.equal((await json()).origin, 'adopted');
    });

    it('names the Makefile that ci would write beside their own', async () => {
      repository(folder(), [...stranger, { path: 'Makefile', text: 'all:\n\ttrue\n' }]);
      assert.deepEqual(
        [...new Set((await json()).modules.map(({ build }) => build.command))],
        ['make -f wasm.mk build'],
      );
    });

    it('shows the providers of --ci, and why ci would refuse', async () => {
      put(folder(), stranger);
      const { preview, ci } = await json('--ci', 'github-actions,azure');
      assert.equal(preview?.command, 'generator-wasm ci github,azure');
      assert.deepEqual(
        ci.filter(({ state }) => state === 'planned').map(({ id }) => id),
        ['github', 'azure'],
      );
      assert.match(preview?.refused ?? '', /is not in a git repository/);
      assert.match(await html(), /would not write anything: .*is not in a git repository/);
      await refused(['--ci', 'githib'], /^Unknown ci 'githib'\. Did you mean github\?/);
    });

    it('takes names and contents as text', async () => {
      const names = ['<img src=x onerror=alert(1)>', '"><script>alert(1)<', "a'b&amp;c `d` 100%41#?", 'f\u202eg'];
      repository(
        folder(),
        names.flatMap((name, at) => [
          {
            path: `${name}/Cargo.toml`,
            text: `[package]\nname = "c${at}"\nversion = "1.0.0"\ndescription = "</style><script>"\n`,
          },
          { path: `${name}/src/main.rs`, text: 'fn main() {}\n' },
          { path: `${name}/.cargo/config.toml`, text: '[build]\ntarget = "wasm32-wasip1"\n' },
        ]),
      );
      const text = await html();
      assert.match(text, /&lt;img src=x onerror=alert\(1\)&gt;\//);
      assert.match(text, /f\\u202eg/);
      wellFormed(text);
      const opened = [...text.matchAll(/href="(vscode:[^"]*)"/g)].map(([, href = '']) =>
        fileURLToPath(href.replaceAll('&#39;', "'").replace('vscode://file/', 'file:///').replace(/:\d+$/, '')),
      );
      for (const name of names) assert.ok(opened.includes(join(folder(), name, 'Cargo.toml')), name);
      const { modules } = await json();
      assert.deepEqual(
        modules.map(({ build }) => build.file?.exists),
        names.map(() => true),
      );
      const manifests = modules.flatMap(({ sources }) => sources.map(({ path }) => path));
      for (const name of names) assert.ok(manifests.includes(`${name}/Cargo.toml`), name);
    });

    it('is refused where there is nothing to show', async () => {
      await refused([], /^No WebAssembly project found in '\.'\. Recognised files: .*Cargo\.toml/);
      await refused(['nowhere'], /^'nowhere' is not a folder/);
      repository(folder(), render(plain));
      await refused(['--ci', 'azure'], /^'\.' has CI of generator-wasm, and --ci is for projects without it/);
    });
  });

  describe('the page', () => {
    it('has no script, only its own style, and links to the page and to files', async () => {
      repository(folder(), render(shop));
      const text = await html();
      wellFormed(text);
      const [, style = ''] = /<style>([\s\S]*?)<\/style>/.exec(text) ?? [];
      const [, policy = ''] = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(text) ?? [];
      const hash = createHash('sha256').update(style).digest('base64');
      assert.ok(style.length > 1000);
      assert.equal(
        policy.replaceAll('&#39;', "'"),
        `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'`,
      );
      assert.doesNotMatch(
        text.replace(/<footer>.*/s, ''),
        /(?:src|href|action)="(?!#|vscode:\/\/file\/)|@import|url\(/,
      );
      const ids = [...text.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
      assert.equal(new Set(ids).size, ids.length);
      for (const [, target] of text.matchAll(/href="#([^"]+)"/g)) assert.ok(ids.includes(target), target);
    });

    it('writes sizes as ls --si does', () =>
      assert.deepEqual([0, 999, 1000, 99_949, 123_456, 2_345_678].map(size), [
        '0 B',
        '999 B',
        '1.0 kB',
        '99.9 kB',
        '123 kB',
        '2.3 MB',
      ]));
  });

  describe('the file', () => {
    it('is in the build folder, which git ignores, and is replaced by the next page', async () => {
      repository(folder(), render(plain));
      for (const _ of [1, 2])
        assert.match((await explain([], folder())).text, /^Wrote build\/project\.html\nOpen it: file:\/\//);
      assert.match(readFileSync(join(folder(), 'build/project.html'), 'utf8'), /^<!doctype html>/);
    });

    it('is outside of a repository that does not ignore it, or whose build folder is a link', async () => {
      repository(folder(), stranger);
      const before = tree(folder());
      const written = async () => {
        const { text } = await explain([], folder());
        const path = fileURLToPath(text.split('Open it: ')[1] ?? '');
        assert.ok(!path.startsWith(folder()), path);
        assert.ok(existsSync(path));
        rmSync(dirname(path), { recursive: true });
      };
      await written();
      assert.deepEqual(tree(folder()), before);
      put(folder(), [{ path: '.gitignore', text: 'build\n' }]);
      mkdirSync(join(folder(), 'elsewhere'));
      symlinkSync('elsewhere', join(folder(), 'build'));
      await written();
    });

    it('never replaces another file', async () => {
      repository(folder(), render(plain));
      const before = tree(folder());
      await refused(['-o', 'README.md'], /README\.md' already exists, and is not a page of explain\. .*--force/);
      await refused(['--json', '-o', 'package.json'], /already exists/);
      symlinkSync('README.md', join(folder(), 'link.html'));
      await refused(['-o', 'link.html', '--force'], /link\.html' is not a regular file/);
      await refused(['-o', 'assembly'], /assembly' is not a regular file/);
      await refused(['-o', 'README.md/page.html'], /cannot be written \(E[A-Z]+\)\. Give another file/);
      assert.deepEqual(tree(folder()), before);
      await explain(['-o', 'README.md', '--force'], folder());
      await explain(['--json', '-o', 'new/page.json'], folder());
      await explain(['--json', '-o', 'new/page.json'], folder());
      assert.equal(JSON.parse(readFileSync(join(folder(), 'new/page.json'), 'utf8')).name, 'hello-wasm');
    });

    it('is opened by a program of this machine, if there is one', async function () {
      if (process.platform !== 'linux') this.skip();
      repository(folder(), render(plain));
      await refused(['--open', '--json'], /^--open shows a page in a file/);
      const path = process.env.PATH;
      const bin = join(folder(), '..', `${folder().split('/').at(-1)}-bin`);
      mkdirSync(bin);
      try {
        // git has to be found.
        process.env.PATH = `${bin}:${path}`;
        writeFileSync(join(bin, 'xdg-open'), '#!/bin/sh\ncp "$1" "$0.seen"\n', { mode: 0o755 });
        await explain(['--open'], folder());
        assert.match(readFileSync(join(bin, 'xdg-open.seen'), 'utf8'), /<h1>hello-wasm<\/h1>/);
        writeFileSync(join(bin, 'xdg-open'), '#!/bin/sh\nexit 3\n');
        await refused(['--open'], /^The page could not be opened: xdg-open exits with 3\. Open it yourself: file:\/\//);
      } finally {
        process.env.PATH = path;
        rmSync(bin, { recursive: true });
      }
    });
  });
});

/** Every key, as a path: `ci[].files[].path`. */
function keysOf(value: unknown, path = ''): string[] {
  if (Array.isArray(value)) return [...new Set(value.flatMap((one) => keysOf(one, `${path}[]`)))].sort();
  if (typeof value !== 'object' || value === null) return [path];
  return [
    ...new Set(Object.entries(value).flatMap(([key, one]) => keysOf(one, path === '' ? key : `${path}.${key}`))),
  ].sort();
}

/** Holds a page to the elements that it may have, each with its end. */
function wellFormed(text: string): void {
  const open: string[] = [];
  const body = text.replace(/^<!doctype html>/, '').replace(/<style>[\s\S]*?<\/style>/, '');
  for (const [tag, end, name = '', attributes = '', selfClosed] of body.matchAll(
    /<(\/?)([a-z]\w*)((?: [a-z-]+(?:="[^"<>]*")?)*)(\/?)>/g,
  )) {
    assert.match(
      name,
      /^(?:html|head|meta|title|body|a|header|p|h[1-4]|nav|main|section|article|ol|ul|li|code|pre|span|strong|svg|rect|div|table|thead|tbody|tr|th|td|footer|wbr)$/,
      tag,
    );
    assert.doesNotMatch(attributes, / (?:on\w+|style|srcdoc)=/);
    if (end) assert.equal(open.pop(), name, `${tag} ends another element`);
    else if (!['meta', 'wbr'].includes(name) && !selfClosed) open.push(name);
  }
  assert.deepEqual(open, []);
  const rest = body.replace(/<\/?[a-z]\w*(?: [a-z-]+(?:="[^"<>]*")?)*\/?>/g, '');
  assert.doesNotMatch(rest, /[<>]/);
}
