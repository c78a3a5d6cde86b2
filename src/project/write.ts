/** Writes a new project to the disk: all conflicts are found before the first write, and a failure leaves nothing behind. */
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmdirSync,
  rmSync,
  type Stats,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { notWritten } from '../lib/not-written.ts';
import { below } from '../lib/paths.ts';
import { ownFolder, sweep } from '../lib/process.ts';
import { during } from '../lib/progress.ts';
import { UserError } from '../lib/user-error.ts';
import type { File } from '../model/plan.ts';
import { alone, gitAlone, NoGit, repositoryAround } from './git.ts';

/** lstat of a path; undefined if it does not exist, also if a parent is a file or a circular link. */
export function at(path: string): Stats | undefined {
  try {
    return lstatSync(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ENOENT' && code !== 'ENOTDIR' && code !== 'ELOOP')
      throw new UserError(`'${path}' cannot be read (${code}). Correct its name or the permissions of its folder.`);
    return undefined;
  }
}

/** Resolves an existing file with another text: the file that replaces it, `keep`, or undefined if it is in the way. */
export type Resolve = (file: File, present: string) => File | 'keep' | undefined;

/**
 * The files to write: those that do not exist yet, and those that replace one. Throws a UserError if something is in the way.
 * @param resolve by default, every file with another text is in the way
 */
export function survey(destination: string, files: readonly File[], resolve?: Resolve): File[] {
  const target = existing(destination);
  if (!target.stat.isDirectory()) throw new UserError(`'${target.path}' is not a folder. Choose another destination.`);
  if (target.path !== destination) return [...files];
  const missing: File[] = [];
  const clashes: string[] = [];
  for (const file of files) {
    const path = join(destination, file.path);
    const blocked = blocker(destination, dirname(path));
    const stat = blocked ? undefined : at(path);
    if (blocked) clashes.push(blocked);
    else if (!stat) missing.push(file);
    else if (!stat.isFile()) clashes.push(file.path);
    else {
      const present = readFileSync(path, encodingOf(file));
      const resolved = present === file.text ? 'keep' : resolve?.(file, present);
      if (resolved === undefined) clashes.push(file.path);
      else if (resolved !== 'keep') missing.push(resolved);
    }
  }
  if (clashes.length > 0) {
    const list = [...new Set(clashes)];
    throw new UserError(
      `${list.length === 1 ? 'This file already exists' : 'These files already exist'} in '${destination}': ${list.join(', ')}. Move ${list.length === 1 ? 'it' : 'them'}, or choose another destination${resolve ? ', or pass --on-conflict keep' : ''}.`,
    );
  }
  return missing;
}

const encodingOf = ({ binary }: File) => (binary ? 'latin1' : 'utf8');

/** The path or its nearest existing parent; links are followed. */
function existing(path: string): { path: string; stat: Stats } {
  try {
    return { path, stat: statSync(path) };
  } catch {
    return existing(dirname(path));
  }
}

/** A parent folder that is a file or a link, relative to the destination: a write through a link would land elsewhere. */
export function blocker(destination: string, folder: string): string | undefined {
  for (let path = folder; path.length > destination.length; path = dirname(path)) {
    const stat = at(path);
    if (stat && !stat.isDirectory()) return below(destination, path);
  }
  return undefined;
}

/**
 * Writes the files. A new folder appears as a whole; in an existing one the files appear one by one, and a failure removes them
 * and restores those that they replaced.
 * @param begin makes a repository in a folder that has the files, and returns a message; its `.git` appears before the files
 */
export function write(destination: string, files: readonly File[], begin?: (folder: string) => string): string {
  const fresh = !existsSync(destination);
  const parent = fresh ? dirname(destination) : destination;
  const made = fresh ? makeFolders(parent) : [];
  let stage: string | undefined;
  const placed: { path: string; old: Buffer | undefined }[] = [];
  try {
    sweep(parent, '.generator-wasm-');
    stage = ownFolder(parent, '.generator-wasm-');
    const folders = new Set<string>([stage]);
    for (const file of files) {
      // Not join(): called for each file, it is compiled to machine code, which takes longer than the calls.
      const path = `${stage}/${file.path}`;
      const folder = dirname(path);
      if (!folders.has(folder)) mkdirSync(folder, { recursive: true });
      folders.add(folder);
      writeFileSync(path, file.text, {
        flag: 'wx',
        mode: file.executable ? 0o777 : 0o666,
        encoding: encodingOf(file),
      });
    }
    const said = begin?.(stage) ?? '';
    if (fresh) {
      chmodSync(stage, 0o777 & ~process.umask());
      renameSync(stage, destination);
      return said;
    }
    const all = files.map(({ path }) => path);
    if (existsSync(join(stage, '.git'))) all.unshift('.git');
    for (const file of all) {
      const path = join(destination, file);
      made.push(...makeFolders(dirname(path)));
      const old = at(path) && readFileSync(path);
      renameSync(join(stage, file), path);
      placed.push({ path, old });
    }
    rmSync(stage, { recursive: true, force: true });
    return said;
  } catch (error) {
    for (const { path, old } of placed.reverse())
      if (old) writeFileSync(path, old);
      else rmSync(path, { recursive: true, force: true });
    if (stage) rmSync(stage, { recursive: true, force: true });
    for (const path of made.reverse()) rmdirSync(path);
    throw new UserError(notWritten(destination, error));
  }
}

/** Creates a folder and its parents; returns the new ones, outermost first. */
function makeFolders(path: string): string[] {
  if (existsSync(path)) return [];
  const above = makeFolders(dirname(path));
  mkdirSync(path);
  return [...above, path];
}

/** The root of the repository in which a folder is, or will be, if it is another folder. */
export function rootAbove(path: string): string | undefined {
  const near = existing(path).path;
  const root = repositoryAround(near)?.workTree;
  return root !== undefined && (near !== path || root !== realpathSync(near)) ? root : undefined;
}

/** Whether a folder is in a repository or will be, or in something that git could take for one. */
function inRepository(path: string): boolean {
  try {
    return repositoryAround(existing(path).path) !== undefined;
  } catch (error) {
    if (error instanceof UserError) return true;
    throw error;
  }
}

/**
 * Decides, before anything is written, whether to make a repository. Returns the function that makes it in the staging folder with
 * one commit of the new files, and returns a message. `wanted` undefined: only outside of a repository.
 */
export function planGit(destination: string, wanted: boolean | undefined): (folder: string) => string {
  const own = at(join(destination, '.git')) !== undefined;
  if (wanted === false || own || (wanted === undefined && inRepository(destination)))
    return () => (own && wanted ? 'The folder is a repository already: commit the new files yourself.' : '');
  return (folder) => {
    try {
      gitAlone(folder, 'init', '--quiet', '--template=', '--initial-branch=main');
      if (alone(folder, ['-c', 'user.useConfigOnly=true', 'var', 'GIT_COMMITTER_IDENT']).status !== 0)
        return 'A git repository was created without a commit: user.name and user.email are not set in git.';
      const message = 'Create the project with generator-wasm';
      during('git commits the files', () => {
        gitAlone(folder, 'add', '--force', '--all');
        gitAlone(folder, 'commit', '--quiet', '--no-verify', '--message', message);
      });
      return 'Created a git repository with a first commit.';
    } catch (error) {
      if (error instanceof NoGit) return `${error.message} No repository was created.`;
      if (error instanceof UserError) return `The files are written, and ${error.message}`;
      throw error;
    }
  };
}
