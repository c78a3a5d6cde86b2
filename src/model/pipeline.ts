/** What every CI provider runs, in order. A project runs those of them that it has. */

import { and } from '../lib/words.ts';
import type { Renderer } from './axes.ts';
import type { CiContext, Identity, Plan, Secret, Setting, TaskName } from './plan.ts';

const pipelines = {
  /** For every change. */
  check: ['setup', 'lint', 'build', 'test'],
  /** For a `v*` tag: a job that runs the code of others, and has no rights and no secrets. */
  build: ['setup', 'build', 'test', 'optimize', 'sbom', 'checksums'],
  /** After it: a job that takes what the first one built, and runs nothing but the tools that publish. */
  publish: ['intact', 'login', 'push', 'sign', 'verify'],
} as const satisfies Record<string, TaskName[]>;
export type PipelineName = keyof typeof pipelines;

/** The tasks of a pipeline that this project has; none where it cannot do what the pipeline is for. */
export function pipeline(plan: Plan, name: PipelineName): TaskName[] {
  if (name !== 'check' && !plan.tasks.push) return [];
  return pipelines[name].filter((task) => plan.tasks[task]);
}

/** The files that the job that builds hands to the one that publishes. */
export const handedOver = (plan: Plan): string[] =>
  plan.modules.flatMap(({ dir, optimized }) =>
    [optimized, ...(plan.tasks.sbom ? [sbom] : []), checksums].map((path) => (dir === '.' ? path : `${dir}/${path}`)),
  );

/** Where a module's SBOM is, and the digests of the two. */
export const sbom = 'build/sbom.spdx.json';
export const checksums = 'build/SHA256SUMS';

/** What a task takes from the CI. */
export interface Inputs {
  secrets: Secret[];
  settings: Setting[];
  /** What the provider knows by itself: a variable and its value in the provider's syntax. */
  fromCi: { name: string; value: string }[];
  identity: Identity | undefined;
}

/** What this provider has to give to a task: all of it, and nothing else, belongs into the environment of the task's step. */
export function inputs(plan: Plan, name: TaskName, provider: Renderer): Inputs {
  const { secrets = [], settings = [], identity } = plan.tasks[name] ?? {};
  const keyless = Boolean(provider.identity?.sigstore);
  const trusted = identity && (identity.audience === sigstore ? keyless : gives(provider, identity.audience));
  const used = trusted ? identity : undefined;
  // A signature without a key names the workflow as its signer; only then has the signer to be known.
  const always: readonly CiContext[] = ['run', 'tag'];
  const matters = (what: CiContext) => always.includes(what) || (what !== 'workflow') === keyless;
  const knows = (what: CiContext) => (what === 'keyless' ? (plan.keyless ? '' : 'yes') : provider.context?.[what]);
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

/** What a provider has to be given for a release: not what its own platform hands to every job. Each once. */
export function requiredInputs(
  plan: Plan,
  provider: Renderer,
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
function gives({ identity }: Renderer, audience: string): boolean {
  return Boolean(identity) && (identity?.audience === undefined || identity.audience === audience);
}

/** The branch that changes go to. */
export const mainBranch = ({ branch }: Plan): string => branch ?? 'main';

/** What the job for every change is called: `Lint, build and test`. */
export function checking(plan: Plan): string {
  const text = and(pipeline(plan, 'check').filter((task) => task !== 'setup'));
  return `${text[0]?.toUpperCase()}${text.slice(1)}`;
}

/** How a task is called: `make build`. */
export const call = ({ makefile }: Plan, task: TaskName): string => `make ${makefile ? `-f ${makefile} ` : ''}${task}`;

/** Whether a task calls Node, or what comes with it. */
export const usesNode = (plan: Plan): boolean => plan.tools.some(({ command }) => command === 'node');

/** The tools of a job that publishes, which installs nothing else: `oras cosign`. Empty where Node is all that it needs. */
export const publishers = (plan: Plan): string =>
  [...new Set(plan.tools.flatMap(({ publishes, mise }) => (publishes && mise ? [mise[0]] : [])))].join(' ');

/** Whether mise has to be there before `make setup`. */
export const usesMise = (plan: Plan): boolean => plan.tools.some((tool) => tool.mise);

/** The files that say which tools mise installs, for the keys of caches. */
export const misePins = (plan: Plan): string[] => (usesMise(plan) ? ['mise.toml'] : []);
