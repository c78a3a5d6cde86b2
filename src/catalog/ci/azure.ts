/**
 * Azure Pipelines: one pipeline for every change and every week, one for releases, which alone may use the secrets. A step gets
 * only the secret variables that it names. Identity tokens belong to a service connection and are for Entra ID only: the public
 * Sigstore does not trust them.
 */

import type { CiProvider } from '../../model/axes.ts';
import {
  call,
  checking,
  handedOver,
  inputs,
  mainBranch,
  misePins,
  type PipelineName,
  pipeline,
} from '../../model/pipeline.ts';
import type { Plan, TaskName } from '../../model/plan.ts';
import { getMise, nodeMajor, ubuntu } from '../tools.ts';
import { calling } from './lines.ts';
import { installing, misePin } from './setup.ts';
import { yamlFile } from './yaml.ts';

export const azure: CiProvider = {
  id: 'azure',
  label: 'Azure Pipelines',
  aliases: ['azure-pipelines', 'azure-devops'],
  help: 'pipelines for changes and releases',
  status: 'current',
  reads: [/^azure-pipelines\.ya?ml$/],
  beside: [
    {
      path: 'azure-pipelines.yml',
      taken: /^azure-pipelines\.ya?ml$/,
      instead: 'azure-pipelines.wasm.yml',
      next: 'To run it, create a pipeline: Pipelines, New pipeline, Existing Azure Pipelines YAML file.',
    },
  ],
  pins: [misePin, { name: 'Node', line: /^\s+version: (?<version>\d+)\.x$/ }],
  dependabot: undefined,
  ran: 'checked by its language service, the scripts of its steps run by bash, up to a verified signature in a registry on loopback; not run on Azure itself',
  home: { hosts: /(?:^|\.)(?:dev\.azure|visualstudio)\.com$/ },
  store: {
    before: "group=$(az pipelines variable-group list --group-name release --query '[0].id' --output tsv)",
    // az prompts for a secret without a value.
    secret: (name) => `${inGroup} --secret true --name ${name}`,
    setting: (name) => `${inGroup} --name ${name} --value VALUE`,
  },
  secrets:
    'Azure Pipelines: create a variable group `release` in Pipelines, Library, with these values, lock the secrets, and permit only the release pipeline to use it.',
  outside: {
    changes:
      'Azure Pipelines: create a pipeline from `azure-pipelines.yml` (Pipelines, New pipeline, Existing Azure Pipelines YAML file). In Azure Repos, add it as build validation in a policy of the branch `main`, so that it checks pull requests.',
    releases: 'Azure Pipelines: create a second pipeline from `azure-pipelines.release.yml`.',
  },
  identity: {
    issuer: 'https://login.microsoftonline.com/TENANT_ID/v2.0',
    subject: 'ENTRA_PREFIX/sc/ORGANIZATION_ID/CONNECTION_ID',
    audience: 'api://AzureADTokenExchange',
    sigstore: false,
    before:
      'In Azure DevOps the identity is a service connection: create one called `release` in Project settings, Service connections (Azure Resource Manager, app registration, manual, with workload identity federation). The draft shows its issuer and subject.',
  },
  context: {
    // Build.SourceBranchName would be only the part after the last slash.
    // https://learn.microsoft.com/en-us/azure/devops/pipelines/build/variables
    tag: '${BUILD_SOURCEBRANCH#refs/tags/}',
    run: '$(System.CollectionUri)$(System.TeamProject)/_build/results?buildId=$(Build.BuildId)',
    workflow: '$(System.CollectionUri)$(System.TeamProjectId)/_build?definitionId=$(System.DefinitionId)',
  },
  render(plan) {
    const release = pipeline(plan, 'publish');
    const needsGroup = release.some((task) => {
      const { secrets, settings } = inputs(plan, task, azure);
      return secrets.length + settings.length > 0;
    });
    const pool = { vmImage: `ubuntu-${ubuntu}` };
    const pins = misePins(plan);
    const steps = (name: PipelineName) => [
      { task: 'UseNode@1', inputs: { version: `${nodeMajor}.x` } },
      ...installing(plan, name).map((script) => ({ script, displayName: script === getMise ? 'Get mise' : script })),
      ...pipeline(plan, name).map((task) => step(plan, task)),
    ];
    return [
      yamlFile('azure-pipelines.yml', {
        trigger: [mainBranch(plan)],
        schedules: [
          { cron: '17 4 * * 1', displayName: 'Weekly', branches: { include: [mainBranch(plan)] }, always: true },
        ],
        pool,
        jobs: [
          {
            job: 'check',
            displayName: checking(plan),
            timeoutInMinutes: 20,
            ...(pins.length > 0 && { variables: { MISE_DATA_DIR: '$(Pipeline.Workspace)/mise' } }),
            steps: [...checkout(plan), ...steps('check').toSpliced(1, 0, ...(pins.length > 0 ? [cache(pins)] : []))],
          },
        ],
      }),
      ...(release.length > 0
        ? [
            yamlFile('azure-pipelines.release.yml', {
              trigger: { branches: { exclude: ['*'] }, tags: { include: ['v*'] } },
              pr: 'none',
              pool,
              jobs: [
                {
                  job: 'build',
                  displayName: 'Build the module',
                  timeoutInMinutes: 20,
                  steps: [
                    ...steps('build'),
                    {
                      task: 'CopyFiles@2',
                      displayName: 'Choose what is published',
                      inputs: {
                        contents: `${handedOver(plan).join('\n')}\n`,
                        targetFolder: '$(Build.ArtifactStagingDirectory)',
                      },
                    },
                    { publish: '$(Build.ArtifactStagingDirectory)', artifact: 'module' },
                  ],
                },
                {
                  job: 'publish',
                  displayName: 'Push the module',
                  dependsOn: 'build',
                  timeoutInMinutes: 20,
                  ...(needsGroup && { variables: [{ group: 'release' }] }),
                  steps: [
                    { checkout: 'self' },
                    {
                      task: 'DownloadPipelineArtifact@2',
                      displayName: 'Get what was built',
                      inputs: { artifact: 'module', path: '$(Build.SourcesDirectory)' },
                    },
                    ...steps('publish'),
                  ],
                },
              ],
            }),
          ]
        : []),
    ];
  },
};

