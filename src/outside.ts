/** Programs of this machine, run where no file of a repository can be the program or say what it runs. */
import { existsSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { temporary } from './process.ts';
import { UserError } from './user-error.ts';

/** A path with every link resolved; undefined where nothing is there. */
function real(path: string): string | undefined {
  try {
    return realpathSync.native(path);
  } catch {
    return undefined;
  }
}

/** The work tree around a folder, with every link resolved; the folder itself where there is none. */
function workTree(folder: string): string {
  const start = real(folder) ?? resolve(folder);
  for (let path = start; ; path = dirname(path)) {
    if (existsSync(join(path, '.git'))) return path;
    if (dirname(path) === path) return start;
  }
}

const isBelow = (path: string, folder: string): boolean => {
  const way = relative(folder, path);
  return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
};

/** Whether a path, or what it links to, is inside of the repository around a folder. */
export function isInRepository(path: string, folder: string): boolean {
  const root = workTree(folder);
  return isBelow(resolve(path), root) || isBelow(real(path) ?? resolve(path), root);
}

/**
 * PATH for programs that are started for a repository: without relative folders, which lead into it, and without its own
 * folders, which `npm run` and direnv put there.
 */
export function pathOutside(...folders: string[]): string {
  const all = (process.env.PATH ?? '').split(delimiter);
  const outside = all.filter(
    (path) => isAbsolute(path) && existsSync(path) && folders.every((folder) => !isInRepository(path, folder)),
  );
  // An empty PATH means the current folder.
  return outside.join(delimiter) || '/dev/null';
}

/** A new empty folder. Throws a UserError where temporary files lie in the repository around `root`: its files would be above it. */
export function temporaryOutside(root: string): string {
  const parent = resolve(tmpdir());
  if (!existsSync(parent)) throw new UserError(`There is no folder '${parent}' for temporary files. Set TMPDIR.`);
  if (isInRepository(parent, root))
    throw new UserError(
      `The folder for temporary files, '${parent}', is in the repository. Set TMPDIR to a folder outside of it.`,
    );
  return realpathSync.native(temporary());
}

/** Calls `use` with a new empty folder outside of the repository, which is removed after it, and with the environment for programs there. */
export function inEmptyFolder<T>(root: string, use: (folder: string, env: NodeJS.ProcessEnv) => T): T {
  const folder = temporaryOutside(root);
  try {
    const { OLDPWD: _, INIT_CWD: __, ...env } = process.env;
    return use(folder, { ...env, PATH: pathOutside(root), PWD: folder });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
