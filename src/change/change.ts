/**
 * Changes an existing project: renders the old and the new choices, or the old and the new version, and merges the difference into
 * the user's files. This is common to all commands; `commands.ts` has what each one chooses.
 */
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { axes, find, idOf } from '../catalog/axes.ts';
import { version } from '../catalog/templates.ts';
import { type CommandResult, readFlags } from '../cli/command.ts';
import { recognise } from '../legacy/yo-wasm/recognise.ts';
import { moved } from '../legacy/yo-wasm/upgrade.ts';
import { quote } from '../lib/shell.ts';
import { UserError } from '../lib/user-error.ts';
import { and } from '../lib/words.ts';
import type { Choices } from '../model/choices.ts';
import { pipeline } from '../model/pipeline.ts';
import type { File, Plan } from '../model/plan.ts';
import { type Ask, checkChoices, choose, setAnswer } from '../plan/choices.ts';
import { compose } from '../plan/compose.ts';
import { atRoot, joinPlans, moduleChoices } from '../plan/modules.ts';
import { type PromptedQuestion, questions } from '../plan/questions.ts';
import { knownValue } from '../plan/values.ts';
import { stateFile } from '../print/render.ts';
import { adopt } from '../project/adopt.ts';
import { generatedPaths, knownCi, nextSteps, planAdopted, unsupported } from '../project/adopted.ts';
import {
  type Candidate,
  chooseCandidates,
  detect,
  type FoundModule,
  foundModule,
  plainPath,
  selectCandidates,
  sentence,
} from '../project/detect.ts';
import { git } from '../project/git.ts';
import {
  diffOf,
  type Edit,
  ignoredOf,
  ignoring,
  lettingThrough,
  locate,
  type Present,
  type ProjectLocation,
  pathsIn,
  readPresent,
  textAt,
} from '../project/location.ts';
import {
  isNewer,
  type ProjectState,
  parseState,
  renderProject,
  type SavedState,
  stateText,
  withState,
} from '../project/state.ts';
import { type Reason, reasons } from './changelog.ts';
import {
  type ChangeCommand,
  type ChangeName,
  type CommandArguments,
  changeCommands,
  flagsOf,
  usageOf,
} from './commands.ts';
import { isUnfinished, lastChange, recover, replace, undo } from './journal.ts';
import { lock, refuseRunning } from './lock.ts';
import { type ChangeResult, forEachFolder, report, summary, unchangedResult } from './outcome.ts';
import { absolute, type RenderOld, renderByNpm } from './previous-version.ts';
import { type Conflict, type Difference, type Policy, policies, reconcile, resolve } from './reconcile.ts';

/** The parsed command line. */
interface ChangeOptions extends CommandArguments {
  folders: string[];
  /** Paths that are written as new, even where the user has changed or deleted them. */
  restored: string[];
  /** Conflict policy by path; `*` for all other paths. */
  policy: Map<string, Policy | 'ask'>;
  dryRun: boolean;
  diff: boolean;
  force: boolean;
  abort: boolean;
  short: boolean;
  json: boolean;
  check: boolean;
}

/** A project as it stands, and what is asked of it. */
interface Project {
  command: ChangeCommand;
  options: ChangeOptions;
  location: ProjectLocation;
  /** The text of `.yo-rc.json`, and the state in it. */
  text: string | undefined;
  before: SavedState | undefined;
  /** Undefined: there is no terminal. */
  ask: Ask | undefined;
  renderOld: RenderOld;
  /** The command as a user types it, without and with its arguments. */
  program: string;
  typed: string;
}

/** What a command would change, before the conflicts are resolved. */
interface Proposal extends Difference {
  notes: string[];
  /** Sentences that are true only after the change. */
  after?: string[];
  reasons: Reason[];
  modules?: FoundModule[];
}

