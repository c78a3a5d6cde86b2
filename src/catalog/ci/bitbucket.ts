/**
 * Bitbucket Pipelines: one step for every change, one for releases. All lines of a step share a shell, and the variables of a
 * deployment environment are visible in the whole step; so only the release step has them, and its shell hides each secret from
 * the lines that do not need it. Bitbucket's identity tokens have the step's run as their subject: services that compare
 * subjects cannot trust them, and the public Sigstore does not, so no token is requested.
 */

import type { CiProvider, Remote } from '../../model/axes.ts';
import { checking, handedOver, mainBranch, misePins, pipeline } from '../../model/pipeline.ts';
import { nodeImage } from '../tools.ts';
import { shellLines } from './lines.ts';
import { fetching, imagePin, misePin } from './setup.ts';
import { yamlFile } from './yaml.ts';

export const bitbucket: CiProvider = {
  id: 'bitbucket',
  label: 'Bitbucket Pipelines',
  aliases: ['bitbucket-pipelines', 'bitbucket.org'],
  help: 'a pipeline for changes and releases',
  status: 'current',
  reads: [/^bitbucket-pipelines\.yml$/],
  // Bitbucket reads no other file.
  beside: [],
  pins: [imagePin, misePin],
  dependabot: undefined,
  identity: undefined,
  ran: 'checked against its schema, the lines of its steps run by bash, up to a verified signature in a registry on loopback; not run on Bitbucket itself',
  home: { hosts: /(?:^|\.)bitbucket\./, only: true },
  store: { secret: deployments, setting: deployments },
  unit: 'step',
  secrets:
    'Bitbucket: create a deployment environment `release` in Repository settings, Deployments, and add these values as its variables; mark the secrets as secured.',
  outside: {
    changes:
      'Bitbucket: enable Pipelines in Repository settings, Pipelines, Settings. For the weekly run, add a schedule for the branch `main` in Pipelines, Schedules.',
  },
  context: {
    tag: '$BITBUCKET_TAG',
    run: 'https://bitbucket.org/$BITBUCKET_REPO_FULL_NAME/pipelines/results/$BITBUCKET_BUILD_NUMBER',
    workflow: 'https://bitbucket.org/$BITBUCKET_REPO_FULL_NAME/src/$BITBUCKET_TAG/bitbucket-pipelines.yml',
  },
  render(plan) {
    const pins = misePins(plan);
    const check = {
      name: checking(plan),
      ...(pins.length > 0 && { caches: ['mise'] }),
      script: [...fetching(plan, 'lfs'), ...shellLines(plan, 'check', bitbucket)],
    };
    const file = {
      image: nodeImage,
      options: { 'max-time': 20 },
      ...(plan.fetches?.lfs && { clone: { lfs: true } }),
      ...(pins.length > 0 && {
        definitions: { caches: { mise: { key: { files: pins }, path: '~/.local/share/mise' } } },
      }),
      pipelines: {
        'pull-requests': { '**': [{ step: check }] },
        branches: { [mainBranch(plan)]: [{ step: check }] },
        ...(pipeline(plan, 'publish').length > 0 && {
          tags: {
            'v*': [
              {
                step: {
                  name: 'Build the module',
                  script: shellLines(plan, 'build', bitbucket),
                  artifacts: handedOver(plan),
                },
              },
              {
                step: {
                  name: 'Push the module',
                  deployment: 'release',
                  script: shellLines(plan, 'publish', bitbucket),
                },
              },
            ],
          },
        }),
      },
    };
    return [yamlFile('bitbucket-pipelines.yml', file, { anchor: 'check' })];
  },
};

function deployments(_: string, remote: Remote | undefined): string {
  return remote && /bitbucket\.org$/.test(remote.host)
    ? `https://${remote.host}/${remote.repository}/admin/pipelines/deployment-settings`
    : 'Bitbucket, Repository settings, Deployments, release';
}
