/**
 * Replaces and removes files of a project as one transaction. The old contents are first written to a journal in git's folder: a
 * failure is rolled back at once, a killed run by the next run, and a finished change by `--abort`.
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
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { notWritten } from '../lib/not-written.ts';
import { ownFolder, sweep } from '../lib/process.ts';
import { quote } from '../lib/shell.ts';
import { UserError } from '../lib/user-error.ts';
import type { Edit } from '../project/location.ts';
import { blocker } from '../project/write.ts';

/** A file on the disk: its bytes in base64. */
interface Stored {
  data: string;
  mode: number;
}

interface Journal {
  /** The format of the journal: 1. Older versions wrote the same format without a number. */
  format: 1;
  /** False while the edits are being written: the next run then rolls them back. */
  done: boolean;
  entries: { path: string; before: Stored | null; after: Stored | null }[];
  /** Folders that the change created, outermost first. */
  made: string[];
  /** The command that made the change, for messages; journals of older versions have none. */
  command?: string;
}

/** Called before each step that changes the disk, so that tests can crash there. */
export type Tick = (step: string) => void;

/** Prefix of the staging folder in the project: a file is written there and then renamed into place. */
const stage = '.generator-wasm-';

/**
 * Applies the edits below `root`, all or none.
 * @param file the path of the journal
 * @param command what made the change, as typed
 */
export function replace(root: string, file: string, edits: readonly Edit[], tick: Tick = () => {}, command = ''): void {
  const journal: Journal = { format: 1, done: false, entries: [], made: [], ...(command && { command }) };
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
    placeAll(
      root,
      journal.entries.map(({ path, after }) => [path, after]),
      tick,
    );
    markDone(file, tick);
  } catch (error) {
    if (begun) takeBack(root, file, journal, tick);
    if (error instanceof UserError) throw error;
    throw new UserError(`${notWritten(root, error)} Nothing was changed.`);
  }
}

/** The last change: its command, all paths that it changed, and the paths of the files that it wrote; undefined if there is none. */
export function lastChange(
  root: string,
  file: string,
): { command: string; paths: string[]; written: string[]; done: boolean } | undefined {
  const journal = read(root, file);
  const changed = journal?.entries.filter(({ before, after }) => !same(before, after)) ?? [];
  return (
    journal && {
      command: journal.command ?? 'the last change',
      paths: changed.map(({ path }) => path),
      written: changed.filter(({ after }) => after).map(({ path }) => path),
      done: journal.done,
    }
  );
}

/** Whether a killed run left an unfinished change. Throws a UserError if the journal is not valid. */
export const isUnfinished = (root: string, file: string): boolean => read(root, file)?.done === false;

/** Rolls back an unfinished change; returns whether there was one. */
export function recover(root: string, file: string, tick: Tick = () => {}): boolean {
  const journal = read(root, file);
  sweep(root, stage);
  if (!journal || journal.done) return false;
  refuseEdited(root, journal);
  takeBack(root, file, journal, tick);
  return true;
}

/**
 * Undoes the last change; returns the paths. Throws a UserError if there is none, or if one of its files was edited since and
 * `force` is not set.
 */
export function undo(root: string, file: string, force: boolean, tick: Tick = () => {}): string[] {
  const journal = read(root, file);
  sweep(root, stage);
  if (!journal) throw new UserError('There is no change to undo in this folder.');
  if (!force) refuseEdited(root, journal);
  save(file, { ...journal, done: false }, tick);
  takeBack(root, file, journal, tick);
  return journal.entries.map(({ path }) => path);
}

