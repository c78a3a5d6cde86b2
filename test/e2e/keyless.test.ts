/**
 * Releases that are signed without a key: the lines of each provider with an identity, as they are printed, by a Sigstore of
 * our own with the public one's configuration; and forged ones, which are refused.
 */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { axes } from '../../src/catalog/axes.ts';
import type { Choices } from '../../src/model/choices.ts';
import type { File } from '../../src/model/plan.ts';
import { render } from '../../src/print/render.ts';
import { type Run, runsOf } from '../ci/files.ts';
import { plain } from '../support/examples.ts';
import { environment, need, needed, ok, type Result, run, scratch } from '../support/programs.ts';
import { repository } from './pipelines.ts';
import { credentials, startRegistry } from './registry.ts';
import { type Claims, type Sigstore, sigstoreTools, startSigstore } from './sigstore.ts';
import { make, taskEnvironment } from './world.ts';

/** A run of a provider for a tag. */
interface Release {
  tag: string;
  commit: string;
}

interface Provider {
  remote: string;
  /** What an identity token says. */
  claims(release: Release): Claims;
  /** What a job has in its environment, or a workflow in its contexts, by the words of the provider. */
  knows(release: Release): Record<string, string>;
  /** Claims that differ in one respect, and how that is refused. */
  forged: { [what: string]: [claims: (release: Release) => Partial<Claims>, refusal: RegExp] };
}

const otherIdentity = /expected (?:SAN|issuer) value/;
const project = '8d2b1b7e-6c0f-4d35-9d0b-0c3c9f5f2a11';
const definition = '5a6f3f9c-2f54-4bb1-8d0e-7f2f6f0f9b22';
const organization = 'c4f1e6de-59b0-4b9e-b5b7-3f9c6b1f5c33';
const circleciId = `https://circleci.com/api/v2/projects/${project}/pipeline-definitions/${definition}`;

const githubWorkflow = ({ tag }: Release) => `octo-org/hello-wasm/.github/workflows/release.yml@refs/tags/${tag}`;
const gitlabConfig = ({ tag }: Release) => `gitlab.com/team/hello-wasm//.gitlab-ci.yml@refs/tags/${tag}`;

