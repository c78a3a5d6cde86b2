/** Where a project is: its folder, its repository, and the user's files. */
import { existsSync, lstatSync, mkdirSync, readFileSync, realpathSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { sha256 } from '../lib/builtin.ts';
import { below } from '../lib/paths.ts';
import { temporary } from '../lib/process.ts';
import { UserError } from '../lib/user-error.ts';
import { alone, git, gitAbout, repositoryAround } from './git.ts';
import { at, blocker } from './write.ts';

/** Where a project is, and where its journal and lock are. */
export interface ProjectLocation {
  root: string;
  /** The folder as typed. */
  shown: string;
  /** The path in the repository with a `/` at the end; empty for the root. */
  prefix: string;
  journal: string;
  /** The lock of the whole repository. */
  lock: string;
  /** The default branch. */
  branch: string;
}

/** What the user has at a path: a file, with its text if it is UTF-8; or something that cannot be replaced by a file. */
export type Present = { data: Buffer; text: string | undefined } | { blocked: string };

/** A file that is written, or removed if `data` is undefined. */
export interface Edit {
  path: string;
  data: Buffer | undefined;
  executable?: true;
  /** The result of a merge with the user's file. */
  merged?: true;
  /** The file moves without a change. */
  moved?: true;
}

/** The folder is not in a repository. */
export class NoRepository extends UserError {}

/** The absolute path of a typed folder. Throws a UserError if it is not a folder. */
export function folderOf(cwd: string, shown: string): string {
  const root = resolve(cwd, shown);
  if (!existsSync(root) || !statSync(root).isDirectory())
    throw new UserError(`'${shown}' is not a folder. Give the project's folder.`);
  return root;
}

export function locate(cwd: string, shown: string): ProjectLocation {
  const root = folderOf(cwd, shown);
  const repository = repositoryAround(root);
  if (!repository)
    throw new NoRepository(
      `'${shown}' is not in a git repository. A change needs one, so that you can see and undo it: git init && git add --all && git commit`,
    );
  // This is the first call of git, so it fails early if git is missing or refuses the repository.
  const branch = branchOf(root);
  const folder = below(repository.workTree, realpathSync(root));
  const prefix = folder === '' ? '' : `${folder}/`;
  const kept = join(repository.gitDir, 'generator-wasm');
  const name = encodeURIComponent(prefix) || 'root';
  // A file name has at most 255 bytes.
  const short = name.length > 200 ? sha256(name) : name;
  return { root, shown, prefix, journal: join(kept, `${short}.json`), lock: join(kept, 'lock'), branch };
}

/** The largest file that a command replaces or moves, and the largest that it reads to detect modules, in bytes. */
const most = { present: 100e6, text: 4e6 };

/** Reads what the user has at a path; undefined if there is nothing. Throws a UserError if it cannot be read. */
export function readPresent(root: string, path: string): Present | undefined {
  const target = join(root, path);
  const blocked = blocker(root, dirname(target));
  if (blocked) return { blocked: `below '${blocked}', which is not a folder of the project` };
  const stat = at(target);
  if (!stat) return undefined;
  if (!stat.isFile()) return { blocked: stat.isSymbolicLink() ? 'a link' : 'no file' };
  if (stat.size > most.present) return { blocked: `larger than ${most.present / 1e6} MB` };
  let data: Buffer;
  try {
    data = readFileSync(target);
  } catch (error) {
    throw new UserError(`'${path}' cannot be read (${(error as NodeJS.ErrnoException).code}). Fix its permissions.`);
  }
  const text = data.toString();
  return { data, text: Buffer.from(text).equals(data) ? text : undefined };
}

/** Whether a branch name is safe in every CI file without quotes. */
export const isBranch = (name: unknown): name is string => typeof name === 'string' && /^[\w][\w./-]*$/.test(name);

/** The default branch: that of the remote, else main, master or trunk. */
function branchOf(root: string): string {
  const head = 'refs/remotes/origin/HEAD';
  const usual = ['main', 'master', 'trunk'].map((name) => `refs/heads/${name}`);
  const lines = git(root, 'for-each-ref', '--format=%(refname) %(symref)', head, ...usual).split('\n');
  const targets = new Map(lines.map((line): [string, string] => [line.split(' ')[0] ?? '', line.split(' ')[1] ?? '']));
  const said = targets.get(head)?.replace(/^refs\/remotes\/origin\//, 'refs/heads/');
  const found = [said, ...usual.filter((name) => targets.has(name))].map((name) => name?.replace(/^refs\/heads\//, ''));
  return found.find(isBranch) ?? 'main';
}

/** The existing files that git does not ignore. */
export function pathsIn(root: string): string[] {
  // A deleted file of the index has two lines, H and R.
  const lines = git(root, 'ls-files', '-z', '-t', '--cached', '--deleted', '--others', '--exclude-standard')
    .split('\0')
    .filter(Boolean);
  const deleted = new Set(lines.flatMap((line) => (line.startsWith('R ') ? [line.slice(2)] : [])));
  return [...new Set(lines.map((line) => line.slice(2)))].filter((path) => !deleted.has(path));
}

/** Whether git ignores an untracked path. A folder ends with `/`. */
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

/** The untracked paths that git ignores. A folder ends with `/`. */
export function ignoredOf(root: string, paths: readonly string[]): string[] {
  const ignored: string[] = [];
  for (let rest = paths; rest.length > 0; ) {
    // Four fields for each path in order: source, line, pattern, path. A pattern with `!` un-ignores it.
    const fields = gitAbout(root, rest, 'check-ignore', '--verbose', '--non-matching');
    if (!fields) return ignored;
    for (let at = 0; at + 3 < fields.length; at += 4)
      if (fields[at] !== '' && !fields[at + 2]?.startsWith('!')) ignored.push(fields[at + 3] ?? '');
    // git stops at a path behind a link or in a submodule, and does not ignore it.
    rest = rest.slice(Math.floor(fields.length / 4) + 1);
  }
  return ignored;
}

/** The .gitignore lines that un-ignore a path, parent folders first. */
export function lettingThrough(root: string, path: string): string[] {
  const parts = path.split('/');
  const all = parts.map((_, index) => `${parts.slice(0, index + 1).join('/')}${index < parts.length - 1 ? '/' : ''}`);
  return ignoredOf(root, all).map((one) => `!/${one}`);
}

/** The text of a file; empty if it is not a regular file, is behind a link, cannot be read, or is larger than `most.text`. */
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

/** The edits as a diff. */
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
