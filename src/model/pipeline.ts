/** The tasks that every CI provider runs, in order. A project runs those that it has. */

import { and } from '../lib/words.ts';
import type { CiProvider } from './axes.ts';
import type { CiContext, Identity, Plan, Secret, Setting, TaskName } from './plan.ts';

const pipelines = {
  /** For every change. */
  check: ['setup', 'lint', 'build', 'test'],
  /** For a `v*` tag: a job that runs third-party code, without permissions and secrets. */
  build: ['setup', 'build', 'test', 'optimize', 'sbom', 'checksums'],
  /** Then: a job that publishes what the first one built, and runs only the tools for that. */
  publish: ['intact', 'login', 'push', 'sign', 'verify'],
} as const satisfies Record<string, TaskName[]>;
export type PipelineName = keyof typeof pipelines;

/** The tasks of a pipeline in this project; none if the project does not publish. */
export function pipeline(plan: Plan, name: PipelineName): TaskName[] {
  if (name !== 'check' && !plan.tasks.push) return [];
  return pipelines[name].filter((task) => plan.tasks[task]);
}

/** The files that the build job hands over to the publish job. */
export const handedOver = (plan: Plan): string[] =>
  plan.modules.flatMap(({ dir, optimized }) =>
    [optimized, ...(plan.tasks.sbom ? [sbom] : []), checksums].map((path) => (dir === '.' ? path : `${dir}/${path}`)),
  );

/** The paths of a module's SBOM and of the checksums. */
export const sbom = 'build/sbom.spdx.json';
export const checksums = 'build/SHA256SUMS';

/** What a task takes from the CI. */
export interface Inputs {
  secrets: Secret[];
  settings: Setting[];
  /** Values that the provider fills in: a variable and its value in the provider's syntax. */
  fromCi: { name: string; value: string }[];
  identity: Identity | undefined;
}

/** What this provider must pass to a task. The environment of the task's step has exactly this. */
export function inputs(plan: Plan, name: TaskName, provider: CiProvider): Inputs {
  const { secrets = [], settings = [], identity } = plan.tasks[name] ?? {};
  const keyless = Boolean(provider.identity?.sigstore);
  const trusted = identity && (identity.audience === sigstore ? keyless : gives(provider, identity.audience));
  const used = trusted ? identity : undefined;
  // Only a keyless signature has an identity of the signer.
  const always: readonly CiContext[] = ['run', 'tag'];
  const matters = (what: CiContext) => always.includes(what) || (what !== 'workflow') === keyless;
  const knows = (what: CiContext) => (what === 'keyless' ? (plan.keyless ? '' : 'yes') : provider.context[what]);
  const unknown = (what: CiContext) => keyless && what !== 'workflow' && knows(what) === undefined;
  const isRequired = ({ where }: Setting) => !where || (where === 'identity') === Boolean(used);
  return {
    secrets: secrets.filter(isRequired),
    settings: settings.filter((one) => (one.fromCi ? unknown(one.fromCi) : isRequired(one))),
    fromCi: settings.flatMap(({ name, fromCi }) => {
      const value = fromCi && matters(fromCi) && knows(fromCi);
      return value ? [{ name, value }] : [];
    }),
    identity: used,
  };
}

/** The secrets and variables that the user must set for a release, without those that the platform gives to every job. */
export function requiredInputs(
  plan: Plan,
  provider: CiProvider,
): { name: string; help: string; kind: 'secret' | 'variable' }[] {
  const all = pipeline(plan, 'publish').flatMap((task) => {
    const { secrets, settings } = inputs(plan, task, provider);
    return [
      ...secrets
        .filter(({ own }) => own?.platform !== provider.platform || !own)
        .map(({ name, help }) => ({ name, help, kind: 'secret' as const })),
      ...settings.map(({ name, help }) => ({ name, help, kind: 'variable' as const })),
    ];
  });
  return [...new Map(all.map((one) => [one.name, one])).values()];
}

/** The audience of tokens for the public Sigstore. */
export const sigstore = 'sigstore';

/** Whether a provider gives tokens for this audience. */
function gives({ identity }: CiProvider, audience: string): boolean {
  return Boolean(identity) && (identity?.audience === undefined || identity.audience === audience);
}

/** The default branch. */
export const mainBranch = ({ branch }: Plan): string => branch ?? 'main';

/** The name of the check job: `Lint, build and test`. */
export function checking(plan: Plan): string {
  const text = and(pipeline(plan, 'check').filter((task) => task !== 'setup'));
  return `${text[0]?.toUpperCase()}${text.slice(1)}`;
}

/** The command line of a task: `make build`. */
export const call = ({ makefile }: Plan, task: TaskName): string => `make ${makefile ? `-f ${makefile} ` : ''}${task}`;

/** Whether the project needs Node. */
export const usesNode = (plan: Plan): boolean => plan.tools.some(({ command }) => command === 'node');

/** The mise tools of the publish job: `oras cosign`. Empty if it needs only Node. */
export const publishers = (plan: Plan): string =>
  [...new Set(plan.tools.flatMap(({ publishes, mise }) => (publishes && mise ? [mise[0]] : [])))].join(' ');

/** Whether mise must be installed before `make setup`. */
export const usesMise = (plan: Plan): boolean => plan.tools.some((tool) => tool.mise);

/** The files that pin the mise tools, for cache keys. */
export const misePins = (plan: Plan): string[] => (usesMise(plan) ? ['mise.toml'] : []);
