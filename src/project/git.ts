/**
 * Every call of git. The repository is not trusted, so git reads neither its configuration nor its hooks: git works in the
 * repository's `$GIT_DIR`, but `GIT_COMMON_DIR` is a temporary folder with links to objects and references, and a `config` with
 * only the keys of `carried`. Any other key, also of a newer git, is never seen. The configuration of the user and the machine
 * applies, except for `switches`, which turn off what would run a program or use the network on behalf of the repository.
 *
 * Filters (`filter.*`: git-lfs, git-crypt) are never run. git compares a file with the index by time and size, and by its bytes
 * only if those differ; a file that needs its filter then counts as changed. Line ends are converted as usual: that runs nothing.
 */
import {
  existsSync,
  lstatSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { delimiter, dirname, isAbsolute, join, resolve } from 'node:path';
import { childProcess } from '../lib/builtin.ts';
import { pathOutside, temporaryOutside } from '../lib/outside.ts';
import { isWithin } from '../lib/paths.ts';
import { temporary } from '../lib/process.ts';
import { UserError } from '../lib/user-error.ts';

/** The oldest supported git: the first with all of `switches`, except those with an `older` reason. */
export const oldestGit = '2.31';

/**
 * Settings of every call, with the first version of git that has each, from its release notes, `git help git` and
 * `git help config`. If that is newer than `oldestGit`, `older` says why an older git is safe too.
 */
export const switches: { name: string; value: string; since: string; why: string; older?: string }[] = [
  { name: 'GIT_OPTIONAL_LOCKS', value: '0', since: '2.15', why: 'git status writes no refreshed index' },
  {
    name: 'GIT_ALLOW_PROTOCOL',
    value: 'none',
    since: '2.3.10',
    why: 'no transport: neither fetches nor remote helpers, and so no core.sshCommand, core.gitProxy, core.askPass, credential.helper, uploadpack.packObjectsHook or core.alternateRefsCommand',
  },
  {
    name: 'GIT_NO_LAZY_FETCH',
    value: '1',
    since: '2.44',
    why: 'objects that a partial clone lacks are not fetched',
    older: 'remote.*.promisor and extensions.partialClone are not carried, and no transport is allowed',
  },
  { name: 'GIT_TERMINAL_PROMPT', value: '0', since: '2.3', why: 'no question in the terminal' },
  { name: 'GIT_PAGER', value: 'cat', since: '1.5', why: 'core.pager, pager.*' },
  { name: 'GIT_EDITOR', value: ':', since: '1.5.3', why: 'core.editor, sequence.editor' },
  {
    name: 'core.fsmonitor',
    value: 'false',
    since: '2.16',
    why: 'no program or daemon that tells which files have changed',
  },
  { name: 'core.hooksPath', value: '/dev/null', since: '2.9', why: 'no hooks' },
  { name: 'diff.external', value: '', since: '1.5.4', why: 'no program that compares files' },
  {
    name: 'submodule.recurse',
    value: 'false',
    since: '2.14',
    why: 'no call of git in a submodule, whose configuration is its own',
  },
  { name: 'commit.gpgSign', value: 'false', since: '2.0', why: 'gpg.program' },
  { name: 'gc.auto', value: '0', since: '1.5.5', why: 'no process stays in the background' },
  {
    name: 'maintenance.auto',
    value: 'false',
    since: '2.29',
    why: 'no process stays in the background',
  },
  {
    name: 'safe.bareRepository',
    value: 'explicit',
    since: '2.38',
    why: 'a bare repository among the files of another is not taken for one',
    older: 'repositories are found by their `.git` alone (repositoryAround)',
  },
];

/** The keys of the repository's own configuration that git may see: how its files are stored on this disk, and its remotes. */
export const carried: RegExp[] = [
  /^core\.(?:repositoryformatversion|filemode|symlinks|ignorecase|precomposeunicode|trustctime|checkstat)$/,
  /^core\.(?:autocrlf|eol|sparsecheckout|sparsecheckoutcone)$/,
  // git refuses a repository with an unknown extension.
  /^extensions\.(?!worktreeconfig$|partialclone$)[a-z]+$/,
  /^remote\..*\.url$/s,
  /^url\..*\.insteadof$/s,
  /^user\.(?:name|email)$/,
];

/** Environment variables that the user may set; all others that git reads could point it to another repository. */
const kept =
  /^GIT_(?:(?:AUTHOR|COMMITTER)_(?:NAME|EMAIL|DATE)|CONFIG_(?:GLOBAL|SYSTEM|NOSYSTEM|COUNT|KEY_\d+|VALUE_\d+)|CEILING_DIRECTORIES|EXEC_PATH)$/;

/** Ten minutes: git would wait forever for a named pipe in place of a file. */
const timeout = 600_000;
const most = { config: 1 << 20, link: 1 << 16, output: 1 << 28 };

/** git is missing or too old. */
export class NoGit extends UserError {}

/** A repository with a work tree. All paths are absolute, with links resolved. */
export interface Repository {
  gitDir: string;
  /** The common directory of a linked worktree. */
  commonDir: string;
  workTree: string;
  /** The repository's configuration; its values are not trusted. */
  settings: Setting[];
}

interface Result {
  /** Null if the process was killed. */
  status: number | null;
  stdout: string;
  stderr: string;
}

function real(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

/** Every repository seen so far: no program in any of them is executed. */
const seen = new Set<string>();

/** Calls git with the user's environment and these settings; a name with a dot is configuration. */
function call(
  cwd: string,
  args: readonly string[],
  {
    env = {},
    config = [],
    input,
    outside,
  }: { env?: Record<string, string>; config?: [string, string][]; input?: string; outside: string },
): Result {
  const own = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !name.startsWith('GIT_') || kept.test(name)),
  );
  const begin = Number(own.GIT_CONFIG_COUNT ?? 0) || 0;
  const pairs = [...switches.map(({ name, value }): [string, string] => [name, value]), ...config];
  const settings = pairs.filter(([name]) => name.includes('.'));
  const result = childProcess().spawnSync('git', args, {
    cwd,
    env: {
      ...own,
      PATH: pathOutside(outside, [...seen]),
      ...Object.fromEntries(pairs.filter(([name]) => !name.includes('.'))),
      GIT_CONFIG_COUNT: String(begin + settings.length),
      ...Object.fromEntries(
        settings.flatMap(([name, value], index) => [
          [`GIT_CONFIG_KEY_${begin + index}`, name],
          [`GIT_CONFIG_VALUE_${begin + index}`, value],
        ]),
      ),
      ...env,
    },
    encoding: 'utf8',
    ...(input !== undefined && { input }),
    stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    maxBuffer: most.output,
    timeout,
  });
  const { error, status, stdout, stderr } = result;
  const code = (error as NodeJS.ErrnoException | undefined)?.code;
  if (code === 'ENOENT' || code === 'ENOTDIR')
    throw new NoGit('git is not installed. Install it: generator-wasm merges changes with git.');
  if (code === 'ETIMEDOUT')
    throw new UserError(`git ${args[0]} took longer than ${timeout / 60_000} minutes in '${cwd}' and was stopped.`);
  if (code === 'ENOBUFS')
    throw new UserError(`git ${args[0]} in '${cwd}' printed more than ${most.output >> 20} MiB; the limit is reached.`);
  if (error) throw new UserError(`git cannot run in '${cwd}' (${code}).`);
  return { status, stdout, stderr };
}

