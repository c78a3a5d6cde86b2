/** Temporary repositories for tests. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { File } from '../../src/model/plan.ts';

/** A folder outside of any repository, removed after each test. */
export function scratch(): () => string {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'existing-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  return () => folder;
}

const identity = ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.com', '-c', 'core.autocrlf=false'];

export const git = (cwd: string, ...args: string[]): string =>
  execFileSync('git', [...identity, ...args], { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });

export function put(folder: string, files: readonly File[]): void {
  for (const { path, text, executable } of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text, { mode: executable ? 0o777 : 0o666 });
  }
}

/** Tests put other programs on the PATH. */
const sh = existsSync('/bin/sh') ? '/bin/sh' : 'sh';

/** Runs calls of git by one shell: to start a process, this one with all of its memory takes longer than git. */
function shell(folder: string, ...calls: string[]): void {
  const script = calls.map((words) => `git "$@" ${words}`).join(' && ');
  execFileSync(sh, ['-c', script, 'sh', ...identity], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
}

const committing = ['add --all', 'commit --quiet --no-gpg-sign --message Everything'];
export const commit = (folder: string): void => shell(folder, ...committing);

/** Makes a repository of these files, and commits them by default. */
export function repository(folder: string, files: readonly File[], commits = true): string {
  put(folder, files);
  shell(folder, 'init --quiet --template= --initial-branch=main', ...(commits ? committing : []));
  return folder;
}

/** Every file with its bytes, without `.git`. */
export const tree = (folder: string): Record<string, string> =>
  Object.fromEntries(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
      .filter((path) => !path.startsWith('.git/'))
      .sort()
      .map((path) => [path, readFileSync(join(folder, path), 'latin1')]),
  );

/** Files in the form that `tree` returns. */
export const asTree = (files: readonly File[]): Record<string, string> =>
  Object.fromEntries(files.map(({ path, text }) => [path, Buffer.from(text).toString('latin1')]));
