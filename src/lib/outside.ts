/** Runs programs of this machine so that no file of a repository is executed or configures them. */
import { existsSync, readdirSync, readFileSync, realpathSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, isAbsolute, join, resolve } from 'node:path';
import { isWithin, withinAny } from './paths.ts';
import { temporary } from './process.ts';
import { UserError } from './user-error.ts';

/** The real path, or undefined if it does not exist. */
function real(path: string): string | undefined {
  try {
    return realpathSync.native(path);
  } catch {
    return undefined;
  }
}

/** The work tree around a folder, with links resolved; the folder itself if there is none. */
function workTree(folder: string): string {
  const start = real(folder) ?? resolve(folder);
  for (let path = start; ; path = dirname(path)) {
    if (existsSync(join(path, '.git'))) return path;
    if (dirname(path) === path) return start;
  }
}

/** A test whether a path, or what it links to, is in one of these work trees. */
function inWorkTrees(workTrees: readonly string[]): (path: string) => boolean {
  const isWithinOne = withinAny(workTrees);
  return (path) => isWithinOne(path) || isWithinOne(real(path) ?? path);
}

/** Whether a path, or what it links to, is in the repository around a folder. */
export const isInRepository = (path: string, folder: string): boolean => inWorkTrees([workTree(folder)])(path);

/** The real path, if it is in the repository around a folder; else undefined. */
function inside(path: string, folder: string): string | undefined {
  const there = real(path);
  return there !== undefined && isWithin(workTree(folder), there) ? there : undefined;
}

/** The text of a file in the repository around a folder; empty if it is outside, not a file, or larger than `most` bytes. */
export function textInside(path: string, folder: string, most = 1 << 20): string {
  const there = inside(path, folder);
  const stat = there === undefined ? undefined : statSync(there);
  return there !== undefined && stat?.isFile() && stat.size <= most ? readFileSync(there, 'utf8') : '';
}

/** At most `most` names in a folder of the repository around another; none if it is outside or not a folder. */
export function namesInside(path: string, folder: string, most = 2000): string[] {
  const there = inside(path, folder);
  return there !== undefined && statSync(there).isDirectory() ? readdirSync(there).slice(0, most) : [];
}

/**
 * PATH for programs that run for a repository: without relative folders and without folders of the repository, which `npm run`
 * and direnv add.
 * @param others work trees of other repositories, with links resolved, whose folders are left out too
 */
export function pathOutside(folder: string, others: readonly string[] = []): string {
  const all = (process.env.PATH ?? '').split(delimiter);
  const isInside = inWorkTrees([workTree(folder), ...others]);
  const outside = all.filter((path) => isAbsolute(path) && existsSync(path) && !isInside(path));
  // An empty PATH means the current folder.
  return outside.join(delimiter) || '/dev/null';
}

/** A new empty folder. Throws a UserError if the folder for temporary files is in the repository around `root`. */
export function temporaryOutside(root: string): string {
  const parent = resolve(tmpdir());
  if (!existsSync(parent))
    throw new UserError(`The folder for temporary files, '${parent}', does not exist. Set TMPDIR.`);
  if (isInRepository(parent, root))
    throw new UserError(
      `The folder for temporary files, '${parent}', is inside the repository. Set TMPDIR to a folder outside it.`,
    );
  return realpathSync.native(temporary());
}

/** The environment without variables that name a path in the repository around a folder, such as its `.npmrc`. */
function environmentOutside(folder: string): NodeJS.ProcessEnv {
  const isInside = inWorkTrees([workTree(folder)]);
  return Object.fromEntries(
    Object.entries(process.env).filter(
      ([, value = '']) => !value.split(delimiter).some((path) => isAbsolute(path) && isInside(path)),
    ),
  );
}

/** Calls `use` with a new empty folder outside of the repository, which is removed afterwards, and the environment for programs there. */
export function inEmptyFolder<T>(root: string, use: (folder: string, env: NodeJS.ProcessEnv) => T): T {
  const folder = temporaryOutside(root);
  try {
    return use(folder, { ...environmentOutside(root), PATH: pathOutside(root), PWD: folder });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
