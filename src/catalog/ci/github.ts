/**
 * GitHub Actions: one workflow for every change and every week, one for releases. The release has three jobs: the first runs
 * third-party code and may only read; the second may push and sign, and does not compile what it got from the first; the third
 * may write to the repository and does not check out the sources.
 */
import { configFiles } from '../../lib/config.ts';
import { quote } from '../../lib/shell.ts';
import { Commented } from '../../lib/yaml.ts';
import type { CiProvider } from '../../model/axes.ts';
import { checking, inputs, type PipelineName, pipeline } from '../../model/pipeline.ts';
import type { Plan } from '../../model/plan.ts';
import { ubuntu } from '../tools.ts';
import {
  type Dialect,
  download,
  job,
  onChanges,
  oneAtATime,
  oneRelease,
  onReleases,
  pinned,
  workflowPins,
} from './workflow.ts';
import { yamlFile } from './yaml.ts';

export const github: CiProvider = {
  id: 'github',
  label: 'GitHub Actions',
  aliases: ['github-actions', 'gha', 'github.com'],
  help: 'workflows for changes and releases',
  status: 'current',
  reads: [/^\.github\/workflows\/[^/]+\.ya?ml$/],
  beside: [{ path: '.github/workflows/ci.yml', instead: '.github/workflows/wasm.yml' }],
  pins: workflowPins,
  dependabot: 'github-actions',
  ran: 'checked by actionlint and zizmor, its change and its release, up to a verified signature, run by act with a registry on loopback, its signature without a key by a Sigstore on loopback; not run on GitHub itself',
  changes: [
    {
      version: '0.3.0',
      files: ['.github/workflows/ci.yml', '.github/workflows/wasm.yml'],
      why: 'An existing project gets Node only if one of its tasks calls it.',
      adopted: true,
    },
    {
      version: '0.2.0',
      files: ['.github/workflows/ci.yml', '.github/workflows/release.yml'],
      why: 'CI also runs weekly, to catch breakage from outside, and with one version of mise. A release signs with the OIDC token of its run, without a key.',
    },
  ],
  platform: 'github',
  home: { hosts: /(?:^|\.)github\./, only: true },
  store: {
    secret: (name) => `gh secret set ${name} --env release`,
    setting: (name) => `gh variable set ${name} --env release`,
    // A job sees those of its environment, the repository and the organization. `--jq` drops the values of variables.
    lists: ({ host, repository }) => ({
      program: 'gh',
      env: { GH_REPO: `${host}/${repository}`, GH_PROMPT_DISABLED: '1' },
      home: 'github.com',
      // https://cli.github.com/manual/gh_help_environment, GH_CONFIG_DIR.
      hosts: { files: configFiles('GH_CONFIG_DIR', 'gh', 'hosts.yml') },
      login: `gh auth login --hostname ${quote(host)}`,
      secrets: [
        ['secret', 'list', '--env', 'release', '--json', 'name', '--jq', '.[].name'],
        ['secret', 'list', '--json', 'name', '--jq', '.[].name'],
        ['api', '--paginate', 'repos/{owner}/{repo}/actions/organization-secrets', '--jq', '.secrets[].name'],
      ],
      needs: {
        args: ['api', 'repos/{owner}/{repo}/environments/release', '--jq', '.name'],
        command: "gh api --method PUT 'repos/{owner}/{repo}/environments/release'",
      },
      settings: [
        ['variable', 'list', '--env', 'release', '--json', 'name', '--jq', '.[].name'],
        ['variable', 'list', '--json', 'name', '--jq', '.[].name'],
        ['api', '--paginate', 'repos/{owner}/{repo}/actions/organization-variables', '--jq', '.variables[].name'],
      ],
    }),
  },
  secrets:
    'GitHub: create an environment `release` (Settings, Environments), restrict it to the tags `v*`, and add these values.',
  identity: {
    issuer: 'https://token.actions.githubusercontent.com',
    subject: 'repo:OWNER/REPOSITORY:environment:release',
    sigstore: true,
  },
  context: {
    tag: '${{ github.ref_name }}',
    run: '${{ github.server_url }}/${{ github.repository }}/actions/runs/${{ github.run_id }}',
    signer: '${{ github.server_url }}/${{ github.workflow_ref }}',
    issuer: 'https://token.actions.githubusercontent.com',
  },
  render(plan) {
    return [
      yamlFile('.github/workflows/ci.yml', {
        name: 'CI',
        // A merge queue waits for the same checks as a pull request: https://docs.github.com/en/actions/reference/workflows-and-actions/events-that-trigger-workflows#merge_group
        on: { ...onChanges(plan), merge_group: null },
        permissions: {},
        concurrency: oneAtATime,
        jobs: {
          check: job(plan, checking(plan), 'check', dialect, { permissions: permissions(plan, 'check') }),
          // All pinned tools have a macOS release (src/catalog/pins.json). An adopted project may be for Linux only.
          ...(plan.modules.length > 0 && {
            macos: job(
              plan,
              `${checking(plan)} on macOS`,
              'check',
              { ...dialect, runsOn: 'macos-15' },
              { if: "github.event_name == 'schedule'", permissions: permissions(plan, 'check') },
            ),
          }),
        },
      }),
      ...(pipeline(plan, 'publish').length > 0
        ? [
            yamlFile('.github/workflows/release.yml', {
              name: 'Release',
              on: onReleases,
              permissions: {},
              concurrency: oneRelease,
              jobs: {
                build: job(plan, 'Build the module', 'build', dialect, { permissions: permissions(plan, 'build') }),
                publish: job(plan, 'Push the module', 'publish', dialect, {
                  environment: 'release',
                  permissions: permissions(plan, 'publish'),
                }),
                release: release(plan),
              },
            }),
          ]
        : []),
    ];
  },
};

