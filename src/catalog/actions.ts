/** The GitHub actions that generated workflows use, pinned by commit in a file that Dependabot bumps. */
import { templateText } from './templates.ts';

const pins = 'ci/github/action.yml';

/** The names of all pinned actions. */
export const actions = (): string[] =>
  [...templateText(pins).matchAll(/uses: ([\w-]+\/[\w-]+)@/g)].map(([, name]) => `${name}`);

/** An action's reference and its version: `{ uses: 'actions/checkout@<sha>', version: 'v7.0.1' }`. */
export function action(name: string): { uses: string; version: string } {
  const line = new RegExp(`uses: (${name}@[0-9a-f]{40}) # (\\S+)`).exec(templateText(pins));
  if (!line?.[1] || !line[2]) throw new Error(`templates/${pins} pins no ${name}`);
  return { uses: line[1], version: line[2] };
}
