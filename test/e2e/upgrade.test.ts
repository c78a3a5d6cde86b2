/** Projects of every version that was released, by the packages themselves, taken to the present one. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import fc from 'fast-check';
import { casesOfProject } from '../../src/catalog/contract.ts';
import { version } from '../../src/catalog/templates.ts';
import { change } from '../../src/change/change.ts';
import { reasons } from '../../src/change/changelog.ts';
import type { RenderOld } from '../../src/change/previous-version.ts';
import { policies } from '../../src/change/reconcile.ts';
import type { Choices } from '../../src/model/choices.ts';
import type { File } from '../../src/model/plan.ts';
import { flagsOf } from '../../src/plan/flags.ts';
import { render, stateFile } from '../../src/print/render.ts';
import { edit, editsOf, keeps } from '../support/edits.ts';
import { plain } from '../support/examples.ts';
import { foreign } from '../support/foreign.ts';
import { need, ok, run, scratch } from '../support/programs.ts';
import { asTree, commit, git, repository, tree } from '../support/repositories.ts';
import { bin, make } from './world.ts';

const packages = resolve(import.meta.dirname, '../releases');
const released = readdirSync(packages).map((name) => name.replace(/\.tgz$/, ''));
const packed = (from: string) => join(packages, `${from}.tgz`);

/** Projects that together have what a release knew; more of them from the version that brought it. */
const samples: { since: string; choices: Partial<Choices> }[] = [
  { since: '0.1.0', choices: {} },
  { since: '0.1.0', choices: { language: 'rust', registry: 'oci', namespace: 'registry.example.com/team' } },
  {
    since: '0.1.0',
    choices: {
      ...{ language: 'c', kind: 'command', host: 'krustlet', registry: 'acr', namespace: 'octoregistry.azurecr.io' },
      ci: ['github', 'gitlab'],
    },
  },
  { since: '0.1.0', choices: { language: 'python', kind: 'http', host: 'wasmtime', ci: ['gitlab'], editor: 'none' } },
  {
    since: '0.1.0',
    choices: { language: 'typescript', kind: 'http', host: 'wasmtime', registry: 'ghcr', namespace: 'ghcr.io/octo' },
  },
  { since: '0.1.0', choices: { module: ['api:go:wagi:wagi', 'job:zig:command:wasmtime'], language: 'go' } },
  { since: '0.1.0', choices: { language: 'swift' } },
  { since: '0.1.0', choices: { language: 'swift', kind: 'command', host: 'wasmtime', editor: 'none' } },
  { since: '0.2.0', choices: { host: 'spin', registry: 'gar', namespace: 'europe-docker.pkg.dev/octo/wasm' } },
  {
    since: '0.2.0',
    choices: {
      ...{ language: 'go', kind: 'http', host: 'spinkube', registry: 'ecr' },
      namespace: '123456789012.dkr.ecr.eu-central-1.amazonaws.com/team',
      ci: ['github', 'gitlab', 'azure', 'circleci', 'jenkins', 'bitbucket', 'forgejo'],
    },
  },
  {
    since: '0.2.0',
    choices: { registry: 'bindle', namespace: 'bindle.example.com/v1', hippofacts: 'yes', ci: ['azure'] },
  },
];
const ordered = ({
  name,
  module,
  language,
  kind,
  host,
  registry,
  namespace,
  hippofacts,
  ...rest
}: Choices): Choices => ({
  ...{ name, ...(module && { module }), language, kind, host, registry, namespace },
  ...(hippofacts && { hippofacts }),
  ...rest,
});

const installations = new Map<string, string>();
/** The command of a release. */
function commandOf(from: string): string {
  const folder = installations.get(from) ?? mkdtempSync(join(scratch, 'release-'));
  if (!installations.has(from))
    ok('npm', ['install', '--silent', '--no-fund', '--no-audit', '--prefix', folder, packed(from)], folder);
  installations.set(from, folder);
  return join(folder, 'node_modules', '.bin', 'generator-wasm');
}

