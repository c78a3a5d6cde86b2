/**
 * The pipelines of a project, run for real: by gitlab-ci-local, by act without containers, and, where a provider has no runner
 * to be had, line by line as its files say, in the shells and with the environment that they name.
 */
import assert from 'node:assert/strict';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { action } from '../../src/actions.ts';
import { axes } from '../../src/axes.ts';
import type { Choices, File } from '../../src/plan.ts';
import { render } from '../../src/render.ts';
import { templateText } from '../../src/templates.ts';
import { samples } from '../cells.ts';
import { jenkins, type Pipelines, type Run, runsOf, type Surroundings, tasksOf } from '../ci/files.ts';
import { credentials, startRegistry } from './registry.ts';
import { environment, need, needed, ok, project, run, scratch, taskEnvironment } from './world.ts';

/** A copy of a project that is a repository with one commit and a remote, as CI checks it out. */
function repository(choices: Choices, ...ci: string[]): string {
  const folder = mkdtempSync(join(scratch, `${ci.length > 1 ? 'every' : ci}-`));
  cpSync(project({ ...choices, ci }), folder, { recursive: true });
  const git = (...args: string[]) => ok('git', args, folder);
  git('init', '--quiet', '--initial-branch=main');
  git('add', '-A');
  git('-c', 'user.name=Ada', '-c', 'user.email=ada@example.com', 'commit', '--quiet', '-m', 'all');
  git('remote', 'add', 'origin', 'git@gitlab.example.com:team/hello-wasm.git');
  return folder;
}
/** What the machines of a CI provider have, and these tests bring. */
const brought = () =>
  Object.entries({ ...taskEnvironment(), MISE_DISABLE_TOOLS: String(environment.MISE_DISABLE_TOOLS) });

for (const choices of samples) {
  const { language } = choices;
  describe(`CI of ${language}`, function () {
    this.timeout(600_000);

    it('GitLab CI lints, builds and tests, by gitlab-ci-local', function () {
      need(this, 'gitlab-ci-local', 'rsync', 'git', 'wasmtime', ...needed(language));
      const said = ok(
        'gitlab-ci-local',
        [
          '--force-shell-executor',
          '--shell-isolation',
          ...brought().flatMap(([name, value]) => ['--variable', `${name}=${value}`]),
          'check',
        ],
        repository(choices, 'gitlab'),
      );
      assert.match(said, /(\d+) of \1 cases pass/);
      assert.match(said, /PASS.*check/);
    });

    it('GitHub Actions lint, build and test, by act', function () {
      need(this, 'act', 'git', 'wasmtime', ...needed(language));
      const said = byAct(choices, 'github', 'ubuntu-24.04');
      assert.match(said, /(\d+) of \1 cases pass/);
      assert.match(said, /Job succeeded/);
    });
  });
}

function byAct(choices: Choices, ci: string, label: string): string {
  const folder = repository(choices, ci);
  const workflow = `.${ci}/workflows/ci.yml`;
  // Forgejo takes an action by its address, and act by its name alone.
  const text = readFileSync(join(folder, workflow), 'utf8');
  writeFileSync(join(folder, workflow), text.replaceAll('uses: https://github.com/', 'uses: '));
  return ok(
    'act',
    [
      'push',
      ...['--workflows', workflow, '--platform', `${label}=-self-hosted`],
      ...['--pull=false', '--no-cache-server', '--action-offline-mode'],
      ...standIns(),
      ...brought().flatMap(([name, value]) => ['--env', `${name}=${value}`]),
    ],
    folder,
  );
}

it('Forgejo Actions lint, build and test, by act', function () {
  this.timeout(600_000);
  const [choices] = samples;
  assert.ok(choices);
  need(this, 'act', 'git', 'wasmtime', ...needed(choices.language));
  const said = byAct(choices, 'forgejo', 'docker');
  assert.match(said, /(\d+) of \1 cases pass/);
  assert.match(said, /Job succeeded/);
});

