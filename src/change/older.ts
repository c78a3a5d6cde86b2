/** What an older version of this program wrote, which is asked of that version itself. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { flagsFor } from '../command.ts';
import type { File } from '../plan.ts';
import { memory } from '../render.ts';
import { UserError } from '../user-error.ts';
import { git } from '../write.ts';
import type { Adopted } from './adopt.ts';
import { isNewer, type Memory, rendered } from './memory.ts';
import { pathsIn, textAt } from './place.ts';

/** Files of the project in a folder as the version of this program writes them that wrote it; `from` is that, as npm takes it. */
export type RenderOld = (project: Memory, from: string, root: string) => File[];

/** The project as the version writes it that wrote it first, which npm brings. */
export const renderedByNpm: RenderOld = ({ version: written, ...state }, from, root) => {
  const folder = mkdtempSync(join(tmpdir(), 'generator-wasm-'));
  const old = (words: readonly string[], cwd = folder, input = '') =>
    execFileSync('npm', ['exec', '--yes', `--package=${from}`, '--', 'generator-wasm', ...words], {
      cwd,
      encoding: 'utf8',
      input,
      maxBuffer: 1 << 28,
      stdio: ['pipe', 'pipe', 'pipe'],
    });
  try {
    // Those before 0.3.0 do not know `render`, and so make the project once more.
    if (!isNewer('0.3.0', written)) return JSON.parse(old(['render'], folder, JSON.stringify(state)));
    const project = join(folder, 'project');
    const { choices, adopted } = state;
    if (choices) old(['project', '--yes', '--no-git', '--name', choices.name, ...flagsFor(choices)]);
    const there = adopted ? copied(root, project, adopted) : new Set();
    if (adopted) old(['ci', adopted.ci.join()], project);
    return readdirSync(project, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .map((path) => ({
        path: relative(project, path).replaceAll('\\', '/'),
        text: readFileSync(path, 'utf8'),
        ...((statSync(path).mode & 0o100) !== 0 && { executable: true as const }),
      }))
      .filter(({ path }) => !path.startsWith('.git/') && !there.has(path));
  } catch (error) {
    if (error instanceof UserError) throw error;
    const said = String((error as { stderr?: unknown }).stderr ?? error)
      .trim()
      .split('\n')[0];
    throw new UserError(
      `npm cannot run ${from}, whose files are needed to tell your changes from ours: ${said}. Try again with a network, or name it with --from.`,
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
};

/** Copies the texts of a repository, but those that are ours, into a new one with the same main branch; gives back their paths. */
function copied(root: string, to: string, adopted: Adopted): Set<string> {
  const ours = new Set([memory, ...rendered({ adopted }).map(({ path }) => path)]);
  const paths = pathsIn(root).filter((path) => !ours.has(path));
  mkdirSync(to);
  git(to, 'init', '--quiet');
  git(to, 'symbolic-ref', 'refs/remotes/origin/HEAD', `refs/remotes/origin/${adopted.branch}`);
  for (const path of paths) {
    mkdirSync(dirname(join(to, path)), { recursive: true });
    writeFileSync(join(to, path), textAt(root, path));
  }
  return new Set(paths);
}
