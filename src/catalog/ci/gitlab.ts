/**
 * GitLab CI: one job for every change, one for releases. All lines of a job share a shell, and GitLab gives its variables to the
 * whole job; so only the release job has the environment with the secrets, and its shell hides each secret from the lines that do
 * not need it.
 */
import { configFiles } from '../../lib/config.ts';
import { quote } from '../../lib/shell.ts';
import type { CiProvider } from '../../model/axes.ts';
import { handedOver, inputs, misePins, pipeline } from '../../model/pipeline.ts';
import type { Plan } from '../../model/plan.ts';
import { nodeImage } from '../tools.ts';
import { shellLines } from './lines.ts';
import { imagePin, misePin } from './setup.ts';
import { yamlFile } from './yaml.ts';

export const gitlab: CiProvider = {
  id: 'gitlab',
  label: 'GitLab CI',
  aliases: ['gitlab-ci', 'gitlab.com'],
  help: 'a pipeline for changes and releases',
  status: 'current',
  reads: [/^\.gitlab-ci\.yml$/],
  beside: [
    {
      path: '.gitlab-ci.yml',
      instead: '.gitlab/wasm.gitlab-ci.yml',
      next: 'To run its job `wasm`, add `include: .gitlab/wasm.gitlab-ci.yml` to .gitlab-ci.yml. If you have no stage `test`, set its `stage`.',
    },
  ],
  pins: [imagePin, misePin],
  dependabot: undefined,
  ran: 'checked against its schema, its change run by gitlab-ci-local and its release by bash, up to a verified signature by a Sigstore on loopback; not run on GitLab itself',
  changes: [
    {
      version: '0.2.0',
      files: ['.gitlab-ci.yml'],
      why: 'The tools are cached, and each secret is in the environment of only the line that uses it. A release signs with the OIDC token of its job. With a schedule, CI also runs each week.',
    },
  ],
  secrets:
    'GitLab: add these values in Settings, CI/CD, Variables, for the environment `release`, as protected variables, with the secrets masked; protect the tags `v*` in Settings, Repository.',
  // https://docs.gitlab.com/ci/jobs/ci_job_token/: the token of every job may push to the registry of its project.
  limits:
    'GitLab gives every job a token that may push to the container registry of the project (`CI_JOB_TOKEN`), so a dependency that runs in the build could do that too. It cannot sign.',
  outside: {
    changes:
      "GitLab: for the weekly run, add a schedule: `glab schedule create --description Weekly --cron '17 4 * * 1' --ref main`.",
  },
  platform: 'gitlab',
  home: { hosts: /(?:^|\.)gitlab\./, only: true },
  store: {
    secret: (name) => keep(name, '--masked --protected'),
    setting: (name) => keep(name, '--protected'),
    // JSON output would contain the values. GitLab has one list for secrets and settings.
    lists({ host, repository }) {
      const names = [['variable', 'list', '--per-page', '100', '--repo', `https://${host}/${repository}`]];
      return {
        program: 'glab',
        env: { GLAB_NO_PROMPT: '1' },
        home: 'gitlab.com',
        // https://docs.gitlab.com/cli/configuration
        hosts: { files: configFiles('GLAB_CONFIG_DIR', 'glab-cli', 'config.yml'), table: 'hosts' },
        login: `glab auth login --hostname ${quote(host)}`,
        secrets: names,
        settings: names,
      };
    },
  },
  ignore: ['/.cache/'],
  identity: {
    issuer: 'https://gitlab.com',
    subject: 'project_path:GROUP/PROJECT:ref_type:tag',
    sigstore: true,
    before: `GitLab adds the tag to the subject, so that no credential matches it. Remove it once:

\`\`\`sh
glab api --method PUT 'projects/GROUP%2FPROJECT?ci_id_token_sub_claim_components[]=project_path&ci_id_token_sub_claim_components[]=ref_type'
\`\`\``,
  },
  context: {
    tag: '$CI_COMMIT_TAG',
    run: '$CI_JOB_URL',
    signer: '$CI_PROJECT_URL//$CI_CONFIG_PATH@refs/tags/$CI_COMMIT_TAG',
    issuer: '$CI_SERVER_URL',
  },
  render(plan) {
    const image = { image: nodeImage };
    // GitLab has no global timeout: it ignores one below `default`.
    // https://gitlab.com/gitlab-org/gitlab/-/issues/213634, https://gitlab.com/gitlab-org/gitlab/-/merge_requests/230251
    const timeout = { timeout: '20 minutes' };
    const ofTags = { rules: [{ if: '$CI_COMMIT_TAG =~ /^v/' }] };
    const file = {
      ...(!plan.isIncluded && { default: image }),
      [plan.isIncluded ? 'wasm' : 'check']: {
        ...(plan.isIncluded && image),
        ...timeout,
        // A push to a merge request cancels its previous run; runs of the default branch are never cancelled.
        // https://docs.gitlab.com/ci/yaml/#rulesinterruptible
        rules: [
          { if: '$CI_PIPELINE_SOURCE == "merge_request_event"', interruptible: true },
          { if: '$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH' },
          { if: '$CI_PIPELINE_SOURCE == "schedule"' },
        ],
        ...cache(plan),
        script: shellLines(plan, 'check', gitlab),
      },
      ...(pipeline(plan, 'publish').length > 0 && {
        build: {
          ...timeout,
          ...ofTags,
          script: shellLines(plan, 'build', gitlab),
          artifacts: { paths: handedOver(plan) },
        },
        publish: {
          ...timeout,
          ...structuredClone(ofTags),
          needs: ['build'],
          resource_group: 'release',
          environment: { name: 'release' },
          ...idTokens(plan),
          script: shellLines(plan, 'publish', gitlab, {
            user: '$CI_REGISTRY_USER',
            token: '$CI_REGISTRY_PASSWORD',
          }),
        },
      }),
    };
    return [yamlFile('.gitlab-ci.yml', file)];
  },
};

/** glab reads the value from standard input, so that it is in no argument list. */
const keep = (name: string, flags: string): string =>
  `read -rs value && printf %s "$value" | glab variable set ${name} --scope release ${flags}`;

/** The tools are below the project, because GitLab caches nothing else. */
function cache(plan: Plan): object {
  const pins = misePins(plan);
  // Files of Git LFS are fetched by the runner anyway: https://docs.gitlab.com/topics/git/lfs/
  const variables = {
    ...(plan.fetches?.submodules && { GIT_SUBMODULE_STRATEGY: 'recursive' }),
    ...(pins.length > 0 && { MISE_DATA_DIR: '$CI_PROJECT_DIR/.cache/mise' }),
  };
  if (pins.length === 0) return Object.keys(variables).length > 0 ? { variables } : {};
  return {
    variables,
    cache: {
      key: { files: pins, prefix: 'mise' },
      paths: ['.cache/mise'],
    },
  };
}

/** The identity tokens of the publish job. */
function idTokens(plan: Plan): object {
  const identities = pipeline(plan, 'publish').flatMap((task) => inputs(plan, task, gitlab).identity ?? []);
  if (identities.length === 0) return {};
  return { id_tokens: Object.fromEntries(identities.map(({ variable, audience }) => [variable, { aud: audience }])) };
}
