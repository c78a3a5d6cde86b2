/** GitLab CI: a job for every change, one for releases. */
import { stringify } from 'yaml';
import { pipeline, usesMise } from '../pipeline.ts';
import type { Renderer, TaskName } from '../plan.ts';
import { mise, nodeMajor } from '../tools.ts';

export const gitlab: Renderer = {
  id: 'gitlab',
  label: 'GitLab CI',
  help: 'a pipeline for changes and releases',
  status: 'current',
  ran: 'checked against its schema, its jobs run by gitlab-ci-local; not run on GitLab itself',
  secrets:
    'GitLab: make the secrets variables (Settings, CI/CD), masked and protected, with the environment scope `release`, and protect the tags `v*`.',
  render(plan) {
    const release = pipeline(plan, 'release');
    const script = (tasks: TaskName[]) => tasks.map((task) => `make ${task}`);
    const parts = [
      {
        default: {
          image: `node:${nodeMajor}-bookworm`,
          interruptible: true,
          ...(usesMise(plan) ? { before_script: [mise.get] } : {}),
        },
      },
      {
        check: {
          rules: [
            { if: '$CI_PIPELINE_SOURCE == "merge_request_event"' },
            { if: '$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH' },
          ],
          script: script(pipeline(plan, 'check')),
        },
      },
      // Variables with the environment scope `release` reach no other job.
      ...(release.length > 0
        ? [
            {
              release: {
                rules: [{ if: '$CI_COMMIT_TAG =~ /^v/' }],
                interruptible: false,
                environment: { name: 'release' },
                script: script(release),
              },
            },
          ]
        : []),
    ];
    return [{ path: '.gitlab-ci.yml', text: parts.map((part) => stringify(part, { lineWidth: 0 })).join('\n') }];
  },
};
