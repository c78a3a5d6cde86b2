/**
 * Forgejo Actions: a workflow for every change and each week, one for releases. Forgejo's identity tokens name the tag in their
 * subject: no service that compares subjects can trust them, and the public Sigstore does not, so this project asks for none.
 * `permissions` and `environment` are no words of Forgejo's.
 */
import { checking, pipeline } from '../pipeline.ts';
import type { Remote, Renderer } from '../plan.ts';
import { type Dialect, job, onChanges, oneAtATime, oneRelease, onReleases } from './workflow.ts';
import { yamlFile } from './yaml.ts';

export const forgejo: Renderer = {
  id: 'forgejo',
  label: 'Forgejo Actions',
  help: 'workflows for changes and releases',
  status: 'current',
  ran: 'checked by actionlint and zizmor for what it has in common with GitHub, its change run by act and its release by bash, up to a verified signature in a registry on loopback; not run on Forgejo itself',
  home: { hosts: /^codeberg\.org$|(?:^|\.)(?:forgejo|gitea)\./, only: true },
  store: {
    secret: (_, remote) => page('secrets', remote),
    setting: (_, remote) => page('variables', remote),
  },
  secrets:
    'Forgejo: add them in Settings, Actions, the secrets under Secrets and the others under Variables; protect the tags `v*` in Settings, Tags.',
  outside: {
    changes: 'Forgejo: switch Actions on in Settings, Units. The workflows run where a runner has the label `docker`.',
  },
  known: { run: '${{ github.server_url }}/${{ github.repository }}/actions/runs/${{ github.run_number }}' },
  render(plan) {
    const release = pipeline(plan, 'release');
    return [
      yamlFile(
        '.forgejo/workflows/ci.yml',
        {
          name: 'CI',
          on: onChanges(plan),
          concurrency: oneAtATime,
          jobs: { check: job(plan, checking(plan), pipeline(plan, 'check'), dialect, {}, false) },
        },
        { comments: { 'jobs.check.steps.2.env': whyNoToken } },
      ),
      ...(release.length > 0
        ? [
            yamlFile(
              '.forgejo/workflows/release.yml',
              {
                name: 'Release',
                on: onReleases,
                concurrency: oneRelease,
                jobs: { release: job(plan, 'Push the module', release, dialect, {}, true) },
              },
              { comments: { 'jobs.release.steps.2.env': whyNoToken } },
            ),
          ]
        : []),
    ];
  },
};

const page = (kind: string, remote: Remote | undefined): string =>
  remote && forgejo.home?.hosts.test(remote.host)
    ? `https://${remote.host}/${remote.repository}/settings/actions/${kind}`
    : `Forgejo, Settings, Actions, ${kind}`;

/** Above what keeps the job's token from mise, which is the third step where a project has it. */
const whyNoToken = "Forgejo's token is none of GitHub's, where mise gets its tools.";

const dialect: Dialect = {
  provider: forgejo,
  runsOn: 'docker',
  // Where a short name leads is for the owner of a Forgejo to say.
  from: 'https://github.com/',
  own: {},
  foreignToken: true,
};
