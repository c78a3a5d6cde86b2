/** Helpers of the languages to build adopted repositories. */

import { quote, quotePath } from '../lib/shell.ts';
import type { Facts } from '../model/axes.ts';
import type { Task } from '../model/plan.ts';

/** A task with these lines. A fact in a line is data: quote it with `quote()`, or use it to choose from a list. */
export const task = (...run: string[]): Task => ({ help: '', run });

/** The text if it is a plain version, else empty: mise would run a template between `{{` and `}}`. */
export const versionIn = (text: string): string => (/^[A-Za-z0-9][A-Za-z0-9_.+-]*$/.test(text) ? text : '');

/** The targets that make WebAssembly. */
export const targets = ['wasm32-wasip1', 'wasm32-wasip2', 'wasm32-unknown-unknown', 'wasm32-unknown-emscripten'];

/** The output folder of builds that this program defines. */
export const made = 'build/wasm';

/** Creates a folder that git ignores. */
export const ignoringItself = (folder: string): string => `@mkdir -p ${folder} && echo '*' >${folder}/.gitignore`;

/**
 * The build line that the repository states: the task `make` of its Makefile, or a `command`, run in the folder `in`. Undefined
 * if it states none.
 */
export function statedLine({ make, command, in: folder }: Facts): string | undefined {
  const line = make ? `$MAKE ${quotePath(make)}` : command && asLine(command);
  return line && folder ? `cd ${quotePath(folder)} && ${line}` : line;
}

/** A command of the repository as a make line. It is passed to `sh -c` if make or a preceding `cd … &&` would change its meaning. */
const asLine = (command: string): string =>
  /[$;]|\|\||^[@+-]|(?:^|[^&])&(?!&)/.test(command) ? `sh -c ${quote(command)}` : command;

export const isStated = ({ make, command }: Facts): boolean => Boolean(make || command);
