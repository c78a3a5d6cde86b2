/** The command line that creates the same project again. */

import { version } from '../catalog/templates.ts';
import { quote } from '../lib/shell.ts';
import type { Choices } from '../model/choices.ts';
import { answersOf } from './choices.ts';

/** Every choice except the name, as flags and values. */
export const flagsOf = (choices: Choices): string[] =>
  Object.entries(answersOf(choices))
    .filter(([key, value]) => key !== 'name' && (key !== 'namespace' || value))
    .flatMap(([key, value]) =>
      (key === 'module' ? [value].flat() : [String(value)]).flatMap((word) => [`--${key}`, word]),
    );

export function commandLine(choices: Choices): string {
  return `npx generator-wasm@${version} ${choices.name} ${flagsOf(choices).map(quote).join(' ')}`;
}