/** Runs a command in each folder. Throws a UserError if the command line is wrong or if there is only one folder. */
export async function change(
  name: ChangeName,
  argv: readonly string[],
  cwd: string,
  ask: Ask | undefined,
  program = `generator-wasm ${name}`,
  renderOld: RenderOld = renderByNpm,
): Promise<CommandResult> {
  const command: ChangeCommand = changeCommands[name];
  const read = readFlags(argv, flagsOf(command));
  if (read.has('help')) return { text: usageOf(command, program), code: 0 };
  const options = optionsOf(command, read);
  const asked = { command, options, renderOld, program, typed: [program, ...argv.map(quote)].join(' ') };
  if (options.flags.from !== undefined) options.flags.from = absolute(options.flags.from, cwd);
  if (options.folders.length === 1 && !options.json && !options.short) {
    const outcome = await inFolder({ ...asked, ask }, cwd, options.folders[0] ?? '.');
    return { text: report(outcome, program, options.check), code: outcome.code };
  }
  return forEachFolder(options.folders, (folder) => inFolder({ ...asked, ask: undefined }, cwd, folder), {
    json: options.json,
    summary: summary,
    refused: (folder, why) => ({ ...unchangedResult(folder), outcome: 'refused', notes: [why], code: 1 }),
  });
}

function optionsOf(command: ChangeCommand, { flags, positionals, has }: ReturnType<typeof readFlags>): ChangeOptions {
  const policy: ChangeOptions['policy'] = new Map();
  const values: CommandArguments['flags'] = {};
  for (const { name, raw, value } of flags)
    if (name === 'on-conflict') {
      const [, path = '*', word = value] = /^(.*)=([^=]*)$/.exec(value) ?? [];
      if (word !== 'ask' && !policies.includes(word as Policy))
        throw new UserError(`Unknown ${raw} '${word}'. Choose one of: ask, ${policies.join(', ')}.`);
      policy.set(path, word as Policy | 'ask');
    } else if (value !== '') {
      if (values[name] !== undefined)
        throw new UserError(`Flag '${raw}' was given twice: '${values[name]}' and '${value}'. Pass it once.`);
      values[name] = value;
    }
  const restored = values.restore?.split(',').map((path) => path.trim()) ?? [];
  for (const path of restored) if (!policy.has(path)) policy.set(path, 'overwrite');
  const remove = has('remove');
  // What is removed need not be named.
  const isNamed =
    !remove ||
    command.removes !== 'all' ||
    positionals[0]?.split(',').every((word) => knownValue(command.options ?? [], word) !== undefined);
  const takesValue = command.value !== undefined && !has('abort') && isNamed;
  const typed = takesValue ? positionals[0] : undefined;
  // The value of --remove may be the name of a module.
  const options = remove && command.removes === 'this' ? [] : (command.options ?? []);
  const value = typed
    ?.split(',')
    .map((word) => idOf(options, word))
    .join();
  const folders = takesValue ? positionals.slice(1) : positionals;
  return {
    value,
    flags: values,
    add: has('add'),
    remove,
    folders: folders.length > 0 ? folders : ['.'],
    restored,
    policy,
    dryRun: has('dry-run') || has('diff') || has('check'),
    diff: has('diff'),
    force: has('force'),
    abort: has('abort'),
    short: has('short'),
    json: has('json'),
    check: has('check'),
  };
}

type Asked = Pick<Project, 'command' | 'options' | 'ask' | 'renderOld' | 'program' | 'typed'>;

async function inFolder(asked: Asked, cwd: string, folder: string): Promise<ChangeResult> {
  const location = locate(cwd, folder);
  if (asked.options.dryRun) {
    refuseRunning(location.lock);
    return inPlace(asked, location);
  }
  const release = lock(location.lock);
  try {
    return await inPlace(asked, location);
  } finally {
    release();
  }
}

async function inPlace(asked: Asked, location: ProjectLocation): Promise<ChangeResult> {
  const { root, journal } = location;
  const { options } = asked;
  if (options.abort) {
    const undone = lastChange(root, journal)?.command;
    if (!options.force) refuseCommitted(location);
    const written = undo(root, journal, options.force);
    return { ...unchangedResult(location.shown), outcome: 'undone', written, ...(undone && { undone }) };
  }
  const recovered = recoverFirst(location, options);
  const text = stateText(root);
  const project: Project = { ...asked, location, text, before: parseState(text) };
  const proposal = await propose(project);
  return apply(project, { ...proposal, notes: [...recovered, ...proposal.notes] });
}

