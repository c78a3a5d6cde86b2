/**
 * Woodpecker: one workflow for every change and every week, one for releases. Each step has a container of its own, and only the
 * environment and the secrets that it names; the workspace is all that they share, and workflows share nothing. Woodpecker has no
 * identity tokens: https://github.com/woodpecker-ci/woodpecker/issues/4837
 */

import { quote } from '../../lib/shell.ts';
import type { CiProvider, Remote } from '../../model/axes.ts';
import { handedOver, inputs, mainBranch, pipeline } from '../../model/pipeline.ts';
import type { Plan, TaskName } from '../../model/plan.ts';
import { nodeImage } from '../tools.ts';
import { calling, shellLines } from './lines.ts';
import { imagePin, installing, misePin } from './setup.ts';
import { yamlFile } from './yaml.ts';

export const woodpecker: CiProvider = {
  id: 'woodpecker',
  label: 'Woodpecker',
  help: 'workflows for changes and releases',
  status: 'current',
  // https://woodpecker-ci.org/docs/usage/project-settings#pipeline-path
  reads: [/^\.woodpecker\.ya?ml$/, /^\.woodpecker\/[^/]+\.ya?ml$/],
  beside: [
    // With a folder .woodpecker, Woodpecker would no longer read this file.
    {
      path: '.woodpecker/ci.yml',
      taken: /^\.woodpecker\.ya?ml$/,
      instead: '.woodpecker-ci/wasm.yml',
      next: 'Woodpecker reads one file or the files of one folder. To run it, move your .woodpecker.yml into .woodpecker-ci, and set the pipeline path in the settings of the repository in Woodpecker to `.woodpecker-ci/`.',
    },
    { path: '.woodpecker/ci.yml', instead: '.woodpecker/wasm.yml' },
  ],
  pins: [imagePin, misePin],
  dependabot: undefined,
  identity: undefined,
  ran: 'checked against its schema, the commands of its steps run by sh, each with a new home, up to a verified signature in a registry on loopback; in `npm run test:extended`, linted and run by woodpecker-cli 3.17 with its local backend (built without the Docker and Kubernetes ones); not run on a Woodpecker server',
  home: undefined,
  store: { secret: keep, setting: keep },
  unit: 'step',
  secrets:
    'Woodpecker: add them as secrets of the repository, for the event `tag` only; protect the tags `v*` where the repository is hosted.',
  outside: {
    changes:
      "Woodpecker: enable the repository on your server. The weekly run is a cron job: `woodpecker-cli repo cron add --repository OWNER/REPOSITORY --name weekly --schedule '17 4 * * 1' --branch main`.",
  },
  // https://woodpecker-ci.org/docs/usage/environment#built-in-environment-variables
  context: {
    tag: '$CI_COMMIT_TAG',
    run: '$CI_PIPELINE_URL',
    workflow: '$CI_REPO_URL//.woodpecker/release.yml@refs/tags/$CI_COMMIT_TAG',
  },
  render(plan) {
    // The default clone step fetches submodules and files of Git LFS: https://woodpecker-ci.org/plugins/git-clone
    const check = {
      when: [{ event: 'push', branch: mainBranch(plan) }, { event: ['pull_request', 'cron', 'manual'] }],
      steps: [step('check', shellLines(plan, 'check', woodpecker))],
    };
    if (pipeline(plan, 'publish').length === 0) return [yamlFile('.woodpecker/ci.yml', check)];
    const release = {
      when: [{ event: 'tag', ref: 'refs/tags/v*' }],
      steps: [
        step('build', shellLines(plan, 'build', woodpecker)),
        step('checkout', checkout(plan)),
        ...tools(plan),
        ...pipeline(plan, 'publish').map((task) => publishing(plan, task)),
      ],
    };
    return [
      yamlFile('.woodpecker/ci.yml', check),
      yamlFile('.woodpecker/release.yml', release, {
        comments: {
          'steps.1.commands':
            'The build may have changed anything in the workspace, also .git. The release continues in a new clone of the commit.',
        },
      }),
    ];
  },
};

/** woodpecker-cli reads the value from standard input, so that it is in no argument list. Woodpecker has only secrets. */
function keep(name: string, remote: Remote | undefined): string {
  const repository = remote ? quote(remote.repository) : 'OWNER/REPOSITORY';
  return `read -rs value && printf %s "$value" | woodpecker-cli repo secret add --repository ${repository} --name ${name} --event tag --value @/dev/stdin`;
}

const step = (name: string, commands: readonly unknown[], environment: object = {}): object => ({
  name,
  image: nodeImage,
  ...(Object.keys(environment).length > 0 && { environment }),
  commands,
});

/** Folders beside the workspace, in the same volume. Creating them fails if the build has done so. */
const release = '$CI_WORKSPACE-release';
const home = '$CI_WORKSPACE-home';
const enter = `cd "${release}"`;

/** A clone of an untrusted repository is safe, and no other command there: https://git-scm.com/docs/git-upload-pack#_security */
const checkout = (plan: Plan): string[] => [
  `mkdir "${home}"`,
  `git clone --quiet --no-checkout --depth 1 "file://$CI_WORKSPACE" "${release}"`,
  `cp --parents --dereference ${handedOver(plan).join(' ')} "${release}"`,
  enter,
  'git checkout --quiet --detach "$CI_COMMIT_SHA"',
  'git remote set-url origin "$CI_REPO_CLONE_URL"',
];

/** The step that installs the tools where the next steps find them. */
function tools(plan: Plan): object[] {
  const lines = installing(plan, 'publish');
  if (lines.length === 0) return [];
  const variables = `export HOME="${home}" NPM_CONFIG_PREFIX="${home}" PATH="${home}/bin:$PATH"`;
  return [step('tools', [enter, variables, ...lines])];
}

/** The step of a task, with the task's own secrets. Logins and tools are in the home that all these steps share. */
function publishing(plan: Plan, task: TaskName): object {
  const { secrets, settings, fromCi } = inputs(plan, task, woodpecker);
  const given = [...secrets, ...settings].map(({ name }) => [name, { from_secret: name }]);
  const values = fromCi.map(({ name, value }): [string, string] => [name, value]);
  return step(task, [enter, calling(plan, task, [['HOME', home], ...values])], Object.fromEntries(given));
}
