/**
 * The pipelines of a project, run for real: by gitlab-ci-local, by act without containers, and, where a provider has no runner
 * to be had, line by line as its files say, in the shells and with the environment that they name.
 */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { appendFileSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { axes, find } from '../../src/catalog/axes.ts';
import type { Choices } from '../../src/model/choices.ts';
import { handedOver, pipeline } from '../../src/model/pipeline.ts';
import type { File } from '../../src/model/plan.ts';
import { compose } from '../../src/plan/compose.ts';
import { render } from '../../src/print/render.ts';
import { jenkins, type Pipelines, type Run, runsOf, type Surroundings, tasksOf } from '../ci/files.ts';
import { samples } from '../support/cells.ts';
import { plain } from '../support/examples.ts';
import { environment, need, needed, ok, run, scratch } from '../support/programs.ts';
import { act, brought, keys, publishingPlace, repository } from './pipelines.ts';
import { credentials, startRegistry } from './registry.ts';
import { runSteps, workspaceOf } from './woodpecker.ts';
import { taskEnvironment } from './world.ts';

for (const [index, choices] of samples.entries()) {
  const { language } = choices;
  describe(`CI of ${language}`, function () {
    this.timeout(600_000);

    // Both call the same tasks, so a language is run by the one or by the other.
    if (index % 2 === 0)
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
          repository({ ...choices, ci: ['gitlab'] }),
        );
        assert.match(said, /(\d+) of \1 cases pass/);
        assert.match(said, /PASS.*check/);
      });
    else
      it('GitHub Actions lint, build and test, by act', function () {
        need(this, 'act', 'git', 'wasmtime', ...needed(language));
        const said = act(repository({ ...choices, ci: ['github'] }), '.github/workflows/ci.yml');
        assert.match(said, /(\d+) of \1 cases pass/);
        assert.match(said, /Job succeeded/);
      });
  });
}

it('Forgejo Actions lint, build and test, by act', function () {
  this.timeout(600_000);
  const [choices] = samples;
  assert.ok(choices);
  need(this, 'act', 'git', 'wasmtime', ...needed(choices.language));
  const folder = repository({ ...choices, ci: ['forgejo'] });
  const workflow = '.forgejo/workflows/ci.yml';
  // Forgejo takes an action by its address, and act by its name alone.
  const text = readFileSync(join(folder, workflow), 'utf8');
  writeFileSync(join(folder, workflow), text.replaceAll('uses: https://github.com/', 'uses: '));
  const said = act(folder, workflow, { label: 'docker' });
  assert.match(said, /(\d+) of \1 cases pass/);
  assert.match(said, /Job succeeded/);
});

