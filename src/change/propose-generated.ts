/** Proposes the change of a project that this program created: renders the old and the new choices, and merges the difference. */

import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../lib/user-error.ts';
import type { Choices } from '../model/choices.ts';
import type { File } from '../model/plan.ts';
import { type Ask, choose } from '../plan/choices.ts';
import { stateFile } from '../print/render.ts';
import { type Edit, type Present, pathsIn, readPresent } from '../project/location.ts';
import { renderProject, type SavedState } from '../project/state.ts';
import {
  memoryEdit,
  noDefaults,
  type Project,
  type Proposal,
  reasonsFor,
  refuseOlder,
  renderedBefore,
  withoutRestored,
} from './proposal.ts';
import { reconcile } from './reconcile.ts';

/** Of a project that this program created. */
export async function proposeGenerated(project: Project, before: SavedState & { choices: Choices }): Promise<Proposal> {
  const { root } = project.location;
  const { base, choices } = await nextChoices(project, before);
  const generated = renderProject({ choices });
  const moves = movesOf(root, before.choices, choices, base, generated);
  const user = (path: string) => {
    if (moves.from.has(path)) return undefined;
    return readPresent(root, moves.to.get(path) ?? path);
  };
  const rebased = withoutRestored(base, generated, project.options).map((file) => ({
    ...file,
    path: moves.from.get(file.path) ?? file.path,
  }));
  const difference = reconcile(rebased, generated, user);
  moves.complete(difference.edits, user);
  difference.edits.push(...memoryEdit(project.text, { choices }));
  return { ...difference, notes: moves.notes, reasons: reasonsFor({ choices }, before, difference) };
}

/** The base, and the new choices. */
async function nextChoices(
  { command, options, location: { root }, ask, renderOld }: Project,
  before: SavedState & { choices: Choices },
): Promise<{ base: File[]; choices: Choices }> {
  if (!command.answersFor) return { base: renderedBefore(root, before, options, renderOld), choices: before.choices };
  refuseOlder(before);
  const answers = command.answersFor(before.choices, options);
  if (options.value === undefined && !options.remove && command.value && !ask)
    throw new UserError(`Not running in a terminal. Pass the ${command.value}.`);
  const present: Ask | undefined =
    ask &&
    ((question, known, fallback) => ask(question, known, before.choices[question.key as keyof Choices] ?? fallback));
  const choices = await choose({ answers, yes: !ask }, noDefaults, present);
  return { base: renderProject(before), choices };
}

/** The moves when a project's only module gets a folder of its own: generated files, and the user's files beside them. */
interface Moves {
  /** Old path → new path. */
  from: Map<string, string>;
  /** New path → old path. */
  to: Map<string, string>;
  notes: string[];
  /** Adds the files that move without a change. */
  complete(edits: Edit[], user: (path: string) => Present | undefined): void;
}

function movesOf(root: string, before: Choices, after: Choices, base: File[], generated: File[]): Moves {
  const moves: Moves = { from: new Map(), to: new Map(), notes: [], complete: () => {} };
  if (before.module || !after.module) return moves;
  const folder = before.name;
  if (existsSync(join(root, folder)))
    throw new UserError(`'${folder}' already exists, and the module has to go there. Move it.`);
  const now = new Set(generated.map(({ path }) => path));
  const ofModule = base.map(({ path }) => path).filter((path) => now.has(`${folder}/${path}`));
  const folders = new Set(ofModule.flatMap((path) => (path.includes('/') ? [path.split('/')[0]] : [])));
  // The build makes ignored files again.
  const own = pathsIn(root);
  const move = new Set([...ofModule, ...own.filter((path) => folders.has(path.split('/')[0]) && path.includes('/'))]);
  for (const path of move) {
    moves.from.set(path, `${folder}/${path}`);
    moves.to.set(`${folder}/${path}`, path);
  }
  const rest = new Set([...base.map(({ path }) => path), stateFile]);
  const staying = own.filter((path) => !move.has(path) && !rest.has(path));
  moves.notes.push(`The project is now the module in ${folder}/.`);
  if (staying.length > 0)
    moves.notes.push(`Your own files were not moved. Move those that belong to the module: ${staying.join(', ')}.`);
  moves.complete = (edits, user) => {
    const edited = new Set(edits.map(({ path }) => path));
    for (const [old, path] of moves.from) {
      const there = user(path);
      if (!there) continue;
      if ('blocked' in there)
        throw new UserError(`'${old}' is ${there.blocked}, and cannot be moved. Move it yourself.`);
      if (!edited.has(path)) {
        const executable = (statSync(join(root, old)).mode & 0o100) !== 0;
        edits.push({ path, data: there.data, moved: true, ...(executable && { executable }) });
      }
      if (!edited.has(old)) edits.push({ path: old, data: undefined, moved: true });
    }
  };
  return moves;
}
