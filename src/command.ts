/** The one line that makes a project again from nothing. */
import type { Choices } from './plan.ts';
import { quote } from './shell.ts';
import { version } from './templates.ts';

export function reproduce(choices: Choices): string {
  const flags = (Object.keys(choices) as (keyof Choices)[])
    .filter((key) => key !== 'name' && (key !== 'namespace' || choices.namespace))
    .map((key) => `--${key} ${quote(String(choices[key]))}`);
  return `npx generator-wasm@${version} ${choices.name} ${flags.join(' ')}`;
}
