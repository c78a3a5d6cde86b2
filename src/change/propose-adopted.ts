/** Proposes the changes of a repository that another author wrote, to which only CI is added. */
import { axes } from '../catalog/axes.ts';
import { UserError } from '../lib/user-error.ts';
import { and } from '../lib/words.ts';
import type { Choices } from '../model/choices.ts';
import { type Ask, checkChoices, setAnswer } from '../plan/choices.ts';
import { questions } from '../plan/questions.ts';
import { stateFile } from '../print/render.ts';
import { adopt } from '../project/adopt.ts';
import { generatedPaths, knownCi, nextSteps, unsupported } from '../project/adopted.ts';
import {
  type Candidate,
  chooseCandidates,
  detect,
  foundModule,
  plainPath,
  selectCandidates,
  sentence,
  writtenIn,
} from '../project/detect.ts';
import { type Edit, ignoring, lettingThrough, readPresent, textAt } from '../project/location.ts';
import { type ProjectState, renderProject } from '../project/state.ts';
import { ciNotes } from './ci-notes.ts';
import { changeCommands } from './commands.ts';
import {
  type ChangeOptions,
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

/**
 * @param all the paths that git knows of
 * @param original the repairs, if it is a project of the original yo-wasm
 */
export async function proposeAdopted(
  { command, options, location, text, before, ask, renderOld }: Project,
  all: readonly string[],
  original: { edits: Edit[]; notes: string[] } | undefined,
): Promise<Proposal> {
  const { root, shown, prefix, branch } = location;
  const old = before?.adopted;
  const upgrades = command === changeCommands.upgrade;
  if (prefix !== '')
    throw new UserError(
      `'${shown}' is a folder in a larger repository, and CI providers read only the root. Give the root.`,
    );
  if (before && !upgrades) refuseOlder(before);
  const ci = upgrades && old ? old.ci : await chooseCi(options, old?.ci ?? [], ask);
  const base = before ? renderedBefore(root, before, options, renderOld) : [];
  const written = new Set(base.map(({ path }) => path));
  const paths = all.filter((path) => !written.has(path));
  const leaves = ci.length === 0;
  const folder = { paths, text: (path: string) => textAt(root, path) };
  const ignores = ignoring(root, [...generatedPaths, stateFile, ...writtenIn(paths)]);
  const detected = leaves ? [] : detect(folder, ignores);
  const modules = leaves ? undefined : await chooseModules(options, detected, old?.modules, upgrades ? undefined : ask);
  const candidates = modules ? selectCandidates(detected, modules) : detected;
  const left = candidates.flatMap((one) => unsupported(one) ?? (one.why ? sentence(one) : []));
  const taken = candidates.filter((one) => !one.why && !unsupported(one));
  if (!leaves && taken.length === 0)
    throw new UserError(
      `${[...left, ''].join(' ')}No WebAssembly project found in '${shown}'. Recognised files: ${[...new Set(axes.language.flatMap(({ existing }) => existing?.manifests ?? []))].join(', ')}.`,
    );
  const there = knownCi(paths);
  const found = [...taken.map(sentence), ...left];
  for (const { path } of missingLocks(taken))
    found.push(`${path} is not committed, so each run may use different versions. Commit it.`);
  if (candidates.some(({ why, facts }) => why && facts.what) && !modules)
    found.push('Name what CI shall build, if that is not right: --module PATH,…');
  if (!old && there.length > 0) found.push(`Your own CI stays: ${there.join(', ')}.`);
  if (original && upgrades) found.push(...original.notes);
  else if (original && original.edits.length > 0)
    found.push('This is a project of the original yo-wasm. To upgrade it: generator-wasm upgrade.');
  const adopted = leaves ? undefined : adopt({ branch, folder, ignores }, ci, taken, { old, modules });
  const state: ProjectState = adopted ? { adopted } : {};
  const generated = renderProject(state);
  refuseIgnored(root, ignores, [...generated.map(({ path }) => path), ...(adopted ? [stateFile] : [])]);
  if (adopted?.instead.Makefile && !paths.some((path) => /^(?:GNUm|m|M)akefile$/.test(path)))
    found.push(`git ignores Makefile here, so the commands of CI are in ${adopted.instead.Makefile}.`);
  const difference = reconcile(withoutRestored(base, generated, options), generated, (path) => readPresent(root, path));
  difference.edits.push(...memoryEdit(text, adopted && { adopted }));
  const after = [
    ...nextSteps(difference.edits.filter(({ data }) => data).map(({ path }) => path)),
    ...(command === changeCommands.ci ? ciNotes(state) : []),
  ];
  if (original && upgrades) difference.edits.push(...original.edits);
  return {
    ...difference,
    notes: found,
    after,
    reasons: reasonsFor(state, before, difference),
    modules: candidates.map(foundModule),
  };
}

/** The lock files that builds write since the repository has none. */
function missingLocks(taken: readonly Candidate[]): { path: string; tool: string }[] {
  const all = taken.flatMap(({ dir, facts: { unlocked, fetch, fetchLock } }) => [
    ...(unlocked ? [{ path: `${dir === '.' ? '' : `${dir}/`}Cargo.lock`, tool: 'cargo' }] : []),
    ...(fetch && fetchLock ? [{ path: fetchLock, tool: fetch }] : []),
  ]);
  return [...new Map(all.map((one) => [one.path, one])).values()];
}

/** The paths of the modules that the user chose, now or earlier; undefined means every detected one. */
async function chooseModules(
  { flags }: ChangeOptions,
  detected: readonly Candidate[],
  before: string[] | undefined,
  ask: Ask | undefined,
): Promise<string[] | undefined> {
  if (flags.module !== undefined) {
    const paths = flags.module.split(',').map(plainPath);
    selectCandidates(detected, paths);
    return paths;
  }
  const there = before?.filter((path) => detected.some((one) => one.path === path && one.facts.what));
  if (ask) return chooseCandidates(there?.length ? selectCandidates(detected, there) : detected, ask);
  return there?.length ? there : undefined;
}

/** Throws a UserError if git would ignore a generated file, because CI would then not have it. */
function refuseIgnored(root: string, ignores: (path: string) => boolean, paths: readonly string[]): void {
  const ignored = [...paths].sort().filter(ignores);
  if (ignored.length === 0) return;
  const lines = [...new Set(ignored.flatMap((path) => lettingThrough(root, path)))];
  throw new UserError(
    `git ignores ${and(ignored)}, so CI would not get ${ignored.length === 1 ? 'it' : 'them'}. Add ${lines.length === 1 ? 'this line' : 'these lines'} at the end of .gitignore: ${lines.map((one) => `\`${one}\``).join(', ')}.`,
  );
}

/** The CI providers for an adopted repository; none removes the generated CI. */
async function chooseCi(
  { value, add, remove }: ChangeOptions,
  before: string[],
  ask: Ask | undefined,
): Promise<string[]> {
  const question = questions.find(({ key }) => key === 'ci');
  if (!question) throw new Error('There is a question about CI');
  const typed = value?.split(',').map((word) => word.trim());
  if (remove) {
    if (before.length === 0) throw new UserError('The project has no CI of generator-wasm to remove.');
    const strange = typed?.find((id) => !before.includes(id));
    if (strange !== undefined)
      throw new UserError(
        `The project has no CI '${strange}' of generator-wasm to remove. It has: ${before.join(', ')}.`,
      );
    return typed ? before.filter((id) => !typed.includes(id)) : [];
  }
  if (!typed && !ask) throw new UserError(`Not running in a terminal. Pass the ${changeCommands.ci.value}.`);
  const answer =
    typed ?? [await ask?.(question, {}, before.length > 0 ? before : question.fallback({}, noDefaults))].flat();
  const known: Partial<Choices> = {};
  setAnswer(known, question, answer as string[]);
  const chosen = [...new Set([...(add ? before : []), ...(known.ci ?? [])])];
  checkChoices({ ci: chosen });
  // In axis order, so that the same choices give the same bytes.
  return axes.ci.map(({ id }) => id).filter((id) => id !== 'none' && chosen.includes(id));
}
