/**
 * CircleCI: one job for every change, one for releases. A context is visible to all steps of a job; so only the release job has
 * it, and the shell of each step drops the secrets of the other steps. Identity tokens are requested in the step that uses them.
 */

import type { CiProvider } from '../../model/axes.ts';
import { call, handedOver, inputs, misePins, type PipelineName, pipeline } from '../../model/pipeline.ts';
import type { Plan, TaskName } from '../../model/plan.ts';
import { nodeImage } from '../tools.ts';
import { calling } from './lines.ts';
import { fetching, imagePin, installing, misePin } from './setup.ts';
import { yamlFile } from './yaml.ts';

export const circleci: CiProvider = {
  id: 'circleci',
  label: 'CircleCI',
  aliases: ['circle', 'circle-ci'],
  help: 'workflows for changes and releases',
  status: 'current',
  reads: [/^\.circleci\/config\.yml$/],
  beside: [
    {
      path: '.circleci/config.yml',
      instead: '.circleci/wasm.yml',
      next: 'To run it, add a second pipeline to the project in CircleCI, with this as its config file path.',
    },
  ],
  pins: [imagePin, misePin],
  dependabot: undefined,
  home: undefined,
  ran: 'checked against its schema, the commands of its steps run in their shells, up to a verified signature by a Sigstore on loopback; not run on CircleCI itself',
  store: { secret: keep, setting: keep },
  secrets:
    'CircleCI: create a context `release` in Organization Settings, Contexts, add these values, and restrict it to this project and to the expression `pipeline.git.tag starts-with "v"`. SIGNER_IDENTITY is `https://circleci.com/api/v2/projects/PROJECT_ID/pipeline-definitions/DEFINITION_ID`, with the ids of Project Settings.',
  // https://circleci.com/docs/openid-connect-tokens/: the tokens are in every job.
  limits:
    'CircleCI gives every job an identity token, so a dependency that runs in the build could request one and sign. It cannot push.',
  outside: {
    changes:
      'CircleCI: for the weekly run, add a schedule trigger for the branch `main` in Project Settings, Triggers.',
  },
  identity: {
    issuer: 'https://oidc.circleci.com/org/ORGANIZATION_ID',
    subject: 'org/ORGANIZATION_ID/project/PROJECT_ID/user/USER_ID',
    sigstore: true,
    before:
      'On CircleCI the subject contains the user who pushes the tag, so each person who releases needs a credential.',
  },
  context: {
    tag: '$CIRCLE_TAG',
    run: '$CIRCLE_BUILD_URL',
    issuer: 'https://oidc.circleci.com/org/$CIRCLE_ORGANIZATION_ID',
  },
  render(plan) {
    const release = pipeline(plan, 'publish');
    const docker = () => [{ image: nodeImage }];
    const steps = (name: PipelineName) => [
      'checkout',
      ...fetching(plan).map((line) => ({ run: line })),
      ...installing(plan, name).map((line) => ({ run: line })),
      ...pipeline(plan, name).map((task) => step(plan, task, name === 'publish' ? secrets : [])),
    ];
    const secrets = [...new Set(release.flatMap((task) => secretsOf(plan, task)))];
    const needsContext = secrets.length > 0 || release.some((task) => inputs(plan, task, circleci).settings.length > 0);
    const ofTags = () => ({ filters: { branches: { ignore: '/.*/' }, tags: { only: '/^v.*/' } } });
    const file = {
      version: 2.1,
      jobs: {
        check: { docker: docker(), steps: cached(plan, steps('check')) },
        ...(release.length > 0 && {
          build: {
            docker: docker(),
            steps: [...steps('build'), { persist_to_workspace: { root: '.', paths: handedOver(plan) } }],
          },
          publish: {
            docker: docker(),
            ...(secrets.length > 0 && { shell: shellWithout(secrets) }),
            steps: steps('publish').toSpliced(1, 0, { attach_workspace: { at: '.' } }),
          },
        }),
      },
      workflows: {
        check: { jobs: ['check'] },
        ...(release.length > 0 && {
          release: {
            jobs: [
              { build: ofTags() },
              { publish: { requires: ['build'], ...(needsContext && { context: 'release' }), ...ofTags() } },
            ],
          },
        }),
      },
    };
    return [
      yamlFile('.circleci/config.yml', file, {
        comments: {
          'jobs.publish.shell':
            'Every step gets the variables of a context: this shell removes the secrets, and a step that needs some has its own shell.',
        },
      }),
    ];
  },
};

/** The command prompts for the value. A context has only secrets. */
function keep(name: string): string {
  return `circleci context store-secret --org-id ORGANIZATION_ID release ${name}`;
}

const secretsOf = (plan: Plan, task: TaskName): string[] =>
  inputs(plan, task, circleci).secrets.map(({ name }) => name);

/** A shell without these variables; CircleCI's default if there are none. */
const shellWithout = (names: readonly string[]): string =>
  [...(names.length > 0 ? ['env', ...names.flatMap((name) => ['-u', name])] : []), '/bin/bash -eo pipefail'].join(' ');

/** The step of a task. Its shell drops the secrets of the job's other tasks. */
function step(plan: Plan, task: TaskName, secrets: readonly string[]): object {
  const { fromCi, identity } = inputs(plan, task, circleci);
  const own = secretsOf(plan, task);
  const command = calling(plan, task, [
    ...fromCi.map(({ name, value }): [string, string] => [name, value]),
    ...(identity ? [[identity.variable, tokenFor(identity.audience)] as [string, string]] : []),
  ]);
  const name = call(plan, task);
  if (own.length === 0) return { run: command === name ? name : { name, command } };
  return { run: { name, command, shell: shellWithout(secrets.filter((secret) => !own.includes(secret))) } };
}

const tokenFor = (audience: string) => `$(circleci run oidc get --claims '{"aud": "${audience}"}')`;

/** The setup step, between restoring and saving the cache of tools. */
function cached(plan: Plan, steps: (object | string)[]): (object | string)[] {
  const pins = misePins(plan);
  const at = steps.length - pipeline(plan, 'check').length;
  if (pins.length === 0) return steps;
  const key = `mise-${pins.map((path) => `{{ checksum "${path}" }}`).join('-')}`;
  return steps
    .toSpliced(at + 1, 0, { save_cache: { key, paths: ['~/.local/share/mise'] } })
    .toSpliced(at, 0, { restore_cache: { key } });
}
