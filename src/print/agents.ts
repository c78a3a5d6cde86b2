/** Prints AGENTS.md: what a coding agent needs besides the README. */

import { prose } from '../catalog/templates.ts';
import { pipeline } from '../model/pipeline.ts';
import type { File, Plan } from '../model/plan.ts';

export function agents(plan: Plan): File {
  const { choices, tasks } = plan;
  const secrets = Object.values(tasks).flatMap((task) => task?.secrets.map(({ name }) => name) ?? []);
  return {
    path: 'AGENTS.md',
    text: prose('project/AGENTS.md.ejs', {
      check: pipeline(plan, 'check').join(' '),
      contract: `contract/${choices.kind}.json`,
      advice: plan.advice,
      hasCi: !choices.ci.includes('none'),
      hasMise: plan.tools.some((tool) => tool.mise),
      secrets,
    }),
  };
}
