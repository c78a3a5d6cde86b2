/** Where a project lies: its folder, its repository, and what its user has there. */
import { createHash } from 'node:crypto';
import { existsSync, lstatSync, mkdirSync, readFileSync, realpathSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { temporary } from '../lib/process.ts';
import { UserError } from '../lib/user-error.ts';
import { alone, git, gitOr, repositoryAround } from './git.ts';
import { isBranch } from './state.ts';
import { at, blocker } from './write.ts';

/** Where a project lies, and what its repository keeps for us. */
export interface ProjectLocation {
  root: string;
  /** As the user named it. */
  shown: string;
  /** Where in its repository it lies, with a `/` at the end; empty for the root. */
  prefix: string;
  journal: string;
  /** Of the whole repository. */
  lock: string;
}

/** What the user has at a path: a file, with its text where it is UTF-8; or something that no file can take the place of. */
export type Present = { data: Buffer; text: string | undefined } | { blocked: string };

/** A file that gets new content, or is removed where `data` is undefined. */
export interface Edit {
  path: string;
  data: Buffer | undefined;
  executable?: true;
  /** The user's own lines are in it. */
  merged?: true;
  /** The same file, at another path. */
  moved?: true;
}

/** There is no repository around a folder. */
export class NoRepository extends UserError {}

/** A folder as the user named it. */
export function folderOf(cwd: string, shown: string): string {
  const root = resolve(cwd, shown);
  if (!existsSync(root) || !statSync(root).isDirectory())
    throw new UserError(`'${shown}' is no folder. Name the project's.`);
  return root;
}

export function locate(cwd: string, shown: string): ProjectLocation {
  const root = folderOf(cwd, shown);
  const repository = repositoryAround(root);
  if (!repository)
    throw new NoRepository(
      `'${shown}' is in no git repository, which shows and keeps what was there before. Make one: git init, git add, git commit.`,
    );
  // Whether there is a git that can be used is known before anything is done.
  git(root, 'rev-parse', '--git-dir');
  const below = relative(repository.workTree, realpathSync(root)).replaceAll(sep, '/');
  const prefix = below === '' ? '' : `${below}/`;
  const kept = join(repository.gitDir, 'generator-wasm');
  const name = encodeURIComponent(prefix) || 'root';
  // The name of a file has at most 255 bytes.
  const short = name.length > 200 ? createHash('sha256').update(name).digest('hex') : name;
  return { root, shown, prefix, journal: join(kept, `${short}.json`), lock: join(kept, 'lock') };
}

/** The most bytes of a file that a command may replace or move, and of one that it reads to learn what a project is. */
const most = { present: 100e6, text: 4e6 };

/** What the user has at a path. Throws a UserError where it cannot be read. */
export function readPresent(root: string, path: string): Present | undefined {
  const target = join(root, path);
  const blocked = blocker(root, dirname(target));
  if (blocked) return { blocked: `below '${blocked}', which is no folder of the project` };
  const stat = at(target);
  if (!stat) return undefined;
  if (!stat.isFile()) return { blocked: stat.isSymbolicLink() ? 'a link' : 'no file' };
  if (stat.size > most.present) return { blocked: `larger than ${most.present / 1e6} MB` };
  let data: Buffer;
  try {
    data = readFileSync(target);
  } catch (error) {
    throw new UserError(`'${path}' cannot be read (${(error as NodeJS.ErrnoException).code}). Mend its permissions.`);
  }
  const text = data.toString();
  return { data, text: Buffer.from(text).equals(data) ? text : undefined };
}

/** The branch that changes go to: what the remote says, else the usual one that there is. */
export function branchOf(root: string): string {
  const said = gitOr(root, 'symbolic-ref', '--short', 'refs/remotes/origin/HEAD').replace(/^origin\//, '');
  const usual = gitOr(root, 'branch', '--list', '--format=%(refname:short)', 'main', 'master', 'trunk').split('\n');
  return [said, ...usual].find(isBranch) ?? 'main';
}

/** The files that are there, but those that git ignores. */
export function pathsIn(root: string): string[] {
  // A file of the index that was deleted has a line with H, and one with R.
  const lines = git(root, 'ls-files', '-z', '-t', '--cached', '--deleted', '--others', '--exclude-standard')
    .split('\0')
    .filter(Boolean);
  const deleted = new Set(lines.flatMap((line) => (line.startsWith('R ') ? [line.slice(2)] : [])));
  return [...new Set(lines.map((line) => line.slice(2)))].filter((path) => !deleted.has(path));
}

/** Whether git ignores a path that it does not know already. A folder ends with `/`. */
export function ignoring(root: string, first: readonly string[] = []): (path: string) => boolean {
  const known = new Map<string, boolean>();
  const look = (paths: readonly string[]) => {
    const ignored = new Set(ignoredOf(root, paths));
    for (const path of paths) known.set(path, ignored.has(path));
  };
  if (first.length > 0) look(first);
  return (path) => {
    if (!known.has(path)) look([path]);
    return known.get(path) ?? false;
  };
}

/** Those of these paths that git ignores, and does not know already. A folder ends with `/`. */
export function ignoredOf(root: string, paths: readonly string[]): string[] {
  // One line for each path, in their order: `SOURCE:LINE:PATTERN`, a tab and the path. A pattern with `!` lets it through.
  const lines = gitOr(root, 'check-ignore', '--verbose', '--non-matching', '--', ...paths).split('\n');
  return paths.filter((_, index) => /^(?!::\t).*?:\d*:(?!!)/.test(lines[index] ?? ''));
}

/** The lines of .gitignore that let a path through that git ignores: a folder on the way first. */
export function lettingThrough(root: string, path: string): string[] {
  const parts = path.split('/');
  const all = parts.map((_, index) => `${parts.slice(0, index + 1).join('/')}${index < parts.length - 1 ? '/' : ''}`);
  return ignoredOf(root, all).map((one) => `!/${one}`);
}

/** The text of a file of a repository; empty where it is none, lies behind a link, cannot be read, or is larger than `most.text`. */
export function textAt(root: string, path: string): string {
  try {
    const target = join(root, path);
    const stat = lstatSync(target);
    return stat.isFile() && stat.size <= most.text && !blocker(root, dirname(target))
      ? readFileSync(target, 'utf8')
      : '';
  } catch {
    return '';
  }
}

/** What would change, as `git diff` shows it. */
export function diffOf(root: string, edits: readonly Edit[]): string {
  const folder = temporary();
  try {
    const put = (side: string, path: string, data: Buffer) => {
      mkdirSync(dirname(join(folder, side, path)), { recursive: true });
      writeFileSync(join(folder, side, path), data);
    };
    for (const side of ['a', 'b']) mkdirSync(join(folder, side));
    for (const { path, data } of edits) {
      const there = readPresent(root, path);
      if (there && 'data' in there) put('a', path, there.data);
      if (data) put('b', path, data);
    }
    const shown = ['--no-prefix', '--no-color', '--no-ext-diff', '--no-textconv'];
    return alone(folder, ['diff', '--no-index', ...shown, 'a', 'b']).stdout;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
