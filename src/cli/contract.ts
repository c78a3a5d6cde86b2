/** `contract`: checks a module or a running server against every case of its kind. */
import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { axes, idOf } from '../catalog/axes.ts';
import { allCases, runner } from '../catalog/contract.ts';
import { temporary } from '../lib/process.ts';
import { UserError } from '../lib/user-error.ts';
import type { Kind } from '../model/choices.ts';
import { moduleChoices } from '../plan/modules.ts';
import { choiceOf } from '../plan/values.ts';
import { parseState, stateText } from '../project/state.ts';
import { type CommandResult, type Flags, helpFlag, helpOf, readFlags } from './command.ts';

const kinds = axes.kind.map(({ id }) => id);

export const contractFlags: Flags = {
  kind: {
    hint: kinds.join('|'),
    help: 'the kind of program; by default http for a component or a server, else that of the project in this folder',
  },
  runtime: {
    hint: 'wasmtime|wazero|node',
    help: 'the runtime for a module; by default wasmtime, or node if wasmtime is not on PATH',
  },
  filter: { hint: 'TEXT', help: 'run only the cases that have this text in their id' },
  verbose: { help: 'list the cases that pass, too' },
  ...helpFlag,
};

export const contractUsage = (program: string): string =>
  helpOf(
    `${program} URL|MODULE [flags]`,
    [
      'Checks a running server or a built module against every case of its kind; a project has only the most important ones.',
      'The exit code is 1 if a case fails.',
    ],
    contractFlags,
  );

/** The runner prints each case by itself. Throws a UserError on a wrong argument, or if the kind of a module is not known. */
export function contract(argv: readonly string[], cwd: string, program: string): CommandResult {
  const read = readFlags(argv, contractFlags);
  if (read.has('help')) return { text: contractUsage(program), code: 0 };
  const values = Object.fromEntries(read.flags.map(({ name, value }) => [name, value]));
  const [target, ...more] = read.positionals;
  if (target === undefined || more.length > 0)
    throw new UserError(`Pass one URL or module; ${read.positionals.length} were given. Usage: ${program} URL|MODULE`);
  const isUrl = /^https?:/.test(target);
  const typed = values.kind ?? (isUrl || isComponent(join(cwd, target)) ? 'http' : kindOf(target, cwd));
  const kind = idOf(axes.kind, typed);
  if (!isKind(kind)) throw new UserError(`Unknown kind '${typed}'. ${choiceOf(axes.kind, typed)}`);
  if (isUrl && kind === 'command') throw new UserError(`A server has no command line. Choose --kind http or wagi.`);
  const folder = temporary();
  try {
    const [script, cases] = [join(folder, 'run.mjs'), join(folder, `${kind}.json`)];
    writeFileSync(script, runner(kinds));
    writeFileSync(cases, allCases(kind, nameOf(target)));
    const passed = read.flags.filter(({ name }) => name !== 'kind');
    const options = passed.map(({ name, value }) => (value === '' ? `--${name}` : `--${name}=${value}`));
    const words = [script, ...options, ...(isUrl ? [`--url=${target}`, cases] : ['--', cases, target])];
    return { text: '', code: spawnSync(process.execPath, words, { cwd, stdio: 'inherit' }).status ?? 1 };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const isKind = (kind: string): kind is Kind => kinds.some((id) => id === kind);

/** The name that the program prints: `build/hello.opt.wasm` is hello. */
const nameOf = (module: string): string => basename(module).replace(/(?:\.opt)?\.wasm$/, '');

function isComponent(module: string): boolean {
  try {
    return readFileSync(module).toString('latin1', 0, 8) === '\0asm\x0d\0\x01\0';
  } catch {
    // The runner says why it cannot be read.
    return false;
  }
}

/** The kind of a module of the project in a folder. */
function kindOf(target: string, cwd: string): string {
  const choices = parseState(stateText(cwd))?.choices;
  const modules = choices?.module ? moduleChoices(choices) : choices ? [choices] : [];
  const module = modules.find(({ name }) => name === nameOf(target));
  if (!module)
    throw new UserError(
      `'${target}' is not a module of a project in this folder, so its kind is not known. Pass --kind ${kinds.join('|')}.`,
    );
  return module.kind;
}
