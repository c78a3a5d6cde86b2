/** The lines of a CI job that come before its tasks: what a checkout left out, and mise with the tools. */
import { type PipelineName, publishers, usesMise } from '../../model/pipeline.ts';
import type { Plan } from '../../model/plan.ts';
import { getLfs, getMise } from '../tools.ts';

/** The lines that install what `make setup` needs, or all that a job that publishes has: it never calls `make setup`. */
export function installing(plan: Plan, name: PipelineName): string[] {
  if (name !== 'publish') return usesMise(plan) ? [getMise] : [];
  return publishers(plan) ? [getMise, `mise install ${publishers(plan)}`] : [];
}

/** What fetches what a checkout left out, where the provider has no word of its own for it. */
export const fetching = ({ fetches }: Plan, not: 'lfs' | undefined = undefined): string[] => [
  ...(fetches?.submodules ? ['git submodule update --init --recursive'] : []),
  ...(fetches?.lfs && not !== 'lfs' ? [getLfs] : []),
];