const projects = new Map<string, File[]>();
/** A project as a release writes it. */
function written(from: string, choices: Choices): File[] {
  const key = JSON.stringify([from, choices]);
  let files = projects.get(key);
  if (!files) {
    const folder = mkdtempSync(join(scratch, 'old-'));
    ok(commandOf(from), [choices.name, '--yes', '--no-git', ...flagsOf(choices)], folder);
    const place = join(folder, choices.name);
    files = Object.keys(tree(place)).map((path) => ({
      path,
      text: readFileSync(join(place, path), 'utf8'),
      ...(/(^|\/)scripts\/.*\.sh$/.test(path) && { executable: true as const }),
    }));
    projects.set(key, files);
  }
  return files;
}

for (const from of released)
  describe(`a project of version ${from}`, function () {
    this.timeout(300_000);
    let count = 0;
    const all = samples.filter(({ since }) => since <= from).map(({ choices }) => ordered({ ...plain, ...choices }));
    const renderOld: RenderOld = ({ choices }) =>
      written(from, choices ?? plain).filter(({ path }) => path !== stateFile);
    const upgrade = (place: string, ...argv: string[]) =>
      change('upgrade', [...argv, place], '/', undefined, undefined, renderOld);
    const place = () => {
      const folder = join(scratch, `upgrade-${from}-${++count}`);
      mkdirSync(folder);
      return folder;
    };

    for (const choices of all) {
      const { name: _, ...shown } = Object.fromEntries(
        Object.entries(choices).filter(([key, value]) => String(value) !== String(plain[key as keyof Choices])),
      );
      it(`${Object.values(shown).join(' ') || 'of the defaults'} becomes what is written now, with a reason for each file`, async () => {
        const old = written(from, choices);
        const folder = repository(place(), old);
        const { text } = await upgrade(folder);
        assert.match(text, /^Changed \d+ files/);
        assert.doesNotMatch(text, /somebody else/, 'tells only of projects of ours');
        const now = render(choices);
        assert.deepEqual(tree(folder), asTree(now));
        const unnamed = (files: readonly File[], of: string) =>
          new Map(files.map((file) => [file.path, file.text.replaceAll(`generator-wasm@${of}`, 'generator-wasm')]));
        const [before, after] = [unnamed(old, from), unnamed(now, version)];
        for (const path of new Set([...before.keys(), ...after.keys()]))
          if (path !== stateFile && before.get(path) !== after.get(path)) {
            const [why] = reasons({ choices }, from, [path]);
            assert.ok(why, `${path} has no reason`);
            assert.ok(text.includes(`  ${why.version}  ${why.of}: ${why.why}\n`), path);
          }
        commit(folder);
        assert.deepEqual(await upgrade(folder, '--check'), {
          text: `Already up to date: ${folder}`,
          code: 0,
        });
      });
    }

    it('loses no line that its user wrote, and is taken back as a whole', async () => {
      const choices = all[1] ?? plain;
      const old = written(from, choices);
      const paths = old.map(({ path }) => path);
      const edits = editsOf(paths, ['README.md', 'Makefile', '.github/workflows/release.yml', 'scripts/doctor.sh']);
      const calm = policies.filter((policy) => policy !== 'overwrite');
      await fc.assert(
        fc.asyncProperty(edits, fc.constantFrom(...calm), async (made, policy) => {
          const folder = repository(place(), old, false);
          const edited = edit(folder, made, paths);
          const { text } = await upgrade(folder, '--force', '--on-conflict', policy);
          const stopped = text.startsWith('Nothing was changed');
          if (stopped) assert.deepEqual(tree(folder), edited.before);
          else {
            keeps(folder, edited, text);
            for (const path of edited.deleted) assert.ok(!Object.hasOwn(tree(folder), path), `${path} is back`);
            assert.match((await upgrade(folder, '--force', '--on-conflict', 'abort')).text, /^Already up to date/);
            rmSync(join(folder, 'own.txt'));
            await change('upgrade', [folder, '--abort'], '/', undefined);
            const { 'own.txt': _, ...rest } = edited.before;
            assert.deepEqual(tree(folder), rest);
          }
          rmSync(folder, { recursive: true });
        }),
        { numRuns: 25 },
      );
    });

    if (from !== '0.1.0')
      it('of somebody else: its CI becomes what is written now', async function () {
        need(this, 'git');
        const files = Object.entries(
          foreign['a Rust workspace that is formatted, with a pinned toolchain and a Makefile']?.files ?? {},
        );
        const all = files.map(([path, text]) => ({ path, text }));
        const [folder, fresh] = [repository(place(), all), repository(place(), all)];
        for (const one of [folder, fresh]) git(one, 'branch', '--quiet', '--move', 'trunk');
        ok(commandOf(from), ['ci', 'github,gitlab'], folder);
        const workflow = join(folder, '.github/workflows/ci.yml');
        writeFileSync(workflow, `# Ours.\n${readFileSync(workflow, 'utf8')}`);
        commit(folder);
        const said = ok(bin(), ['upgrade', '--from', packed(from)], folder);
        assert.match(said, /^ {2}0\.3\.0 {2}GitHub Actions: .* gets Node only if/m);
        ok(bin(), ['ci', 'github,gitlab'], fresh);
        assert.deepEqual(
          { ...tree(folder), '.github/workflows/ci.yml': readFileSync(workflow, 'utf8').replace(/^# Ours\.\n/, '') },
          tree(fresh),
        );
        commit(folder);
        ok(bin(), ['upgrade', '--check'], folder);
      });

    it('of several modules: what they share moves to the root with its edits', async () => {
      const choices = ordered({
        ...plain,
        ...{ module: ['api:rust:wagi:wagi', 'job:c:command:wasmtime', 'shop:c:wagi:wagi'], language: 'rust' },
        ...{ registry: 'oci', namespace: 'registry.example.com/team' },
      });
      const folder = repository(place(), written(from, choices));
      const append = (path: string, text: string) =>
        writeFileSync(join(folder, path), `${readFileSync(join(folder, path), 'utf8')}${text}`);
      const own = { id: 'greets-the-owner', args: ['Shop'], stdout: 'Hello, Shop!\n', exitCode: 0 };
      const cases = join(folder, 'job/contract/command.json');
      const before = JSON.parse(readFileSync(cases, 'utf8'));
      writeFileSync(cases, `${JSON.stringify({ ...before, cases: [...before.cases, own] }, null, 2)}\n`);
      append('job/contract/run.mjs', '// ours\n');
      commit(folder);
      const check = await upgrade(folder, '--check');
      assert.match(check.text, /^ {2}(?:merge {3}|move to )contract\/run\.mjs$/m);
      assert.match(check.text, /^ {2}remove {2}api\/contract\/run\.mjs$/m);
      assert.equal(check.code, 1);
      assert.match((await upgrade(folder)).text, /^Changed/);
      const after = tree(folder);
      assert.match(after['contract/run.mjs'] ?? '', /\/\/ ours\n$/);
      assert.deepEqual(JSON.parse(after['job/contract/command.json'] ?? '').cases.at(-1), own);
      assert.ok(!Object.keys(after).some((path) => /\/contract\/run\.mjs$/.test(path)));
      await change('upgrade', [folder, '--abort', '--force'], '/', undefined);

      append('api/contract/run.mjs', '// theirs\n');
      append('shop/contract/run.mjs', '// theirs\n');
      commit(folder);
      const edited = tree(folder);
      const refused = await upgrade(folder);
      assert.match(
        refused.text,
        /^ {2}job\/contract\/run\.mjs: your edits are not in contract\/run\.mjs, which has those of api\/contract\/run\.mjs$/m,
      );
      assert.doesNotMatch(refused.text, /^ {2}shop\/contract\/run\.mjs: /m);
      assert.equal(refused.code, 1);
      assert.deepEqual(tree(folder), edited);
      assert.match((await upgrade(folder, '--on-conflict', 'keep')).text, /^Changed/);
      assert.match(tree(folder)['contract/run.mjs'] ?? '', /\/\/ theirs\n$/);
      assert.match(tree(folder)['job/contract/run.mjs'] ?? '', /\/\/ ours\n$/);
    });

    it('after a year by hand: by the packed package and npm, and its tasks still pass', function () {
      need(this, 'git', 'make');
      const folder = repository(place(), written(from, plain));
      const read = (path: string) => readFileSync(join(folder, path), 'utf8');
      const own = {
        id: 'greets-the-owner',
        method: 'GET',
        path: '/?name=Shop',
        response: 'Hello, Shop!\n',
        status: 200,
      };
      const lines: [path: string, text: string][] = [
        ['README.md', `${read('README.md').replace(/^# .*$/m, '# The shop’s greeter')}\n## Who to ask\n\nAda.\n`],
        ['Makefile', `${read('Makefile')}\n.PHONY: stats\nstats:\n\twc -c build/*.wasm\n`],
        [
          '.github/workflows/ci.yml',
          read('.github/workflows/ci.yml').replace('timeout-minutes: 20', 'timeout-minutes: 45'),
        ],
        ['scripts/doctor.sh', `${read('scripts/doctor.sh')}# ours: none\n`],
        ['assembly/index.ts', `// The shop's.\n${read('assembly/index.ts')}`],
        ['docs/shop.md', 'What the shop wants.\n'],
        [
          'contract/wagi.json',
          read('contract/wagi.json')
            .replace('"id": "takes-a-long-query",', '"id": "takes-a-long-query", "log": "GET / 200\\n",')
            .replace(/\n {2}\]\n\}\n$/, `,\n${JSON.stringify(own, null, 2).replace(/^/gm, '    ')}\n  ]\n}\n`),
        ],
      ];
      mkdirSync(join(folder, 'docs'), { recursive: true });
      for (const [path, text] of lines) writeFileSync(join(folder, path), text);
      commit(folder);
      const command = ['upgrade', '--from', packed(from)];
      const check = run(bin(), [...command, '--check'], folder);
      assert.equal(check.code, 1, check.said);
      assert.match(check.said, /\n {2}merge {3}README\.md\n[\s\S]*What changed, and why:/);
      ok(bin(), command, folder);
      for (const [path, wanted] of [
        ['README.md', '# The shop’s greeter\n'],
        ['README.md', '\n## Who to ask\n\nAda.\n'],
        ['Makefile', '\nstats:\n\twc -c build/*.wasm\n'],
        ['.github/workflows/ci.yml', 'timeout-minutes: 45\n'],
        ['scripts/doctor.sh', '\n# ours: none\n'],
        ['assembly/index.ts', "// The shop's.\n"],
        ['docs/shop.md', 'What the shop wants.\n'],
      ] as const)
        assert.ok(read(path).includes(wanted), `${path}: ${wanted}`);
      const { cases } = JSON.parse(read('contract/wagi.json'));
      const generated = JSON.parse(casesOfProject('wagi', plain.name)).cases;
      const [changed] = cases.filter(({ id }: { id: string }) => id === 'takes-a-long-query');
      assert.equal(changed.log, 'GET / 200\n', 'a changed case stays');
      assert.deepEqual(
        cases.filter((one: unknown) => one !== changed),
        [...generated, own],
      );
      commit(folder);
      ok(bin(), [...command, '--check'], folder);
      for (const task of ['setup', 'build', 'test', 'optimize', 'stats']) make(folder, task);
    });
  });
