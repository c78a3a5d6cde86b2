/**
 * Forgejo Actions: a workflow for every change and each week, one for releases. Forgejo's identity tokens name the tag in their
 * subject: no service that compares subjects can trust them, and the public Sigstore does not, so this project asks for none.
 * `permissions` is not a word of Forgejo's.
 */
import { action } from '../actions.ts';
import { inputs, misePins, pipeline, usesMise } from '../pipeline.ts';
import type { Plan, Renderer, TaskName } from '../plan.ts';
import { getMise, nodeMajor } from '../tools.ts';
import { yamlFile } from './yaml.ts';

export const forgejo: Renderer = {
  id: 'forgejo',
  label: 'Forgejo Actions',
  help: 'workflows for changes and releases',
  status: 'current',
  ran: 'checked by actionlint and zizmor, its job run by act; not run on Forgejo itself',
  secrets:
    'Forgejo: add them in Settings, Actions, the secrets under Secrets and the others under Variables; protect the tags `v*` in Settings, Tags.',
  outside: {
    changes: 'Forgejo: switch Actions on in Settings, Units. The workflows run where a runner has the label `docker`.',
  },
  known: { run: '${{ github.server_url }}/${{ github.repository }}/actions/runs/${{ github.run_number }}' },
  render(plan) {
    const release = pipeline(plan, 'release');
    return [
      yamlFile('.forgejo/workflows/ci.yml', {
        name: 'CI',
        on: { push: { branches: ['main'] }, pull_request: null, schedule: [{ cron: '17 4 * * 1' }] },
        concurrency: { group: '${{ github.workflow }}-${{ github.ref }}', 'cancel-in-progress': true },
        jobs: { check: job(plan, 'Lint, build and test', pipeline(plan, 'check'), cache(plan)) },
      }),
      ...(release.length > 0
        ? [
            yamlFile('.forgejo/workflows/release.yml', {
              name: 'Release',
              on: { push: { tags: ['v*'] } },
              concurrency: { group: 'release-${{ github.ref }}', 'cancel-in-progress': false },
              jobs: { release: job(plan, 'Push the module', release, []) },
            }),
          ]
        : []),
    ];
  },
};

/** The whole address: where the short name leads is for the owner of a Forgejo to say. */
const pinned = (name: string) => {
  const { uses, version } = action(name);
  return { uses: `https://github.com/${uses} # ${version}` };
};

/** One job that runs these tasks; each secret is in the environment of its own step alone. */
const job = (plan: Plan, name: string, tasks: readonly TaskName[], before: object[]): object => ({
  name,
  'runs-on': 'docker',
  container: { image: `node:${nodeMajor}-bookworm` },
  'timeout-minutes': 20,
  steps: [
    { ...pinned('actions/checkout'), with: { 'persist-credentials': false } },
    ...before,
    ...(usesMise(plan) ? [{ run: getMise }] : []),
    ...tasks.map((task) => {
      const { secrets, settings, known } = inputs(plan, task, forgejo);
      const env = Object.fromEntries([
        ...secrets.map(({ name }) => [name, `\${{ secrets.${name} }}`]),
        ...settings.map(({ name }) => [name, `\${{ vars.${name} }}`]),
        ...known.map(({ name, value }) => [name, value]),
      ]);
      return { run: `make ${task}`, ...(Object.keys(env).length > 0 && { env }) };
    }),
  ],
});

/** The tools of mise, which are the same as long as their pins are. */
function cache(plan: Plan): object[] {
  const pins = misePins(plan);
  if (pins.length === 0) return [];
  const key = `mise-\${{ hashFiles(${pins.map((path) => `'${path}'`).join(', ')}) }}`;
  return [{ ...pinned('actions/cache'), with: { path: '~/.local/share/mise', key } }];
}
