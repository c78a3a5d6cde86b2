/** One run at a time changes a repository: an exclusive lock beside the journal. */
import { linkSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { notWritten } from '../lib/not-written.ts';
import { hasEnded, ownFolder, sweep, thisRun } from '../lib/process.ts';
import { quote } from '../lib/shell.ts';
import { UserError } from '../lib/user-error.ts';
import { makeOwnFolder, ownText } from './journal.ts';

/** The run that holds the lock, or undefined. Throws a UserError if the lock file is not valid. */
const holder = (file: string): string | undefined => ownText(file, 200)?.trim();

/** Throws a UserError while another run changes the repository. The lock of a run that has ended does not count. */
export function refuseRunning(file: string): void {
  const owner = holder(file);
  if (owner === undefined) return;
  const ended = hasEnded(owner);
  if (ended) return;
  throw new UserError(
    ended === false
      ? `Another run of generator-wasm is changing this repository (process ${owner.split('.')[2]}). Wait until it ends.`
      : `'${file}' is the lock of a run on another machine or in a container. If it is no longer running, remove the lock: rm ${quote(file)}`,
  );
}

/** Prefix of the staging folders beside the lock. */
const stage = 'lock-';

/** Takes the lock and returns the function that releases it. Throws a UserError if another run has it or it cannot be written. */
export function lock(file: string): () => void {
  const folder = dirname(file);
  try {
    makeOwnFolder(folder);
    sweep(folder, stage);
    while (!create(file)) {
      refuseRunning(file);
      takeOver(file);
    }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (error instanceof UserError || typeof code !== 'string') throw error;
    throw new UserError(notWritten(folder, error));
  }
  return () => rmSync(file, { force: true });
}

/** Calls `use` with a path in this run's staging folder. */
function inStage<T>(file: string, use: (path: string) => T): T {
  const folder = ownFolder(dirname(file), stage);
  try {
    return use(join(folder, 'lock'));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const hasCode = (error: unknown, ...codes: string[]) => codes.includes(String((error as NodeJS.ErrnoException).code));

const create = (file: string): boolean =>
  inStage(file, (own) => {
    const options = { flag: 'wx', mode: 0o600 };
    writeFileSync(own, `${thisRun}\n`, options);
    try {
      try {
        // link(2) is atomic: the lock never appears without its content.
        linkSync(own, file);
      } catch (error) {
        // Some file systems have no hard links.
        if (!hasCode(error, 'EPERM', 'ENOTSUP', 'ENOSYS')) throw error;
        writeFileSync(file, `${thisRun}\n`, options);
      }
      return true;
    } catch (error) {
      if (hasCode(error, 'EEXIST')) return false;
      throw error;
    }
  });

/** Removes a stale lock by a rename, which only one of several runs can do. */
function takeOver(file: string): void {
  const stale = holder(file);
  if (stale === undefined || !hasEnded(stale)) return;
  inStage(file, (own) => {
    try {
      renameSync(file, own);
      // Another run took over first, and this is its lock.
      if (holder(own) !== stale) linkSync(own, file);
    } catch (error) {
      if (!hasCode(error, 'ENOENT', 'EEXIST')) throw error;
    }
  });
}
