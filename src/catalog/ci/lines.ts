/**
 * Shell lines for providers that have one shell or one environment for a whole job: the variables of a task stand in front of its
 * own line and are hidden from all others.
 */
import { Commented } from '../../lib/yaml.ts';
import type { CiProvider } from '../../model/axes.ts';
import { call, inputs, type PipelineName, pipeline } from '../../model/pipeline.ts';
import type { Plan, Secret, TaskName } from '../../model/plan.ts';
import { installing } from './setup.ts';

/** `NAME="VALUE" … make TASK`. */
export const calling = (plan: Plan, task: TaskName, values: readonly [name: string, value: string][]): string =>
  [...values.map(([name, value]) => `${name}="${value}"`), call(plan, task)].join(' ');

/**
 * The lines of a job: installation, one line for each task, and before them one that stops exporting secrets and tokens, so that
 * only the program that needs one gets it. The shell must be bash.
 * @param own what the platform gives to every job
 */
export function shellLines(
  plan: Plan,
  name: PipelineName,
  provider: CiProvider,
  own: Own = {},
): (string | Commented)[] {
  const kept: string[] = [];
  const keep = (name: string): [string, string] => {
    kept.push(name);
    return [name, `$${name}`];
  };
  const lines = pipeline(plan, name).map((task) => {
    const { secrets, fromCi, identity } = inputs(plan, task, provider);
    return calling(plan, task, [
      ...secrets.map((secret): [string, string] => {
        const value = ownValue(secret, provider, own);
        return value ? [secret.name, value] : keep(secret.name);
      }),
      ...fromCi.map(({ name, value }): [string, string] => [name, value]),
      ...(identity ? [keep(identity.variable)] : []),
    ]);
  });
  return [
    ...(kept.length > 0
      ? [new Commented(`export -n ${[...new Set(kept)].join(' ')}`, 'Only commands that set them see them.')]
      : []),
    ...installing(plan, name),
    ...lines,
  ];
}

/** What the platform gives to every job, in its syntax. */
export type Own = { [as in NonNullable<Secret['own']>['as']]?: string };

/** What the provider's platform gives to the job for a secret; undefined if the user must set it. */
export const ownValue = ({ own }: Secret, { platform }: CiProvider, values: Own): string | undefined =>
  own && own.platform === platform ? values[own.as] : undefined;
