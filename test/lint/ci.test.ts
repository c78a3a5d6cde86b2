/** Every file of CI that can be printed, through its own checker; and each checker is seen to find an error. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { axes } from '../../src/catalog/axes.ts';
import type { Choices } from '../../src/model/choices.ts';
import type { File, Plan } from '../../src/model/plan.ts';
import { compose } from '../../src/plan/compose.ts';
import { joinPlans, moduleChoices } from '../../src/plan/modules.ts';
import { ciFiles } from '../../src/print/render.ts';
import { insteadOf, renderAdopted } from '../../src/project/adopted.ts';
import { detect, joinCandidates } from '../../src/project/detect.ts';
import { jenkins, nothing, runsOf, type Stage } from '../ci/files.ts';
import { everyChoice, plain } from '../support/examples.ts';
import { foreign } from '../support/foreign.ts';
import { need, ok, type Result, run, scratch } from '../support/programs.ts';

const root = resolve(import.meta.dirname, '../..');

/** Every project that differs from others in what its CI does, with every subset of providers that is worth one. */
function plans(): Plan[] {
  const several: Choices = {
    ...plain,
    module: ['api:rust:wagi', 'job:go:command', 'site:python:http'],
    registry: 'oci',
    namespace: 'registry.example.com/team',
    ci: axes.ci.map(({ id }) => id).filter((id) => id !== 'none'),
  };
  const all = everyChoice()
    .filter(({ editor }) => editor === 'none')
    .map(compose);
  return [...all, joinPlans(several, moduleChoices(several).map(compose))];
}

/** What repositories of strangers get, by GitHub alone and by every provider. */
const adopted = (): File[] =>
  Object.values(foreign).flatMap(({ files }) => {
    const paths = Object.keys(files);
    const found = detect({ paths, text: (path) => files[path] ?? '' }, () => false);
    const projects = joinCandidates(found.filter(({ why }) => !why));
    const { Makefile = '' } = insteadOf(paths, () => false);
    const providers = axes.ci.map(({ id }) => id).filter((id) => id !== 'none');
    const included = '.gitlab-ci.yml';
    return [
      ...[['github'], providers].map((ci) => ({ ci, instead: { ...(Makefile && { Makefile }) } })),
      { ci: ['gitlab'], instead: { [included]: included } },
    ].flatMap((those) => renderAdopted({ branch: 'trunk', projects, ...those }));
  });

