/** Creates a project: from a request to files on the disk. Used by the program and by `yo wasm`. */
import { join, relative } from 'node:path';
import { quote } from '../lib/shell.ts';
import type { Choices } from '../model/choices.ts';
import type { File } from '../model/plan.ts';
import { type Ask, choose } from '../plan/choices.ts';
import { compose } from '../plan/compose.ts';
import { commandLine } from '../plan/flags.ts';
import { moduleChoices } from '../plan/modules.ts';
import { render } from '../print/render.ts';
import { authorName } from '../project/git.ts';
import { planGit, survey, write } from '../project/write.ts';
import { type CreateRequest, destinationOf } from './answers.ts';

/** A project that is ready to be written. */
export interface Ready {
  choices: Choices;
  destination: string;
  /** The destination relative to the current folder. */
  shown: string;
  /** The files that do not exist yet. */
  missing: File[];
  request: CreateRequest;
}

/** Decides every choice and checks the destination. Throws a UserError if the project cannot be created; writes nothing. */
export async function prepare(request: CreateRequest, cwd: string, ask: Ask | undefined): Promise<Ready> {
  const chosen = destinationOf(request, cwd);
  if (chosen) survey(chosen.path, []);
  const choices = await choose(request, { folder: chosen?.folder ?? '', author: () => authorName(cwd) }, ask);
  const destination = chosen?.path ?? join(cwd, choices.name);
  const missing = survey(destination, render(choices));
  return { choices, destination, shown: relative(cwd, destination) || '.', missing, request };
}

/** Writes the prepared project and returns the message. Throws a UserError if that fails, and leaves nothing behind. */
export function writeProject({ choices, destination, shown, missing, request }: Ready): string {
  if (missing.length === 0) return `Already up to date: ${shown}`;
  if (request.dryRun) return `Would write ${missing.length} files to ${shown}:\n${list(missing)}`;
  const makeRepository = planGit(destination, request.git);
  return farewell(choices, shown, missing, write(destination, missing, makeRepository));
}

const list = (files: readonly File[]) => files.map(({ path }) => `  ${path}`).join('\n');

function farewell(choices: Choices, shown: string, files: readonly File[], git: string): string {
  const [first = choices] = moduleChoices(choices);
  const place = choices.module ? ` -C ${first.name}` : '';
  const then = `make${place} ${compose(first).tasks.serve ? 'serve' : 'run'}`;
  return [
    `Wrote ${files.length} files to ${shown}:`,
    list(files),
    ...(git ? ['', git] : []),
    '',
    'Next:',
    ...(shown === '.' ? [] : [`  cd ${quote(shown)}`]),
    '  make setup test',
    `  ${then}`,
    '',
    'To create this project again:',
    `  ${commandLine(choices)}`,
  ].join('\n');
}