async function propose(project: Project): Promise<Proposal> {
  const { command, before, location } = project;
  if (before?.choices) return proposeGenerated(project, { ...before, choices: before.choices });
  const paths = pathsIn(location.root);
  const original = fromOriginal(location.root, paths);
  const isUpgrade = command === changeCommands.upgrade;
  if (isUpgrade && !before?.adopted && original) return proposeOriginal(original);
  if (command !== changeCommands.ci && !(isUpgrade && before?.adopted))
    throw new UserError(
      before?.adopted
        ? `'${location.shown}' is an existing project to which generator-wasm only adds CI. Use generator-wasm ci.`
        : `'${location.shown}' is not a project of generator-wasm: its ${stateFile} is missing. Give the project's folder.`,
    );
  return proposeAdopted(project, paths, original);
}

/** Of a project that this program created. */
async function proposeGenerated(project: Project, before: SavedState & { choices: Choices }): Promise<Proposal> {
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

/** Of a project of the original yo-wasm, which has no saved state. */
const proposeOriginal = (original: { edits: Edit[]; notes: string[] }): Proposal => ({
  ...original,
  conflicts: [],
  gone: [],
  reasons: [],
});

/** The changelog entries that explain the differences to an older version. */
function reasonsFor(
  state: ProjectState,
  before: SavedState | undefined,
  { edits, conflicts, gone }: Difference,
): Reason[] {
  if (!before || !isNewer(version, before.version)) return [];
  return reasons(state, before.version, [...[...edits, ...conflicts].map(({ path }) => path), ...gone]);
}

/** Drops restored files from the base, so that they are written as new. */
function withoutRestored(base: readonly File[], generated: readonly File[], { restored }: ChangeOptions): File[] {
  for (const path of restored)
    if (!generated.some((file) => file.path === path))
      throw new UserError(
        `'${path}' is not one of the generated files, so it cannot be restored. The generated files are: ${generated.map((file) => file.path).join(', ')}.`,
      );
  return base.filter(({ path }) => !restored.includes(path));
}

/** The edit of `.yo-rc.json`; none if the state is the same. */
function memoryEdit(text: string | undefined, state: ProjectState | undefined): Edit[] {
  const remembered = withState(text, state);
  if (remembered === text) return [];
  return [{ path: stateFile, data: remembered === undefined ? undefined : Buffer.from(remembered) }];
}

/**
 * Of a repository that another author wrote, to which only CI is added.
 * @param all the paths that git knows of
 * @param original the repairs, if it is a project of the original yo-wasm
 */
async function proposeAdopted(
  { command, options, location, text, before, ask, renderOld }: Project,
  all: readonly string[],
  original: { edits: Edit[]; notes: string[] } | undefined,
): Promise<Proposal> {
  const { root, shown, prefix } = location;
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
  const ignores = ignoring(root, generatedPaths);
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
  if (!old && there.length > 0) found.push(`CI of your own stays: ${there.join(', ')}.`);
  if (original && upgrades) found.push(...original.notes);
  else if (original && original.edits.length > 0)
    found.push('This is a project of the original yo-wasm. To upgrade it: generator-wasm upgrade.');
  const adopted = leaves ? undefined : adopt({ root, folder, ignores }, ci, taken, { old, modules });
  const state: ProjectState = adopted ? { adopted } : {};
  const generated = renderProject(state);
  refuseIgnored(root, [...generated.map(({ path }) => path), ...(adopted ? [stateFile] : [])]);
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

const planOf = (choices: Choices): Plan =>
  choices.module ? joinPlans(choices, moduleChoices(choices).map(compose)) : compose(choices);

/** What CI runs after the change, and what to do next. */
function ciNotes({ choices, adopted }: ProjectState): string[] {
  const ci = (choices ?? adopted)?.ci.filter((id) => id !== 'none') ?? [];
  const next = 'Next: commit these files and push them.';
  if (ci.length === 0) return [next];
  const plan = adopted ? planAdopted(adopted) : choices && planOf(choices);
  const tasks = (stage: 'check' | 'publish') => (plan ? pipeline(plan, stage) : []).map((name) => `make ${name}`);
  const providers = and(ci.map((id) => find(axes.ci, id)?.label ?? id));
  const release = tasks('publish');
  return [
    `${providers} ${ci.length > 1 ? 'run' : 'runs'} ${and(tasks('check'))} for every change${release.length > 0 ? `, and ${and(release)} for a tag such as v1.0.0` : ''}.`,
    next,
  ];
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
function refuseIgnored(root: string, paths: readonly string[]): void {
  const ignored = ignoredOf(root, [...paths].sort());
  if (ignored.length === 0) return;
  const lines = [...new Set(ignored.flatMap((path) => lettingThrough(root, path)))];
  throw new UserError(
    `git ignores ${and(ignored)}, so CI would not get ${ignored.length === 1 ? 'it' : 'them'}. Add ${lines.length === 1 ? 'this line' : 'these lines'} at the end of .gitignore: ${lines.map((one) => `\`${one}\``).join(', ')}.`,
  );
}

/** The project as the version that wrote it renders it. */
function renderedBefore(root: string, before: SavedState, options: ChangeOptions, renderOld: RenderOld): File[] {
  if (!isNewer(version, before.version)) return renderProject(before);
  return renderOld(before, options.flags.from, root).filter(({ path }) => path !== stateFile);
}

/** Throws a UserError if an older version wrote the project: it has to be upgraded first. */
function refuseOlder(before: SavedState): void {
  if (isNewer(version, before.version))
    throw new UserError(
      `The project was written by generator-wasm ${before.version}, and this is ${version}. Upgrade it first: generator-wasm upgrade.`,
    );
}

/** The repairs for a project of the original yo-wasm, and notes about them; undefined if it is not one. */
function fromOriginal(root: string, paths: string[]): { edits: Edit[]; notes: string[] } | undefined {
  const text = (path: string) => {
    const read = textAt(root, path);
    // A file that is not UTF-8 could not be written back unchanged.
    return read.includes('\uFFFD') ? '' : read;
  };
  const original = recognise({ paths, text });
  if (!original) return undefined;
  const { texts, changes, left } = moved({ paths, text }, original);
  const edits = [...texts].map(
    ([path, text]): Edit => ({ path, data: Buffer.from(text), ...(paths.includes(path) && { merged: true }) }),
  );
  return { edits, notes: [`A project of the original yo-wasm, ${original.what}.`, ...changes, ...left] };
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

/** Rolls back what a killed run left, before anything is read. */
function recoverFirst({ root, journal }: ProjectLocation, { dryRun }: ChangeOptions): string[] {
  if (!dryRun) return recover(root, journal) ? ['An interrupted run was undone first.'] : [];
  if (isUnfinished(root, journal)) throw new UserError('A run was interrupted. Undo it first: --abort.');
  return [];
}

/** A change takes nothing from its surroundings. */
const noDefaults = { folder: '', author: () => '' };

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

/** The files that move: a project's only module to a folder of its own, or what modules share to the root. */
interface Moves {
  /** Old path → new path. */
  from: Map<string, string>;
  /** New path → old path. */
  to: Map<string, string>;
  notes: string[];
  /** Other copies of a file that moves → its new path. */
  copies: Map<string, string>;
  /** Adds the files that move without a change. */
  complete(edits: Edit[], user: (path: string) => Present | undefined): void;
}

function movesOf(root: string, before: Choices, after: Choices, base: File[], generated: File[]): Moves {
  const moves: Moves = { from: new Map(), to: new Map(), copies: new Map(), notes: [], complete: () => {} };
  if (!after.module) return moves;
  if (before.module) moveShared(moves, root, after, base);
  else moveModule(moves, root, before, base, generated);
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

const move = ({ from, to }: Moves, old: string, path: string): void => {
  from.set(old, path);
  to.set(path, old);
};

/** Moves the files that modules share to the root: the edited copy, or the first one. */
function moveShared(moves: Moves, root: string, after: Choices, base: File[]): void {
  const written = new Map(base.map((file) => [file.path, file]));
  const copies = new Map<string, string[]>();
  for (const one of moduleChoices(after))
    for (const file of compose(one).shared) {
      const path = `${one.name}/${file.path}`;
      if (written.has(path) && !written.has(atRoot(file)) && !readPresent(root, atRoot(file)))
        copies.set(atRoot(file), [...(copies.get(atRoot(file)) ?? []), path]);
    }
  for (const [path, all] of copies) {
    const present = all.filter((copy) => readPresent(root, copy));
    const edited = present.find((copy) => plainText(textAt(root, copy)) !== written.get(copy)?.text);
    const source = edited ?? present[0] ?? all[0] ?? path;
    move(moves, source, path);
    for (const copy of all) if (copy !== source) moves.copies.set(copy, path);
  }
}

/** An edited copy goes if the file that moves has the same edits, and is a conflict otherwise. */
function withCopies(difference: Difference, { copies, to }: Moves, root: string): Difference {
  const conflicts: Conflict[] = [];
  const edits = [...difference.edits];
  for (const one of difference.conflicts) {
    const moved = copies.get(one.path);
    const source = to.get(moved ?? '');
    if (moved === undefined || source === undefined || !one.user) conflicts.push(one);
    else if (plainText(one.user.toString()) === plainText(textAt(root, source)))
      edits.push({ path: one.path, data: undefined });
    else conflicts.push({ ...one, why: `your edits are not in ${moved}, which has those of ${source}` });
  }
  return { ...difference, edits, conflicts };
}

const plainText = (text: string) => text.replaceAll('\r\n', '\n');

/** Moves a project's only module to a folder of its own. */
function moveModule(moves: Moves, root: string, before: Choices, base: File[], generated: File[]): void {
  const folder = before.name;
  if (existsSync(join(root, folder)))
    throw new UserError(`'${folder}' already exists, and the module has to go there. Move it.`);
  const now = new Set(generated.map(({ path }) => path));
  const ofModule = base.map(({ path }) => path).filter((path) => now.has(`${folder}/${path}`));
  const renamed = new Map(
    compose(before).shared.flatMap(({ path, rootPath }) => (rootPath ? [[path, rootPath] as const] : [])),
  );
  const staysAtRoot = new Set(base.map(({ path }) => path).filter((path) => now.has(path)));
  const folders = new Set(ofModule.flatMap((path) => (path.includes('/') ? [path.split('/')[0]] : [])));
  // The build makes ignored files again.
  const own = pathsIn(root);
  const beside = own.filter(
    (path) => folders.has(path.split('/')[0]) && path.includes('/') && !staysAtRoot.has(path) && !renamed.has(path),
  );
  const moving = new Set([...ofModule, ...beside]);
  for (const path of moving) move(moves, path, `${folder}/${path}`);
  for (const [path, other] of renamed) move(moves, path, other);
  const rest = new Set([...base.map(({ path }) => path), stateFile]);
  const staying = own.filter((path) => !moving.has(path) && !rest.has(path));
  moves.notes.push(`The project is now the module in ${folder}/.`);
  if (staying.length > 0)
    moves.notes.push(`Your own files were not moved. Move those that belong to the module: ${staying.join(', ')}.`);
}

/** Resolves the conflicts, then writes the edits or, in a dry run, reports them. */
async function apply(
  { location, options, ask, program, typed }: Project,
  { edits, conflicts, gone, notes, after = [], reasons, modules }: Proposal,
): Promise<ChangeResult> {
  const { root, shown, journal } = location;
  const all = [...edits];
  const outcome: ChangeResult = { ...unchangedResult(shown), gone, notes, reasons, ...(modules && { modules }) };
  if (all.length + conflicts.length === 0) return outcome;
  if (!options.dryRun && !options.force)
    refuseDirty(
      location,
      [...all, ...conflicts].map(({ path }) => path),
      program,
    );
  for (const conflict of conflicts) {
    const { path, why } = conflict;
    const given = options.policy.get(path) ?? options.policy.get('*') ?? (ask && !options.dryRun ? 'ask' : 'abort');
    const policy = given === 'ask' ? await askAbout(conflict, ask) : given;
    outcome.conflicts.push({ path, why, done: policy });
    if (policy !== 'abort') all.push(...resolve(conflict, policy, (path) => !readPresent(root, path)));
  }
  const paths = (which: (edit: Edit) => unknown) =>
    all
      .filter(which)
      .map(({ path }) => path)
      .sort();
  outcome.written = paths(({ data, merged, moved }) => data && !merged && !moved);
  outcome.merged = paths(({ merged }) => merged);
  outcome.removed = paths(({ data, moved }) => !data && !moved);
  outcome.moved = paths(({ data, moved }) => data && moved);
  const marked = outcome.conflicts.filter(({ done }) => done === 'merge').length > 0;
  if (outcome.conflicts.some(({ done }) => done === 'abort')) return { ...outcome, outcome: 'conflicts', code: 1 };
  if (options.diff) outcome.diff = diffOf(root, all);
  if (options.dryRun)
    return {
      ...outcome,
      outcome: all.length > 0 ? 'would change' : 'unchanged',
      code: options.check && all.length > 0 ? 1 : 0,
    };
  if (all.length === 0) return outcome;
  replace(root, journal, all, undefined, typed);
  return { ...outcome, notes: [...notes, ...after], outcome: 'changed', code: marked ? 1 : 0 };
}

/** The paths with uncommitted changes, relative to the repository. */
function dirtyPaths(root: string, paths: readonly string[]): string[] {
  const asked = ['--untracked-files=all', '--ignore-submodules=all', '--no-renames'];
  const said = git(root, '--literal-pathspecs', 'status', '--porcelain=v2', '-z', ...asked, '--', ...paths);
  // git help status, Porcelain Format Version 2: eight fields before the path, ten of one that is unmerged, one if untracked.
  return said
    .split('\0')
    .filter(Boolean)
    .map((line) => line.replace(/^(?:1(?: \S+){7}|u(?: \S+){9}|\?) /, ''));
}

/** Throws a UserError if the last change, or a part of it, was committed: its undoing would then be a new change. */
function refuseCommitted({ root, prefix, journal }: ProjectLocation): void {
  const last = lastChange(root, journal);
  if (!last?.done) return;
  // git says nothing of a removed file that it never had, so those that were written count, if there are any.
  const paths = last.written.length > 0 ? last.written : last.paths;
  const dirty = new Set(dirtyPaths(root, paths));
  const ignored = new Set(ignoredOf(root, paths));
  const committed = paths.filter((path) => !dirty.has(prefix + path) && !ignored.has(path));
  if (committed.length > 0)
    throw new UserError(
      `The last change (${last.command}) was committed since: ${committed.join(', ')}. Undo the commit with git revert, or pass --force to restore the earlier files.`,
    );
}

/** Throws a UserError if one of the paths has uncommitted changes. */
function refuseDirty({ root, prefix, journal }: ProjectLocation, paths: string[], program: string): void {
  const dirty = dirtyPaths(root, paths);
  if (dirty.length === 0) return;
  const last = lastChange(root, journal);
  const isOfLast = last?.done && dirty.every((path) => last.paths.some((one) => prefix + one === path));
  const attributes = git(root, 'check-attr', '-z', 'filter', '--', ...paths).split('\0');
  const filtered = dirty.filter((path) => {
    const value = attributes[attributes.findIndex((name, index) => index % 3 === 0 && prefix + name === path) + 2];
    return value !== undefined && !/^(?:unspecified|unset|set)$/.test(value);
  });
  throw new UserError(
    `${dirty.length === 1 ? 'A file that would change has' : `${dirty.length} files that would change have`} uncommitted changes: ${dirty.join(', ')}. Commit them, ${isOfLast ? `undo the change that made them (${last.command}) with ${program} --abort, ` : ''}or pass --force.${
      filtered.length > 0
        ? ` ${filtered.join(', ')}: a git filter applies, which is not run here. If git diff shows no change, --force is safe.`
        : ''
    }`,
  );
}

async function askAbout(conflict: Conflict, ask: Ask | undefined): Promise<Policy> {
  if (!ask) throw new UserError('Not running in a terminal. Pass another --on-conflict.');
  const help: Record<Policy, string> = {
    keep: 'your file stays as it is',
    overwrite: 'the generated file replaces yours',
    backup: 'the generated file replaces yours, which is kept as a copy beside it',
    merge: 'write both versions, with conflict markers',
    abort: 'change nothing at all',
  };
  const possible = policies.filter(
    (policy) => policy === 'keep' || policy === 'abort' || (conflict.user && (policy !== 'merge' || conflict.marked)),
  );
  const options = possible.map((id) => ({ id, label: id, help: help[id], status: 'current' as const }));
  const question: PromptedQuestion = {
    key: 'on-conflict',
    message: `${conflict.path}: ${conflict.why}`,
    kind: 'one',
    options,
    check: () => undefined,
  };
  const answer = await ask(question, {}, 'keep');
  return policies.find((policy) => policy === answer) ?? 'abort';
}