/** The output of a call that must succeed, without the final line end. */
function output(args: readonly string[], { status, stdout, stderr }: Result): string {
  if (status !== 0) {
    const [said = ''] = stderr.trim().split('\n');
    throw new UserError(`git ${args[0]} failed: ${said.replace(/^(?:fatal|error): /, '').replace(/\.$/, '')}.`);
  }
  return stdout.replace(/\n$/, '');
}

let checked = false;

function checkVersion(cwd: string): void {
  if (checked) return;
  const { stdout } = call('/', ['version'], { outside: cwd });
  const [, version = '', major, minor] = /^git version ((\d+)\.(\d+)\S*)/.exec(stdout) ?? [];
  const [leastMajor = 0, leastMinor = 0] = oldestGit.split('.').map(Number);
  if (Number(major) < leastMajor || (Number(major) === leastMajor && Number(minor) < leastMinor))
    throw new NoGit(
      `git is ${version} here, and ${oldestGit} or newer is needed, which can leave out a repository's own configuration. Install a newer git.`,
    );
  checked = true;
}

/** Reads a file that should be small and regular; undefined if there is none. */
function small(path: string, limit: number): string | undefined {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (!stat) return undefined;
  if (!stat.isFile()) throw new UserError(`'${path}' is not a regular file, so git cannot read it.`);
  if (stat.size > limit) throw new UserError(`'${path}' has ${stat.size} bytes; the limit is ${limit}.`);
  return readFileSync(path, 'utf8');
}

