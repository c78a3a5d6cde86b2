/** Where a project lies: its folder, its repository, and what its user has there. */
import { existsSync, lstatSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { UserError } from '../user-error.ts';
import { blocker, git, gitOr } from '../write.ts';
import { isBranch } from './memory.ts';
import type { Edit, Present } from './reconcile.ts';

/** Where a project lies, and what its repository keeps for us. */
export interface Place {
  root: string;
  /** As the user named it. */
  shown: string;
  /** Where in its repository it lies, with a `/` at the end; empty for the root. */
  prefix: string;
  journal: string;
}

/** There is no repository around a folder, or no git. */
export class NoRepository extends UserError {}

/** A folder as the user named it. */
export function folderOf(cwd: string, shown: string): string {
  const root = resolve(cwd, shown);
  if (!existsSync(root) || !statSync(root).isDirectory())
    throw new UserError(`'${shown}' is no folder. Name the project's.`);
  return root;
}

export function placeOf(cwd: string, shown: string): Place {
  const root = folderOf(cwd, shown);
  let said: string;
  try {
    said = git(root, 'rev-parse', '--is-inside-work-tree', '--absolute-git-dir', '--show-prefix');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT')
      throw new NoRepository('There is no git here, which merges your changes with ours. Install git.');
    const reason = String((error as { stderr?: unknown }).stderr ?? error).split('\n')[0] ?? '';
    if (!/not a git repository/.test(reason)) throw new UserError(`git cannot look at '${shown}': ${reason}.`);
    throw new NoRepository(
      `'${shown}' is in no git repository, which shows and keeps what was there before. Make one: git init, git add, git commit.`,
    );
  }
  const [inside, folder = '', prefix = ''] = said.split('\n');
  if (inside !== 'true') throw new UserError(`'${shown}' is git's own folder. Name the project's.`);
  return {
    root,
    shown,
    prefix,
    journal: join(folder, 'generator-wasm', `${encodeURIComponent(prefix) || 'root'}.json`),
  };
}

/** What the user has at a path. Throws a UserError where it cannot be read. */
export function present(root: string, path: string): Present | undefined {
  const target = join(root, path);
  const blocked = blocker(root, dirname(target));
  if (blocked) return { blocked: `below '${blocked}', which is no folder of the project` };
  const stat = lstatSync(target, { throwIfNoEntry: false });
  if (!stat) return undefined;
  if (!stat.isFile()) return { blocked: stat.isSymbolicLink() ? 'a link' : 'no file' };
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
  const list = (...which: string[]) =>
    git(root, 'ls-files', '-z', ...which)
      .split('\0')
      .filter(Boolean);
  const deleted = new Set(list('--deleted'));
  return list('--cached', '--others', '--exclude-standard').filter((path) => !deleted.has(path));
}

/** The text of a file of a repository; empty where it is none, or cannot be read. */
export function textAt(root: string, path: string): string {
  try {
    const target = join(root, path);
    return lstatSync(target).isFile() ? readFileSync(target, 'utf8') : '';
  } catch {
    return '';
  }
}

/** What would change, as `git diff` shows it. */
export function diffOf(root: string, edits: readonly Edit[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'generator-wasm-'));
  try {
    const put = (side: string, path: string, data: Buffer) => {
      mkdirSync(dirname(join(folder, side, path)), { recursive: true });
      writeFileSync(join(folder, side, path), data);
    };
    for (const side of ['a', 'b']) mkdirSync(join(folder, side));
    for (const { path, data } of edits) {
      const there = present(root, path);
      if (there && 'data' in there) put('a', path, there.data);
      if (data) put('b', path, data);
    }
    git(folder, 'diff', '--no-index', '--no-prefix', '--no-color', '--no-ext-diff', 'a', 'b');
    return '';
  } catch (error) {
    // git exits 1 where there is a difference.
    return String((error as { stdout?: unknown }).stdout ?? '');
  } finally {
    rmSync(folder, { recursive: true });
  }
}
