/**
 * The dependency bot: Dependabot if it can read every pin, which is so with only GitHub's CI and no mise.toml
 * (https://github.com/dependabot/dependabot-core/issues/12320), else Renovate. Never both: they would propose each version twice.
 */
import { toJson } from '../../lib/json.ts';
import type { CiProvider } from '../../model/axes.ts';
import { misePins, usesMise } from '../../model/pipeline.ts';
import type { File, Plan } from '../../model/plan.ts';
import { yamlFile } from './yaml.ts';

/** Whether the bot is Renovate, not Dependabot. */
export const usesRenovate = (plan: Plan, providers: readonly CiProvider[]): boolean =>
  misePins(plan).length > 0 || providers.some(({ id, dependabot }) => id !== 'none' && dependabot === undefined);

/** @param files the CI files and others with versions: Renovate needs patterns for versions that it does not detect. */
export const updates = (plan: Plan, providers: readonly CiProvider[], files: readonly File[]): File[] => [
  usesRenovate(plan, providers) ? renovate(plan, providers, files) : dependabot(plan, providers, files),
];

const dockerfile = /^(.*)\/Dockerfile$/;

const dependabot = ({ ecosystems }: Plan, providers: readonly CiProvider[], files: readonly File[]): File =>
  yamlFile('.github/dependabot.yml', {
    version: 2,
    updates: [
      ...providers.flatMap(({ dependabot }) => (dependabot ? [{ ecosystem: dependabot, directory: '/' }] : [])),
      ...ecosystems,
      ...files.flatMap(({ path }) => {
        const [, folder] = dockerfile.exec(path) ?? [];
        return folder ? [{ ecosystem: 'docker', directory: `/${folder}` }] : [];
      }),
    ].map(({ ecosystem, directory }) => ({
      'package-ecosystem': ecosystem,
      directory,
      schedule: { interval: 'weekly' },
      cooldown: { 'default-days': 7 },
    })),
  });

/** Renovate detects mise.toml, package managers and CI files, but not versions in command lines. */
function renovate(plan: Plan, providers: readonly CiProvider[], files: readonly File[]): File {
  const having = (pattern: RegExp) => files.filter(({ text }) => pattern.test(text)).map(({ path }) => path);
  const lines = [
    {
      customType: 'regex',
      managerFilePatterns: usesMise(plan)
        ? [
            ...having(/@jdxcode\/mise@|jdx\/mise-action@/),
            // An existing project has the version in its Makefile instead.
            ...(plan.modules.length > 0 ? ['**/README.md', '**/doctor.sh'] : [plan.makefile ?? 'Makefile']),
          ]
        : [],
      matchStrings: [
        '@jdxcode/mise@(?<currentValue>[0-9.]+)',
        'jdx/mise-action@.+\\s+with:\\s+version: (?<currentValue>[0-9.]+)',
      ],
      depNameTemplate: '@jdxcode/mise',
      datasourceTemplate: 'npm',
    },
    ...providers.flatMap(({ pins }) =>
      pins.flatMap(({ line, datasource }) =>
        datasource
          ? [
              {
                customType: 'regex',
                managerFilePatterns: having(line),
                matchStrings: [line.source.replace('?<name>', '?<depName>').replace('?<version>', '?<currentValue>')],
                datasourceTemplate: datasource,
              },
            ]
          : [],
      ),
    ),
  ];
  const config = {
    $schema: 'https://docs.renovatebot.com/renovate-schema.json',
    extends: ['config:recommended'],
    schedule: ['before 6am on monday'],
    minimumReleaseAge: '7 days',
    // https://docs.renovatebot.com/docker/#digest-pinning
    ...(files.some(({ path }) => dockerfile.test(path)) && {
      packageRules: [{ matchManagers: ['dockerfile'], pinDigests: true }],
    }),
    customManagers: lines.filter(({ managerFilePatterns }) => managerFilePatterns.length > 0),
  };
  return { path: 'renovate.json', text: toJson(config) };
}
