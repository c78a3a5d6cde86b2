/**
 * Jenkins: one declarative pipeline, whose stages are for every change and each week, or for releases. A secret is in the
 * environment of its own stage alone. Jenkins has no identity without a plugin, and the public Sigstore trusts none of
 * them. The address of a run, BUILD_URL, it tells every stage by itself.
 */
import { call, inputs, mainBranch, misePins, pipeline, usesMise } from '../pipeline.ts';
import type { Plan, Renderer, TaskName } from '../plan.ts';
import { getMise, nodeMajor } from '../tools.ts';

export const jenkins: Renderer = {
  id: 'jenkins',
  label: 'Jenkins',
  help: 'a declarative pipeline for changes and releases',
  status: 'current',
  ran: 'read by the Groovy that Jenkins has, its sections checked as the declarative plugin does, its steps run by sh, up to a verified signature in a registry on loopback; not run on Jenkins itself, which is in no package registry',
  store: { secret: credential, setting: credential },
  secrets:
    'Jenkins: add each as a credential of the kind *Secret text*, with its name as the ID, to the folder of the project.',
  outside: {
    changes:
      'Jenkins: make a Multibranch Pipeline of the repository, with the plugin Docker Pipeline and agents that have Docker.',
    releases: 'Let it discover tags, and build them by the plugin Basic Branch Build Strategies.',
  },
  render(plan) {
    const release = pipeline(plan, 'release');
    const file = block('pipeline', [
      // The user is Jenkins' own, whom the image does not know: all that is installed goes with the container.
      block('agent', [
        block('docker', [
          `image 'node:${nodeMajor}-bookworm'`,
          "args '--env HOME=/tmp --env NPM_CONFIG_PREFIX=/tmp/npm --env PATH=/tmp/npm/bin:/usr/local/bin:/usr/bin:/bin'",
        ]),
      ]),
      block('options', ['disableConcurrentBuilds()', "timeout(time: 20, unit: 'MINUTES')"]),
      `triggers { cron(env.BRANCH_NAME == '${mainBranch(plan)}' ? 'H 4 * * 1' : '') }`,
      block('stages', [
        block("stage('Check')", [
          'when { not { buildingTag() } }',
          ...(misePins(plan).length > 0 ? ['environment { MISE_DATA_DIR = "${env.WORKSPACE_TMP}/mise" }'] : []),
          block('stages', stages(plan, pipeline(plan, 'check'))),
        ]),
        ...(release.length > 0
          ? [block("stage('Release')", ["when { tag 'v*' }", block('stages', stages(plan, release))])]
          : []),
      ]),
    ]);
    return [{ path: 'Jenkinsfile', text: `${file}\n` }];
  },
};

function credential(): string {
  return 'Jenkins, the folder of the project, Credentials, Add Credentials, kind Secret text';
}

const block = (head: string, lines: readonly string[]): string =>
  [`${head} {`, ...lines.flatMap((line) => line.split('\n').map((part) => `  ${part}`)), '}'].join('\n');

/** A stage for each task, with what the task takes, and nothing else, in its environment. */
function stages(plan: Plan, tasks: readonly TaskName[]): string[] {
  return [
    ...(usesMise(plan) ? [`stage('mise') { steps { sh '${getMise}' } }`] : []),
    ...tasks.map((task) => {
      const { secrets, settings } = inputs(plan, task, jenkins);
      const env = [...[...secrets, ...settings].map(({ name }) => `${name} = credentials('${name}')`)];
      const steps = `steps { sh '${call(plan, task)}' }`;
      if (env.length === 0) return `stage('${task}') { ${steps} }`;
      return block(`stage('${task}')`, [block('environment', env), steps]);
    }),
  ];
}
