/** What every command has: its flags, its help and how it runs. */
import { parseArgs } from 'node:util';
import { nearest } from '../lib/nearest.ts';
import { UserError } from '../lib/user-error.ts';
import type { Ask } from '../plan/choices.ts';

/** A flag. With a hint it takes a value. */
export interface Flag {
  hint?: string;
  short?: string;
  multiple?: true;
  help: string;
}
export type Flags = Record<string, Flag>;

/** The flag of every command. */
export const helpFlag: Flags = { help: { short: 'h', help: 'show this help' } };

/** What a command prints, and its exit code. */
export interface CommandResult {
  text: string;
  code: number;
}

/** The context of a command. */
export interface CommandContext {
  cwd: string;
  /** Undefined without a terminal. */
  ask: Ask | undefined;
  /** The command as typed: `generator-wasm ci`. */
  program: string;
}

/** A command in the list of commands. Its code is loaded when it is called, so that no command pays for the others. */
export interface Command {
  name: string;
  /** Its line in the list of commands. */
  help: string;
  load(): Promise<LoadedCommand>;
}

export interface LoadedCommand {
  flags: Flags;
  /** The values that its first argument can have, and whether it takes several, separated by commas. */
  values?: readonly string[];
  manyValues?: boolean;
  /** What `--help` prints. */
  usage(program: string): string;
  run(argv: readonly string[], context: CommandContext): Promise<CommandResult>;
}

/** The help of a command. @param usage the line of its usage, with the program */
export function helpOf(usage: string, about: readonly string[], flags: Flags): string {
  const rows = Object.entries(flags).map(
    ([name, { short, hint, help }]) =>
      `  ${short ? `-${short}, ` : ''}--${name}${hint ? ` ${hint}` : ''}\n      ${help}`,
  );
  return [`Usage: ${usage}`, '', ...about, '', ...rows].join('\n');
}

/** A flag of a command line. */
export interface TypedFlag {
  name: string;
  /** As it was typed: `-y`. */
  raw: string;
  value: string;
}

/**
 * Reads a command line. Throws a UserError on an unknown flag, a value that is missing or too much, or too many arguments.
 * @param most how many arguments are allowed
 */
export function readFlags(
  argv: readonly string[],
  flags: Flags,
  most = Number.POSITIVE_INFINITY,
): { flags: TypedFlag[]; positionals: string[]; has(name: string): boolean } {
  const { tokens, positionals } = parseArgs({
    args: [...argv],
    options: Object.fromEntries(
      Object.entries(flags).map(([name, { hint, short, multiple }]) => [
        name,
        { type: hint ? 'string' : 'boolean', ...(short && { short }), ...(multiple && { multiple }) },
      ]),
    ),
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const typed = tokens.flatMap((token) => {
    if (token.kind !== 'option') return [];
    const { name, rawName: raw, value } = token;
    const flag = Object.hasOwn(flags, name) ? flags[name] : undefined;
    if (!flag) throw new UserError(`Unknown flag '${raw}'. ${suggestion(raw, Object.keys(flags))}`);
    if (flag.hint && value === undefined) throw new UserError(`Flag '${raw}' needs a value: ${raw} ${flag.hint}.`);
    if (!flag.hint && value !== undefined)
      throw new UserError(`Flag '${raw}' takes no value, but '${value}' was given. Remove the value.`);
    return [{ name, raw, value: value ?? '' }];
  });
  const extra = positionals[most];
  if (extra !== undefined) throw new UserError(`'${extra}' is one argument too many. Remove it.`);
  return { flags: typed, positionals, has: (name) => typed.some((flag) => flag.name === name) };
}

/** A question that names the flag that was meant, or where to find it. */
function suggestion(raw: string, names: readonly string[]): string {
  const word = raw.replace(/^-+/, '');
  const meant = word.length === 1 ? names.filter((name) => name.startsWith(word)) : [nearest(word, names) ?? []].flat();
  return meant.length > 0
    ? `Did you mean ${meant.map((name) => `--${name}`).join(' or ')}?`
    : 'See --help for the list.';
}
