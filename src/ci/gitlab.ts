/** GitLab CI: a job for every change, one for releases. */
import { stringify } from 'yaml';
import { inputs, pipeline, usesMise } from '../pipeline.ts';
import type { Plan, Renderer, TaskName } from '../plan.ts';
import { getMise, nodeMajor } from '../tools.ts';

export const gitlab: Renderer = {
  id: 'gitlab',
  label: 'GitLab CI',
  help: 'a pipeline for changes and releases',
  status: 'current',
  ran: 'checked against its schema, its jobs run by gitlab-ci-local; not run on GitLab itself',
  secrets:
    'GitLab: add them in Settings, CI/CD, Variables, each for the environment `release`, protected, and the secrets masked; protect the tags `v*` in Settings, Repository.',
  platform: 'gitlab',
  identity: {
    issuer: 'https://gitlab.com',
    subject: 'project_path:GROUP/PROJECT:ref_type:tag',
    sigstore: true,
    before: `GitLab adds the tag to the subject, which no fixed credential can match, until the project leaves it out, once:

\`\`\`sh
glab api --method PUT 'projects/GROUP%2FPROJECT?ci_id_token_sub_claim_components[]=project_path&ci_id_token_sub_claim_components[]=ref_type'
\`\`\``,
  },
  known: {
    run: '$CI_JOB_URL',
    signer: '$CI_PROJECT_URL//$CI_CONFIG_PATH@refs/tags/$CI_COMMIT_TAG',
    issuer: '$CI_SERVER_URL',
  },
  render(plan) {
    const release = pipeline(plan, 'release');
    const script = (tasks: TaskName[]) => tasks.map((task) => `make ${task}`);
    const parts = [
      {
        default: {
          image: `node:${nodeMajor}-bookworm`,
          interruptible: true,
          ...(usesMise(plan) ? { before_script: [getMise] } : {}),
        },
      },
      {
        check: {
          rules: [
            { if: '$CI_PIPELINE_SOURCE == "merge_request_event"' },
            { if: '$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH' },
            { if: '$CI_PIPELINE_SOURCE == "schedule"' },
          ],
          script: script(pipeline(plan, 'check')),
        },
      },
      // Variables with the environment scope `release` reach no other job.
      ...(release.length > 0
        ? [
            {
              release: {
                rules: [{ if: '$CI_COMMIT_TAG =~ /^v/' }],
                interruptible: false,
                environment: { name: 'release' },
                ...idTokens(plan, release),
                ...variables(plan, release),
                script: script(release),
              },
            },
          ]
        : []),
    ];
    return [{ path: '.gitlab-ci.yml', text: parts.map((part) => stringify(part, { lineWidth: 0 })).join('\n') }];
  },
};

/** The identity tokens that the tasks of a job ask for. */
function idTokens(plan: Plan, tasks: TaskName[]): object {
  const identities = tasks.flatMap((task) => inputs(plan, task, gitlab).identity ?? []);
  if (identities.length === 0) return {};
  return { id_tokens: Object.fromEntries(identities.map(({ variable, audience }) => [variable, { aud: audience }])) };
}

/** What GitLab knows and the tasks of a job ask for. */
function variables(plan: Plan, tasks: TaskName[]): object {
  const known = tasks.flatMap((task) => inputs(plan, task, gitlab).known);
  return known.length === 0 ? {} : { variables: Object.fromEntries(known.map(({ name, value }) => [name, value])) };
}
