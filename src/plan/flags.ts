/** The one line that makes a project again from nothing. */

import { version } from '../catalog/templates.ts';
import { quote } from '../lib/shell.ts';
import type { Choices } from '../model/plan.ts';

/** Every choice but the name as flags and their values. */
export const flagsOf = (choices: Choices): string[] =>
  (Object.keys(choices) as (keyof Choices)[])
    .filter((key) => key !== 'name' && (key !== 'namespace' || choices.namespace))
    .filter((key) => !choices.module || !['language', 'kind', 'host'].includes(key))
    .flatMap((key) =>
      (key === 'module' ? (choices.module ?? []) : [String(choices[key])]).flatMap((value) => [`--${key}`, value]),
    );

export function commandLine(choices: Choices): string {
  return `npx generator-wasm@${version} ${choices.name} ${flagsOf(choices).map(quote).join(' ')}`;
}
