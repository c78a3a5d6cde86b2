/** Words for a POSIX shell, in the lines of tasks and in the commands that a message gives. */
import { isPrintable, unprintable } from './printable.ts';

/**
 * Quotes a word as data for the shell, and for make in the lines of a plan: `inMake()` reads `$NAME` as a variable, and make 4
 * looks for `$(MAKE)` in a line, so no `$` stands before something it could refer to. Control characters are escaped as in bash,
 * zsh and ksh, because a terminal would execute them.
 */
export function quote(word: string): string {
  if (/^[A-Za-z0-9_./:@,=+-]+$/.test(word)) return word;
  if (!isPrintable(word)) return `$'${word.replace(/[\\']/g, '\\$&').replace(unprintable(), escaped)}'`;
  return `'${word.replaceAll("'", `'\\''`).replace(/\$(?=[A-Za-z_{(])/g, "$$''")}'`;
}

const escaped = (char: string): string => `\\U${(char.codePointAt(0) ?? 0).toString(16).padStart(8, '0')}`;

/** Quotes a path, which no program takes for an option. */
export const quotePath = (path: string): string => quote(path.startsWith('-') ? `./${path}` : path);
