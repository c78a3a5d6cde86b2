/**
 * Changes an existing project: renders the old and the new choices, or the old and the new version, and merges the difference into
 * the user's files. Common to all commands: reads the command line and picks a planner. `commands.ts` has what each command chooses.
 */
import { idOf } from '../catalog/axes.ts';
import { type CommandResult, readFlags } from '../cli/command.ts';
import { recognise } from '../legacy/yo-wasm/recognise.ts';
import { moved } from '../legacy/yo-wasm/upgrade.ts';
import { quote } from '../lib/shell.ts';
import { UserError } from '../lib/user-error.ts';
import type { Ask } from '../plan/choices.ts';
import { knownValue } from '../plan/values.ts';
import { stateFile } from '../print/render.ts';
import { type Edit, locate, type ProjectLocation, pathsIn, textAt } from '../project/location.ts';
import { parseState, stateText } from '../project/state.ts';
import { apply, refuseCommitted } from './apply.ts';
import {
  type ChangeCommand,
  type ChangeName,
  type CommandArguments,
  changeCommands,
  flagsOf,
  usageOf,
} from './commands.ts';
import { isUnfinished, lastChange, recover, undo } from './journal.ts';
import { lock, refuseRunning } from './lock.ts';
import { type ChangeResult, forEachFolder, report, summary, unchangedResult } from './outcome.ts';
import { absolute, type RenderOld, renderByNpm } from './previous-version.ts';
import type { ChangeOptions, Project, Proposal } from './proposal.ts';
import { proposeAdopted } from './propose-adopted.ts';
import { proposeGenerated } from './propose-generated.ts';
import { type Policy, policies } from './reconcile.ts';

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

/** Of a project of the original yo-wasm, which has no saved state. */
const proposeOriginal = (original: { edits: Edit[]; notes: string[] }): Proposal => ({
  ...original,
  conflicts: [],
  gone: [],
  reasons: [],
});

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

/** Rolls back what a killed run left, before anything is read. */
function recoverFirst({ root, journal }: ProjectLocation, { dryRun }: ChangeOptions): string[] {
  if (!dryRun) return recover(root, journal) ? ['An interrupted run was undone first.'] : [];
  if (isUnfinished(root, journal)) throw new UserError('A run was interrupted. Undo it first: --abort.');
  return [];
}