const providers: Record<string, Provider> = {
  // https://docs.github.com/en/actions/reference/security/oidc
  github: {
    remote: 'https://github.com/octo-org/hello-wasm',
    claims: (release) => ({
      iss: 'https://token.actions.githubusercontent.com',
      sub: 'repo:octo-org/hello-wasm:environment:release',
      actor: 'octocat',
      actor_id: '12',
      environment: 'release',
      event_name: 'push',
      job_workflow_ref: githubWorkflow(release),
      job_workflow_sha: release.commit,
      ref: `refs/tags/${release.tag}`,
      ref_type: 'tag',
      repository: 'octo-org/hello-wasm',
      repository_id: '74',
      repository_owner: 'octo-org',
      repository_owner_id: '65',
      repository_visibility: 'public',
      run_attempt: '1',
      run_id: '123456',
      run_number: '10',
      runner_environment: 'github-hosted',
      sha: release.commit,
      workflow: 'Release',
      workflow_ref: githubWorkflow(release),
      workflow_sha: release.commit,
    }),
    // https://docs.github.com/en/actions/reference/workflows-and-actions/contexts#github-context
    knows: (release) => ({
      server_url: 'https://github.com',
      repository: 'octo-org/hello-wasm',
      run_id: '123456',
      workflow_ref: githubWorkflow(release),
      ref_name: release.tag,
    }),
    forged: {
      repository: [
        (release) => ({
          repository: 'octo-org/other',
          workflow_ref: githubWorkflow(release).replace('hello-wasm', 'other'),
          job_workflow_ref: githubWorkflow(release).replace('hello-wasm', 'other'),
        }),
        otherIdentity,
      ],
      branch: [
        () => ({
          ref: 'refs/heads/main',
          ref_type: 'branch',
          job_workflow_ref: 'octo-org/hello-wasm/.github/workflows/release.yml@refs/heads/main',
        }),
        otherIdentity,
      ],
      workflow: [
        (release) => ({ job_workflow_ref: githubWorkflow(release).replace('release.yml', 'other.yml') }),
        otherIdentity,
      ],
      // Another repository that calls our workflow as a reusable one: the identity is ours.
      caller: [
        () => ({ repository: 'octo-org/other' }),
        /certificate names the repository https:\/\/github\.com\/octo-org\/other/,
      ],
      commit: [() => ({ sha: 'd'.repeat(40) }), /certificate names the commit d{40} instead of \w{40}/],
      issuer: [() => ({ iss: 'https://token.actions.githubusercontent.com/octo-enterprise' }), otherIdentity],
    },
  },
  // https://docs.gitlab.com/ci/secrets/id_token_authentication/
  gitlab: {
    remote: 'https://gitlab-ci-token:t0ken@gitlab.com/team/hello-wasm.git',
    claims: (release) => ({
      iss: 'https://gitlab.com',
      sub: 'project_path:team/hello-wasm:ref_type:tag',
      ci_config_ref_uri: gitlabConfig(release),
      ci_config_sha: release.commit,
      environment: 'release',
      environment_protected: 'true',
      job_id: '302',
      namespace_id: '72',
      namespace_path: 'team',
      pipeline_id: '574',
      pipeline_source: 'push',
      project_id: '20',
      project_path: 'team/hello-wasm',
      project_visibility: 'public',
      ref: release.tag,
      ref_path: `refs/tags/${release.tag}`,
      ref_protected: 'true',
      ref_type: 'tag',
      runner_environment: 'gitlab-hosted',
      sha: release.commit,
      user_id: '1',
      user_login: 'ada',
    }),
    // https://docs.gitlab.com/ci/variables/predefined_variables/
    knows: ({ tag }) => ({
      CI_JOB_URL: 'https://gitlab.com/team/hello-wasm/-/jobs/302',
      CI_PROJECT_URL: 'https://gitlab.com/team/hello-wasm',
      CI_CONFIG_PATH: '.gitlab-ci.yml',
      CI_SERVER_URL: 'https://gitlab.com',
      CI_COMMIT_TAG: tag,
    }),
    forged: {
      repository: [
        (release) => ({
          project_path: 'team/other',
          ci_config_ref_uri: gitlabConfig(release).replace('hello-wasm', 'other'),
        }),
        otherIdentity,
      ],
      branch: [
        () => ({
          ref: 'main',
          ref_type: 'branch',
          ci_config_ref_uri: 'gitlab.com/team/hello-wasm//.gitlab-ci.yml@refs/heads/main',
        }),
        otherIdentity,
      ],
      workflow: [
        (release) => ({ ci_config_ref_uri: gitlabConfig(release).replace('.gitlab-ci.yml', 'other.yml') }),
        otherIdentity,
      ],
      commit: [() => ({ sha: 'd'.repeat(40) }), /certificate names the commit d{40} instead of \w{40}/],
      issuer: [() => ({ iss: 'https://gitlab.archlinux.org' }), otherIdentity],
    },
  },
  // https://circleci.com/docs/openid-connect-tokens/
  circleci: {
    remote: 'git@github.com:octo-org/hello-wasm.git',
    claims: ({ tag }) => ({
      iss: `https://oidc.circleci.com/org/${organization}`,
      sub: `org/${organization}/project/${project}/user/${randomUUID()}`,
      'oidc.circleci.com/job-id': randomUUID(),
      'oidc.circleci.com/org-id': organization,
      'oidc.circleci.com/pipeline-definition-id': definition,
      'oidc.circleci.com/pipeline-id': randomUUID(),
      'oidc.circleci.com/project-id': project,
      'oidc.circleci.com/ssh-rerun': 'false',
      'oidc.circleci.com/vcs-origin': 'github.com/octo-org/hello-wasm',
      'oidc.circleci.com/vcs-ref': `refs/tags/${tag}`,
      'oidc.circleci.com/workflow-id': randomUUID(),
    }),
    // https://circleci.com/docs/reference/variables/#built-in-environment-variables
    knows: ({ tag }) => ({
      CIRCLE_BUILD_URL: 'https://circleci.com/gh/octo-org/hello-wasm/7',
      CIRCLE_ORGANIZATION_ID: organization,
      CIRCLE_PROJECT_ID: project,
      CIRCLE_TAG: tag,
    }),
    forged: {
      repository: [
        () => ({ 'oidc.circleci.com/vcs-origin': 'github.com/octo-org/other' }),
        /certificate names the repository https:\/\/github\.com\/octo-org\/other/,
      ],
      branch: [
        () => ({ 'oidc.circleci.com/vcs-ref': 'refs/heads/main' }),
        /certificate names the ref refs\/heads\/main instead of refs\/tags\/v/,
      ],
      workflow: [() => ({ 'oidc.circleci.com/pipeline-definition-id': randomUUID() }), otherIdentity],
      issuer: [() => ({ iss: `https://oidc.circleci.com/org/${randomUUID()}` }), otherIdentity],
    },
  },
};