/** Whether git would treat a folder as a git directory: gitrepository-layout(5). */
function isGitDir(path: string): boolean {
  const isFolder = (name: string) => statSync(join(path, name), { throwIfNoEntry: false })?.isDirectory() === true;
  const stat = lstatSync(join(path, 'HEAD'), { throwIfNoEntry: false });
  if (!stat?.isFile() && !stat?.isSymbolicLink()) return false;
  if (
    stat.isFile() &&
    (stat.size > most.link || !/^(?:ref:\s*refs\/|[0-9a-f]{40})/.test(readFileSync(join(path, 'HEAD'), 'utf8')))
  )
    return false;
  return (
    lstatSync(join(path, 'commondir'), { throwIfNoEntry: false }) !== undefined ||
    (isFolder('objects') && isFolder('refs'))
  );
}

/**
 * The repository around a folder, found like git does (`git help git`, GIT_DIR), but only by a `.git`. Throws a UserError if the
 * folder is in git's own folder, or if `.git` leads to a repository that does not point back.
 */
export function repositoryAround(folder: string): Repository | undefined {
  const from = realpathSync(folder);
  const ceilings = (process.env.GIT_CEILING_DIRECTORIES ?? '').split(delimiter).filter(isAbsolute).map(real);
  const { dev } = statSync(from);
  for (let dir = from; ; dir = dirname(dir)) {
    // git does not search above a ceiling or on another file system.
    if (dir !== from && (ceilings.includes(dir) || statSync(dir).dev !== dev)) return undefined;
    const own = join(dir, '.git');
    const stat = lstatSync(own, { throwIfNoEntry: false });
    if (stat?.isDirectory() && isGitDir(own)) return checkedRepository(dir, own);
    if (stat?.isFile() || stat?.isSymbolicLink()) return checkedRepository(dir, linked(own, stat.isFile()));
    if (isGitDir(dir))
      throw new UserError(
        `'${folder}' is git's own folder${dir === from ? '' : `, or is inside it: '${dir}'`}. Give the project's folder.`,
      );
    if (dir === dirname(dir)) return undefined;
  }
}

/** The target of a `.git` that is a file or a link. */
function linked(own: string, isFile: boolean): string {
  const target = isFile ? /^gitdir: ([^\0]+?)[\r\n]*$/.exec(small(own, most.link) ?? '')?.[1] : readlinkSync(own);
  const path = target && real(resolve(dirname(own), target));
  if (!path || !isGitDir(path)) throw new UserError(`'${own}' does not point to a repository. Remove or repair it.`);
  return path;
}