function takeBack(root: string, file: string, { entries, made }: Journal, tick: Tick): void {
  try {
    placeAll(
      root,
      [...entries]
        .reverse()
        .filter(({ path, before }) => !same(stored(join(root, path)), before))
        .map(({ path, before }) => [path, before]),
      tick,
    );
    for (const folder of [...made].reverse())
      if (exists(join(root, folder)) && readdirSync(join(root, folder)).length === 0) {
        tick(`rmdir ${folder}`);
        rmdirSync(join(root, folder));
      }
    tick('forget');
    rmSync(file);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (typeof code !== 'string') throw error;
    throw new UserError(
      `The change in '${root}' cannot be undone (${code}). Fix its permissions or free some space, then run --abort.`,
    );
  }
}

/** A file that has neither its old nor its new content was edited after the change. */
function refuseEdited(root: string, { entries }: Journal): void {
  const edited = entries
    .filter(({ path, before, after }) => {
      const now = stored(join(root, path));
      return !same(now, before) && !same(now, after);
    })
    .map(({ path }) => path);
  if (edited.length > 0)
    throw new UserError(
      `${edited.length === 1 ? 'A file was' : `${edited.length} files were`} edited since the last change: ${edited.join(', ')}. Save the edits elsewhere; --abort --force then restores the earlier contents.`,
    );
}

const same = (a: Stored | null, b: Stored | null) => a?.data === b?.data;

const exists = (path: string) => lstatSync(path, { throwIfNoEntry: false }) !== undefined;

/** The file at a path, or null. */
function stored(path: string): Stored | null {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  return stat?.isFile() ? { data: readFileSync(path, 'base64'), mode: stat.mode & 0o777 } : null;
}