const dialect: Dialect = {
  provider: github,
  runsOn: `ubuntu-${ubuntu}`,
  uses: pinned,
  own: { user: '${{ github.actor }}', token: '${{ github.token }}' },
  tokens: { mise: { MISE_GITHUB_TOKEN: '${{ github.token }}' } },
};

/**
 * A GitHub Release of the tag with what was pushed and signed. `gh release create` uploads into a draft and publishes it last,
 * so a failed run leaves no release without files, and a repeated run finds it.
 * https://github.com/cli/cli/blob/trunk/pkg/cmd/release/create/create.go
 * Files of a release have no folders, so each of several modules has an archive.
 */
function release(plan: Plan): object {
  const folders = plan.modules.map(({ dir }) => dir).filter((dir) => dir !== '.');
  const archives = `for module in ${folders.join(' ')}; do tar -czf "$module.tar.gz" -C "$module/build" .; done\n`;
  const files = folders.length > 0 ? './*.tar.gz' : 'build/*';
  return {
    name: 'Release on GitHub',
    needs: 'publish',
    'runs-on': dialect.runsOn,
    'timeout-minutes': 20,
    permissions: { contents: new Commented('write', 'to publish the release') },
    steps: [
      download(plan, dialect),
      {
        run: `${folders.length > 0 ? archives : ''}gh release view "$TAG" || gh release create "$TAG" ${files} --verify-tag --generate-notes --prerelease="$PRERELEASE"`,
        env: {
          GH_TOKEN: '${{ github.token }}',
          GH_REPO: '${{ github.repository }}',
          TAG: '${{ github.ref_name }}',
          PRERELEASE: "${{ contains(github.ref_name, '-') }}",
        },
      },
    ],
  };
}

/** The permissions of a pipeline's tasks, and reading the sources. */
function permissions(plan: Plan, name: PipelineName): Record<string, unknown> {
  const purposes: string[] = [];
  const needed = pipeline(plan, name).flatMap((task) => {
    const { secrets, identity } = inputs(plan, task, github);
    purposes.push(...(identity ? [identity.purpose] : []));
    return secrets.flatMap(({ own }) => (own?.platform === 'github' && own.permission ? [own.permission] : []));
  });
  return {
    contents: 'read',
    ...Object.fromEntries(needed.map(({ scope, purpose }) => [scope, new Commented('write', purpose)])),
    ...(purposes.length > 0 && { 'id-token': new Commented('write', purposes.join(' and ')) }),
  };
}
