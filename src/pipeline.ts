/** What every CI provider runs, in order. A project runs those of them that it has. */
import type { Plan, TaskName } from './plan.ts';

const pipelines = {
  /** For every change. */
  check: ['setup', 'lint', 'build', 'test'],
  /** For a `v*` tag. */
  release: ['setup', 'build', 'test', 'optimize', 'login', 'push'],
} as const satisfies Record<string, TaskName[]>;

/** The tasks of a pipeline that this project has; none where it cannot do what the pipeline is for. */
export function pipeline(plan: Plan, name: keyof typeof pipelines): TaskName[] {
  if (name === 'release' && !plan.tasks.push) return [];
  return pipelines[name].filter((task) => plan.tasks[task]);
}

/** Whether mise has to be there before `make setup`. */
export const usesMise = (plan: Plan): boolean => plan.tools.some((tool) => tool.mise);
