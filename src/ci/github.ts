/** GitHub Actions: a workflow for every change and each week, one for releases. */
import { checking, inputs, pipeline } from '../pipeline.ts';
import type { Plan, Renderer, TaskName } from '../plan.ts';
import { type Dialect, job, onChanges, oneAtATime, oneRelease, onReleases } from './workflow.ts';
import { commented, yamlFile } from './yaml.ts';

export const github: Renderer = {
  id: 'github',
  label: 'GitHub Actions',
  help: 'workflows for changes and releases',
  status: 'current',
  ran: 'checked by actionlint and zizmor, its change and its release, up to a verified signature, run by act with a registry on loopback; not run on GitHub itself',
  changes: [
    {
      version: '0.3.0',
      files: ['.github/workflows/ci.yml', '.github/workflows/wasm.yml'],
      why: 'A project that somebody else wrote gets Node only where one of its tasks calls it.',
      adopted: true,
    },
    {
      version: '0.2.0',
      files: ['.github/workflows/ci.yml', '.github/workflows/release.yml'],
      why: 'CI runs each week too, to find what has rotted while nobody changed anything, and with one version of mise. A release signs what it pushes with the identity of its run, so there is no key to keep.',
    },
  ],
  platform: 'github',
  home: { hosts: /(?:^|\.)github\./, only: true },
  store: {
    secret: (name) => `gh secret set ${name} --env release`,
    setting: (name) => `gh variable set ${name} --env release`,
    // A job sees those of its environment, of the repository and of the organization. `--jq` leaves the values of variables out.
    lists: ({ host, repository }) => ({
      program: 'gh',
      env: { GH_REPO: `${host}/${repository}`, GH_PROMPT_DISABLED: '1' },
      secrets: [
        ['secret', 'list', '--env', 'release', '--json', 'name', '--jq', '.[].name'],
        ['secret', 'list', '--json', 'name', '--jq', '.[].name'],
        ['api', '--paginate', 'repos/{owner}/{repo}/actions/organization-secrets', '--jq', '.secrets[].name'],
      ],
      needs: {
        args: ['api', 'repos/{owner}/{repo}/environments/release', '--jq', '.name'],
        command: "gh api --method PUT 'repos/{owner}/{repo}/environments/release'",
      },
      settings: [
        ['variable', 'list', '--env', 'release', '--json', 'name', '--jq', '.[].name'],
        ['variable', 'list', '--json', 'name', '--jq', '.[].name'],
        ['api', '--paginate', 'repos/{owner}/{repo}/actions/organization-variables', '--jq', '.variables[].name'],
      ],
    }),
  },
  secrets:
    'GitHub: make an environment `release` (Settings, Environments), for the tags `v*` alone, and give it these.',
  identity: {
    issuer: 'https://token.actions.githubusercontent.com',
    subject: 'repo:OWNER/REPOSITORY:environment:release',
    sigstore: true,
  },
  known: {
    run: '${{ github.server_url }}/${{ github.repository }}/actions/runs/${{ github.run_id }}',
    signer: '${{ github.server_url }}/${{ github.workflow_ref }}',
    issuer: 'https://token.actions.githubusercontent.com',
  },
  render(plan) {
    const check = pipeline(plan, 'check');
    const release = pipeline(plan, 'release');
    return [
      yamlFile('.github/workflows/ci.yml', {
        name: 'CI',
        on: onChanges(plan),
        permissions: {},
        concurrency: oneAtATime,
        jobs: {
          check: job(plan, checking(plan), check, dialect, { permissions: permissions(plan, check) }, false),
        },
      }),
      ...(release.length > 0
        ? [
            yamlFile('.github/workflows/release.yml', {
              name: 'Release',
              on: onReleases,
              permissions: {},
              concurrency: oneRelease,
              jobs: {
                release: job(
                  plan,
                  'Push the module',
                  release,
                  dialect,
                  { environment: 'release', permissions: permissions(plan, release) },
                  true,
                ),
              },
            }),
          ]
        : []),
    ];
  },
};

const dialect: Dialect = {
  provider: github,
  runsOn: 'ubuntu-24.04',
  from: '',
  own: { user: '${{ github.actor }}', token: '${{ github.token }}' },
};

/** What the tasks of a job need, and reading the sources. */
function permissions(plan: Plan, tasks: TaskName[]): Record<string, unknown> {
  const purposes: string[] = [];
  const needed = tasks.flatMap((task) => {
    const { secrets, identity } = inputs(plan, task, github);
    purposes.push(...(identity ? [identity.purpose] : []));
    return secrets.flatMap(({ own }) => (own?.platform === 'github' && own.permission ? [own.permission] : []));
  });
  return {
    contents: 'read',
    ...Object.fromEntries(needed.map(({ scope, purpose }) => [scope, commented('write', purpose)])),
    ...(purposes.length > 0 && { 'id-token': commented('write', purposes.join(' and ')) }),
  };
}
