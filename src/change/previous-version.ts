/**
 * Renders a project with the older version that wrote it. npm installs that version in an empty folder, so that no file of the
 * repository decides what is installed, from where, or what is executed.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { inEmptyFolder } from '../lib/outside.ts';
import { below, isInside } from '../lib/paths.ts';
import { shown } from '../lib/printable.ts';
import { during } from '../lib/progress.ts';
import { UserError } from '../lib/user-error.ts';
import type { File } from '../model/plan.ts';
import { flagsOf } from '../plan/flags.ts';
import { stateFile } from '../print/render.ts';
import type { Adopted } from '../project/adopted.ts';
import { pathsIn, textAt } from '../project/location.ts';
import { isNewer, packageName, renderProject, type SavedState } from '../project/state.ts';
import { released } from './release-checksums.ts';

/** Renders a project with the generator version that created it; `from` is the npm spec of that version, if given. */
export type RenderOld = (project: SavedState, from: string | undefined, root: string) => File[];

export const renderByNpm: RenderOld = ({ version: written, ...state }, from, root) =>
  inEmptyFolder(root, (folder, env) => {
    const label = from ?? `${packageName} ${written}`;
    const program = installed(join(folder, 'package'), env, from ? { spec: from } : { version: written }, label);
    // NODE_OPTIONS and NODE_PATH may hold relative paths, which would lead into the repository.
    const { NODE_OPTIONS: _, NODE_PATH: __, ...rest } = env;
    const old = (words: readonly string[], cwd: string, input = '') => {
      try {
        return run(process.execPath, [program, ...words], { ...rest, PWD: cwd }, cwd, input);
      } catch (error) {
        throw new UserError(
          `${label} cannot render the original project: ${reasonOf(error)}. Give another package with --from.`,
        );
      }
    };
    // Versions before 0.3.0 have no `render` command: they create the project again.
    if (!isNewer('0.3.0', written)) return JSON.parse(old(['render'], folder, JSON.stringify(state)));
    const project = join(folder, 'project');
    const { choices, adopted } = state;
    if (choices) old(['project', '--yes', '--no-git', `--name=${choices.name}`, ...joined(flagsOf(choices))], folder);
    const there = adopted ? copied(root, project, adopted) : new Set();
    if (adopted) old(['ci', adopted.ci.join()], project);
    return readdirSync(project, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .map((path) => ({
        path: below(project, path),
        text: readFileSync(path, 'utf8'),
        ...((statSync(path).mode & 0o100) !== 0 && { executable: true as const }),
      }))
      .filter(({ path }) => !path.startsWith('.git/') && !there.has(path));
  });

/** An npm spec with an absolute path, because npm runs in another folder. */
export function absolute(spec: string, cwd: string): string {
  const [, name = '', file = '', path = ''] = /^((?:@[^/@]+\/)?[^/@:]+@)?(file:)?(.*)$/s.exec(spec) ?? [];
  const isPath =
    file !== '' || path.startsWith('.') || (/\.(?:tgz|tar\.gz|tar)$/i.test(path) && !/^[a-z+]+:/i.test(path));
  return isPath && !isAbsolute(path) && !path.startsWith('~/') ? `${name}${file}${resolve(cwd, path)}` : spec;
}

/** `--key=value` words: a value that starts with a dash is then not read as a flag. */
const joined = (flags: readonly string[]): string[] =>
  flags.flatMap((flag, index) => (index % 2 === 0 ? [`${flag}=${flags[index + 1]}`] : []));

const run = (program: string, words: readonly string[], env: NodeJS.ProcessEnv, cwd: string, input: string): string =>
  execFileSync(program, words, {
    cwd,
    env,
    encoding: 'utf8',
    input,
    maxBuffer: 1 << 28,
    stdio: ['pipe', 'pipe', 'pipe'],
  });

/** The first line of an error message, without control characters. */
function reasonOf(error: unknown): string {
  const { code, stderr } = error as { code?: unknown; stderr?: unknown };
  if (code === 'ENOENT') return 'it is not on PATH';
  const lines = String(stderr || error)
    .split('\n')
    .map((line) =>
      line
        .replace(/^npm error /, '')
        .replace(/\p{Cc}/gu, ' ')
        .trim(),
    );
  return (lines.find((line) => line !== '' && !/^(?:code|syscall|path|errno) /.test(line)) ?? '').slice(0, 300);
}

/** Flags that override any npm configuration: install in this folder, run no scripts, write a lock file. */
const flags = `
  --ignore-scripts --no-audit --no-fund --no-workspaces --no-global --location=project --save --package-lock
  --lockfile-version=3 --install-strategy=hoisted --no-dry-run --no-package-lock-only --no-update-notifier
  --loglevel=error --no-color`
  .trim()
  .split(/\s+/);

interface Lock {
  packages: Record<string, { version?: string; integrity?: string; dependencies?: Record<string, string> }>;
}

/**
 * Installs a package with npm in a new folder and returns the path of its program. The configuration of the user and the machine
 * applies: registry, proxy, certificates, tokens. Throws a UserError if npm fails, or if the checksum is not that of the release.
 */
function installed(
  folder: string,
  env: NodeJS.ProcessEnv,
  wanted: { spec: string } | { version: string },
  label: string,
): string {
  const spec = 'spec' in wanted ? wanted.spec : `${packageName}@${wanted.version}`;
  mkdirSync(folder);
  // Without a package.json npm would search the parent folders for one.
  writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
  try {
    const install = () => run('npm', ['install', ...flags, '--', spec], { ...env, PWD: folder }, folder, '');
    during(`npm installs ${shown(label)}, which wrote this project`, install);
  } catch (error) {
    throw new UserError(
      `npm cannot install ${label}, which is needed to tell your changes from ours: ${reasonOf(error)}. Try again with a network connection, or give its tarball with --from.`,
    );
  }
  const read = (...path: string[]) => JSON.parse(readFileSync(join(folder, ...path), 'utf8'));
  const { packages }: Lock = read('package-lock.json');
  const [name = ''] = Object.keys(packages['']?.dependencies ?? {});
  const { integrity, version } = packages[`node_modules/${name}`] ?? {};
  if ('version' in wanted) {
    const known = released[wanted.version];
    if (name !== packageName || version !== wanted.version || (known && integrity !== known))
      throw new UserError(
        `The package that npm downloaded as ${label} is not the released one: its checksum is ${integrity ?? 'unknown'}. It was not run. Check your registry, or give the right tarball with --from.`,
      );
  }
  const { bin } = read('node_modules', name, 'package.json');
  const program = typeof bin === 'string' ? bin : bin?.[packageName];
  if (typeof program !== 'string')
    throw new UserError(`${label} has no command '${packageName}'. Give another package with --from.`);
  return join(folder, 'node_modules', name, program);
}

/** Files that git or npm would act on are not copied. */
const notCopied = /(?:^|\/)(?:\.git|git~\d+|node_modules|\.npmrc|\.gitattributes|\.gitmodules)(?:\/|$)/i;

/** Larger files are copied empty; no manifest is this large. */
const maxBytes = 1 << 20;

/** Copies the user's own files into a new repository with the same default branch; returns their paths. */
function copied(root: string, to: string, adopted: Adopted): Set<string> {
  const own = new Set([stateFile, ...renderProject({ adopted }).map(({ path }) => path)]);
  const paths = pathsIn(root).filter((path) => isInside(path) && !notCopied.test(path) && !own.has(path));
  // A minimal repository whose remote has a default branch.
  for (const path of ['objects', 'refs/remotes/origin']) mkdirSync(join(to, '.git', path), { recursive: true });
  writeFileSync(join(to, '.git/HEAD'), `ref: refs/heads/${adopted.branch}\n`);
  writeFileSync(join(to, '.git/config'), '[core]\n\trepositoryformatversion = 0\n\tbare = false\n');
  writeFileSync(join(to, '.git/refs/remotes/origin/HEAD'), `ref: refs/remotes/origin/${adopted.branch}\n`);
  for (const path of paths) {
    const text = textAt(root, path);
    mkdirSync(dirname(join(to, path)), { recursive: true });
    writeFileSync(join(to, path), text.length > maxBytes ? '' : text);
  }
  return new Set(paths);
}