function checkedRepository(workTree: string, gitDir: string): Repository {
  seen.add(workTree);
  const own = join(workTree, '.git');
  const shared = small(join(gitDir, 'commondir'), most.link)?.trim();
  const commonDir = shared === undefined ? gitDir : real(resolve(gitDir, shared));
  // git worktree add creates COMMON/worktrees/NAME.
  if (shared !== undefined && dirname(dirname(gitDir)) !== commonDir)
    throw new UserError(`'${gitDir}' uses the objects of '${commonDir}', which is not its own repository.`);
  refuseForeign(workTree, [own, workTree, gitDir]);
  const settings = settingsCached(gitDir, commonDir, workTree);
  const said = (key: string) => last(settings, key)?.[1];
  // A linked worktree ignores core.bare and core.worktree of its repository.
  const elsewhere = said('core.worktree');
  const leadsBack = elsewhere !== undefined && real(resolve(gitDir, elsewhere)) === workTree;
  if (shared === undefined && elsewhere !== undefined && !leadsBack)
    throw new UserError(
      `The repository in '${workTree}' has its files in '${elsewhere}' (core.worktree), which generator-wasm does not support. Remove the setting: git config --file '${join(gitDir, 'config')}' --unset core.worktree`,
    );
  if (shared === undefined && /^(?:true|yes|on|1)$/i.test(said('core.bare') ?? ''))
    throw new UserError(`The repository in '${gitDir}' is bare: it has no files. Use a clone.`);
  const back = small(join(gitDir, 'gitdir'), most.link)?.trim();
  const isLinked = back !== undefined && real(dirname(resolve(gitDir, back))) === workTree;
  if (gitDir !== own && !(shared === undefined ? leadsBack : isLinked))
    throw new UserError(
      `'${own}' leads to '${gitDir}', which does not point back to this folder. ${shared === undefined ? `If it is the right repository: git config --file '${join(gitDir, 'config')}' core.worktree '${workTree}'` : 'If it was moved: git worktree repair'}`,
    );
  return { gitDir, commonDir, workTree, settings };
}

/** Throws a UserError if another user owns one of these paths and it is not trusted: `git help config`, safe.directory. */
function refuseForeign(workTree: string, paths: readonly string[]): void {
  const user = process.geteuid?.();
  // Like git: root trusts its own paths and those of the user who called sudo.
  const users = [user, ...(user === 0 && process.env.SUDO_UID ? [Number(process.env.SUDO_UID)] : [])];
  if (user === undefined || paths.every((path) => users.includes(lstatSync(path).uid))) return;
  const args = ['config', '-z', '--type=path', '--get-all', 'safe.directory'];
  let trusted: string[] = [];
  for (const value of alone(temporaryOutside(workTree), args, workTree).stdout.split('\0').slice(0, -1))
    trusted = value === '' ? [] : [...trusted, value];
  const isTrusted = trusted.some(
    (value) =>
      value === '*' ||
      real(value) === workTree ||
      (value.endsWith('/*') && isWithin(real(value.slice(0, -2)), workTree)),
  );
  if (!isTrusted)
    throw new UserError(
      `'${workTree}' belongs to another user, so git does not trust it. If you trust it: git config --global --add safe.directory '${workTree}'`,
    );
}

type Setting = [key: string, value: string | undefined];

/** Keys and values of `git config -z --list`; a key without `=` has no value. */
const settingsIn = (text: string): Setting[] =>
  text
    .split('\0')
    .slice(0, -1)
    .map((line) => {
      const end = line.indexOf('\n');
      return end < 0 ? [line, undefined] : [line.slice(0, end), line.slice(end + 1)];
    });

const last = (settings: readonly Setting[], key: string): Setting | undefined =>
  settings.filter(([name]) => name === key).at(-1);

/**
 * The settings of a configuration file in the form that git writes, which saves a process; undefined if any line has another
 * form, such as a comment, an escape or quotes: then git has to read the file.
 */
