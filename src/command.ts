/** The one line that makes a project again from nothing. */
import type { Choices } from './plan.ts';
import { quote } from './shell.ts';
import { version } from './templates.ts';

export function reproduce(choices: Choices): string {
  const flags = (Object.keys(choices) as (keyof Choices)[])
    .filter((key) => key !== 'name' && (key !== 'namespace' || choices.namespace))
    .filter((key) => !choices.module || !['language', 'kind', 'host'].includes(key))
    .flatMap((key) =>
      (key === 'module' ? (choices.module ?? []) : [String(choices[key])]).map((value) => `--${key} ${quote(value)}`),
    );
  return `npx generator-wasm@${version} ${choices.name} ${flags.join(' ')}`;
}
