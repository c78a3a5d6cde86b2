/** What holds for the files of every CI provider, whatever the project. Their shell is run, with a make that only says what it sees. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse as parseToml } from 'smol-toml';
import { parse } from 'yaml';
import { axes, find } from '../../src/catalog/axes.ts';
import { installing, misePin } from '../../src/catalog/ci/setup.ts';
import { getMise } from '../../src/catalog/tools.ts';
import type { CiProvider } from '../../src/model/axes.ts';
import type { Choices } from '../../src/model/choices.ts';
import { inputs, type PipelineName, pipeline } from '../../src/model/pipeline.ts';
import type { File, Plan, TaskName } from '../../src/model/plan.ts';
import { compose } from '../../src/plan/compose.ts';
import { joinPlans, moduleChoices } from '../../src/plan/modules.ts';
import { ciFiles, render } from '../../src/print/render.ts';
import { insteadOf, knownCi, nextSteps } from '../../src/project/adopted.ts';
import { models, nothing, type Run, runsOf, tasksOf } from '../ci/files.ts';
import { everyChoice, label, plain } from '../support/examples.ts';

const every = axes.ci.filter(({ id }) => id !== 'none');
/** Those with a model; a test of its own names the others. */
const providers = every.filter(({ id }) => id in models);
const everywhere = everyChoice('zebra-crossing').filter(({ ci }) => ci.length === every.length);
/** Those that install mise with a command of npm; the others do it with an action. */
const byNpm = every.filter(({ pins }) => pins.includes(misePin)).map(({ id }) => id);
/** Files by their text: many projects have the same ones, which are kept, and read, once. */
const sameFiles = new Map<string, File[]>();
/** The files of each provider. */
const renderAll = (plan: Plan): File[][] =>
  providers.map((provider) => {
    const files = provider.render(plan);
    const text = JSON.stringify(files);
    const same = sameFiles.get(text) ?? files;
    sameFiles.set(text, same);
    return same;
  });

const plans = everywhere.map((choices) => {
  const plan = compose(choices);
  return { choices, plan, files: renderAll(plan) };
});

/** Plans of releases that differ in what they print. */
const releases: [name: string, plan: Plan][] = [];
const seen = new Set<string>();
for (const { choices, plan, files } of plans) {
  if (pipeline(plan, 'publish').length === 0) continue;
  // All providers are chosen here, and some need a key; a project without those has no cosign.pub.
  for (const keyless of [false, true]) {
    const way = { ...plan, keyless };
    const printed = JSON.stringify(keyless === plan.keyless ? files : renderAll(way));
    if (!seen.has(printed))
      releases.push([`${choices.registry}, ${choices.kind}${keyless ? ', without keys' : ''}`, way]);
    seen.add(printed);
  }
}

const modules: Choices = {
  ...plain,
  module: ['api:rust:wagi', 'job:go:command', 'site:python:http'],
  registry: 'oci',
  namespace: 'registry.example.com/team',
  ci: providers.map(({ id }) => id),
};
releases.push(['several modules', joinPlans(modules, moduleChoices(modules).map(compose))]);

/** A path that a pattern of plain characters matches, without its optional characters: `a.yml` of `^a\.ya?ml$`. */
function matched(pattern: RegExp): string {
  const path = pattern.source.replace(/^\^|\$$|\w\?/g, '').replaceAll('\\', '');
  assert.match(path, pattern);
  return path;
}

/** The files of CI in a project, and the bot's. */
const ofCi = (choices: Choices): File[] =>
  render(choices).filter(
    ({ path }) => path === 'renovate.json' || every.some(({ reads }) => reads.some((read) => read.test(path))),
  );

