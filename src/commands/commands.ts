/** The commands, which both doors iterate over: bin/ and generators/. */
import { readFileSync } from 'node:fs';
import { version } from '../catalog/templates.ts';
import { change } from '../change/change.ts';
import { type ChangeName, changeCommands, flagsOf, usageOf } from '../change/commands.ts';
import { createFlags, readCreateRequest } from '../cli/answers.ts';
import { type Command, type CommandResult, helpOf } from '../cli/command.ts';
import { contract, contractFlags, contractUsage } from '../cli/contract.ts';
import { prepare, writeProject } from '../cli/create.ts';
import { doctorFlags, doctorUsage, examine } from '../doctor/doctor.ts';
import { printed } from '../lib/printable.ts';
import { renderState } from '../project/state.ts';
import { workshop, workshopFlags, workshopUsage } from '../workshop/command.ts';

/** Text of a repository as a terminal may have it. */
const printable = ({ text, code }: CommandResult): CommandResult => ({ text: printed(text), code });

/** The commands of both doors. */
export const commands: readonly Command[] = [
  ...Object.entries(changeCommands).map(
    ([name, command]): Command => ({
      name,
      help: command.help,
      flags: flagsOf(command),
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

/** wagi/ reads its own command line, and is loaded where it serves. */
const serve: Command = {
  name: 'serve',
  help: 'serve WAGI modules locally, for development',
  flags: {},
  usage: (program) => `Usage: ${program} [flags]`,
  async run(argv) {
    const { serve } = await import('../../wagi/cli.ts');
    return { text: '', code: await serve([...argv]) };
  },
};

/** What a later version calls for the files of a saved state, which it writes to standard input. */
const render: Command = {
  name: 'render',
  help: 'print the files of a saved state as JSON',
  flags: {},
  usage: (program) => `Usage: ${program} < STATE`,
  run: async () => ({ text: JSON.stringify(renderState(readFileSync(0, 'utf8'))), code: 0 }),
};

/** The commands of our own door. */
export const binCommands: readonly Command[] = [...commands, contractCommand, serve, render];

/** Words that are, or will be, commands: a folder of that name is written `./NAME`. */
export const reserved: readonly string[] = [...binCommands.map(({ name }) => name), 'explain'];

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
      ...others.filter((other) => other !== render).map(({ name, help }) => `  ${name.padEnd(10)}${help}`),
    ].join('\n'),
  async run(argv, { cwd, ask, program }) {
    const request = readCreateRequest(argv, reserved);
    if (request.help) return { text: this.usage(program), code: 0 };
    if (request.version) return { text: version, code: 0 };
    return { text: writeProject(await prepare(request, cwd, ask)), code: 0 };
  },
});
