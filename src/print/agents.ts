/** Prints AGENTS.md: what a coding agent needs besides the README. */

import { prose } from '../catalog/templates.ts';
import { and } from '../lib/words.ts';
import { pipeline } from '../model/pipeline.ts';
import type { File, Plan } from '../model/plan.ts';

export const agents = (plan: Plan, isModule: boolean): File =>
  print('AGENTS.md.ejs', plan, {
    contract: `contract/${plan.choices.kind}.json`,
    root: isModule ? '../' : '',
    advice: plan.advice,
  });

/** The AGENTS.md at the root of several modules. An agent reads the nearest one (https://agents.md), which is often a module's. */
export const agentsOfModules = (plan: Plan, modules: readonly string[], shared: readonly string[]): File =>
  print('AGENTS.modules.md.ejs', plan, { modules, shared: and(shared) });

function print(template: string, plan: Plan, more: object): File {
  const secrets = Object.values(plan.tasks).flatMap((task) => task?.secrets.map(({ name }) => name) ?? []);
  return {
    path: 'AGENTS.md',
    text: prose(`project/${template}`, {
      check: pipeline(plan, 'check').join(' '),
      hasCi: !plan.choices.ci.includes('none'),
      hasMise: plan.tools.some((tool) => tool.mise),
      secrets,
      ...more,
    }),
  };
}
