/** Resolves the conflicts of a proposal, and writes or reports its edits. */
import { join } from 'node:path';
import { UserError } from '../lib/user-error.ts';
import type { Ask } from '../plan/choices.ts';
import type { PromptedQuestion } from '../plan/questions.ts';
import { git } from '../project/git.ts';
import { diffOf, type Edit, ignoredOf, type ProjectLocation, readPresent } from '../project/location.ts';
import { at } from '../project/write.ts';
import { lastChange, replace } from './journal.ts';
import { type ChangeResult, unchangedResult } from './outcome.ts';
import type { Project, Proposal } from './proposal.ts';
import { type Conflict, type Policy, policies, resolve } from './reconcile.ts';

/** Resolves the conflicts, then writes the edits or, in a dry run, reports them. */
export async function apply(
  { location, options, ask, program, typed }: Project,
  { edits, conflicts, gone, notes, after = [], reasons, modules }: Proposal,
): Promise<ChangeResult> {
  const { root, shown, journal } = location;
  const all = [...edits];
  const outcome: ChangeResult = { ...unchangedResult(shown), gone, notes, reasons, ...(modules && { modules }) };
  if (all.length + conflicts.length === 0) return outcome;
  if (!options.dryRun && !options.force)
    refuseDirty(
      location,
      [...all, ...conflicts].map(({ path }) => path),
      program,
    );
  for (const conflict of conflicts) {
    const { path, why } = conflict;
    const given = options.policy.get(path) ?? options.policy.get('*') ?? (ask && !options.dryRun ? 'ask' : 'abort');
    const chosen = given === 'ask' ? await askAbout(conflict, ask) : given;
    // A file that is no longer generated has nothing to merge with, and stays.
    const policy = chosen === 'merge' && !conflict.generated ? 'keep' : chosen;
    outcome.conflicts.push({ path, why, done: policy });
    if (policy !== 'abort') all.push(...resolve(conflict, policy, (path) => !readPresent(root, path)));
  }
  const paths = (which: (edit: Edit) => unknown) =>
    all
      .filter(which)
      .map(({ path }) => path)
      .sort();
  outcome.written = paths(({ data, merged, moved }) => data && !merged && !moved);
  outcome.merged = paths(({ merged }) => merged);
  outcome.removed = paths(({ data, moved }) => !data && !moved);
  outcome.moved = paths(({ data, moved }) => data && moved);
  const marked = outcome.conflicts.filter(({ done }) => done === 'merge').length > 0;
  if (outcome.conflicts.some(({ done }) => done === 'abort')) return { ...outcome, outcome: 'conflicts', code: 1 };
  if (options.diff) outcome.diff = diffOf(root, all);
  if (options.dryRun)
    return {
      ...outcome,
      outcome: all.length > 0 ? 'would change' : 'unchanged',
      code: options.check && all.length > 0 ? 1 : 0,
    };
  if (all.length === 0) return outcome;
  replace(root, journal, all, undefined, typed);
  return { ...outcome, notes: [...notes, ...after], outcome: 'changed', code: marked ? 1 : 0 };
}

/** The paths with uncommitted changes, relative to the repository. */
function dirtyPaths(root: string, paths: readonly string[]): string[] {
  const asked = ['--untracked-files=all', '--ignore-submodules=all', '--no-renames'];
  const said = git(root, '--literal-pathspecs', 'status', '--porcelain=v2', '-z', ...asked, '--', ...paths);
  // git help status, Porcelain Format Version 2: eight fields before the path, ten of one that is unmerged, one if untracked.
  return said
    .split('\0')
    .filter(Boolean)
    .map((line) => line.replace(/^(?:1(?: \S+){7}|u(?: \S+){9}|\?) /, ''));
}

/** Throws a UserError if the last change, or a part of it, was committed: its undoing would then be a new change. */
export function refuseCommitted({ root, prefix, journal }: ProjectLocation): void {
  const last = lastChange(root, journal);
  if (!last?.done) return;
  // git status does not list a deleted file that was never committed, so check the written files if there are any.
  const paths = last.written.length > 0 ? last.written : last.paths;
  const dirty = new Set(dirtyPaths(root, paths));
  const ignored = new Set(ignoredOf(root, paths));
  const committed = paths.filter((path) => !dirty.has(prefix + path) && !ignored.has(path));
  if (committed.length > 0)
    throw new UserError(
      `The last change (${last.command}) was committed since: ${committed.join(', ')}. Undo the commit with git revert, or pass --force to restore the earlier files.`,
    );
}

/** Throws a UserError if one of the paths has uncommitted changes. */
function refuseDirty({ root, prefix, journal }: ProjectLocation, paths: string[], program: string): void {
  // A path without a file has nothing to lose, so git is not asked.
  const there = paths.filter((path) => at(join(root, path)));
  const dirty = there.length > 0 ? dirtyPaths(root, there) : [];
  if (dirty.length === 0) return;
  const last = lastChange(root, journal);
  const isOfLast = last?.done && dirty.every((path) => last.paths.some((one) => prefix + one === path));
  const attributes = git(root, 'check-attr', '-z', 'filter', '--', ...paths).split('\0');
  const filtered = dirty.filter((path) => {
    const value = attributes[attributes.findIndex((name, index) => index % 3 === 0 && prefix + name === path) + 2];
    return value !== undefined && !/^(?:unspecified|unset|set)$/.test(value);
  });
  throw new UserError(
    `${dirty.length === 1 ? 'A file that would change has' : `${dirty.length} files that would change have`} uncommitted changes: ${dirty.join(', ')}. Commit them, ${isOfLast ? `undo the change that made them (${last.command}) with ${program} --abort, ` : ''}or pass --force.${
      filtered.length > 0
        ? ` ${filtered.join(', ')}: a git filter applies, which is not run here. If git diff shows no change, --force is safe.`
        : ''
    }`,
  );
}

async function askAbout(conflict: Conflict, ask: Ask | undefined): Promise<Policy> {
  if (!ask) throw new UserError('Not running in a terminal. Pass another --on-conflict.');
  const help: Record<Policy, string> = {
    keep: 'your file stays as it is',
    overwrite: conflict.generated ? 'the generated file replaces yours' : 'your file is removed',
    backup: `${conflict.generated ? 'the generated file replaces yours' : 'your file is removed'}; a copy of yours is kept beside it, as .orig`,
    merge: 'write both versions, with conflict markers',
    abort: 'change nothing at all',
  };
  const possible = policies.filter(
    (policy) => policy === 'keep' || policy === 'abort' || (conflict.user && (policy !== 'merge' || conflict.marked)),
  );
  const options = possible.map((id) => ({ id, label: id, help: help[id], status: 'current' as const }));
  const question: PromptedQuestion = {
    key: 'on-conflict',
    message: `${conflict.path}: ${conflict.why}`,
    kind: 'one',
    options,
    check: () => undefined,
  };
  const answer = await ask(question, {}, 'keep');
  if (answer === 'abort') throw new UserError('Nothing was changed.');
  return policies.find((policy) => policy === answer) ?? 'abort';
}
