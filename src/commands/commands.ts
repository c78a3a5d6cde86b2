/** The commands, which both doors iterate over: bin/ and generators/. */
import { readFileSync } from 'node:fs';
import { version } from '../catalog/templates.ts';
import { change } from '../change/change.ts';
import { type ChangeCommand, type ChangeName, changeCommands, flagsOf, usageOf } from '../change/commands.ts';
import { createFlags, readCreateRequest } from '../cli/answers.ts';
import { type Command, type CommandResult, helpFlag, helpOf, readFlags } from '../cli/command.ts';
import { contract, contractFlags, contractUsage } from '../cli/contract.ts';
import { prepare, writeProject } from '../cli/create.ts';
import { doctorFlags, doctorUsage, examine } from '../doctor/doctor.ts';
import { explain, explainFlags, explainUsage } from '../explain/explain.ts';
import { distance, nearest } from '../lib/nearest.ts';
import { printed } from '../lib/printable.ts';
import { UserError } from '../lib/user-error.ts';
import { renderState } from '../project/state.ts';
import { workshop, workshopFlags, workshopUsage } from '../workshop/command.ts';
import { completion } from './completion.ts';
import { list } from './list.ts';
import { serve } from './serve.ts';

/** Text of a repository as a terminal may have it. */
const printable = ({ text, code }: CommandResult): CommandResult => ({ text: printed(text), code });

/** The commands of both doors. */
export const commands: readonly Command[] = [
  ...Object.entries<ChangeCommand>(changeCommands).map(
    ([name, command]): Command => ({
      name,
      help: command.help,
      flags: flagsOf(command),
      ...(command.options && {
        values: command.options.map(({ id }) => id),
        manyValues: command.value?.endsWith(',…') ?? false,
      }),
      usage: (program) => usageOf(command, program),
      run: async (argv, { cwd, ask, program }) => printable(await change(name as ChangeName, argv, cwd, ask, program)),
    }),
  ),
  {
    name: 'doctor',
    help: 'report problems with tools, pins, CI and secrets, with the commands that fix them',
    flags: doctorFlags,
    usage: doctorUsage,
    run: async (argv, { cwd, program }) => printable(await examine(argv, cwd, program)),
  },
  {
    name: 'explain',
    help: 'show the project as a page: modules, pipelines, tasks, releases; or what ci would add',
    flags: explainFlags,
    usage: explainUsage,
    run: (argv, { cwd, program }) => explain(argv, cwd, program),
  },
  {
    name: 'workshop',
    help: 'create a workshop: lessons with checks, and pages for the leader',
    flags: workshopFlags,
    usage: workshopUsage,
    run: async (argv, { cwd, ask, program }) => printable(await workshop(argv, cwd, ask, program)),
  },
];

/** Runs the contract's runner, which prints by itself. */
const contractCommand: Command = {
  name: 'contract',
  help: 'check a module or a running server against every case of its kind',
  flags: contractFlags,
  usage: contractUsage,
  run: async (argv, { cwd, program }) => contract(argv, cwd, program),
};

/** What a later version calls for the files of a saved state, which it writes to standard input. */
const render: Command = {
  name: 'render',
  help: 'print the files of a saved state as JSON',
  flags: {},
  usage: (program) => `Usage: ${program} < STATE`,
  run: async () => ({ text: JSON.stringify(renderState(readFileSync(0, 'utf8'))), code: 0 }),
};

/** `help [COMMAND]`. */
const help: Command = {
  name: 'help',
  help: 'show the help of a command',
  flags: helpFlag,
  get values() {
    return listed.map(({ name }) => name);
  },
  usage: (program) => helpOf(`${program} [COMMAND]`, ['Shows what a command does, and its flags.'], helpFlag),
  async run(argv, context) {
    const { positionals, has } = readFlags(argv, helpFlag, 1);
    const [name] = positionals;
    if (has('help')) return { text: this.usage(context.program), code: 0 };
    if (name === undefined) return { text: createCommand(binCommands).usage('generator-wasm'), code: 0 };
    const command = listed.find((one) => one.name === name);
    const names = listed.map((one) => one.name);
    const meant = nearest(name, names);
    if (!command)
      throw new UserError(
        `There is no command '${name}'. ${meant ? `Did you mean ${meant}? ` : ''}The commands are: ${names.join(', ')}.`,
      );
    return command.run(['--help'], { ...context, program: `generator-wasm ${name}` });
  },
};

const versionCommand: Command = {
  name: 'version',
  help: 'show the version',
  flags: helpFlag,
  usage: (program) => helpOf(program, ['Shows the version of generator-wasm.'], helpFlag),
  async run(argv, { program }) {
    const { has } = readFlags(argv, helpFlag, 0);
    return { text: has('help') ? this.usage(program) : version, code: 0 };
  },
};

/** The commands of our own door. */
export const binCommands: readonly Command[] = [
  ...commands,
  contractCommand,
  serve,
  list,
  completion(
    () => createCommand(binCommands),
    () => listed,
  ),
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
  flags: createFlags,
  usage: (program) =>
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
    ].join('\n'),
  async run(argv, { cwd, ask, program }) {
    const request = readCreateRequest(argv, mistaken);
    if (request.help) return { text: this.usage(program), code: 0 };
    if (request.version) return { text: version, code: 0 };
    return { text: writeProject(await prepare(request, cwd, ask)), code: 0 };
  },
});