describe('CI providers without a runner, and releases', function () {
  this.timeout(600_000);
  const providers = axes.ci.map(({ id }) => id).filter((id) => id !== 'none');
  let folder: string;
  let files: File[];
  let stop: () => Promise<unknown>;
  let image: string;

  before(async function () {
    need(this, 'docker-registry', 'oras', 'git', 'groovy', 'wasmtime', 'mise');
    const [choices] = samples;
    assert.ok(choices);
    let server: string;
    ({ server, stop } = await startRegistry());
    const chosen = { ...choices, registry: 'oci', namespace: `${server}/team` };
    image = `${server}/team/${choices.name}`;
    folder = repository(chosen, ...providers);
    files = render({ ...chosen, ci: providers });
  });
  after(async () => {
    await stop?.();
  });

  /** What a provider makes of its files when it was given a user and a password for the registry. */
  function runs(provider: string): Pipelines {
    const around: Surroundings = {
      given: (name) => (credentials as Record<string, string>)[name] ?? '',
      names: Object.keys(credentials),
      workspace: mkdtempSync(join(scratch, 'workspace-')),
    };
    if (provider !== 'jenkins') return runsOf(provider, files, around);
    const [stages] = JSON.parse(
      run('groovy', [join(import.meta.dirname, '../ci/jenkinsfile.groovy'), 'Jenkinsfile'], folder).stdout,
    );
    return jenkins(stages, around);
  }

  /** Runs each shell in order; what npm installs goes to a folder of its own, from which it is called. */
  function execute(all: Run[]): string {
    const prefix = join(scratch, 'npm-global');
    const PATH = [join(prefix, 'bin'), environment.PATH].join(delimiter);
    return all
      .map(({ lines, shell: [command = '', ...words], env }) => {
        // Signing is not of this test: the services that it needs are not on loopback.
        const script = lines.filter((line) => !/make (sbom|sign|verify)$/.test(line)).join('\n');
        if (script === '') return '';
        const given = { npm_config_prefix: prefix, PATH, ...taskEnvironment(), ...env };
        return ok(command, [...words, script], folder, given);
      })
      .join('');
  }

  for (const provider of ['azure', 'circleci', 'jenkins', 'bitbucket'])
    it(`${provider} lints, builds and tests, by the lines of its file`, () => {
      const { check } = runs(provider);
      assert.deepEqual(tasksOf(check), ['setup', 'lint', 'build', 'test']);
      assert.match(execute(check), /(\d+) of \1 cases pass/);
    });

  for (const [index, provider] of providers.entries())
    it(`${provider} releases to a registry, by the lines of its file`, () => {
      const tag = `v1.0.${index}`;
      ok('git', ['tag', tag], folder);
      run('oras', ['logout', image.split('/')[0] ?? ''], folder);
      const { release } = runs(provider);
      assert.ok(tasksOf(release).join(' ').includes('login push'));
      assert.doesNotMatch(execute(release), new RegExp(credentials.REGISTRY_PASSWORD));
      const manifest = JSON.parse(ok('oras', ['manifest', 'fetch', `${image}:${tag}`], folder));
      assert.equal(manifest.layers.length, 1);
      ok('git', ['tag', '--delete', tag], folder);
    });
});

/** Actions that install tools cannot be fetched from here, and the tools are there: stand-ins that do nothing. */
function standIns(): string[] {
  const folder = mkdtempSync(join(scratch, 'actions-'));
  const names = [...templateText('ci/github/action.yml').matchAll(/uses: ([\w-]+\/[\w-]+)@/g)].map(
    ([, name]) => `${name}`,
  );
  assert.ok(names.includes('actions/setup-node'));
  return names
    .filter((name) => name !== 'actions/checkout')
    .flatMap((name) => {
      const path = join(folder, name.replace('/', '-'));
      mkdirSync(path);
      writeFileSync(
        join(path, 'action.yml'),
        `name: ${name}\ndescription: stand-in\nruns:\n  using: composite\n  steps:\n    - run: 'true'\n      shell: sh\n`,
      );
      return ['--local-repository', `${action(name).uses}=${path}`];
    });
}
