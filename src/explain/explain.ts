/** `explain`: writes a page that shows the project, or prints the same as JSON. */
import { spawn } from 'node:child_process';
import { lstatSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { axes } from '../catalog/axes.ts';
import { type CommandResult, type Flags, helpFlag, helpOf, readFlags } from '../cli/command.ts';
import { pathOutside } from '../lib/outside.ts';
import { printed, shown } from '../lib/printable.ts';
import { UserError } from '../lib/user-error.ts';
import { choiceOf, knownValue } from '../plan/values.ts';
import { ignoredOf } from '../project/location.ts';
import { blocker } from '../project/write.ts';
import { describe } from './describe.ts';
import type { Explanation } from './explanation.ts';
import { page } from './page.ts';

export const explainFlags: Flags = {
  output: {
    short: 'o',
    hint: 'FILE',
    help: 'where to write it; - is standard output. Default: build/project.html if git ignores build, else a temporary file',
  },
  open: { help: 'open the page in the browser' },
  ci: { hint: 'PROVIDER,…', help: 'in an existing project: the CI providers to show (default: that of its platform)' },
  json: { help: 'print JSON instead of a page' },
  force: { help: 'replace a file that is not a page of explain' },
  ...helpFlag,
};

export const explainUsage = (program: string): string =>
  helpOf(
    `${program} [folder] [flags]`,
    [
      'Writes one HTML page that shows the project: modules, pipelines, tasks, what is published and where it runs.',
      'In an existing project, it shows what was found and what ci would add. The project is not changed.',
    ],
    explainFlags,
  );

/** Throws a UserError if there is no project, or if the page cannot be written or opened. */
export async function explain(
  argv: readonly string[],
  cwd: string,
  program = 'generator-wasm explain',
): Promise<CommandResult> {
  const read = readFlags(argv, explainFlags, 1);
  if (read.has('help')) return { text: explainUsage(program), code: 0 };
  const value = (flag: string) => read.flags.findLast(({ name }) => name === flag)?.value;
  const [output, isJson] = [value('output'), read.has('json')];
  if (read.has('open') && (isJson || output === '-'))
    throw new UserError('--open shows a page in a file. Leave out --json and --output -.');
  const project = await describe(
    cwd,
    read.positionals[0] ?? '.',
    program,
    value('ci') === undefined ? undefined : providers(value('ci') ?? ''),
  );
  const text = isJson ? printed(JSON.stringify(project, undefined, 2)) : page(project);
  if (output === '-' || (isJson && output === undefined)) return { text: text.trimEnd(), code: 0 };
  const target = output === undefined ? usualFile(project) : resolve(cwd, output);
  save(target, isJson ? `${text}\n` : text, read.has('force'));
  const written = `Wrote ${shown(relative(cwd, target).startsWith('..') ? target : relative(cwd, target))}`;
  if (!read.has('open')) return { text: isJson ? written : `${written}\nOpen it: ${pathToFileURL(target)}`, code: 0 };
  await open(target, project.root);
  return { text: written, code: 0 };
}

/** The ids of typed CI providers. */
function providers(typed: string): string[] {
  const options = axes.ci.filter(({ id }) => id !== 'none');
  return typed.split(',').map((word) => {
    const id = knownValue(options, word.trim());
    if (id === undefined) throw new UserError(`Unknown ci '${word.trim()}'. ${choiceOf(options, word.trim())}`);
    return id;
  });
}

/** In a folder that git ignores, so that the page is never committed. */
function usualFile({ root }: Explanation): string {
  const own = 'build/project.html';
  const isIgnored = ignoredOf(root, [own]).length > 0 && !blocker(root, dirname(join(root, own)));
  if (isIgnored) return join(root, own);
  try {
    return join(mkdtempSync(join(tmpdir(), 'generator-wasm-explain-')), 'project.html');
  } catch (error) {
    throw new UserError(
      `No temporary file can be made in '${tmpdir()}' (${codeOf(error)}). Give a file: --output FILE`,
    );
  }
}

const codeOf = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? String(error);

/** Writes the file at once. Throws a UserError if it cannot be written, or if another file would be lost. */
function save(target: string, text: string, isForced: boolean): void {
  const shownTarget = shown(target);
  const started = `${target}.${process.pid}.new`;
  try {
    const stat = lstatSync(target, { throwIfNoEntry: false });
    if (stat && !stat.isFile())
      throw new UserError(`'${shownTarget}' is not a regular file. Give another one: --output FILE`);
    if (stat && !isForced && !readFileSync(target, 'utf8').slice(0, 1000).includes('generator-wasm explain'))
      throw new UserError(
        `'${shownTarget}' already exists, and is not a page of explain. Give another file with --output FILE, or pass --force to replace it.`,
      );
    mkdirSync(dirname(target), { recursive: true });
    try {
      writeFileSync(started, text, { flag: 'wx' });
      renameSync(started, target);
    } finally {
      rmSync(started, { force: true });
    }
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError(`'${shownTarget}' cannot be written (${codeOf(error)}). Give another file: --output FILE`);
  }
}

/** The programs that open a page with the user's browser. */
const openers: Partial<Record<NodeJS.Platform, string[]>> = {
  darwin: ['open'],
  win32: ['explorer.exe'],
};

/** Opens the page. Throws a UserError if there is no program for that, or if it fails within two seconds. */
async function open(target: string, root: string): Promise<void> {
  const [program = 'xdg-open'] = openers[process.platform] ?? [];
  const why = await new Promise<string | undefined>((done) => {
    const child = spawn(program, [target], {
      cwd: dirname(target),
      env: { ...process.env, PATH: pathOutside(root) },
      stdio: 'ignore',
      detached: true,
    });
    const later = setTimeout(() => done(undefined), 2000);
    child.on('error', (error) => done(codeOf(error) === 'ENOENT' ? 'is not installed' : `fails (${codeOf(error)})`));
    // explorer.exe exits with 1 if it succeeds.
    child.on('exit', (code) => done(code === 0 || program === 'explorer.exe' ? undefined : `exits with ${code}`));
    child.unref();
    child.on('exit', () => clearTimeout(later));
    child.on('error', () => clearTimeout(later));
  });
  if (why)
    throw new UserError(`The page could not be opened: ${program} ${why}. Open it yourself: ${pathToFileURL(target)}`);
}
