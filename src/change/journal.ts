/**
 * Replaces and removes files of a project as one: what was there is written down first, in the repository's own folder, so that a
 * failure is taken back at once, what a kill has left is taken back by the next run, and all of it can be undone later.
 */
import {
  chmodSync,
  closeSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { UserError } from '../user-error.ts';
import type { Edit } from './reconcile.ts';

/** A file as it lies on the disk: its bytes in base64. */
interface Stored {
  data: string;
  mode: number;
}

interface Journal {
  /** Whether all of it was done; a journal that is not is to be taken back. */
  done: boolean;
  entries: { path: string; before: Stored | null; after: Stored | null }[];
  /** Folders that were not there, outermost first. */
  made: string[];
}

/** Called before each step that changes the disk; the tests stop there. */
export type Tick = (step: string) => void;

const temporary = '.generator-wasm-new';

/**
 * Makes the edits below `root`, all or none.
 * @param file where the journal is kept: below the repository's own folder
 */
export function replace(root: string, file: string, edits: readonly Edit[], tick: Tick = () => {}): void {
  const journal: Journal = { done: false, entries: [], made: [] };
  for (const { path, data, executable } of edits) {
    const before = stored(join(root, path));
    const mode = (before?.mode ?? 0o666 & ~process.umask()) | (executable ? 0o111 & ~process.umask() : 0);
    journal.entries.push({ path, before, after: data ? { data: data.toString('base64'), mode } : null });
    for (let folder = dirname(path); data && folder !== '.' && !exists(join(root, folder)); folder = dirname(folder))
      if (!journal.made.includes(folder)) journal.made.push(folder);
  }
  journal.made.sort((a, b) => a.length - b.length);
  let begun = false;
  try {
    save(file, journal, tick);
    begun = true;
    for (const { path, after } of journal.entries) place(root, path, after, tick);
    save(file, { ...journal, done: true }, tick);
  } catch (error) {
    if (begun) takeBack(root, file, journal, tick);
    const reason = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    throw new UserError(
      `'${root}' cannot be written to (${reason}), and is as it was. Mend its permissions, or free some space.`,
    );
  }
}

/** Whether a killed run has left something half done. */
export const isUnfinished = (file: string): boolean => read(file)?.done === false;

/** Takes back what a killed run has left half done, and says whether there was such a thing. */
export function recover(root: string, file: string, tick: Tick = () => {}): boolean {
  const journal = read(file);
  if (!journal || journal.done) return false;
  refuseEdited(root, journal);
  takeBack(root, file, journal, tick);
  return true;
}

/**
 * Brings back what the last run has changed; gives back the paths. Throws a UserError where there is nothing to bring back, or
 * where one of the files has been edited since and `force` is not given.
 */
export function undo(root: string, file: string, force: boolean, tick: Tick = () => {}): string[] {
  const journal = read(file);
  if (!journal) throw new UserError('There is no change to take back in this folder.');
  if (!force) refuseEdited(root, journal);
  save(file, { ...journal, done: false }, tick);
  takeBack(root, file, journal, tick);
  return journal.entries.map(({ path }) => path);
}

function takeBack(root: string, file: string, { entries, made }: Journal, tick: Tick): void {
  for (const { path, before } of [...entries].reverse())
    if (!same(stored(join(root, path)), before)) place(root, path, before, tick);
  for (const folder of [...made].reverse())
    if (exists(join(root, folder)) && readdirSync(join(root, folder)).length === 0) {
      tick(`rmdir ${folder}`);
      rmdirSync(join(root, folder));
    }
  if (exists(join(root, temporary))) {
    tick(`remove ${temporary}`);
    rmSync(join(root, temporary));
  }
  tick('forget');
  rmSync(file);
}

/** Files that are neither as they were nor as we made them have been edited since. */
function refuseEdited(root: string, { entries }: Journal): void {
  const edited = entries
    .filter(({ path, before, after }) => {
      const now = stored(join(root, path));
      return !same(now, before) && !same(now, after);
    })
    .map(({ path }) => path);
  if (edited.length > 0)
    throw new UserError(
      `Since the last change was made ${edited.length === 1 ? 'a file was' : `${edited.length} files were`} edited: ${edited.join(', ')}. Save the edits elsewhere, and --abort --force brings back what was there before.`,
    );
}

const same = (a: Stored | null, b: Stored | null) => a?.data === b?.data;

const exists = (path: string) => lstatSync(path, { throwIfNoEntry: false }) !== undefined;

/** The file at a path; null where there is none. */
function stored(path: string): Stored | null {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  return stat?.isFile() ? { data: readFileSync(path, 'base64'), mode: stat.mode & 0o777 } : null;
}

/** Makes a path hold this file, or nothing and no empty folder above it. */
function place(root: string, path: string, file: Stored | null, tick: Tick): void {
  const target = join(root, path);
  if (file) {
    const fresh = join(root, temporary);
    tick(`write ${path}`);
    writeFileSync(fresh, file.data, 'base64');
    chmodSync(fresh, file.mode);
    tick(`make the folder of ${path}`);
    mkdirSync(dirname(target), { recursive: true });
    tick(`place ${path}`);
    renameSync(fresh, target);
    return;
  }
  tick(`remove ${path}`);
  rmSync(target, { force: true });
  for (let folder = dirname(path); folder !== '.' && exists(join(root, folder)); folder = dirname(folder)) {
    if (readdirSync(join(root, folder)).length > 0) break;
    tick(`rmdir ${folder}`);
    rmdirSync(join(root, folder));
  }
}

/** The journal is on the disk, whole, before anything that it tells of. */
function save(file: string, journal: Journal, tick: Tick): void {
  tick('write the journal');
  mkdirSync(dirname(file), { recursive: true });
  const descriptor = openSync(`${file}.new`, 'w', 0o600);
  try {
    writeFileSync(descriptor, JSON.stringify(journal));
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  tick('place the journal');
  renameSync(`${file}.new`, file);
}

function read(file: string): Journal | undefined {
  if (!exists(file)) return undefined;
  return JSON.parse(readFileSync(file, 'utf8')) as Journal;
}
