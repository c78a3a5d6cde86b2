/** What a user reads after a command that changes CI. */
import { axes, find } from '../catalog/axes.ts';
import { and } from '../lib/words.ts';
import type { Choices } from '../model/choices.ts';
import { pipeline } from '../model/pipeline.ts';
import type { Plan } from '../model/plan.ts';
import { compose } from '../plan/compose.ts';
import { joinPlans, moduleChoices } from '../plan/modules.ts';
import { planAdopted } from '../project/adopted.ts';
import type { ProjectState } from '../project/state.ts';

const planOf = (choices: Choices): Plan =>
  choices.module ? joinPlans(choices, moduleChoices(choices).map(compose)) : compose(choices);

/** What CI runs after the change, and what to do next. */
export function ciNotes({ choices, adopted }: ProjectState): string[] {
  const ci = (choices ?? adopted)?.ci.filter((id) => id !== 'none') ?? [];
  const next = 'Next: commit these files and push them.';
  if (ci.length === 0) return [next];
  const plan = adopted ? planAdopted(adopted) : choices && planOf(choices);
  const tasks = (stage: 'check' | 'publish') => (plan ? pipeline(plan, stage) : []).map((name) => `make ${name}`);
  const providers = and(ci.map((id) => find(axes.ci, id)?.label ?? id));
  const release = tasks('publish');
  return [
    `${providers} ${ci.length > 1 ? 'run' : 'runs'} ${and(tasks('check'))} for every change${release.length > 0 ? `, and ${and(release)} for a tag such as v1.0.0` : ''}.`,
    next,
  ];
}
