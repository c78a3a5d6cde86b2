/**
 * The commands, which both doors iterate over: bin/ and generators/. The package has the code that creates a project in one file;
 * what changes a project, and the other commands, are loaded when they are called.
 */
import { readFileSync } from 'node:fs';
import { version } from '../catalog/templates.ts';
import { type ChangeCommand, type ChangeName, changeCommands, flagsOf, usageOf } from '../change/commands.ts';
import { createFlags, readCreateRequest } from '../cli/answers.ts';
import { type Command, type CommandResult, helpFlag, helpOf, type LoadedCommand, readFlags } from '../cli/command.ts';
import { prepare, writeProject } from '../cli/create.ts';
import { distance, nearest } from '../lib/nearest.ts';
import { printed } from '../lib/printable.ts';
import { UserError } from '../lib/user-error.ts';
import { serve } from './serve.ts';

/** Text of a repository as a terminal may have it. */
const printable = ({ text, code }: CommandResult): CommandResult => ({ text: printed(text), code });

/** The commands of both doors. */
export const commands: readonly Command[] = [
  ...Object.entries<ChangeCommand>(changeCommands).map(
    ([name, command]): Command => ({
      name,
      help: command.help,
      load: async () => ({
        flags: flagsOf(command),
        ...(command.options && {
          values: command.options.map(({ id }) => id),
          manyValues: command.value?.endsWith(',…') ?? false,
        }),
        usage: (program) => usageOf(command, program),
        async run(argv, { cwd, ask, program }) {
          const { change } = await import('../change/change.ts');
          return printable(await change(name as ChangeName, argv, cwd, ask, program));
        },
      }),
    }),
  ),
  {
    name: 'doctor',
    help: 'report problems with tools, pins, CI and secrets, with the commands that fix them',
    async load() {
      const { doctorFlags: flags, doctorUsage: usage, examine } = await import('./others.ts');
      return { flags, usage, run: async (argv, { cwd, program }) => printable(await examine(argv, cwd, program)) };
    },
  },
  {
    name: 'explain',
    help: 'show the project as a page: modules, pipelines, tasks, releases; or what ci would add',
    async load() {
      const { explain, explainFlags: flags, explainUsage: usage } = await import('./others.ts');
      return { flags, usage, run: (argv, { cwd, program }) => explain(argv, cwd, program) };
    },
  },
  {
    name: 'workshop',
    help: 'create a workshop: lessons with checks, and pages for the leader',
    async load() {
      const { workshop, workshopFlags: flags, workshopUsage: usage } = await import('./others.ts');
      const run: LoadedCommand['run'] = async (argv, { cwd, ask, program }) =>
        printable(await workshop(argv, cwd, ask, program));
      return { flags, usage, run };
    },
  },
];

/** Runs the contract's runner, which prints by itself. */
const contractCommand: Command = {
  name: 'contract',
  help: 'check a module or a running server against every case of its kind',
  async load() {
    const { contract, contractFlags: flags, contractUsage: usage } = await import('./others.ts');
    return { flags, usage, run: async (argv, { cwd, program }) => contract(argv, cwd, program) };
  },
};

/** What a later version calls for the files of a saved state, which it writes to standard input. */
const render: Command = {
  name: 'render',
  help: 'print the files of a saved state as JSON',
  load: async () => ({
    flags: {},
    usage: (program) => `Usage: ${program} < STATE`,
    async run() {
      const { renderState } = await import('./others.ts');
      return { text: JSON.stringify(renderState(readFileSync(0, 'utf8'))), code: 0 };
    },
  }),
};

const helpUsage = (program: string): string =>
  helpOf(`${program} [COMMAND]`, ['Shows what a command does, and its flags.'], helpFlag);

