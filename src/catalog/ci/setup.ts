/** The lines of a CI job before its tasks: missing parts of the checkout, and mise with the tools. */

import type { PinnedLine } from '../../model/axes.ts';
import { type PipelineName, publishers, usesMise } from '../../model/pipeline.ts';
import type { Plan } from '../../model/plan.ts';
import { getLfs, getMise } from '../tools.ts';

/** Lines that install mise for `make setup`, or all tools of the publish job, which does not run `make setup`. */
export function installing(plan: Plan, name: PipelineName): string[] {
  if (name !== 'publish') return usesMise(plan) ? [getMise] : [];
  return publishers(plan) ? [getMise, `mise install ${publishers(plan)}`] : [];
}

/** Lines that fetch submodules and LFS files, for providers without a setting for them. */
export const fetching = ({ fetches }: Plan, not: 'lfs' | undefined = undefined): string[] => [
  ...(fetches?.submodules ? ['git submodule update --init --recursive'] : []),
  ...(fetches?.lfs && not !== 'lfs' ? [getLfs] : []),
];

/** mise as the lines that install it pin it. Renovate does not read command lines. */
export const misePin: PinnedLine = {
  name: 'mise',
  line: /@jdxcode\/mise@(?<version>\d[\d.]*)/,
};

/** The image of a container. */
export const imagePin: PinnedLine = { line: /image: ['"]?(?<name>[a-z][\w./-]*):(?<version>\d[\w.-]*)/ };
