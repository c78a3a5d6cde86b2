/** GitHub Actions: a workflow for every change, one for releases, and Dependabot. */
import { Document, isMap, isScalar, isSeq, type Pair, visit } from 'yaml';
import { action } from '../actions.ts';
import { inputs, pipeline, usesMise } from '../pipeline.ts';
import type { File, Plan, Renderer, TaskName } from '../plan.ts';
import { nodeMajor } from '../tools.ts';

export const github: Renderer = {
  id: 'github',
  label: 'GitHub Actions',
  help: 'workflows for changes and releases, and Dependabot',
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
      file('.github/workflows/ci.yml', {
        name: 'CI',
        // Once a week without a change, to hear of what has rotted outside of the project.
        on: { push: { branches: ['main'] }, pull_request: null, schedule: [{ cron: '17 4 * * 1' }] },
        permissions: {},
        concurrency: { group: '${{ github.workflow }}-${{ github.ref }}', 'cancel-in-progress': true },
        jobs: { check: job(plan, 'Lint, build and test', pipeline(plan, 'check')) },
      }),
      ...(release.length > 0
        ? [
            file('.github/workflows/release.yml', {
              name: 'Release',
              on: { push: { tags: ['v*'] } },
              permissions: {},
              concurrency: { group: 'release-${{ github.ref }}', 'cancel-in-progress': false },
              jobs: { release: job(plan, 'Push the module', release, { environment: 'release' }) },
            }),
          ]
        : []),
      file('.github/dependabot.yml', {
        version: 2,
        updates: [{ ecosystem: 'github-actions', directory: '/' }, ...plan.ecosystems].map(
          ({ ecosystem, directory }) => ({
            'package-ecosystem': ecosystem,
            directory,
            schedule: { interval: 'weekly' },
            cooldown: { 'default-days': 7 },
          }),
        ),
      }),
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
      ...(usesMise(plan) ? [{ ...pinned('jdx/mise-action'), ...(release && { with: { cache: false } }) }] : []),
      ...tasks.map((task) => {
        const { secrets, settings, known } = inputs(plan, task, github);
        const env = [
          ...secrets.map(({ name, own }) => [
            name,
            own?.platform === 'github' ? ownValues[own.as] : `\${{ secrets.${name} }}`,
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

/** In a value that is to be printed: what comes after it as a comment. */
const commented = /^(\S+) # (.+)$/;

const pinned = (name: string) => {
  const { uses, version } = action(name);
  return { uses: `${uses} # ${version}` };
};

/** A YAML file with an empty line between its parts. */
function file(path: string, data: object): File {
  const document = new Document(data);
  if (isMap(document.contents))
    for (const pair of document.contents.items.slice(1) as Pair[]) {
      if (isScalar(pair.key)) pair.key.spaceBefore = isMap(pair.value) || isSeq(pair.value);
    }
  visit(document, {
    Scalar(_, scalar) {
      if (scalar.value === null) scalar.source = '';
      const [, value, comment] = commented.exec(String(scalar.value)) ?? [];
      if (!value) return;
      scalar.value = value;
      scalar.comment = ` ${comment}`;
    },
  });
  return { path, text: document.toString({ lineWidth: 0, nullStr: '' }) };
}