const cache = (pins: readonly string[]): object => ({
  task: 'Cache@2',
  displayName: 'Restore the tools',
  inputs: { key: ['mise', '"$(Agent.OS)"', ...pins].join(' | '), path: '$(MISE_DATA_DIR)' },
});

/** Submodules and LFS of a checkout: https://learn.microsoft.com/azure/devops/pipelines/yaml-schema/steps-checkout */
function checkout({ fetches }: Plan): object[] {
  if (!fetches) return [];
  const { submodules, lfs } = fetches;
  return [{ checkout: 'self', ...(submodules && { submodules: 'recursive' }), ...(lfs && { lfs: true }) }];
}

const inGroup = 'az pipelines variable-group variable create --group-id "$group"';

/** The step of a task, with exactly the task's inputs in its environment. */
function step(plan: Plan, task: TaskName): object {
  const { secrets, settings, fromCi, identity } = inputs(plan, task, azure);
  const env = Object.fromEntries([
    ...[...secrets, ...settings].map(({ name }) => [name, `$(${name})`]),
    ...fromCi.filter(({ name }) => name !== 'TAG').map(({ name, value }) => [name, value]),
  ]);
  const displayName = call(plan, task);
  const given = Object.keys(env).length > 0 && { env };
  const line = calling(plan, task, [
    ...fromCi.filter(({ name }) => name === 'TAG').map(({ name, value }): [string, string] => [name, value]),
    ...(identity ? [[identity.variable, '$idToken'] as [string, string]] : []),
  ]);
  if (!identity) return { script: line, displayName, ...given };
  return {
    task: 'AzureCLI@2',
    displayName,
    inputs: {
      azureSubscription: 'release',
      scriptType: 'bash',
      scriptLocation: 'inlineScript',
      addSpnToEnvironment: true,
      inlineScript: line,
    },
    ...given,
  };
}