describe('the token of a job of GitHub Actions, by act', function () {
  this.timeout(600_000);
  const sees = (change: (text: string) => string): string[] => {
    const folder = repository({ ...plain, registry: 'oci', namespace: 'registry.example.com/team' });
    const workflow = '.github/workflows/release.yml';
    const path = join(folder, workflow);
    writeFileSync(path, change(readFileSync(path, 'utf8')));
    const standingIn = mkdtempSync(join(scratch, 'make-'));
    const files = handedOver(compose({ ...plain, registry: 'oci', namespace: 'registry.example.com/team' }));
    const script = `echo "make $1 sees [\${MISE_GITHUB_TOKEN:-}]"
[ "$1" != checksums ] || { mkdir -p build && touch ${files.join(' ')}; }`;
    writeFileSync(join(standingIn, 'make'), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    const said = act(folder, workflow, { tag: 'v1.0.0', standingIn, secrets: { GITHUB_TOKEN: 'j0b-t0ken' } });
    return [...said.matchAll(/make (\w+) sees \[(.*?)\]/g)].map(([, task, token]) => `${task}${token ? ' token' : ''}`);
  };

  it('reaches the steps that install the tools, and no later one', function () {
    need(this, 'act', 'git');
    const plan = compose({ ...plain, registry: 'oci', namespace: 'registry.example.com/team' });
    const tasks = [...pipeline(plan, 'build'), ...pipeline(plan, 'publish')];
    assert.deepEqual(
      sees((text) => text),
      tasks,
    );
    // It would, by what the action does where it is not told otherwise.
    assert.deepEqual(
      sees((text) => text.replaceAll(/ +github_token: ""\n +env:\n +MISE_GITHUB_TOKEN.*\n/g, '')),
      tasks.map((task) => `${task} token`),
    );
  });
});

describe('CI providers without a runner, and releases', function () {
  this.timeout(600_000);
  const providers = axes.ci.map(({ id }) => id).filter((id) => id !== 'none');
  let folder: string;
  let files: File[];
  let chosen: Choices;
  let stop: () => Promise<unknown>;
  let image: string;
  let key: ReturnType<typeof keys>;
  /** What a provider is given for a release. */
  let secrets: Record<string, string>;

  before(async function () {
    need(this, 'docker-registry', 'oras', 'cosign', 'git', 'groovy', 'wasmtime', 'mise');
    key = keys();
    // Not every provider keeps a secret of several lines.
    const oneLine = Buffer.from(key.secrets.COSIGN_PRIVATE_KEY).toString('base64');
    secrets = { ...credentials, ...key.secrets, COSIGN_PRIVATE_KEY: oneLine };
    const [choices] = samples;
    assert.ok(choices);
    let server: string;
    ({ server, stop } = await startRegistry());
    chosen = { ...choices, registry: 'oci', namespace: `${server}/team`, ci: providers };
    image = `${server}/team/${choices.name}`;
    folder = repository(chosen, { 'cosign.pub': key.public });
    files = render(chosen);
  });
  after(async () => {
    await stop?.();
  });

  /** What a provider makes of its files when it was given all that a release needs. */
  function runs(provider: string, tag = ''): Pipelines {
    const around: Surroundings = {
      given: (name) => secrets[name] ?? '',
      names: Object.keys(secrets),
      tag,
      workspace: mkdtempSync(join(scratch, 'workspace-')),
    };
    if (provider !== 'jenkins') return runsOf(provider, files, around);
    const [stages] = JSON.parse(
      run('groovy', [join(import.meta.dirname, '../ci/jenkinsfile.groovy'), 'Jenkinsfile'], folder).stdout,
    );
    return jenkins(stages, around);
  }

  /** Runs each shell in order; what npm installs goes to a folder of its own, from which it is called. */
  function execute(
    all: Run[],
    { place = folder, env: tools = taskEnvironment(), leftOut = /(?!)/ }: Partial<Place> = {},
  ): string {
    const prefix = join(scratch, 'npm-global');
    const PATH = [join(prefix, 'bin'), tools.PATH ?? environment.PATH].join(delimiter);
    return all
      .map(({ lines, shell: [command = '', ...words], env }) => {
        const script = lines.filter((line) => !leftOut.test(line)).join('\n');
        if (script === '') return '';
        return ok(command, [...words, script], place, { npm_config_prefix: prefix, ...tools, PATH, ...env });
      })
      .join('');
  }

  for (const provider of providers.filter((id) => !['github', 'gitlab', 'forgejo'].includes(id)))
    it(`${provider} lints, builds and tests, by the lines of its file`, () => {
      const { check } = runs(provider);
      assert.deepEqual(tasksOf(check), ['setup', 'lint', 'build', 'test']);
      assert.match(execute(check), /(\d+) of \1 cases pass/);
    });

  for (const [index, provider] of providers.entries())
    it(`${provider} builds in one place and publishes in another, by the lines of its file`, () => {
      const tag = `v1.0.${index}`;
      const tags = [tag, `${tag}-rc.1`, `latest-${index}`];
      for (const name of tags)
        ok('git', name === tag ? ['tag', name] : [...asAda, 'tag', '-a', '-m', name, name], folder);
      run('oras', ['logout', image.split('/')[0] ?? ''], folder);
      const { build, publish } = runs(provider, tag);
      assert.ok(tasksOf(publish).join(' ').startsWith('intact login push'));
      const plan = compose(chosen);
      execute(build, { leftOut: installing });
      const place = publishingPlace(folder, handedOver(plan));
      // Who signs without a key needs services that are not on loopback.
      const keyless = find(axes.ci, provider)?.identity?.sigstore;
      const leftOut = keyless ? /install |make (sign|verify)$/ : installing;
      const said = execute(publish, { ...place, leftOut });
      if (!keyless) assert.match(said, new RegExp(`Verified: ${image}`));
      for (const secret of Object.values(secrets))
        if (secret !== credentials.REGISTRY_USER) assert.ok(!said.includes(secret));
      const manifest = manifestOf(tag);
      assert.equal(manifest.layers.length, 1);
      const module = readFileSync(join(folder, `build/${chosen.name}.opt.wasm`));
      assert.equal(manifest.layers[0]?.digest, `sha256:${createHash('sha256').update(module).digest('hex')}`);
      ok('git', ['tag', '--delete', ...tags], folder);
    });

  /** The manifest of the image with a tag. */
  function manifestOf(tag: string): { layers: { digest: string }[] } {
    const { REGISTRY_USER: user, REGISTRY_PASSWORD: password } = credentials;
    const words = ['manifest', 'fetch', '--username', user, '--password', password, `${image}:${tag}`];
    const { code, said, stdout } = run('oras', words, folder);
    assert.equal(code, 0, said);
    return JSON.parse(stdout);
  }

  describe('Woodpecker, by the commands of each step, with a home of its own', () => {
    const tag = 'v2.0.0';
    let workspace: string;
    before(() => {
      workspace = workspaceOf(folder, tag);
      runSteps(workspace, tag, secrets, ['build']);
    });

    it('publishes from a new clone, where each step finds the tools, and nothing that the build has changed', () => {
      const evil = ': >"$CI_WORKSPACE/../evil"';
      ok('git', ['config', 'core.fsmonitor', evil], workspace);
      writeFileSync(join(workspace, '.git/hooks/post-checkout'), `#!/bin/sh\n${evil}\n`, { mode: 0o755 });
      for (const path of ['Makefile', 'scripts/login.sh', 'scripts/sign.sh', 'scripts/verify.mjs'])
        writeFileSync(join(workspace, path), 'exit 1\n');
      const steps = ['checkout', 'tools', ...pipeline(compose(chosen), 'publish')];
      const said = runSteps(workspace, tag, secrets, steps);
      assert.match(said, new RegExp(`Verified: ${image}`));
      assert.ok(!existsSync(join(workspace, '../evil')));
      for (const secret of Object.values(secrets))
        if (secret !== credentials.REGISTRY_USER) assert.ok(!said.includes(secret));
      const module = readFileSync(join(workspace, `build/${chosen.name}.opt.wasm`));
      assert.equal(manifestOf(tag).layers[0]?.digest, `sha256:${createHash('sha256').update(module).digest('hex')}`);
    });

    it('does not publish from folders that the build has made', () => {
      for (const name of ['home', 'release']) {
        const other = workspaceOf(folder, tag);
        mkdirSync(`${other}-${name}/x`, { recursive: true });
        for (const path of handedOver(compose(chosen))) {
          mkdirSync(dirname(join(other, path)), { recursive: true });
          cpSync(join(workspace, path), join(other, path));
        }
        assert.throws(() => runSteps(other, tag, secrets, ['checkout']), /exists/, name);
      }
    });
  });

  it('a module that is not what was built is not published', () => {
    const { publish } = runs('gitlab', 'v9.9.9');
    const handed = handedOver(compose(chosen));
    execute(runs('gitlab').build, { leftOut: installing });
    const place = publishingPlace(folder, handed);
    appendFileSync(join(place.place, String(handed[0])), 'more');
    assert.throws(() => execute(publish, { ...place, leftOut: installing }), /FAILED/);
    assert.notEqual(run('oras', ['resolve', `${image}:v9.9.9`], folder).code, 0);
  });
});

/** Where lines run, with which tools, and which of them do not. */
interface Place {
  place: string;
  env: NodeJS.ProcessEnv;
  leftOut: RegExp;
}

/** The tools are there already; the lines of the checks install them. */
const installing = /^(?:npm|mise) install /;

const asAda = ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.com'];
