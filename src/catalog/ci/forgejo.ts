/**
 * Forgejo Actions: one workflow for every change and every week, one for releases. Forgejo's identity tokens have the tag in their
 * subject: services that compare subjects cannot trust them, and the public Sigstore does not, so no token is requested.
 * Forgejo has no `permissions` and no `environment`.
 */
import { Commented } from '../../lib/yaml.ts';
import type { CiProvider, Remote } from '../../model/axes.ts';
import { checking, pipeline } from '../../model/pipeline.ts';
import { type Dialect, job, onChanges, oneAtATime, oneRelease, onReleases, pinned, workflowPins } from './workflow.ts';
import { yamlFile } from './yaml.ts';

export const forgejo: CiProvider = {
  id: 'forgejo',
  label: 'Forgejo Actions',
  aliases: ['forgejo-actions', 'codeberg', 'codeberg.org'],
  help: 'workflows for changes and releases',
  status: 'current',
  reads: [/^\.(?:forgejo|gitea)\/workflows\/[^/]+\.ya?ml$/],
  beside: [{ path: '.forgejo/workflows/ci.yml', instead: '.forgejo/workflows/wasm.yml' }],
  pins: workflowPins,
  dependabot: undefined,
  identity: undefined,
  ran: 'checked by actionlint and zizmor for what it has in common with GitHub, its change run by act and its release by bash, up to a verified signature in a registry on loopback; not run on Forgejo itself',
  home: { hosts: /^codeberg\.org$|(?:^|\.)(?:forgejo|gitea)\./, only: true },
  store: {
    secret: (_, remote) => page('secrets', remote),
    setting: (_, remote) => page('variables', remote),
  },
  secrets:
    'Forgejo: add these values in Settings, Actions, under Secrets and Variables; protect the tags `v*` in Settings, Tags.',
  // https://forgejo.org/docs/latest/user/actions/reference/: FORGEJO_TOKEN, with the alias GITHUB_TOKEN.
  limits:
    'Forgejo gives every step a token that may write to the repository (`FORGEJO_TOKEN`), so a dependency that runs in the build could do that too. It can neither push a module nor sign.',
  outside: {
    changes: 'Forgejo: enable Actions in Settings, Units. The workflows need a runner with the label `docker`.',
  },
  context: {
    tag: '${{ github.ref_name }}',
    run: '${{ github.server_url }}/${{ github.repository }}/actions/runs/${{ github.run_number }}',
    workflow:
      '${{ github.server_url }}/${{ github.repository }}/src/tag/${{ github.ref_name }}/.forgejo/workflows/release.yml',
  },
  render(plan) {
    return [
      yamlFile(
        '.forgejo/workflows/ci.yml',
        {
          name: 'CI',
          on: onChanges(plan),
          concurrency: oneAtATime,
          jobs: { check: job(plan, checking(plan), 'check', dialect) },
        },
        { comments: { 'jobs.check.steps.2.env': whyNoToken } },
      ),
      ...(pipeline(plan, 'publish').length > 0
        ? [
            yamlFile(
              '.forgejo/workflows/release.yml',
              {
                name: 'Release',
                on: onReleases,
                concurrency: oneRelease,
                jobs: {
                  build: job(plan, 'Build the module', 'build', dialect),
                  publish: job(plan, 'Push the module', 'publish', dialect),
                },
              },
              { comments: { 'jobs.build.steps.2.env': whyNoToken } },
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

/**
 * Since v4 GitHub's artifact actions refuse other servers (`GHESNotSupportedError`); Forgejo has its own:
 * https://code.forgejo.org/forgejo/upload-artifact, https://code.forgejo.org/forgejo/download-artifact
 */
const ownActions: Record<string, Commented> = {
  'actions/upload-artifact': new Commented(
    'https://code.forgejo.org/forgejo/upload-artifact@16871d9e8cfcf27ff31822cac382bbb5450f1e1e',
    'v4',
  ),
  'actions/download-artifact': new Commented(
    'https://code.forgejo.org/forgejo/download-artifact@d8d0a99033603453ad2255e58720b460a0555e1e',
    'v4',
  ),
};

/** Comment above the input that keeps the job's token from mise, which is the third step if present. */
const whyNoToken = "Forgejo's token is not valid at GitHub, where mise downloads tools.";

const noToken = { GITHUB_TOKEN: '' };

const dialect: Dialect = {
  provider: forgejo,
  runsOn: 'docker',
  // A Forgejo instance decides where short action names point to.
  uses: (name) => ownActions[name] ?? pinned(name, 'https://github.com/'),
  own: {},
  tokens: { mise: noToken, setup: noToken },
};
