/** What the doctor reports about a project, and what it knows about the project. */
import { spawnSync } from 'node:child_process';
import { inEmptyFolder } from '../../lib/outside.ts';
import type { CiProvider, Remote } from '../../model/axes.ts';
import type { File, Plan } from '../../model/plan.ts';
import type { Present, ProjectLocation } from '../../project/location.ts';
import type { SavedState } from '../../project/state.ts';

/** The topics with their headings, in the order of the report. */
export const topics = { repository: 'Repository', tools: 'Tools', pins: 'Pins', ci: 'CI', secrets: 'Secrets' } as const;

export interface Finding {
  topic: keyof typeof topics;
  /** The file that the finding is about. */
  path?: string;
  /** One or two sentences. */
  what: string;
  /** The fix: one or more commands to run in the project's folder, a line to write, or a page to visit. */
  command?: string;
  /** For information only: it does not change the exit code. */
  note?: true;
}

export interface Examined {
  findings: Finding[];
  /** What was examined, in a few words. */
  seen: string;
}

/** A folder, and all that the doctor knows about it. */
export interface ProjectContext {
  root: string;
  /** The command line of this program with these arguments: `generator-wasm upgrade`. */
  command(words: string): string;
  /** Undefined if there is no repository or no git. */
  location: ProjectLocation | undefined;
  /** Undefined if this program has written nothing here. */
  saved: SavedState | undefined;
  /** The command that upgrades the project, if an older version wrote it. */
  renew: string | undefined;
  /** The plan that CI runs; undefined if this program has written nothing. */
  plan: Plan | undefined;
  /** The plan of the project or of each module, with its folder relative to the root. */
  parts: { plan: Plan; dir: string }[];
  /** The generated files of this version. */
  written: File[];
  /** The CI files among them; those of a dependency bot have no provider. */
  ci: { file: File; provider: CiProvider | undefined }[];
  /** What the user has at a path. */
  user(path: string): Present | undefined;
  /** The text of a file with LF line ends; undefined if it does not exist. */
  text(path: string): string | undefined;
  /** Every path that git knows; without a repository, every path outside of build and vendor folders. */
  paths: readonly string[];
  remotes: Remote[];
}

/**
 * The output of a program of this machine, run in an empty folder; undefined if it is missing, fails, or takes longer than ten
 * seconds. It cannot prompt, and no file of the repository around `root` is executed or configures it.
 */
export function outputOf(
  root: string,
  program: string,
  args: string[],
  env: Record<string, string> = {},
): string | undefined {
  return inEmptyFolder(root, (folder, own) => {
    const { status, stdout } = spawnSync(program, args, {
      cwd: folder,
      env: { ...own, ...env },
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      timeout: 10_000,
    });
    return status === 0 ? stdout : undefined;
  });
}