describe('a CI provider', () => {
  it('has a model in test/ci/files.ts, by which the other tests run its files', () => {
    const missing = every.filter(({ id }) => !(id in models)).map(({ id }) => id);
    assert.deepEqual(missing, [], `Add to \`models\` in test/ci/files.ts what these run: ${missing}`);
  });

  for (const provider of every) {
    const printed = releases.flatMap(([, plan]) => provider.render(plan));
    const paths = [...new Set(printed.map(({ path }) => path))];
    const lines = [...new Set(printed.flatMap(({ text }) => text.split('\n')))];

    it(`has the form of its builder in docs/build-type.md: ${provider.label}`, () => {
      const page = readFileSync(join(import.meta.dirname, '../../docs/build-type.md'), 'utf8');
      assert.ok(page.includes(`\n| ${provider.label} | `));
    });

    it(`reads a file that it prints, and is found by it: ${provider.label}`, () => {
      assert.ok(paths.some((path) => knownCi([path]).includes(provider.label)));
      for (const { path } of provider.beside) assert.ok(paths.includes(path), `${provider.id} does not print ${path}`);
    });

    it(`leaves a pipeline of the user in its place: ${provider.label}`, () => {
      for (const { path, taken, instead, next } of provider.beside) {
        const own = taken ? matched(taken) : path;
        assert.equal(insteadOf([own], () => false)[path], instead);
        assert.notEqual(instead, path);
        const isRead = provider.reads.some((file) => file.test(instead));
        assert.ok(isRead || next, `Say in \`next\` how ${provider.label} gets to read ${instead}`);
        assert.equal(nextSteps([instead]).length, next ? 1 : 0);
      }
    });

    it(`says where each version stands in its files: ${provider.label}`, () => {
      const versioned = lines.filter((line) => /\buses: |\bimage:? ['"]?\w|@jdxcode\/mise@|\bnode-version:/.test(line));
      assert.ok(versioned.length > 0);
      for (const line of versioned)
        assert.ok(
          provider.pins.some((pin) => pin.line.exec(line)?.groups?.version),
          line,
        );
      for (const { line } of provider.pins)
        assert.ok(
          lines.some((one) => line.test(one)),
          `${line} matches no line`,
        );
    });
  }
});

/** The tasks of the pipelines that each provider reads from its files. */
const tasksIn = new Map<File[], Record<PipelineName, string[]>>();
function tasksFor(provider: string, files: File[]): Record<PipelineName, string[]> {
  const before = tasksIn.get(files);
  if (before) return before;
  const { check, build, publish } = runsOf(provider, files, nothing);
  const tasks = { check: tasksOf(check), build: tasksOf(build), publish: tasksOf(publish) };
  tasksIn.set(files, tasks);
  return tasks;
}

describe('CI', () => {
  for (const { choices, plan, files } of plans)
    it(`runs the same tasks everywhere: ${label(choices)}`, () => {
      assert.ok(pipeline(plan, 'check').includes('test'));
      assert.equal(pipeline(plan, 'publish').includes('push'), choices.registry !== 'none');
      for (const [index, provider] of providers.entries()) {
        const tasks = tasksFor(provider.id, files[index] ?? []);
        for (const name of ['check', 'build', 'publish'] as const)
          assert.deepEqual(tasks[name], pipeline(plan, name), `${provider.id}, ${name}`);
      }
    });

  it('prints files short enough to read, in which there is no command but make and what installs and says where', () => {
    assert.ok(releases.length > 4, `${releases.length}`);
    for (const [name, plan] of releases)
      for (const provider of providers) {
        const files = provider.render(plan);
        for (const { path, text } of files) {
          const lines = text.trimEnd().split('\n').length;
          assert.ok(lines < 130, `${name}: ${path} has ${lines} lines`);
        }
        const runs = runsOf(provider.id, files, nothing);
        for (const name of ['check', 'build', 'publish'] as const) {
          const lines = runs[name].flatMap(({ lines }) => lines);
          const tools = byNpm.includes(provider.id) ? installing(plan, name) : [];
          assert.deepEqual(
            lines.filter((line) => tools.includes(line)),
            tools,
          );
          for (const line of lines.filter((line) => !tools.includes(line))) {
            const value = String.raw`"[^"$\x60]*(?:\$(?:\w+|\{\w+#[\w/]+\})[^"$\x60]*)*"|"\$\(circleci run oidc get --claims '[^']+'\)"`;
            assert.match(
              line,
              new RegExp(`^(export -n( \\w+)+|export( \\w+=(?:${value}))+|(\\w+=(?:${value}) )*make [a-z]+)$`),
              provider.id,
            );
          }
        }
      }
  });

  it('calls the parts of a pipeline in its README as the provider does', () => {
    const unitOf = (...ci: string[]) => {
      const files = render({ ...plain, registry: 'oci', namespace: 'registry.example.com/team', ci });
      const text = files.find(({ path }) => path === 'README.md')?.text ?? '';
      return /, a (\w+)\s+without\s+credentials\s+runs[\s\S]*?; then\s+a\s+(\w+)\s+that/.exec(text)?.slice(1);
    };
    assert.deepEqual(unitOf('bitbucket'), ['step', 'step']);
    assert.deepEqual(unitOf('jenkins'), ['stage', 'stage']);
    assert.deepEqual(unitOf('gitlab'), ['job', 'job']);
    assert.deepEqual(unitOf('woodpecker', 'github'), ['job', 'job']);
  });

  it('has the tools of all modules at the root, with every part of one that they ask for', () => {
    const several = { ...modules, module: [...(modules.module ?? []), 'web:rust:http'] };
    const files = render(several);
    const tools = (path: string) => parseToml(files.find((file) => file.path === path)?.text ?? '').tools as object;
    const root = tools('mise.toml') as { rust: { targets: string } };
    assert.equal(root.rust.targets, 'wasm32-wasip1,wasm32-wasip2');
    const pinned = moduleChoices(several).flatMap((one) => compose(one).tools.flatMap(({ mise }) => mise?.[0] ?? []));
    assert.deepEqual(Object.keys(root).sort(), [...new Set(pinned)].sort());
    assert.deepEqual(
      files.filter(({ path }) => path.endsWith('/mise.toml')),
      [],
    );
    // The caches of all providers, and the action of GitHub, look there.
    const cached = files.filter(
      ({ path, text }) => path !== 'README.md' && /mise\.toml/.test(text) && !path.includes('/'),
    );
    assert.ok(cached.length >= 2);
    for (const { path, text } of cached) assert.doesNotMatch(text, /\w\/mise\.toml/, path);
  });

  it('runs each week on macOS too, by GitHub, with the same tasks', () => {
    for (const [name, plan] of releases) {
      const [file] = find(axes.ci, 'github')?.render(plan) ?? [];
      const { check, macos } = parse(file?.text ?? '').jobs;
      assert.equal(macos.if, "github.event_name == 'schedule'", name);
      assert.match(macos['runs-on'], /^macos-\d+$/);
      assert.deepEqual(macos.steps, check.steps);
    }
  });

  it('says in docs/release.md what a provider cannot keep from a build, and how each release is verified', () => {
    const page = (...ci: string[]) =>
      render({ ...plain, registry: 'oci', namespace: 'registry.example.com/team', ci })
        .find(({ path }) => path === 'docs/release.md')
        ?.text.replaceAll('\n', ' ') ?? '';
    for (const id of ['gitlab', 'circleci', 'forgejo']) assert.ok(page(id).includes(`${find(axes.ci, id)?.limits}`));
    assert.match(
      page('github', 'jenkins'),
      /Jenkins signs with the key .* GitHub Actions without a key\..*KEYLESS=yes/,
    );
    for (const id of ['github', 'jenkins']) assert.doesNotMatch(page(id), /KEYLESS/);
  });

  it('prints the same for a project of any name, but for the file of its module', () => {
    const printed = (choices: Choices) =>
      ofCi(choices).map((file) => ({ ...file, text: file.text.replaceAll(`build/${choices.name}.`, 'build/NAME.') }));
    const choices = everywhere.find(({ registry }) => registry !== 'none');
    assert.ok(choices);
    const files = printed(choices);
    for (const { label, reads } of every)
      assert.ok(
        files.some(({ path }) => reads.some((read) => read.test(path))),
        label,
      );
    for (const name of ['a', 'x-y_z-0', `z${'9'.repeat(40)}`])
      assert.deepEqual(printed({ ...choices, name }), files, name);
  });

  it('pins what it uses: images and versions by number, actions by commit', () => {
    for (const [, plan] of releases)
      for (const { path, text } of renderAll(plan).flat()) {
        for (const [, uses] of text.matchAll(/uses: (\S+)/g)) assert.match(`${uses}`, /@[0-9a-f]{40}$/, path);
        for (const [, image] of text.matchAll(/\bimage:? '?([\w./:@-]+)/g)) assert.match(`${image}`, /:\d+/, path);
        assert.ok(!/latest/.test(text), path);
      }
  });

  it('has one bot for new versions', () => {
    const [{ language, kind } = plain] = everywhere;
    const choicesOfCi = everyChoice().filter((choices) => choices.language === language && choices.kind === kind);
    for (const choices of [...choicesOfCi, modules]) {
      const paths = render(choices).map(({ path }) => path);
      const bots = paths.filter((path) => /dependabot|renovate/.test(path));
      // Dependabot reads no mise.toml: https://github.com/dependabot/dependabot-core/issues/12320
      const github = paths.some((path) => path.endsWith('mise.toml')) ? ['renovate.json'] : ['.github/dependabot.yml'];
      const expected = { none: [], github }[String(choices.ci)];
      assert.deepEqual(bots, expected ?? ['renovate.json'], label(choices));
    }
  });

  it('tells Renovate of every file in which it would not see a version', () => {
    const { module, ...choices } = modules;
    const files = render(choices);
    const config = JSON.parse(files.find(({ path }) => path === 'renovate.json')?.text ?? '');
    const found = files.flatMap(({ path, text }) => {
      if (path === 'renovate.json') return [];
      const of = config.customManagers.filter(({ managerFilePatterns }: { managerFilePatterns: string[] }) =>
        managerFilePatterns.some((pattern) =>
          pattern.startsWith('**/') ? path.endsWith(pattern.slice(3)) : path === pattern,
        ),
      );
      const values: string[] = of.flatMap(({ matchStrings }: { matchStrings: string[] }) =>
        matchStrings.flatMap((pattern) =>
          [...text.matchAll(new RegExp(pattern, 'g'))].map((match) => match.groups?.currentValue),
        ),
      );
      const [, version] = getMise.split('/mise@');
      const expected = text.split(`@jdxcode/mise@${version}`).length - 1 + (text.split('jdx/mise-action@').length - 1);
      assert.equal(values.filter((value) => value === version).length, expected, path);
      return values.length > 0 ? [path] : [];
    });
    const pinning = ofCi(choices).flatMap(({ path }) => (path === 'renovate.json' ? [] : [path]));
    assert.ok(pinning.length >= every.length);
    for (const path of [...pinning, 'README.md', 'scripts/doctor.sh']) assert.ok(found.includes(path), path);
  });
});

describe('secrets in CI', () => {
  let folder: string;
  let log: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'generator-wasm-ci-'));
    log = join(folder, 'log');
    const tool = (name: string, script: string) =>
      writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    // What a program sees in its environment is what it could leak. `export -p` starts no process, as `env` would.
    for (const [name, called] of [
      ['make', '$1'],
      ['npm', 'npm'],
      ['mise', 'mise'],
    ])
      tool(`${name}`, `{ echo "program ${called}"; export -p; } >>'${log}'`);
    tool('circleci', `echo "token $5"`);
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const watched = [...new Set(releases.flatMap(([, { tasks }]) => Object.values(tasks).flatMap(valuesOf)))];
  /** The names of all that a task may be given, but for settings, which are no secret. */
  function valuesOf({ secrets = [], settings = [], identity }: NonNullable<Plan['tasks'][TaskName]>): string[] {
    return [
      ...secrets.map(({ name }) => name),
      ...settings.filter(({ fromCi }) => fromCi).map(({ name }) => name),
      ...(identity ? [identity.variable] : []),
    ];
  }

  /** A program that ran, with the watched variables in its environment. */
  interface Seen {
    program: string;
    variables: [name: string, value: string][];
  }

  const known = new Map<string, Seen[]>();
  /** The programs that these shells start. */
  const programsOf = (runs: readonly Run[]): Seen[] =>
    runs.flatMap((run) => {
      const key = JSON.stringify(run);
      const programs = known.get(key) ?? started(run);
      known.set(key, programs);
      return programs;
    });
  function started({ lines, shell: [command = '', ...words], env }: Run): Seen[] {
    writeFileSync(log, '');
    const { status, stderr } = spawnSync(command, [...words, lines.join('\n')], {
      env: { ...env, PATH: `${folder}:${process.env.PATH}` },
      encoding: 'utf8',
      // From a pipe of Node bash takes itself for a remote shell, and reads its .bashrc.
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    assert.equal(status, 0, stderr);
    const seen: Seen[] = [];
    for (const line of readFileSync(log, 'utf8').split('\n')) {
      const [, program] = /^program (\w+)$/.exec(line) ?? [];
      if (program) seen.push({ program, variables: [] });
      const [, name = '', value = ''] = /^export (\w+)=(.*)$/.exec(line) ?? [];
      if (watched.includes(name)) seen.at(-1)?.variables.push([name, value.replace(/^(['"])(.*)\1$/, '$2')]);
    }
    return seen;
  }

  /** Each program and the watched variables in its environment, except those in `told`: `login REGISTRY_USER REGISTRY_PASSWORD`. */
  const sees = (programs: readonly Seen[], told: readonly string[] = []): string[] =>
    programs.map(({ program, variables }) =>
      [program, ...variables.flatMap(([name]) => (told.includes(name) ? [] : name)).sort()].join(' '),
    );

  /** What a provider has to show to a task, by the plan. GitHub hands out tokens to those who ask, without a variable. */
  function shows(plan: Plan, task: TaskName, provider: CiProvider): string {
    const { secrets, fromCi, identity } = inputs(plan, task, provider);
    const names = [
      ...secrets.map(({ name }) => name),
      ...fromCi.map(({ name }) => name),
      ...(identity && provider.id !== 'github' ? [identity.variable] : []),
    ];
    return [task, ...names.sort()].join(' ');
  }

  for (const provider of providers)
    for (const [name, plan] of releases)
      it(`reach the step that uses them, and no other: ${provider.label}, ${name}`, () => {
        const names = pipeline(plan, 'publish').flatMap((task) => {
          const { secrets, settings } = inputs(plan, task, provider);
          // What a platform hands out by itself has names of its own there.
          const given = secrets.filter(({ own }) => !own || own.platform !== provider.platform);
          return [...given, ...settings].map(({ name }) => name);
        });
        const around = { ...nothing, names };
        const told = pipeline(plan, 'publish').flatMap((task) =>
          inputs(plan, task, provider).settings.map(({ name }) => name),
        );
        const { check, build, publish } = runsOf(provider.id, provider.render(plan), around);
        const tools = (name: PipelineName) =>
          byNpm.includes(provider.id) ? installing(plan, name).map((line) => line.split(' ')[0]) : [];
        assert.deepEqual(sees(programsOf(check)), [...tools('check'), ...pipeline(plan, 'check')]);
        // What compiles is given nothing at all.
        assert.deepEqual(sees(programsOf(build)), [...tools('build'), ...pipeline(plan, 'build')]);
        const published = programsOf(publish);
        assert.deepEqual(sees(published, told), [
          ...tools('publish'),
          ...pipeline(plan, 'publish').map((task) => shows(plan, task, provider)),
        ]);
        // And what reaches them is what was given, or what the provider knows, not the name of something.
        for (const [name, value] of published.flatMap(({ variables }) => variables))
          assert.match(value, /^(value of \w+|.*known.*|token .+|https:\/\/.+|v1\.0\.0|yes)$/, name);
      });

  it('have the key to sign with where a provider has no identity, and the others sign by theirs all the same', () => {
    const files = (...ci: string[]) =>
      new Map(
        ciFiles(compose({ ...plain, registry: 'oci', namespace: 'registry.example.com/team', ci })).map(
          ({ path, text }) => [path, text],
        ),
      );
    for (const ci of [['github'], ['gitlab'], ['github', 'gitlab', 'circleci']])
      assert.doesNotMatch([...files(...ci).values()].join(), /COSIGN_|KEYLESS/);
    const mixed = files('github', 'gitlab', 'jenkins');
    const github = mixed.get('.github/workflows/release.yml') ?? '';
    const gitlab = mixed.get('.gitlab-ci.yml') ?? '';
    assert.match(github, /id-token: write/);
    assert.match(gitlab, /SIGSTORE_ID_TOKEN="\$SIGSTORE_ID_TOKEN" make sign/);
    for (const text of [github, gitlab]) {
      assert.doesNotMatch(text, /COSIGN_/);
      assert.equal(text.match(/KEYLESS/g)?.length, 3);
    }
    const jenkins = mixed.get('Jenkinsfile') ?? '';
    assert.match(jenkins, /COSIGN_PRIVATE_KEY = credentials\('COSIGN_PRIVATE_KEY'\)/);
    assert.doesNotMatch(jenkins, /KEYLESS|SIGNER_/);
  });

  it('would be seen where they must not be', () => {
    const found = find(axes.ci, 'gitlab');
    const [, plan] =
      releases.find(([, { tasks }]) =>
        tasks.login?.secrets.some(({ name, own }) => name === 'REGISTRY_USER' && own?.platform !== 'gitlab'),
      ) ?? [];
    assert.ok(found && plan);
    const files = found.render(plan).map(({ path, text }) => ({ path, text: text.replace(/ +- export -n .*\n/, '') }));
    const { publish } = runsOf('gitlab', files, { ...nothing, names: ['REGISTRY_USER', 'REGISTRY_PASSWORD'] });
    assert.ok(sees(programsOf(publish)).includes('intact REGISTRY_PASSWORD REGISTRY_USER SIGSTORE_ID_TOKEN'));
  });
});