/** `help [COMMAND]`. */
const help: Command = {
  name: 'help',
  help: 'show the help of a command',
  load: async () => ({
    flags: helpFlag,
    values: listed.map(({ name }) => name),
    usage: helpUsage,
    async run(argv, context) {
      const { positionals, has } = readFlags(argv, helpFlag, 1);
      const [name] = positionals;
      if (has('help')) return { text: helpUsage(context.program), code: 0 };
      if (name === undefined) {
        const { usage } = await createCommand(binCommands).load();
        return { text: usage('generator-wasm'), code: 0 };
      }
      const command = listed.find((one) => one.name === name);
      const names = listed.map((one) => one.name);
      const meant = nearest(name, names);
      if (!command)
        throw new UserError(
          `There is no command '${name}'. ${meant ? `Did you mean ${meant}? ` : ''}The commands are: ${names.join(', ')}.`,
        );
      const loaded = await command.load();
      return loaded.run(['--help'], { ...context, program: `generator-wasm ${name}` });
    },
  }),
};

const versionUsage = (program: string): string => helpOf(program, ['Shows the version of generator-wasm.'], helpFlag);

const versionCommand: Command = {
  name: 'version',
  help: 'show the version',
  load: async () => ({
    flags: helpFlag,
    usage: versionUsage,
    async run(argv, { program }) {
      const { has } = readFlags(argv, helpFlag, 0);
      return { text: has('help') ? versionUsage(program) : version, code: 0 };
    },
  }),
};

/** The commands of our own door. */
export const binCommands: readonly Command[] = [
  ...commands,
  contractCommand,
  serve,
  {
    name: 'list',
    help: 'list the languages, kinds, hosts, registries, CI providers, editors and licences',
    load: async () => (await import('./others.ts')).list,
  },
  {
    name: 'completion',
    help: 'print the completion script of bash, zsh or fish',
    async load() {
      const { completion } = await import('./others.ts');
      return completion(
        () => createCommand(binCommands),
        () => listed,
      );
    },
  },
  versionCommand,
  help,
  render,
];

/** The commands that people call. */
const listed: readonly Command[] = binCommands.filter((command) => command !== render);

/** Words of other programs for what this one does, with what to type. */
const otherWords: Record<string, string> = {
  init: 'To create a project, give its folder, for example my-app.',
  new: 'To create a project, give its folder, for example my-app.',
  create: 'To create a project, give its folder, for example my-app.',
  update: 'Did you mean upgrade?',
  add: 'Did you mean language, which adds a module, or ci --add?',
};

/** Words that are commands, or are taken for commands: a folder of that name is written `./NAME`. */
export const reserved: readonly string[] = [...binCommands.map(({ name }) => name), ...Object.keys(otherWords)];

/** Why a word is not taken for the name of a folder, as a sentence; or undefined. */
export function mistaken(word: string): string | undefined {
  const folder = `For a folder with that name, write ./${word}.`;
  const other = Object.hasOwn(otherWords, word) ? otherWords[word] : undefined;
  if (other) return `'${word}' is not a command. ${other} ${folder}`;
  if (reserved.includes(word)) return `'${word}' is reserved for a command. ${folder}`;
  const meant = listed.find(({ name }) => name.length >= 5 && distance(word, name) === 1);
  return meant && `'${word}' is not a command. Did you mean ${meant.name}? ${folder}`;
}

/** What a door does that is called without a command: it writes a project. @param others the commands of the door */
export const createCommand = (others: readonly Command[]): Command => ({
  name: 'app',
  help: 'create a project',
  async load() {
    const usage = (program: string): string =>
      [
        helpOf(
          `${program} [destination] [flags]`,
          [
            'Creates a complete WebAssembly project in the destination: a folder, or . for the current one.',
            'By default, the folder is named after the project.',
          ],
          createFlags,
        ),
        '',
        'Commands, each with --help:',
        '',
        ...others.filter((other) => other !== render).map(({ name, help }) => `  ${name.padEnd(12)}${help}`),
      ].join('\n');
    return {
      flags: createFlags,
      usage,
      async run(argv, context) {
        const request = readCreateRequest(argv, mistaken);
        if (request.help) return { text: usage(context.program), code: 0 };
        if (request.version) return { text: version, code: 0 };
        const ask = request.yes ? undefined : context.ask;
        return { text: writeProject(await prepare(request, context.cwd, ask)), code: 0 };
      },
    };
  },
});
