/** The commands that change a project: their arguments, and the answers that replace the old ones. */

import { axes, find } from '../catalog/axes.ts';
import { type Flags, helpFlag, helpOf } from '../cli/command.ts';
import { UserError } from '../lib/user-error.ts';
import type { Choices, Option } from '../model/choices.ts';
import { answersOf } from '../plan/choices.ts';
import { moduleChoices } from '../plan/modules.ts';
import type { Answers } from '../plan/questions.ts';

import { policies } from './reconcile.ts';

/** The arguments and flags of one command, without the folders and the common flags. */
export interface CommandArguments {
  /** Undefined: the user is asked. */
  value: string | undefined;
  flags: Partial<Record<string, string>>;
  add: boolean;
  remove: boolean;
}

export interface ChangeCommand {
  /** The name of its value in the usage line; absent if it takes none. */
  value?: string;
  /** `this`: --remove needs the name of one of several. `all`: it does not. */
  removes?: 'this' | 'all';
  /** The values of an axis that its value is one or more of. */
  options?: readonly Option[];
  help: string;
  flags: Flags;
  /** The new answers; the user is asked for the missing ones. Absent: the choices stay. */
  answersFor?(choices: Choices, args: CommandArguments): Answers;
}

/** The flags of every command that changes a project. */
const common: Flags = {
  'on-conflict': {
    hint: `ask|${policies.join('|')}`,
    help: 'how to resolve files changed on both sides; for one file: PATH=keep; repeat it',
    multiple: true,
  },
  'dry-run': { help: 'list the changes; change nothing' },
  diff: { help: 'show the changes as a diff; change nothing' },
  force: { help: 'also change files with uncommitted changes' },
  abort: { help: 'undo the last change' },
  short: { help: 'one line for each folder (the default for several folders)' },
  json: { help: 'one line of JSON for each folder' },
  ...helpFlag,
};

const list = (value: string | undefined): string[] => (value ?? '').split(',').map((word) => word.trim());

/** The project's modules in the form of `--module`, also if there is only one. */
const specs = (choices: Choices): string[] => (choices.module ? moduleChoices(choices).map(specOf) : [specOf(choices)]);
const specOf = ({ name, language, kind, host }: Choices): string => [name, language, kind, host].join(':');
const nameOf = (spec: string): string => spec.split(':')[0] ?? '';

function ci(choices: Choices, { value, flags, add, remove }: CommandArguments): Answers {
  if (flags.module !== undefined)
    throw new UserError('--module is for existing projects. In this project, CI builds all modules.');
  const { ci: before, ...rest } = answersOf(choices);
  if (remove) {
    const leaving = value === undefined ? choices.ci : list(value);
    for (const id of leaving)
      if (!choices.ci.includes(id))
        throw new UserError(`The project has no CI '${id}' to remove. It has: ${choices.ci.join(', ')}.`);
    const left = choices.ci.filter((id) => !leaving.includes(id));
    return { ...rest, ci: left.length > 0 ? left : ['none'] };
  }
  if (value === undefined) return rest;
  return { ...rest, ci: [...new Set([...(add ? choices.ci.filter((id) => id !== 'none') : []), ...list(value)])] };
}

function host(choices: Choices, { value: wanted, flags, remove }: CommandArguments): Answers {
  const { host: before, ...rest } = answersOf(choices);
  const value = remove ? defaultHost(choices) : wanted;
  const names = choices.module ? specs(choices).map(nameOf) : [choices.name];
  if (flags.module !== undefined && !names.includes(flags.module))
    throw new UserError(`There is no module '${flags.module}'. Choose one of: ${names.join(', ')}.`);
  if (!choices.module) return value === undefined ? rest : { ...rest, host: value };
  if (value === undefined)
    throw new UserError(`The project has several modules. Give the host, and --module to change one module.`);
  const module = moduleChoices(choices).map((one) => {
    const next = (remove && defaultHost(one)) || value;
    return specOf(flags.module === undefined || flags.module === one.name ? { ...one, host: next } : one);
  });
  return { ...rest, module };
}

/** The default host of a kind. */
const defaultHost = ({ kind }: Choices): string | undefined => axes.host.find(({ kinds }) => kinds.includes(kind))?.id;

function registry(choices: Choices, { value, flags, remove }: CommandArguments): Answers {
  const { registry: before, namespace, ...rest } = answersOf(choices);
  if (remove) return { ...rest, registry: 'none', namespace: '', hippofacts: 'no' };
  if (value === undefined) return rest;
  const kept = value === choices.registry ? choices.namespace : undefined;
  const place = flags.namespace ?? kept ?? (find(axes.registry, value)?.checkNamespace ? undefined : '');
  return { ...rest, registry: value, ...(place !== undefined && { namespace: place }) };
}

