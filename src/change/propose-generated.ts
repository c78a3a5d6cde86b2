/** Proposes the changes of a project that this program created. */
import { UserError } from '../lib/user-error.ts';
import type { Choices } from '../model/choices.ts';
import type { File } from '../model/plan.ts';
import { type Ask, choose } from '../plan/choices.ts';
import { readPresent } from '../project/location.ts';
import { renderProject, type SavedState } from '../project/state.ts';
import { ciNotes } from './ci-notes.ts';
import { changeCommands } from './commands.ts';
import { movesOf, withCopies } from './moves.ts';
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
  const difference = withCopies(reconcile(rebased, generated, user), moves, root);
  moves.complete(difference.edits, user);
  difference.edits.push(...memoryEdit(project.text, { choices }));
  return {
    ...difference,
    notes: [],
    after: [...moves.notes, ...(project.command === changeCommands.ci ? ciNotes({ choices }) : [])],
    reasons: reasonsFor({ choices }, before, difference),
  };
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
