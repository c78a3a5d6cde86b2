/** Creates a project: from a request to files on the disk. Used by the program and by `yo wasm`. */
import { join, relative } from 'node:path';
import { axes, find } from '../catalog/axes.ts';
import { getMise } from '../catalog/tools.ts';
import { quote } from '../lib/shell.ts';
import { and } from '../lib/words.ts';
import type { Choices } from '../model/choices.ts';
import { usesMise } from '../model/pipeline.ts';
import type { File, Plan } from '../model/plan.ts';
import { type Ask, choose } from '../plan/choices.ts';
import { commandLine } from '../plan/flags.ts';
import { askingName, askPreset, isOpen } from '../plan/presets.ts';
import { plansOf, render } from '../print/render.ts';
import { authorName } from '../project/git.ts';
import { ignoredOf } from '../project/location.ts';
import { planGit, type Resolve, rootAbove, survey, write } from '../project/write.ts';
import { type CreateRequest, destinationOf, type OnConflict } from './answers.ts';

/** A project that is ready to be written. */
export interface Ready {
  choices: Choices;
  plans: Plan[];
  destination: string;
  /** The destination relative to the current folder. */
  shown: string;
  /** The files to write. */
  missing: File[];
  /** The existing files that are kept, in place of generated ones. */
  kept: string[];
  /** Commands for what was not decided. */
  later: string[];
  request: CreateRequest;
}

/** Decides every choice and checks the destination. Throws a UserError if the project cannot be created; writes nothing. */
export async function prepare(request: CreateRequest, cwd: string, ask: Ask | undefined): Promise<Ready> {
  const chosen = destinationOf(request, cwd);
  if (chosen) survey(chosen.path, []);
  const preset = ask && !request.yes && isOpen(request.answers) ? await askPreset(ask) : undefined;
  const folder = chosen?.folder ?? '';
  const choices = await choose(
    { ...request, answers: { ...preset?.answers, ...request.answers } },
    { folder, author: () => authorName(cwd) },
    ask && preset ? askingName(ask, folder) : ask,
  );
  const destination = chosen?.path ?? join(cwd, choices.name);
  const plans = plansOf(choices);
  const kept: string[] = [];
  const missing = survey(destination, render(choices, plans), (file, present) => {
    const resolved = resolve(file, present, request.onConflict);
    if (resolved === 'keep' && file.path !== '.gitignore') kept.push(file.path);
    return resolved;
  });
  const shown = relative(cwd, destination) || '.';
  return { choices, plans, destination, shown, missing, kept, later: preset?.later ?? [], request };
}

/** The files of a new repository, as GitHub, GitLab and others create them. */
const ofNewRepository = ['README.md', 'LICENSE'];

function resolve(file: File, present: string, policy: OnConflict | undefined): ReturnType<Resolve> {
  if (policy === 'abort') return undefined;
  if (policy === 'overwrite') return file;
  if (file.path === '.gitignore') return withLines(file, present);
  return policy === 'keep' || ofNewRepository.includes(file.path) ? 'keep' : undefined;
}

/** Appends the lines that the user's file does not have yet. */
function withLines(file: File, present: string): File | 'keep' {
  const lines = present.split(/\r?\n/);
  const added = file.text.split('\n').filter((line) => line !== '' && !lines.includes(line));
  const end = present === '' || present.endsWith('\n') ? '' : '\n';
  return added.length === 0 ? 'keep' : { ...file, text: `${present}${end}${added.join('\n')}\n` };
}

/** Writes the prepared project and returns the message. Throws a UserError if that fails, and leaves nothing behind. */
export function writeProject({ choices, plans, destination, shown, missing, kept, later, request }: Ready): string {
  if (missing.length === 0) return `Already up to date: ${shown}`;
  const unread = unreadCi(choices, destination, shown, request);
  if (request.dryRun) return [`Would write ${missing.length} files to ${shown}:`, list(missing), ...unread].join('\n');
  const makeRepository = planGit(destination, request.git);
  const said = write(destination, missing, makeRepository);
  const ignored = ignoredOf(
    destination,
    missing.map(({ path }) => path),
  );
  const notes = [
    ...(kept.length > 0 ? [`Kept your own ${and(kept)}. To replace them: --on-conflict overwrite.`] : []),
    ...(ignored.length > 0 ? [`git ignores ${and(ignored)}. To commit them: git add --force.`] : []),
    ...(said ? [said] : []),
    ...unread,
  ];
  return farewell(choices, plans, shown, missing, notes, later);
}

/** Says that no CI reads the files of a project below the root of a repository. */
function unreadCi({ ci }: Choices, destination: string, shown: string, { git }: CreateRequest): string[] {
  const root = git || ci.includes('none') ? undefined : rootAbove(destination);
  if (root === undefined) return [];
  const providers = and(ci.map((id) => find(axes.ci, id)?.label ?? id));
  return [
    `${providers} will not read the CI files in ${shown}: CI is read only at the root of a repository, which is ${root}. Create the project there with 'generator-wasm ${quote(root)}', give it a repository of its own with --git, or leave CI out with --ci none.`,
  ];
}

const list = (files: readonly File[]) => files.map(({ path }) => `  ${path}`).join('\n');

function farewell(
  choices: Choices,
  plans: readonly Plan[],
  shown: string,
  files: readonly File[],
  notes: readonly string[],
  later: readonly string[],
): string {
  const [first] = plans;
  const place = choices.module ? ` -C ${first?.choices.name}` : '';
  const then = `make${place} ${first?.tasks.serve ? 'serve' : 'run'}`;
  return [
    `Wrote ${files.length} files to ${shown}:`,
    list(files),
    ...(notes.length > 0 ? ['', ...notes] : []),
    '',
    'Next:',
    ...(shown === '.' ? [] : [`  cd ${quote(shown)}`]),
    ...(plans.some(usesMise) ? [`  ${getMise}    # if mise is missing`] : []),
    '  make setup test',
    `  ${then}`,
    ...(later.length > 0
      ? [
          '',
          'When you have decided on a registry (commit after each command):',
          ...later.map((command) => `  ${command}`),
        ]
      : []),
    '',
    'To create this project again:',
    `  ${commandLine(choices)}`,
  ].join('\n');
}