function language(choices: Choices, { value, flags, remove }: CommandArguments): Answers {
  const { language: l, kind: k, host: h, ...rest } = answersOf(choices);
  const before = specs(choices);
  const names = before.map(nameOf);
  if (remove) {
    if (value === undefined || !names.includes(value) || !choices.module)
      throw new UserError(
        choices.module
          ? `There is no module '${value ?? ''}'. Choose one of: ${names.join(', ')}.`
          : 'The project has a single module, which cannot be removed.',
      );
    if (before.length === 1) throw new UserError(`'${value}' is the last module, which cannot be removed.`);
    return { ...rest, module: before.filter((spec) => nameOf(spec) !== value) };
  }
  if (value === undefined) throw new UserError(`Give the language: ${axes.language.map(({ id }) => id).join(', ')}.`);
  const like = flags.like ?? (flags.kind === undefined ? names[0] : undefined);
  const model = moduleChoices({ ...choices, module: before }).find(({ name }) => name === like);
  if (like !== undefined && !model)
    throw new UserError(`There is no module '${like}'. Choose one of: ${names.join(', ')}.`);
  const name = flags.name ?? `${like ?? choices.name}-${value}`;
  const kind = flags.kind ?? model?.kind ?? '';
  const place = flags.host ?? model?.host;
  return { ...rest, module: [...before, [name, value, kind, ...(place ? [place] : [])].join(':')] };
}

export const changeCommands = {
  ci: {
    value: 'PROVIDER,…',
    removes: 'all',
    options: axes.ci,
    help: 'set the CI providers, or add CI to an existing project',
    flags: {
      add: { help: 'add to the current providers' },
      remove: { help: 'remove these providers, or all' },
      module: { hint: 'PATH,…', help: 'in an existing project: the modules that CI builds' },
    },
    answersFor: ci,
  },
  host: {
    value: 'HOST',
    options: axes.host,
    removes: 'all',
    help: 'set the host',
    flags: {
      module: { hint: 'NAME', help: 'change this module, if the project has several' },
      remove: { help: 'remove the files of the host and return to the default host' },
    },
    answersFor: host,
  },
  registry: {
    value: 'REGISTRY',
    options: axes.registry,
    removes: 'all',
    help: 'set the registry',
    flags: {
      namespace: { hint: 'HOST/PATH', help: 'the registry host and path' },
      remove: { help: 'stop publishing to a registry' },
    },
    answersFor: registry,
  },
  editor: {
    value: 'EDITOR',
    options: axes.editor,
    removes: 'all',
    help: 'set the editor',
    flags: { remove: { help: 'remove the files of the editor' } },
    answersFor(choices, { value, remove }) {
      const { editor: before, ...rest } = answersOf(choices);
      if (remove) return { ...rest, editor: 'none' };
      return value === undefined ? rest : { ...rest, editor: value };
    },
  },
  vscode: {
    removes: 'all',
    help: 'the same as editor vscode',
    flags: { remove: { help: 'remove them' } },
    answersFor: (choices, { remove }) => ({ ...answersOf(choices), editor: remove ? 'none' : 'vscode' }),
  },
  language: {
    value: 'LANGUAGE',
    options: axes.language,
    removes: 'this',
    help: 'add a module in another language; a single module moves to its own folder',
    flags: {
      name: { hint: 'NAME', help: "the new module's name" },
      like: { hint: 'MODULE', help: 'copy kind, host and contract from this module' },
      kind: { hint: axes.kind.map(({ id }) => id).join('|'), help: 'the kind of program' },
      host: { hint: axes.host.map(({ id }) => id).join('|'), help: 'the host' },
      remove: { help: 'remove the module with this name' },
    },
    answersFor: language,
  },
  upgrade: {
    help: 'upgrade a project to this version, also one of the original yo-wasm',
    flags: {
      check: { help: 'change nothing; exit 1 and list the changes if there are any' },
      from: { hint: 'PACKAGE', help: 'the npm package, or its tarball, that wrote the project' },
      restore: {
        hint: 'PATH,…',
        help: 'write these files again, discarding your changes to them',
      },
    },
  },
} satisfies Record<string, ChangeCommand>;
export type ChangeName = keyof typeof changeCommands;

export const flagsOf = (command: ChangeCommand): Flags => ({ ...command.flags, ...common });

export const usageOf = (command: ChangeCommand, program: string): string =>
  helpOf(
    `${program}${command.value ? ` [${command.value}]` : ''} [folder…] [flags]`,
    [
      `${command.help[0]?.toUpperCase()}${command.help.slice(1)}. Your own changes are kept: they are merged, as git merges.`,
    ],
    flagsOf(command),
  );
