/** GitHub Actions: a workflow for every change and each week, one for releases. */
import { action } from '../actions.ts';
import { inputs, pipeline, usesMise } from '../pipeline.ts';
import type { Plan, Renderer, TaskName } from '../plan.ts';
import { miseVersion, nodeMajor } from '../tools.ts';
import { ownValue } from './lines.ts';
import { yamlFile } from './yaml.ts';

export const github: Renderer = {
  id: 'github',
  label: 'GitHub Actions',
  help: 'workflows for changes and releases',
  status: 'current',
  ran: 'checked by actionlint and zizmor, its jobs run by act; not run on GitHub itself',
  platform: 'github',
  secrets: 'GitHub: make an environment `release` (Settings, Environments) and give it these.',
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
    const release = pipeline(plan, 'release');
    return [
      yamlFile('.github/workflows/ci.yml', {
        name: 'CI',
        // Once a week without a change, to hear of what has rotted outside of the project.
        on: { push: { branches: ['main'] }, pull_request: null, schedule: [{ cron: '17 4 * * 1' }] },
        permissions: {},
        concurrency: { group: '${{ github.workflow }}-${{ github.ref }}', 'cancel-in-progress': true },
        jobs: { check: job(plan, 'Lint, build and test', pipeline(plan, 'check')) },
      }),
      ...(release.length > 0
        ? [
            yamlFile('.github/workflows/release.yml', {
              name: 'Release',
              on: { push: { tags: ['v*'] } },
              permissions: {},
              concurrency: { group: 'release-${{ github.ref }}', 'cancel-in-progress': false },
              jobs: { release: job(plan, 'Push the module', release, { environment: 'release' }) },
            }),
          ]
        : []),
    ];
  },
};

/** One job that runs these tasks; each secret is in the environment of its own step alone. A release takes nothing from a cache. */
function job(plan: Plan, name: string, tasks: TaskName[], release?: { environment: string }): object {
  return {
    name,
    'runs-on': 'ubuntu-24.04',
    'timeout-minutes': 20,
    ...release,
    permissions: permissions(plan, tasks),
    steps: [
      { ...pinned('actions/checkout'), with: { 'persist-credentials': false } },
      {
        ...pinned('actions/setup-node'),
        with: { 'node-version': nodeMajor, ...(release && { 'package-manager-cache': false }) },
      },
      ...(usesMise(plan)
        ? [{ ...pinned('jdx/mise-action'), with: { version: miseVersion, ...(release && { cache: false }) } }]
        : []),
      ...tasks.map((task) => {
        const { secrets, settings, known } = inputs(plan, task, github);
        const env = [
          ...secrets.map((secret) => [
            secret.name,
            ownValue(secret, github, ownValues) ?? `\${{ secrets.${secret.name} }}`,
          ]),
          ...settings.map(({ name }) => [name, `\${{ vars.${name} }}`]),
          ...known.map(({ name, value }) => [name, value]),
        ];
        return { run: `make ${task}`, ...(env.length > 0 ? { env: Object.fromEntries(env) } : {}) };
      }),
    ],
  };
}

/** What GitHub hands to every job. */
const ownValues = { user: '${{ github.actor }}', token: '${{ github.token }}' };

/** What the tasks of a job need, and reading the sources. */
function permissions(plan: Plan, tasks: TaskName[]): Record<string, string> {
  const purposes: string[] = [];
  const needed = tasks.flatMap((task) => {
    const { secrets, identity } = inputs(plan, task, github);
    purposes.push(...(identity ? [identity.purpose] : []));
    return secrets.flatMap(({ own }) => (own?.platform === 'github' ? (own.permission ?? []) : []));
  });
  if (purposes.length > 0) needed.push(`id-token: write # ${purposes.join(' and ')}`);
  return Object.fromEntries(['contents: read', ...needed].map((line) => line.split(': ') as [string, string]));
}

const pinned = (name: string) => {
  const { uses, version } = action(name);
  return { uses: `${uses} # ${version}` };
};
