/** One run at a time changes a repository: an exclusive lock beside the journal. */
import { linkSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { hasEnded, ownFolder, sweep, thisRun } from '../lib/process.ts';
import { quote } from '../lib/shell.ts';
import { UserError } from '../lib/user-error.ts';
import { makeOwnFolder, ownText } from './journal.ts';

/** Who holds the lock; undefined where it is free. Throws a UserError where the file is not one of ours. */
const holder = (file: string): string | undefined => ownText(file, 200)?.trim();

/** Throws a UserError where another run changes the repository. A lock of a run that has ended does not count. */
export function refuseRunning(file: string): void {
  const owner = holder(file);
  if (owner === undefined) return;
  const ended = hasEnded(owner);
  if (ended) return;
  throw new UserError(
    ended === false
      ? `Another run of generator-wasm is changing this repository (process ${owner.split('.')[2]}). Wait until it has ended.`
      : `'${file}' is the lock of a run whose end cannot be seen from here: on another machine, or in a container. Where none runs, remove it: rm ${quote(file)}`,
  );
}

/** What the folders are called, beside the lock, in which a lock is written and taken away. */
const stage = 'lock-';

/** Takes the lock, and gives back what releases it. Throws a UserError where another run has it, or where it cannot be written. */
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
    throw new UserError(`'${folder}' cannot be written to (${code}). Mend its permissions, or free some space.`);
  }
  return () => rmSync(file, { force: true });
}

/** Calls `use` with a path in a folder of this run beside a lock. */
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
        // A link appears with its content, or not at all.
        linkSync(own, file);
      } catch (error) {
        // There are file systems without links.
        if (!hasCode(error, 'EPERM', 'ENOTSUP', 'ENOSYS')) throw error;
        writeFileSync(file, `${thisRun}\n`, options);
      }
      return true;
    } catch (error) {
      if (hasCode(error, 'EEXIST')) return false;
      throw error;
    }
  });

/** Removes the lock of a run that has ended. Of several runs that do so at once, one finds it. */
function takeOver(file: string): void {
  const stale = holder(file);
  if (stale === undefined || !hasEnded(stale)) return;
  inStage(file, (own) => {
    try {
      renameSync(file, own);
      // Another run was quicker, and this is its lock.
      if (holder(own) !== stale) linkSync(own, file);
    } catch (error) {
      if (!hasCode(error, 'ENOENT', 'EEXIST')) throw error;
    }
  });
}