export function plainSettings(text: string): Setting[] | undefined {
  const settings: Setting[] = [];
  let section: string | undefined;
  for (const line of text.split('\n')) {
    const [, head, sub, key, value] =
      /^(?:\[([A-Za-z]+)(?: "([^"\\\0]*)")?\]|\t([A-Za-z]+) = ([^\s"\\#;\0]+))$/.exec(line) ?? [];
    if (head !== undefined) section = sub === undefined ? head.toLowerCase() : `${head.toLowerCase()}.${sub}`;
    else if (key !== undefined && section !== undefined) settings.push([`${section}.${key.toLowerCase()}`, value]);
    else if (line !== '') return undefined;
  }
  return settings;
}

/** The configuration in a repository's files, without includes. */
function settingsOf(gitDir: string, commonDir: string, workTree: string): Setting[] {
  const read = (path: string) => {
    const text = small(path, most.config);
    const plain = plainSettings(text ?? '');
    if (plain) return plain;
    const args = ['config', '--file', path, '--no-includes', '-z', '--list'];
    return settingsIn(output(args, alone(temporaryOutside(workTree), args, workTree)));
  };
  const settings = read(join(commonDir, 'config'));
  const [, perWorktree = 'true'] = last(settings, 'extensions.worktreeconfig') ?? [undefined, 'false'];
  return /^(?:false|no|off|0)?$/i.test(perWorktree)
    ? settings
    : [...settings, ...read(join(gitDir, 'config.worktree'))];
}

const known = new Map<string, { of: string; settings: Setting[] }>();

/** The same, read again only if one of the files changed. */
function settingsCached(gitDir: string, commonDir: string, workTree: string): Setting[] {
  const of = [join(commonDir, 'config'), join(gitDir, 'config.worktree')]
    .map((path) => {
      const stat = statSync(path, { throwIfNoEntry: false, bigint: true });
      return stat && [stat.dev, stat.ino, stat.size, stat.mtimeNs, stat.ctimeNs].join();
    })
    .join(' ');
  const before = known.get(gitDir);
  if (before?.of === of) return before.settings;
  const settings = settingsOf(gitDir, commonDir, workTree);
  known.set(gitDir, { of, settings });
  return settings;
}

/** Parses a configuration file: `git help config`, Syntax. */
function configText(settings: readonly Setting[]): string {
  const escaped = (text: string) => text.replace(/["\\]/g, '\\$&');
  return settings
    .map(([key, value]) => {
      const [, section, sub, name] = /^([^.]+)(?:\.(.*))?\.([^.]+)$/s.exec(key) ?? [];
      const head = sub === undefined ? section : `${section} "${escaped(sub)}"`;
      const text = escaped(value ?? '')
        .replaceAll('\n', '\\n')
        .replaceAll('\t', '\\t');
      return `[${head}]\n\t${name}${value === undefined ? '' : ` = "${text}"`}\n`;
    })
    .join('');
}

/** How git sees a repository. */
interface View {
  /** Changes when a file behind the view changes. */
  of: string;
  env: Record<string, string>;
  /** The settings of `noFilters`, once a command needed them. */
  filters?: [string, string][];
}

const views = new Map<string, View>();

function viewOf({ gitDir, commonDir, workTree, settings }: Repository): View {
  const { HOME, XDG_CONFIG_HOME, GIT_CONFIG_GLOBAL } = process.env;
  const of = JSON.stringify([commonDir, settings, HOME, XDG_CONFIG_HOME, GIT_CONFIG_GLOBAL]);
  const key = `${gitDir}\0${workTree}`;
  const before = views.get(key);
  if (before?.of === of && existsSync(before.env.GIT_COMMON_DIR ?? '')) return before;
  const folder = temporaryOutside(workTree);
  // gitrepository-layout(5): what linked worktrees share, without `config`, `hooks` and what only writes need.
  for (const name of ['objects', 'refs', 'packed-refs', 'reftable', 'shallow', 'info'])
    if (existsSync(join(commonDir, name))) symlinkSync(join(commonDir, name), join(folder, name));
  writeFileSync(join(folder, 'config'), configText(settings.filter(([key]) => carried.some((one) => one.test(key)))));
  const view = { of, env: { GIT_DIR: gitDir, GIT_COMMON_DIR: folder, GIT_WORK_TREE: workTree } };
  views.set(key, view);
  return view;
}

/** Commands of git that put no contents of a file through a filter; `ls-files` only without `--modified`. */
const unfiltered = new Set(['check-ignore', 'config', 'for-each-ref', 'init', 'ls-files', 'merge-file', 'var']);

function isUnfiltered(args: readonly string[]): boolean {
  const command = args.find((word, index) => !word.startsWith('-') && args[index - 1] !== '-c');
  return command !== undefined && unfiltered.has(command) && !args.includes('--modified');
}

/** Settings that turn off the filters in the user's configuration: gitattributes(5), filter. */
function noFilters(cwd: string, env: Record<string, string>): [string, string][] {
  const args = ['config', '-z', '--list'];
  const filters = settingsIn(output(args, call(cwd, args, { env, outside: cwd }))).flatMap(
    ([key]) => /^(filter\..*)\.[^.]+$/s.exec(key)?.[1] ?? [],
  );
  return [...new Set(filters)].flatMap((name): [string, string][] => [
    [`${name}.clean`, ''],
    [`${name}.smudge`, ''],
    [`${name}.process`, ''],
    [`${name}.required`, 'false'],
  ]);
}

/** Calls git in the repository around a folder. Throws a UserError if there is none or git cannot be called. */
function inRepository(cwd: string, args: readonly string[], input?: string): Result {
  const repository = repositoryAround(cwd);
  if (!repository) throw new UserError(`'${cwd}' is not in a git repository.`);
  checkVersion(cwd);
  const view = viewOf(repository);
  if (!isUnfiltered(args)) view.filters ??= noFilters(repository.workTree, view.env);
  return call(cwd, args, {
    env: view.env,
    ...(view.filters && { config: view.filters }),
    ...(input !== undefined && { input }),
    outside: repository.workTree,
  });
}

/** The output of git in the repository around a folder. Throws a UserError if there is none or git fails. */
export const git = (cwd: string, ...args: string[]): string => output(args, inRepository(cwd, args));

/** The fields that git prints with `-z` for these paths, also if it then fails; undefined if git cannot be called. */
export function gitAbout(cwd: string, paths: readonly string[], ...args: string[]): string[] | undefined {
  try {
    const input = paths.map((path) => `${path}\0`).join('');
    return inRepository(cwd, [...args, '-z', '--stdin'], input)
      .stdout.split('\0')
      .slice(0, -1);
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}

/** The output of git, or empty if git is missing or fails. */
export function gitOr(cwd: string, ...args: string[]): string {
  try {
    return git(cwd, ...args);
  } catch (error) {
    if (error instanceof UserError) return '';
    throw error;
  }
}

/**
 * Calls git in a folder that this program made, outside of any repository or with a new one, whose configuration git reads.
 * Throws a UserError only if git cannot be called.
 * @param outside the folder whose programs are not called
 */
export function alone(folder: string, args: readonly string[], outside = folder): Result {
  const env = { GIT_CEILING_DIRECTORIES: dirname(real(folder)) };
  const config = isUnfiltered(args) ? [] : noFilters(folder, env);
  return call(folder, args, { env, config, outside });
}

/** The output of git in a temporary or new folder. Throws a UserError if it fails. */
export const gitAlone = (folder: string, ...args: string[]): string => output(args, alone(folder, args));

/** git's `user.name` in a folder, or empty. A temporary folder is asked for also because that removes those of killed runs. */
export function authorName(folder: string): string {
  const args = ['config', 'user.name'];
  return gitOr(folder, ...args) || alone(temporary(), args, folder).stdout.trim();
}
