/** What languages share to build projects that somebody else wrote. */

import { quote, quotePath } from '../lib/shell.ts';
import type { Facts } from '../model/axes.ts';
import type { Task } from '../model/plan.ts';

/** A task that runs these lines. A fact in a line is data: `quote()` it, or choose one of a list by it. */
export const task = (...run: string[]): Task => ({ help: '', run });

/** A version as a tool of mise.toml has it; empty where a text is none. mise runs what stands between `{{` and `}}`. */
export const versionIn = (text: string): string => (/^[A-Za-z0-9][A-Za-z0-9_.+-]*$/.test(text) ? text : '');

/** Where our own builds put what they make. */
export const made = 'build/wasm';

/** Makes a folder that git sees nothing of. */
export const ignoringItself = (folder: string): string => `@mkdir -p ${folder} && echo '*' >${folder}/.gitignore`;

/**
 * The build line that the repository states: the task `make` of its Makefile, or a `command`, run in the folder `in`. Undefined
 * if it states none.
 */
export function statedLine({ make, command, in: folder }: Facts): string | undefined {
  const line = make ? `$MAKE ${quotePath(make)}` : command && asLine(command);
  return line && folder ? `cd ${quotePath(folder)} && ${line}` : line;
}

/** A command of the repository in a line of make: what make would take for its own, or a `cd &&` would split, a shell gets as a word. */
const asLine = (command: string): string =>
  /[$;]|\|\||^[@+-]|(?:^|[^&])&(?!&)/.test(command) ? `sh -c ${quote(command)}` : command;

export const isStated = ({ make, command }: Facts): boolean => Boolean(make || command);
