/** The three-way merge of a project. Pure, except for the merge of three texts, which git does. */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporary } from '../lib/process.ts';
import { UserError } from '../lib/user-error.ts';
import type { File } from '../model/plan.ts';
import { alone } from '../project/git.ts';
import type { Edit, Present } from '../project/location.ts';
import { isCases, mergeCases } from './cases.ts';

/** A path that both the user and the generator changed. */
export interface Conflict {
  path: string;
  /** Continues a sentence that starts with the path. */
  why: string;
  /** Undefined if the path is not a regular file. */
  user: Buffer | undefined;
  /** Undefined if the file is not generated any more. */
  generated: File | undefined;
  /** The merge with conflict markers; undefined if the contents cannot be merged. */
  marked: Buffer | undefined;
}

export interface Difference {
  edits: Edit[];
  conflicts: Conflict[];
  /** Generated files that changed but that the user deleted. They stay deleted. */
  gone: string[];
}

/** A three-way merge; undefined if the texts cannot be merged. */
export type Merge = (user: string, base: string, generated: string) => { text: string; clean: boolean } | undefined;

/**
 * Compares base and generated, and merges each difference into the user's files. Paths that are equal in both are not touched.
 * @param base the files that this program wrote then
 * @param generated the files that it writes now
 * @param user what the user has at a path; undefined for nothing
 */
export function reconcile(
  base: readonly File[],
  generated: readonly File[],
  user: (path: string) => Present | undefined,
  merge: Merge = mergeByGit,
): Difference {
  const old = new Map(base.map((file) => [file.path, file]));
  const now = new Map(generated.map((file) => [file.path, file]));
  const difference: Difference = { edits: [], conflicts: [], gone: [] };
  for (const path of [...new Set([...old.keys(), ...now.keys()])].sort()) {
    const before = old.get(path);
    const after = now.get(path);
    if (before && after && before.text === after.text && before.executable === after.executable) continue;
    const present = user(path);
    if (!present) {
      if (!before && after) difference.edits.push(edit(after));
      else if (after) difference.gone.push(path);
      continue;
    }
    const clash = (why: string, user?: Buffer, marked?: Buffer) =>
      difference.conflicts.push({ path, why, user, generated: after, marked });
    if ('blocked' in present) {
      clash(`it is ${present.blocked}`);
      continue;
    }
    const { data } = present;
    const ends = present.text !== undefined && hasCrlf(present.text) ? '\r\n' : '\n';
    const text = present.text?.replaceAll(ends, '\n');
    const withEnds = (merged: string) => Buffer.from(merged.replaceAll('\n', ends));
    if (!after) {
      if (text === before?.text) difference.edits.push({ path, data: undefined });
      else clash('you changed it, and it is no longer needed', data);
    } else if (text === before?.text) difference.edits.push({ ...edit(after), data: withEnds(after.text) });
    else if (text === after.text) continue;
    else if (text === undefined) clash('it is not a text file', data);
    else {
      const cases = before && isCases(path) ? mergeCases(text, before.text, after.text) : undefined;
      const merged = cases === undefined ? merge(text, before?.text ?? '', after.text) : { text: cases, clean: true };
      if (merged?.clean && before) difference.edits.push({ ...edit(after), data: withEnds(merged.text), merged: true });
      else {
        const why = before ? 'your edits overlap with ours' : 'it already exists';
        clash(why, data, merged && withEnds(merged.text));
      }
    }
  }
  // A merge can give exactly the user's file.
  difference.edits = difference.edits.filter(({ path, data, merged }) => {
    const present = merged && user(path);
    return !(present && 'data' in present && data && present.data.equals(data));
  });
  return difference;
}

const edit = ({ path, text, executable }: File): Edit => ({
  path,
  data: Buffer.from(text),
  ...(executable && { executable }),
});

/** Whether every line ends with CRLF. */
const hasCrlf = (text: string) => text.includes('\r\n') && !/(?:^|[^\r])\n/.test(text);

/** What to do about a conflict; `abort` leaves the whole project unchanged. */
export const policies = ['keep', 'overwrite', 'backup', 'merge', 'abort'] as const;
export type Policy = (typeof policies)[number];

/**
 * The edits that resolve a conflict. Throws a UserError if the policy is not possible.
 * @param isFree whether a path is free for a backup
 */
export function resolve(
  conflict: Conflict,
  policy: Exclude<Policy, 'abort'>,
  isFree: (path: string) => boolean,
): Edit[] {
  const { path, user, generated, marked } = conflict;
  if (policy === 'keep') return [];
  if (!user) throw new UserError(`'${path}' cannot be replaced: ${conflict.why}. Move it, or keep it.`);
  // Like git: a file that one side deleted and the other changed stays.
  if (policy === 'merge' && !generated) return [];
  if (policy === 'merge') {
    if (!marked)
      throw new UserError(`'${path}' cannot be merged: ${conflict.why}. Choose keep, overwrite or backup for it.`);
    return [{ path, data: marked, merged: true }];
  }
  const taken = generated ? edit(generated) : { path, data: undefined };
  if (policy === 'overwrite') return [taken];
  let copy = `${path}.orig`;
  for (let count = 2; !isFree(copy); count++) copy = `${path}.orig${count}`;
  return [{ path: copy, data: user }, taken];
}

/** The three-way merge of `git merge-file`, with conflict markers. */
export const mergeByGit: Merge = (user, base, generated) => {
  const folder = temporary();
  try {
    for (const [name, text] of Object.entries({ user, base, generated })) writeFileSync(join(folder, name), text);
    const labels = ['-L', 'yours', '-L', 'generator-wasm, before', '-L', 'generator-wasm, now'];
    const { status, stdout } = alone(folder, ['merge-file', '-p', ...labels, 'user', 'base', 'generated']);
    // git merge-file exits with the number of conflicts, up to 127.
    return status === null || status > 127 ? undefined : { text: stdout, clean: status === 0 };
  } finally {
    rmSync(folder, { recursive: true });
  }
};
