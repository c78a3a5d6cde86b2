/**
 * Jenkins: one declarative pipeline with stages for every change and every week, and stages for releases. A secret is only in
 * the environment of its own stage. Jenkins has no identity tokens without a plugin, and the public Sigstore trusts none of the
 * plugins. Every stage gets the run's URL as BUILD_URL.
 */

import type { CiProvider } from '../../model/axes.ts';
import { call, handedOver, inputs, mainBranch, misePins, type PipelineName, pipeline } from '../../model/pipeline.ts';
import type { Plan } from '../../model/plan.ts';
import { nodeImage } from '../tools.ts';
import { fetching, installing, misePin } from './setup.ts';

export const jenkins: CiProvider = {
  id: 'jenkins',
  label: 'Jenkins',
  aliases: ['jenkinsfile'],
  help: 'a declarative pipeline for changes and releases',
  status: 'current',
  reads: [/^Jenkinsfile$/],
  beside: [
    {
      path: 'Jenkinsfile',
      instead: 'Jenkinsfile.wasm',
      next: 'To run it, create a Multibranch Pipeline with this as its script path.',
    },
  ],
  pins: [{ line: /image '(?<name>[^':]+):(?<version>[^']+)'/, datasource: 'docker' }, misePin],
  dependabot: undefined,
  home: undefined,
  identity: undefined,
  ran: 'read by the Groovy that Jenkins has, its sections checked as the declarative plugin does, its steps run by sh, up to a verified signature in a registry on loopback; not run on Jenkins itself, which is in no package registry',
  store: { secret: credential, setting: credential },
  unit: 'stage',
  secrets:
    'Jenkins: add each value as a credential of the kind _Secret text_, with its name as the ID, to the folder of the project.',
  outside: {
    changes:
      'Jenkins: create a Multibranch Pipeline for the repository, with the plugin Docker Pipeline and agents that have Docker.',
    releases:
      'Jenkins: let the Multibranch Pipeline discover tags, and build them with the plugin Basic Branch Build Strategies.',
  },
  context: { tag: '${env.TAG_NAME}', workflow: '${env.JOB_URL}' },
  render(plan) {
    const file = block('pipeline', [
      'agent none',
      block('options', ['disableConcurrentBuilds()', "timeout(time: 20, unit: 'MINUTES')"]),
      `triggers { cron(env.BRANCH_NAME == '${mainBranch(plan)}' ? 'H 4 * * 1' : '') }`,
      block('stages', [
        block("stage('Check')", [
          'when { beforeAgent true; not { buildingTag() } }',
          container,
          ...(misePins(plan).length > 0 ? ['environment { MISE_DATA_DIR = "${env.WORKSPACE_TMP}/mise" }'] : []),
          block('stages', [
            ...fetching(plan).map((line) => `stage('fetch') { steps { sh '${line}' } }`),
            ...stages(plan, 'check'),
          ]),
        ]),
        ...(pipeline(plan, 'publish').length > 0
          ? [
              block("stage('Build')", [
                "when { beforeAgent true; tag 'v*' }",
                container,
                block('stages', [
                  ...stages(plan, 'build'),
                  `stage('stash') { steps { stash name: 'module', includes: '${handedOver(plan).join(',')}' } }`,
                ]),
              ]),
              block("stage('Publish')", [
                "when { beforeAgent true; tag 'v*' }",
                container,
                'options { skipDefaultCheckout() }',
                block('stages', [
                  // The build may have changed anything in the workspace, also .git. deleteDir would delete the folder
                  // itself, which is mounted into the container.
                  "stage('checkout') { steps { sh 'find . -mindepth 1 -delete'; checkout scm; unstash 'module' } }",
                  ...stages(plan, 'publish'),
                ]),
              ]),
            ]
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
  `${head} {\n  ${lines.join('\n').replaceAll('\n', '\n  ')}\n}`;

/**
 * Each stage runs in its own container, so no process of the build survives until the module is published. The user is Jenkins'
 * own and unknown to the image; everything that is installed disappears with the container.
 */
const container = block('agent', [
  block('docker', [
    `image '${nodeImage}'`,
    "args '--env HOME=/tmp --env NPM_CONFIG_PREFIX=/tmp/npm --env PATH=/tmp/npm/bin:/usr/local/bin:/usr/bin:/bin'",
  ]),
]);

/** A stage for each task, with exactly the task's inputs in its environment. */
function stages(plan: Plan, name: PipelineName): string[] {
  const lines = installing(plan, name);
  return [
    ...(lines.length > 0 ? [`stage('mise') { steps { ${lines.map((line) => `sh '${line}'`).join('; ')} } }`] : []),
    ...pipeline(plan, name).map((task) => {
      const { secrets, settings, fromCi } = inputs(plan, task, jenkins);
      const env = [
        ...[...secrets, ...settings].map(({ name }) => `${name} = credentials('${name}')`),
        ...fromCi.map(({ name, value }) => `${name} = "${value}"`),
      ];
      const steps = `steps { sh '${call(plan, task)}' }`;
      if (env.length === 0) return `stage('${task}') { ${steps} }`;
      return block(`stage('${task}')`, [block('environment', env), steps]);
    }),
  ];
}
