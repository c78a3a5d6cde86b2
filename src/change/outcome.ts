/** The result of a command in one folder, as text and as JSON. */
import type { CommandResult } from '../cli/command.ts';
import { shown } from '../lib/printable.ts';
import { UserError } from '../lib/user-error.ts';
import type { FoundModule } from '../project/detect.ts';
import type { Reason } from './changelog.ts';
import type { Policy } from './reconcile.ts';

/** The result of a command in one folder. The keys are those of `--json`. */
export interface ChangeResult {
  folder: string;
  outcome: 'changed' | 'unchanged' | 'would change' | 'conflicts' | 'undone' | 'refused';
  written: string[];
  merged: string[];
  removed: string[];
  /** Moved without a change. */
  moved: string[];
  conflicts: { path: string; why: string; done: Policy }[];
  /** Deleted by the user, and not written again. */
  gone: string[];
  /** Further notes, one sentence each. */
  notes: string[];
  /** The command whose change was undone. */
  undone?: string;
  /** Only in adopted repositories. */
  modules?: FoundModule[];
  diff: string;
  /** Why generated files differ from those of the older version. */
  reasons: Reason[];
  code: number;
}

/** How a command prints the results of several folders. */
export interface Reporter<T> {
  json: boolean;
  summary(outcome: T): string;
  /** The result for a folder that threw a UserError. */
  refused(folder: string, why: string): T;
}

/** Runs a function in each folder and prints one line for each. A UserError ends only that folder. */
export async function forEachFolder<T extends { code: number }>(
  folders: readonly string[],
  act: (folder: string) => Promise<T>,
  { json, summary, refused }: Reporter<T>,
): Promise<CommandResult> {
  const outcomes: T[] = [];
  for (const folder of folders)
    try {
      outcomes.push(await act(folder));
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      outcomes.push(refused(folder, error.message));
    }
  return {
    text: outcomes.map((one) => (json ? JSON.stringify(one) : summary(one))).join('\n'),
    code: Math.max(...outcomes.map(({ code }) => code)),
  };
}

export const unchangedResult = (folder: string): ChangeResult => ({
  folder,
  outcome: 'unchanged',
  written: [],
  merged: [],
  removed: [],
  moved: [],
  conflicts: [],
  gone: [],
  notes: [],
  diff: '',
  reasons: [],
  code: 0,
});

const done: Record<Policy, string> = {
  keep: 'your file was kept',
  overwrite: 'the generated file replaced yours',
  backup: 'the generated file replaced yours; a copy of yours is beside it, as .orig',
  merge: 'it now contains conflict markers',
  abort: 'not resolved',
};

/** The same for a file that is no longer generated. */
const doneWithout: Record<Policy, string> = {
  ...done,
  overwrite: 'it was removed',
  backup: 'it was removed; a copy is kept, as .orig',
};

/** A copy that is safe to print: every path and sentence on one line, control characters escaped. */
const printable = (outcome: ChangeResult): ChangeResult => ({
  ...outcome,
  folder: shown(outcome.folder),
  written: outcome.written.map(shown),
  merged: outcome.merged.map(shown),
  removed: outcome.removed.map(shown),
  moved: outcome.moved.map(shown),
  conflicts: outcome.conflicts.map((one) => ({ ...one, path: shown(one.path) })),
  gone: outcome.gone.map(shown),
  notes: outcome.notes.map(shown),
});

/** The report of one folder. */
export function report(outcome: ChangeResult, program: string, check: boolean): string {
  const { folder, written, merged, removed, moved, conflicts, gone, notes, reasons } = printable(outcome);
  if (outcome.outcome === 'undone')
    return [
      `Undid ${shown(outcome.undone ?? 'the last change')} in ${folder}:`,
      ...written.map((path) => `  ${path}`),
    ].join('\n');
  const steps = [
    ...written.map((path) => `  write   ${path}`),
    ...merged.map((path) => `  merge   ${path}`),
    ...removed.map((path) => `  remove  ${path}`),
    ...moved.map((path) => `  move to ${path}`),
  ];
  const lines: string[] = [];
  if (outcome.outcome === 'unchanged') lines.push(`Already up to date: ${folder}`);
  else if (outcome.outcome === 'conflicts')
    lines.push(
      `Nothing was changed in '${folder}'. Each of these needs --on-conflict keep, overwrite, backup or merge, or --on-conflict PATH=keep for one:`,
    );
  else
    lines.push(
      `${outcome.outcome === 'changed' ? 'Changed' : 'Would change'} ${steps.length} files in ${folder}:`,
      ...steps,
    );
  lines.push(
    ...conflicts.map(({ path, why, done: policy }) =>
      policy === 'abort'
        ? `  ${path}: ${why}`
        : `  ${path}: ${why}; ${(removed.includes(path) ? doneWithout : done)[policy]}`,
    ),
  );
  lines.push(...gone.map((path) => `  ${path} was deleted by you and stays deleted`), ...notes);
  if (reasons.length > 0)
    lines.push('What changed, and why:', ...reasons.map(({ version, of, why }) => `  ${version}  ${of}: ${why}`));
  if (outcome.diff) lines.push('', outcome.diff.trimEnd());
  const marked = conflicts.filter(({ path, done }) => done === 'merge' && merged.includes(path));
  if (outcome.outcome === 'changed' && marked.length > 0)
    lines.push(`Resolve the conflict markers in ${marked.map(({ path }) => path).join(', ')}, then commit.`);
  if (outcome.outcome === 'changed') lines.push(`Undo: ${program} --abort${folder === '.' ? '' : ` ${folder}`}`);
  if (check && outcome.code === 1) lines.push(`Apply: ${program}${folder === '.' ? '' : ` ${folder}`}`);
  return lines.join('\n');
}

/** The result of one folder on one line. */
export function summary(one: ChangeResult): string {
  const { folder, outcome, written, merged, removed, moved, conflicts, notes } = printable(one);
  const parts = [
    ...(written.length > 0 ? [`${written.length} written`] : []),
    ...(merged.length > 0 ? [`${merged.length} merged`] : []),
    ...(removed.length > 0 ? [`${removed.length} removed`] : []),
    ...(moved.length > 0 ? [`${moved.length} moved`] : []),
    ...(conflicts.length > 0 ? [`conflicts: ${conflicts.map(({ path }) => path).join(', ')}`] : []),
    ...notes,
  ];
  return `${folder}: ${outcome}${parts.length > 0 ? ` (${parts.join('; ')})` : ''}`;
}
