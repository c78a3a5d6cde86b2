/** What the workflows of GitHub and Forgejo have in common: a job that gets the tools by actions and runs tasks. */
import { action } from '../actions.ts';
import { call, inputs, mainBranch, usesMise, usesNode } from '../pipeline.ts';
import type { Plan, Renderer, TaskName } from '../plan.ts';
import { miseVersion, nodeMajor } from '../tools.ts';
import { type Own, ownValue } from './lines.ts';
import { commented } from './yaml.ts';

export interface Dialect {
  provider: Renderer;
  runsOn: string;
  /** What stands before the name of an action. */
  from: string;
  /** What the platform hands to every job. */
  own: Own;
  /** The job's token is not GitHub's, where mise gets tools, and must not be taken for one. */
  foreignToken?: true;
}

/** When a change is checked: also once a week without one, to hear of what has rotted outside of the project. */
export const onChanges = (plan: Plan) => ({
  push: { branches: [mainBranch(plan)] },
  pull_request: null,
  schedule: [{ cron: '17 4 * * 1' }],
});
export const onReleases = { push: { tags: ['v*'] } };
export const oneAtATime = { group: '${{ github.workflow }}-${{ github.ref }}', 'cancel-in-progress': true };
export const oneRelease = { group: 'release-${{ github.ref }}', 'cancel-in-progress': false };

/**
 * One job that runs these tasks; each secret is in the environment of its own step alone.
 * @param more keys of the job that only one provider has.
 * @param isRelease it takes nothing from a cache.
 */
export function job(
  plan: Plan,
  name: string,
  tasks: readonly TaskName[],
  { provider, runsOn, from, own, foreignToken }: Dialect,
  more: object,
  isRelease: boolean,
): object {
  const pinned = (name: string) => {
    const { uses, version } = action(name);
    return { uses: commented(`${from}${uses}`, version) };
  };
  const noToken = foreignToken ? { GITHUB_TOKEN: '' } : {};
  const withEnv = (env: Record<string, string>) => (Object.keys(env).length > 0 ? { env } : {});
  return {
    name,
    'runs-on': runsOn,
    'timeout-minutes': 20,
    ...more,
    steps: [
      { ...pinned('actions/checkout'), with: { 'persist-credentials': false } },
      ...(usesNode(plan)
        ? [
            {
              ...pinned('actions/setup-node'),
              with: { 'node-version': nodeMajor, ...(isRelease && { 'package-manager-cache': false }) },
            },
          ]
        : []),
      ...(usesMise(plan)
        ? [
            {
              ...pinned('jdx/mise-action'),
              with: {
                version: miseVersion,
                ...(isRelease && { cache: false }),
                ...(foreignToken && { github_token: '' }),
              },
              ...withEnv(noToken),
            },
          ]
        : []),
      ...tasks.map((task) => {
        const { secrets, settings, known } = inputs(plan, task, provider);
        return {
          run: call(plan, task),
          ...withEnv({
            ...(task === 'setup' && usesMise(plan) && noToken),
            ...Object.fromEntries([
              ...secrets.map((secret) => [
                secret.name,
                ownValue(secret, provider, own) ?? `\${{ secrets.${secret.name} }}`,
              ]),
              ...settings.map(({ name }) => [name, `\${{ vars.${name} }}`]),
              ...known.map(({ name, value }) => [name, value]),
            ]),
          }),
        };
      }),
    ],
  };
}