/** Writes or removes each file, and removes folders that become empty. */
function placeAll(root: string, all: readonly (readonly [path: string, file: Stored | null])[], tick: Tick): void {
  tick('make the stage');
  const folder = ownFolder(root, stage);
  const fresh = join(folder, 'new');
  try {
    for (const [path, file] of all) {
      const target = join(root, path);
      if (file) {
        tick(`write ${path}`);
        writeFileSync(fresh, file.data, 'base64');
        chmodSync(fresh, file.mode);
        tick(`make the folder of ${path}`);
        mkdirSync(dirname(target), { recursive: true });
        tick(`place ${path}`);
        renameSync(fresh, target);
        continue;
      }
      tick(`remove ${path}`);
      rmSync(target, { force: true });
      for (let above = dirname(path); above !== '.' && exists(join(root, above)); above = dirname(above)) {
        if (readdirSync(join(root, above)).length > 0) break;
        tick(`rmdir ${above}`);
        rmdirSync(join(root, above));
      }
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Writes the journal with fsync and rename, so that it is complete before the first edit. */
function save(file: string, journal: Journal, tick: Tick): void {
  tick('write the journal');
  makeOwnFolder(dirname(file));
  rmSync(`${file}.new`, { force: true });
  const descriptor = openSync(`${file}.new`, 'wx', 0o600);
  try {
    writeFileSync(descriptor, JSON.stringify(journal));
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  tick('place the journal');
  renameSync(`${file}.new`, file);
}

/**
 * Writes `done` into the journal of an unfinished change, over the word `false` at its beginning. Without fsync: after a power
 * failure the change may still count as unfinished, and is rolled back.
 */
function markDone(file: string, tick: Tick): void {
  tick('mark the journal as done');
  const descriptor = openSync(file, 'r+');
  try {
    writeSync(descriptor, 'true ', start.indexOf('false'));
  } finally {
    closeSync(descriptor);
  }
}

/** The beginning of the journal of an unfinished change, as `save` writes it. */
const start = JSON.stringify({ format: 1, done: false } satisfies Partial<Journal>).slice(0, -1);

const refused = (file: string, why: string) =>
  new UserError(
    `'${file}' ${why}, so it was not read. It was not written by generator-wasm; inspect it, and remove it: rm -r ${quote(file)}`,
  );

/** Creates the folder for journal and lock in git's folder. Throws a UserError if something else is in its place. */
export function makeOwnFolder(folder: string): void {
  if (!isOwnFolder(folder)) mkdirSync(folder, { recursive: true, mode: 0o700 });
}

/** Whether that folder exists. Throws a UserError if something else is in its place. */
function isOwnFolder(folder: string): boolean {
  const stat = lstatSync(folder, { throwIfNoEntry: false });
  if (!stat) return false;
  if (!stat.isDirectory()) throw refused(folder, stat.isSymbolicLink() ? 'is a link' : 'is not a folder');
  if (stat.uid !== (process.geteuid?.() ?? stat.uid)) throw refused(folder, 'belongs to another user');
  if ((stat.mode & 0o022) !== 0 && keepsModes(folder)) throw refused(folder, 'can be written to by other users');
  return true;
}

/** Whether the file system stores file modes: Windows file systems mounted by WSL do not. */
function keepsModes(folder: string): boolean {
  const own = ownFolder(folder, stage);
  try {
    return (statSync(own).mode & 0o077) === 0;
  } finally {
    rmSync(own, { recursive: true });
  }
}

/**
 * The text of a file in the folder for journal and lock; undefined if there is none. Throws a UserError unless it is a regular
 * file of this user that no other user can read or write.
 */
export function ownText(file: string, limit: number): string | undefined {
  if (!isOwnFolder(dirname(file))) return undefined;
  const stat = lstatSync(file, { throwIfNoEntry: false });
  if (!stat) return undefined;
  if (!stat.isFile()) throw refused(file, stat.isSymbolicLink() ? 'is a link' : 'is not a file');
  if (stat.uid !== (process.geteuid?.() ?? stat.uid)) throw refused(file, 'belongs to another user');
  if ((stat.mode & 0o077) !== 0 && keepsModes(dirname(file))) throw refused(file, 'is open to other users');
  if (stat.size > limit) throw refused(file, `has ${stat.size} bytes, which is more than ${limit}`);
  return readFileSync(file, 'utf8');
}

/** The largest journal that is read, in bytes. */
const mostBytes = 1 << 28;

function read(root: string, file: string): Journal | undefined {
  const text = ownText(file, mostBytes);
  if (text === undefined) return undefined;
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch {
    throw refused(file, 'cannot be parsed');
  }
  const { format = 1, done, entries, made, command } = (data ?? {}) as Partial<Record<keyof Journal, unknown>>;
  if (format !== 1)
    throw refused(file, `has the format ${JSON.stringify(format)?.slice(0, 20)}, and this version knows 1`);
  if (typeof done !== 'boolean' || !Array.isArray(entries) || !Array.isArray(made) || !entries.every(isEntry))
    throw refused(file, 'is not a journal');
  for (const path of [...entries.map(({ path }) => path), ...made]) {
    if (!isInProject(path)) throw refused(file, `names the path ${JSON.stringify(path)?.slice(0, 100)}`);
    const blocked = blocker(root, dirname(join(root, path)));
    if (blocked !== undefined)
      throw refused(file, `names a path below '${blocked}', which is not a folder of the project`);
  }
  return { format, done, entries, made, ...(typeof command === 'string' && { command: command.slice(0, 200) }) };
}

const isStored = (value: unknown): value is Stored | null => {
  if (value === null) return true;
  const { data, mode } = (value ?? {}) as Partial<Record<keyof Stored, unknown>>;
  return typeof data === 'string' && Number.isInteger(mode) && ((mode as number) & ~0o777) === 0;
};

const isEntry = (value: unknown): value is Journal['entries'][number] => {
  const { path, before, after } = (value ?? {}) as Partial<Record<keyof Journal['entries'][number], unknown>>;
  return typeof path === 'string' && isStored(before) && isStored(after);
};

/** Whether a journal may name this path: below the project, and not in git's folder. */
const isInProject = (path: unknown): path is string =>
  typeof path === 'string' &&
  !path.includes('\0') &&
  path
    .split(/[\\/]/)
    .every((part) => part !== '' && part !== '.' && part !== '..' && !/^(?:\.git|git~\d+)[. ]*$/i.test(part));