describe('signing without a key', function () {
  this.timeout(600_000);
  let sigstore: Sigstore;
  let choices: Choices;
  let files: File[];
  let folder: string;
  let image: string;
  let commit: string;
  let stop: () => Promise<unknown>;

  before(async function () {
    need(this, ...sigstoreTools, 'docker-registry', 'oras', 'git', 'make', 'wasmtime', ...needed('assemblyscript'));
    let server: string;
    ({ server, stop } = await startRegistry());
    sigstore = await startSigstore();
    const ci = Object.keys(providers);
    choices = { ...plain, language: 'assemblyscript', registry: 'oci', namespace: `${server}/team`, ci };
    image = `${server}/team/${plain.name}`;
    files = render(choices);
    folder = repository(choices);
    commit = ok('git', ['rev-parse', 'HEAD'], folder).trim();
    make(folder, 'setup');
    make(folder, 'optimize', 'sbom', 'checksums');
  });
  after(async () => {
    await sigstore?.stop();
    await stop?.();
  });

  /** Runs those of a provider's lines that publish and are wanted, with a token of these claims; all must succeed, but the last. */
  async function publish(id: string, tag: string, claims: Claims, wanted = /./): Promise<Result> {
    const provider = providers[id];
    assert.ok(provider);
    ok('git', ['remote', 'set-url', 'origin', provider.remote], folder);
    ok('git', ['tag', '--force', tag], folder);
    const token = await sigstore.token(claims);
    const bin = mkdtempSync(join(scratch, 'bin-'));
    writeFileSync(join(bin, 'circleci'), `#!/bin/sh\necho '${token}'\n`, { mode: 0o755 });
    const knows = { ...provider.knows({ tag, commit }), SIGSTORE_ID_TOKEN: token };
    // Of CircleCI's identity only the organization is in the environment: its README says what to give.
    const given: Record<string, string> = { ...credentials, SIGNER_IDENTITY: circleciId };
    const around = {
      given: (name: string) => given[name] ?? '',
      names: Object.keys(given),
      tag,
      knows,
      workspace: scratch,
    };
    const all: Run[] = runsOf(id, files, around).publish;
    let result: Result = { code: 1, said: 'nothing was run', stdout: '' };
    let said = '';
    for (const { lines, shell, env } of all) {
      const script = lines.filter((line) => !/\binstall\b/.test(line) && wanted.test(line)).join('\n');
      if (!/\bmake\b/.test(script)) continue;
      const [command = '', ...words] = shell;
      const PATH = [bin, environment.PATH].join(delimiter);
      const ofProvider = id === 'github' ? sigstore.github(claims) : {};
      result = run(command, [...words, script], folder, {
        ...taskEnvironment(),
        ...sigstore.env,
        ...ofProvider,
        ...env,
        PATH,
      });
      said += result.said;
      if (result.code !== 0) break;
    }
    return { ...result, said };
  }
  const toVerify = /^export|\bmake verify$/;
  const toPush = /^export|\bmake (?:login|push)$/;
  const named = (tag: string) => `${image}@${ok('oras', ['resolve', `${image}:${tag}`], folder).trim()}`;

  it('is tried for every provider with an identity that Sigstore trusts', () => {
    const trusted = axes.ci.filter(({ identity }) => identity?.sigstore).map(({ id }) => id);
    assert.deepEqual(Object.keys(providers).sort(), trusted.sort());
  });

  for (const [number, [id, { claims, forged }]] of Object.entries(providers).entries())
    describe(`by ${id}`, () => {
      const tag = `v1.0.${number}`;
      it('signs and verifies by the lines of its file', async () => {
        const { code, said } = await publish(id, tag, claims({ tag, commit }));
        assert.equal(code, 0, said);
        assert.match(said, new RegExp(`Signed: ${image}@sha256:\\w+, in the public Sigstore`));
        assert.match(said, new RegExp(`Verified: ${image}@sha256:\\w+, built from commit ${commit}`));
        const builder = ok('sh', ['-c', 'cat build/provenance.json'], folder);
        const { id: workflow } = JSON.parse(builder).runDetails.builder;
        assert.ok(workflow.startsWith('https://'), workflow);
      });

      for (const [what, [differing, refusal]] of Object.entries(forged))
        it(`refuses a signature of another ${what}`, async () => {
          const release = { tag: `v2.0.${number}-${what}`, commit };
          const pushed = await publish(id, release.tag, claims(release), toPush);
          assert.equal(pushed.code, 0, pushed.said);
          const token = await sigstore.token({ ...claims(release), ...differing(release) } as Claims);
          const signing = { ...sigstore.env, SIGSTORE_ID_TOKEN: token };
          ok('cosign', ['sign', '--yes', named(release.tag)], folder, signing);
          const { code, said } = await publish(id, release.tag, claims(release), toVerify);
          assert.notEqual(code, 0);
          assert.match(said, refusal);
          assert.match(said, /Error: signature of \S+@sha256:\w+ cannot be trusted/);
        });

      it('refuses a signature that was copied from another module', async () => {
        const other = `v3.0.${number}`;
        const pushed = await publish(id, other, claims({ tag: other, commit }), toPush);
        assert.equal(pushed.code, 0, pushed.said);
        const type = 'application/vnd.dev.sigstore.bundle.v0.3+json';
        const discover = ['discover', '--format', 'json', '--artifact-type', type];
        const { referrers } = JSON.parse(ok('oras', [...discover, named(tag)], folder));
        assert.equal(referrers.length, 3);
        for (const [index, { digest }] of referrers.entries()) {
          const { layers } = JSON.parse(ok('oras', ['manifest', 'fetch', `${image}@${digest}`], folder));
          const file = `build/copied-${index}.json`;
          ok('oras', ['blob', 'fetch', '--output', file, `${image}@${layers[0].digest}`], folder);
          ok('oras', ['attach', '--artifact-type', type, named(other), `${file}:${type}`], folder);
        }
        const { code, said } = await publish(id, other, claims({ tag: other, commit }), toVerify);
        assert.notEqual(code, 0);
        assert.match(said, /Error: signature of \S+@sha256:\w+ cannot be trusted/);
      });

      it('refuses what another tag was signed for, where a tag was moved', async () => {
        const moved = `v4.0.${number}`;
        ok('oras', ['tag', named(tag), moved], folder);
        const { code, said } = await publish(id, moved, claims({ tag: moved, commit }), toVerify);
        assert.notEqual(code, 0);
        assert.match(said, /Error: signature of \S+@sha256:\w+ cannot be trusted/);
      });
    });

  it('is done by a person too, and only by the one who is expected', async () => {
    const claims = (email: string) =>
      ({
        iss: 'https://oauth2.sigstore.dev/auth',
        sub: email,
        email,
        email_verified: true,
        federated_claims: { connector_id: 'https://github.com/login/oauth' },
      }) as unknown as Claims;
    const words = ['--silent', 'login', 'push', 'sign', 'TAG=person'];
    const token = await sigstore.token(claims('ada@example.com'));
    const env = { ...taskEnvironment(), ...credentials, ...sigstore.env };
    const signed = run('make', words, folder, { ...env, SIGSTORE_ID_TOKEN: token });
    assert.equal(signed.code, 0, signed.said);
    const verify = (who: string) =>
      run('make', ['--silent', 'verify', 'TAG=person'], folder, {
        ...env,
        SIGNER_IDENTITY: who,
        SIGNER_ISSUER: 'https://github.com/login/oauth',
      });
    const { code, said } = verify('ada@example.com');
    assert.equal(code, 0, said);
    const refused = verify('mallory@example.com');
    assert.notEqual(refused.code, 0);
    assert.match(refused.said, otherIdentity);
    assert.match(
      JSON.parse(readFileSync(join(folder, 'build/provenance.json'), 'utf8')).runDetails.builder.id,
      /#local$/,
    );
  });
});
