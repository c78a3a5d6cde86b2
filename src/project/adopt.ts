/** The saved state of a repository that another author wrote, from what was detected in it. */
import type { Folder } from '../model/axes.ts';
import { type Adopted, fetchesOf, insteadOf } from './adopted.ts';
import { type Candidate, joinCandidates } from './detect.ts';

/** A repository that was read. */
export interface Repository {
  /** Its default branch. */
  branch: string;
  /** The files of the repository, except the generated ones. */
  folder: Folder;
  ignores(path: string): boolean;
}

/**
 * The state with these CI providers and candidates.
 * @param known the state before, and the folders of the modules that the user chose
 */
export function adopt(
  { branch, folder, ignores }: Repository,
  ci: string[],
  taken: readonly Candidate[],
  { old, modules }: { old?: Adopted | undefined; modules?: string[] | undefined } = {},
): Adopted {
  const fetches = fetchesOf(folder);
  return {
    ci,
    branch: old?.branch ?? branch,
    projects: joinCandidates(taken),
    instead: { ...insteadOf(folder.paths, ignores), ...old?.instead },
    ...(modules && { modules }),
    ...(Object.keys(fetches).length > 0 && { fetches }),
  };
}