describe('every file of CI through its own checker', function () {
  this.timeout(600_000);
  /** Every text that a path can have. */
  const printed = new Map<string, Set<string>>();
  before(() => {
    for (const { path, text } of [...plans().flatMap((plan) => ciFiles(plan)), ...adopted()])
      printed.set(path, (printed.get(path) ?? new Set()).add(text));
  });

  /** Puts every text that these paths can have into a folder, each under a path of its own, and gives these back. */
  function written(
    paths: string[],
    place: (path: string, index: number) => string,
    atLeast: number,
  ): [string, string[]] {
    const folder = mkdtempSync(join(scratch, 'ci-'));
    const files = paths.flatMap((path) =>
      [...(printed.get(path) ?? [])].map((text, index) => {
        const file = join(folder, place(path, index));
        mkdirSync(dirname(file), { recursive: true });
        writeFileSync(file, text);
        return file;
      }),
    );
    assert.ok(files.length >= atLeast, `${paths}: ${files.length} texts`);
    return [folder, files];
  }
  const beside = (path: string, index: number) => `${index}/${path}`;

  /** A file of these with an error planted in it, in a folder of its own. */
  function broken(file: string, from: string | RegExp, to: string): string {
    const text = readFileSync(file, 'utf8');
    const bad = join(
      mkdtempSync(join(scratch, 'bad-')),
      file.includes('.github/') ? '.github/workflows/bad.yml' : 'bad.yml',
    );
    mkdirSync(dirname(bad), { recursive: true });
    writeFileSync(bad, text.replace(from, to));
    assert.notEqual(readFileSync(bad, 'utf8'), text);
    return bad;
  }
  const fails = ({ code, said }: Result, why: RegExp) => {
    assert.notEqual(code, 0, said);
    assert.match(said, why);
  };

  const workflow = (path: string, index: number) => `.github/workflows/${path.replace(/^.*\//, `${index}-`)}`;
  const githubs = ['.github/workflows/ci.yml', '.github/workflows/release.yml'];
  const zizmor = (...args: string[]) =>
    run('zizmor', ['--offline', '--no-progress', '--persona', 'pedantic', ...args], scratch);

  it('GitHub: actionlint', function () {
    need(this, 'actionlint', 'shellcheck');
    const [, files] = written(githubs, workflow, 4);
    ok('actionlint', files, scratch);
    const bad = broken(
      String(files.find((file) => file.includes('release'))),
      'make push',
      'make ${{ github.nothing }}',
    );
    fails(run('actionlint', [bad], scratch), /property "nothing" is not defined/);
  });

  it('GitHub: zizmor', function () {
    need(this, 'zizmor');
    const [folder, files] = written(
      [...githubs, '.github/dependabot.yml'],
      (path, index) => (path.includes('dependabot') ? beside(path, index) : workflow(path, index)),
      6,
    );
    const { code, said } = zizmor(folder);
    assert.equal(code, 0, said);
    assert.equal(said.match(/completed /g)?.length, files.length, said);
    fails(zizmor(dirname(broken(String(files[0]), /with:\s+persist-credentials: false/, ''))), /artipacked/);
    fails(zizmor(dirname(broken(String(files[0]), /checkout@\S+/, 'checkout@v7'))), /unpinned-uses/);
  });

  // What Forgejo reads differently is put back to what GitHub has: the address before an action's name, the label of a runner.
  it('Forgejo: actionlint, zizmor and the schema of workflows', function () {
    need(this, 'actionlint', 'shellcheck', 'zizmor', 'check-jsonschema');
    const [folder, files] = written(['.forgejo/workflows/ci.yml', '.forgejo/workflows/release.yml'], workflow, 4);
    ok('check-jsonschema', ['--builtin-schema', 'vendor.github-workflows', ...files], scratch);
    for (const file of files) {
      const text = readFileSync(file, 'utf8');
      assert.match(text, /uses: https:\/\/github\.com\/actions\/checkout@[0-9a-f]{40} /);
      writeFileSync(
        file,
        text
          .replaceAll(/https:\/\/(?:github\.com|code\.forgejo\.org)\//g, '')
          .replaceAll('runs-on: docker', 'runs-on: self-hosted'),
      );
    }
    ok('actionlint', files, scratch);
    const config = join(folder, 'zizmor.yml');
    // `permissions` is no word of Forgejo's.
    writeFileSync(config, 'rules:\n  excessive-permissions:\n    disable: true\n');
    const { code, said } = zizmor('--config', config, folder);
    assert.equal(code, 0, said);
    const bad = broken(String(files[0]), 'runs-on', 'run-on');
    fails(run('actionlint', [bad], scratch), /unexpected key "run-on"/);
    fails(run('check-jsonschema', ['--builtin-schema', 'vendor.github-workflows', bad], scratch), /run-on|runs-on/);
  });

  const schemas: [string, string[], string[], number, [string | RegExp, string]][] = [
    ['vendor.dependabot', ['.github/dependabot.yml'], [], 3, ['interval: weekly', 'interval: fortnightly']],
    ['vendor.renovate', ['renovate.json'], [], 4, ['"customType": "regex"', '"customType": "regexp"']],
    ['vendor.gitlab-ci', ['.gitlab-ci.yml'], ['--data-transform', 'gitlab-ci'], 4, ['rules:', 'ruels:']],
    ['vendor.circle-ci', ['.circleci/config.yml'], [], 4, ['paths:', 'path:']],
    ['vendor.woodpecker-ci', ['.woodpecker/ci.yml', '.woodpecker/release.yml'], [], 4, ['commands:', 'command:']],
    ['vendor.bitbucket-pipelines', ['bitbucket-pipelines.yml'], [], 4, ['max-time: 20', 'max-time: soon']],
  ];
  for (const [schema, paths, options, atLeast, [from, to]] of schemas)
    it(`${paths}: its schema`, function () {
      need(this, 'check-jsonschema');
      const check = (files: string[]) =>
        run('check-jsonschema', ['--builtin-schema', schema, ...options, ...files], scratch);
      const [, files] = written(paths, beside, atLeast);
      const { code, said } = check(files);
      assert.equal(code, 0, said);
      fails(check([broken(String(files[0]), from, to)]), /validation errors/);
    });

  it('Azure Pipelines: its language service', function () {
    need(this, 'node-with-azure', 'check-jsonschema');
    const packages = join(dirname(ok('readlink', ['-f', '.cache/tools/bin/check-jsonschema'], root).trim()), '../lib');
    const python = readdirSync(packages).find((name) => name.startsWith('python3'));
    const schema = join(
      packages,
      String(python),
      'site-packages/check_jsonschema/builtin_schemas/vendor/azure-pipelines.json',
    );
    const check = (files: string[]) => run('node-with-azure', ['test/ci/azure.cjs', schema, ...files], root);
    const [, files] = written(['azure-pipelines.yml', 'azure-pipelines.release.yml'], beside, 4);
    // The schema is older than the task that Microsoft advises.
    for (const file of files)
      writeFileSync(
        file,
        readFileSync(file, 'utf8').replace(/UseNode@1(\s+inputs:\s+)version:/g, 'NodeTool@0$1versionSpec:'),
      );
    const { code, said } = check(files);
    assert.equal(code, 0, said);
    assert.ok(files.some((file) => /addSpnToEnvironment/.test(readFileSync(file, 'utf8'))));
    fails(check([broken(String(files[0]), 'pool:', 'pond:')]), /bad\.yml:\d+: .*pond/);
    fails(check([broken(String(files[0]), 'displayName: make setup', 'displayname: make setup')]), /displayname/);
    fails(check([broken(String(files[0]), 'versionSpec', 'version')]), /Unexpected property version/);
  });

  it("Jenkins: its Groovy, and its declarative plugin's rules", function () {
    need(this, 'groovy');
    const [, files] = written(['Jenkinsfile'], beside, 4);
    const last = String(
      files.findLast((file) => /make lint[\s\S]*stage\('Publish'\)/.test(readFileSync(file, 'utf8'))),
    );
    const errors: [string | RegExp, string, RegExp][] = [
      ['steps {', 'step {', /has no 'step'/],
      ["stage('lint')", "stage('setup')", /two stages are called 'setup'/],
      ['agent {', 'agents {', /has no 'agents'/],
      ["sh 'make lint'", "sh 'make lint", /expecting/],
      ['not { buildingTag() }', '', /when has 0 conditions/],
      ["unit: 'MINUTES'", "unit: 'MINUTE'", /TimeUnit\.MINUTE/],
      [/environment \{ MISE.*/, 'environment { }', /environment is empty/],
      ["steps { sh 'make lint' }", '', /has not one of steps and stages/],
    ];
    const bad = errors.map(([from, to]) => broken(last, from, to));
    // Once for all: most of the time is Groovy's start. C2 would compile what runs once.
    const { code, said, stdout } = run('groovy', ['test/ci/jenkinsfile.groovy', ...files, ...bad], root, {
      JAVA_OPTS: '-XX:TieredStopAtLevel=1 -XX:+UseSerialGC',
    });
    assert.equal(code, 1, said);
    const told = said.slice(stdout.length);
    for (const file of files) assert.ok(!told.includes(file), told);
    // What Groovy makes of it is what the properties of all projects read in it.
    const stages: Stage[][] = JSON.parse(stdout);
    for (const [index, file] of files.entries()) {
      const text = readFileSync(file, 'utf8');
      const printed: File[] = [{ path: 'Jenkinsfile', text }];
      const { check, build, publish } = jenkins(stages[index] ?? [], nothing);
      assert.ok(check.length > 1 && (publish.length > 1 || !text.includes('Publish')), file);
      const read = runsOf('jenkins', printed, nothing);
      assert.deepEqual(
        { ...read, check: read.check.map(({ lines }) => lines) },
        { build, publish, check: check.map(({ lines }) => lines) },
      );
    }
    for (const [index, [, , why]] of errors.entries()) {
      const of = told
        .split('\n')
        .filter((line) => line.includes(String(bad[index])))
        .join('\n');
      assert.match(of || told, why, `${errors[index]?.[1]}`);
    }
  });
});
