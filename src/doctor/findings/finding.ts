/** What the doctor finds in a project, and what it knows of one when it looks. */
import { spawnSync } from 'node:child_process';
import { inEmptyFolder } from '../../lib/outside.ts';
import type { Remote, Renderer } from '../../model/axes.ts';
import type { File, Plan } from '../../model/plan.ts';
import type { Present, ProjectLocation } from '../../project/location.ts';
import type { SavedState } from '../../project/state.ts';

/** In the order in which they are told, with their headings. */
export const topics = { repository: 'Repository', tools: 'Tools', pins: 'Pins', ci: 'CI', secrets: 'Secrets' } as const;

export interface Finding {
  topic: keyof typeof topics;
  /** The file that it is about. */
  path?: string;
  /** One or two sentences. */
  what: string;
  /** What mends it, to be run in the project's folder: a command, several lines of them, a line to write, or a place to go to. */
  command?: string;
  /** Good to know, and nothing that has to be done. */
  note?: true;
}

export interface Examined {
  findings: Finding[];
  /** What was looked at, in a few words. */
  seen: string;
}

/** A folder, and all that is known of it. */
export interface ProjectContext {
  root: string;
  /** The command line of this program with these arguments: `generator-wasm upgrade`. */
  command(words: string): string;
  /** Undefined: it is in no repository, or there is no git. */
  location: ProjectLocation | undefined;
  /** Undefined: this program has written nothing here. */
  saved: SavedState | undefined;
  /** An older version has written it: what takes it to this one. */
  renew: string | undefined;
  /** What CI calls; undefined where this program has written nothing. */
  plan: Plan | undefined;
  /** The project, or each module's, with its folder relative to the root. */
  parts: { plan: Plan; dir: string }[];
  /** What this version would write. */
  written: File[];
  /** Those of them that CI reads; a bot's have no provider. */
  ci: { file: File; provider: Renderer | undefined }[];
  /** What there is at a path. */
  user(path: string): Present | undefined;
  /** The text of a file, its lines ended by LF; undefined where there is none. */
  text(path: string): string | undefined;
  /** Every path that git knows of, or that there is, without folders that are made or somebody else's. */
  paths: readonly string[];
  remotes: Remote[];
}

/**
 * What a program of this machine prints, in an empty folder; undefined where it is not there, fails, or takes longer than ten
 * seconds. It can ask nothing, and no file of the repository around `root` is the program or tells it what to do.
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
