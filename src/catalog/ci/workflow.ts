/**
 * What the workflows of GitHub and Forgejo have in common: a job that gets the tools by actions and runs tasks.
 *
 * What the actions leave behind for later steps, read in their sources at the pinned commits:
 * - actions/checkout exports nothing; with `persist-credentials` it would leave the job's token in .git/config.
 * - actions/setup-node adds Node to PATH (src/distributions). It exports NPM_CONFIG_USERCONFIG and NODE_AUTH_TOKEN only where
 *   `registry-url` is given (src/authutil.ts).
 * - jdx/mise-action (src/index.ts) adds mise and its shims to PATH and exports MISE_LOG_LEVEL, MISE_TRUSTED_CONFIG_PATHS,
 *   MISE_YES, what `mise env` prints, and its input `github_token`, which is the job's token by default, as MISE_GITHUB_TOKEN.
 *   So the input is empty, and the token is in the environment of that step alone.
 * - actions/upload-artifact and actions/download-artifact export nothing. Download compares the digest of the artifact with the
 *   one of the upload, and fails where they differ (`digest-mismatch`). Those of Forgejo are older and do not.
 */
import { Commented } from '../../lib/yaml.ts';
import type { CiProvider, PinnedLine } from '../../model/axes.ts';
import {
  call,
  handedOver,
  inputs,
  mainBranch,
  type PipelineName,
  pipeline,
  publishers,
  usesMise,
  usesNode,
} from '../../model/pipeline.ts';
import type { Plan } from '../../model/plan.ts';
import { action } from '../actions.ts';
import { miseVersion, nodeMajor } from '../tools.ts';
import { type Own, ownValue } from './lines.ts';

/** Where versions stand in a workflow: actions, Node, mise. */
export const workflowPins: PinnedLine[] = [
  {
    line: /uses: (?:https:\/\/[^/]+\/)?(?<name>[\w.-]+\/[\w./-]+)@(?:[0-9a-f]{40} # )?v?(?<version>\d+(?:\.\d+)*)\s*$/,
  },
  { name: 'mise', line: /^\s+version: (?<version>20\d\d\.\d+\.\d+)$/ },
  { name: 'Node', line: /node-version: ["']?(?<version>\d+)/ },
];

export interface Dialect {
  provider: CiProvider;
  runsOn: string;
  /** A step's `uses`: the pinned action with this provider's URL. */
  uses(action: string): Commented;
  /** What the platform gives to every job. */
  own: Own;
  /** Environment of the steps that install: a GitHub token for downloads from there, or none. */
  tokens: { mise: Record<string, string>; setup?: Record<string, string> };
}

/** Triggers of the check: changes, and once a week to catch breakage from outside. */
export const onChanges = (plan: Plan) => ({
  push: { branches: [mainBranch(plan)] },
  pull_request: null,
  workflow_dispatch: null,
  schedule: [{ cron: '17 4 * * 1' }],
});
export const onReleases = { push: { tags: ['v*'] } };
/**
 * A new push to a pull request cancels its previous run. Every other run has its own group, because a waiting run is cancelled by
 * the next one in its group even without `cancel-in-progress`.
 * https://docs.github.com/en/actions/how-tos/write-workflows/choose-when-workflows-run/control-workflow-concurrency
 */
export const oneAtATime = {
  group: '${{ github.workflow }}-${{ github.event.pull_request.number || github.run_id }}',
  'cancel-in-progress': true,
};
export const oneRelease = { group: 'release-${{ github.ref }}', 'cancel-in-progress': false };

/** An action's reference with a prefix, and its version as a comment. */
export const pinned = (name: string, from = ''): Commented => {
  const { uses, version } = action(name);
  return new Commented(`${from}${uses}`, version);
};

/**
 * One job that runs a pipeline. Each secret is only in the environment of its own step.
 * @param more keys of the job that only one provider has
 */
export function job(plan: Plan, name: string, which: PipelineName, dialect: Dialect, more: object = {}): object {
  const { provider, runsOn, uses, own, tokens } = dialect;
  const withEnv = (env: Record<string, string>) => (Object.keys(env).length > 0 ? { env } : {});
  // No cache in a release: other runs can write to it.
  const isRelease = which !== 'check';
  const mise = which === 'publish' ? publishers(plan) !== '' : usesMise(plan);
  return {
    name,
    ...(which === 'publish' && { needs: 'build' }),
    'runs-on': runsOn,
    'timeout-minutes': 20,
    ...more,
    steps: [
      {
        uses: uses('actions/checkout'),
        with: {
          'persist-credentials': false,
          ...(plan.fetches?.submodules && { submodules: 'recursive' }),
          ...(plan.fetches?.lfs && { lfs: true }),
        },
      },
      ...(usesNode(plan)
        ? [
            {
              uses: uses('actions/setup-node'),
              with: { 'node-version': nodeMajor, ...(isRelease && { 'package-manager-cache': false }) },
            },
          ]
        : []),
      ...(mise
        ? [
            {
              uses: uses('jdx/mise-action'),
              with: {
                version: miseVersion,
                ...(which === 'publish' && { install_args: publishers(plan) }),
                ...(isRelease && { cache: false }),
                github_token: '',
              },
              ...withEnv(tokens.mise),
            },
          ]
        : []),
      ...(which === 'publish' ? [download(plan, dialect)] : []),
      ...pipeline(plan, which).map((task) => {
        const { secrets, settings, fromCi } = inputs(plan, task, provider);
        return {
          run: call(plan, task),
          ...withEnv({
            ...(task === 'setup' && usesMise(plan) && tokens.setup),
            ...Object.fromEntries([
              ...secrets.map((secret) => [
                secret.name,
                ownValue(secret, provider, own) ?? `\${{ secrets.${secret.name} }}`,
              ]),
              ...settings.map(({ name }) => [name, `\${{ vars.${name} }}`]),
              ...fromCi.map(({ name, value }) => [name, value]),
            ]),
          }),
        };
      }),
      ...(which === 'build'
        ? [
            {
              uses: uses('actions/upload-artifact'),
              with: { name: 'module', path: `${handedOver(plan).join('\n')}\n`, 'if-no-files-found': 'error' },
            },
          ]
        : []),
    ],
  };
}

/** The step that restores the handed-over files. The paths in an artifact are relative to their common folder. */
export const download = (plan: Plan, { uses }: Pick<Dialect, 'uses'>): object => ({
  uses: uses('actions/download-artifact'),
  with: { name: 'module', ...(plan.modules.length === 1 && plan.modules[0]?.dir === '.' && { path: 'build' }) },
});
