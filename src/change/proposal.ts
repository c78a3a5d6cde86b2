/** A project that is about to change, the changes that a command proposes, and what all proposals need. */
import { version } from '../catalog/templates.ts';
import { UserError } from '../lib/user-error.ts';
import type { File } from '../model/plan.ts';
import type { Ask } from '../plan/choices.ts';
import { stateFile } from '../print/render.ts';
import type { FoundModule } from '../project/detect.ts';
import type { Edit, ProjectLocation } from '../project/location.ts';
import { isNewer, type ProjectState, renderProject, type SavedState, withState } from '../project/state.ts';
import { type Reason, reasons } from './changelog.ts';
import type { ChangeCommand, CommandArguments } from './commands.ts';
import type { RenderOld } from './previous-version.ts';
import type { Difference, Policy } from './reconcile.ts';

/** The parsed command line. */
export interface ChangeOptions extends CommandArguments {
  folders: string[];
  /** Paths that are written as new, even where the user has changed or deleted them. */
  restored: string[];
  /** Conflict policy by path; `*` for all other paths. */
  policy: Map<string, Policy | 'ask'>;
  dryRun: boolean;
  diff: boolean;
  force: boolean;
  abort: boolean;
  short: boolean;
  json: boolean;
  check: boolean;
}

/** A project as it stands, and what is asked of it. */
export interface Project {
  command: ChangeCommand;
  options: ChangeOptions;
  location: ProjectLocation;
  /** The text of `.yo-rc.json`, and the state in it. */
  text: string | undefined;
  before: SavedState | undefined;
  /** Undefined: there is no terminal. */
  ask: Ask | undefined;
  renderOld: RenderOld;
  /** The command as a user types it, without and with its arguments. */
  program: string;
  typed: string;
}

/** What a command would change, before the conflicts are resolved. */
export interface Proposal extends Difference {
  notes: string[];
  /** Sentences that are true only after the change. */
  after?: string[];
  reasons: Reason[];
  modules?: FoundModule[];
}

/** The changelog entries that explain the differences to an older version. */
export function reasonsFor(
  state: ProjectState,
  before: SavedState | undefined,
  { edits, conflicts, gone }: Difference,
): Reason[] {
  if (!before || !isNewer(version, before.version)) return [];
  return reasons(state, before.version, [...[...edits, ...conflicts].map(({ path }) => path), ...gone]);
}

/** Drops restored files from the base, so that they are written as new. */
export function withoutRestored(
  base: readonly File[],
  generated: readonly File[],
  { restored }: ChangeOptions,
): File[] {
  for (const path of restored)
    if (!generated.some((file) => file.path === path))
      throw new UserError(
        `'${path}' is not one of the generated files, so it cannot be restored. The generated files are: ${generated.map((file) => file.path).join(', ')}.`,
      );
  return base.filter(({ path }) => !restored.includes(path));
}

/** The edit of `.yo-rc.json`; none if the state is the same. */
export function memoryEdit(text: string | undefined, state: ProjectState | undefined): Edit[] {
  const remembered = withState(text, state);
  if (remembered === text) return [];
  return [{ path: stateFile, data: remembered === undefined ? undefined : Buffer.from(remembered) }];
}

/** The project as the version that wrote it renders it. */
export function renderedBefore(root: string, before: SavedState, options: ChangeOptions, renderOld: RenderOld): File[] {
  if (!isNewer(version, before.version)) return renderProject(before);
  return renderOld(before, options.flags.from, root).filter(({ path }) => path !== stateFile);
}

/** Throws a UserError if an older version wrote the project: it has to be upgraded first. */
export function refuseOlder(before: SavedState): void {
  if (isNewer(version, before.version))
    throw new UserError(
      `The project was written by generator-wasm ${before.version}, and this is ${version}. Upgrade it first: generator-wasm upgrade.`,
    );
}

/** A change takes nothing from its surroundings. */
export const noDefaults = { folder: '', author: () => '' };
