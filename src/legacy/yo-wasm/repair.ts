/** A repair of one thing that was retired, and what several of them share. */
import { action, actions } from '../../catalog/actions.ts';
import { miseVersion } from '../../catalog/tools.ts';
import type { Lines } from './lines.ts';
import type { LanguageId } from './recognise.ts';

export interface Repair {
  /** A sentence with the change and the reason. */
  why: string;
  in: RegExp;
  /** Absent means every language. */
  of?: LanguageId[];
  /** Returns the lines unchanged if nothing matches, so a second run changes nothing. */
  repair(lines: Lines): Lines;
  /** Files that have to come with it, by path. @param lines the repaired lines; `text` reads a file of the project */
  creates?(lines: Lines, text: (path: string) => string): Record<string, string>;
}

export const workflows = /^\.github\/workflows\/[^/]+\.ya?ml$/;
export const editor = /^\.vscode\/[^/]+\.json$/;
export const makefile = /^Makefile$/;
export const anywhere =
  /^(?:\.github\/workflows\/[^/]+\.ya?ml|\.vscode\/[^/]+\.json|\.cargo\/config(?:\.toml)?|rust-toolchain(?:\.toml)?|HIPPOFACTS|Makefile|README\.md)$/;

export const versionOf = ({ mise }: { mise?: [string, unknown] }) => String(mise?.[1]);

export const pinned = (name: string) => {
  const { uses, version } = action(name);
  return `${uses} # ${version}`;
};

/** GitHub's own actions, which the original uses. */
export const pinnedActions = actions().filter((name) => name.startsWith('actions/'));

/** Adds a key to a step of a release workflow, so that it does not use a cache. */
export const uncached = (lines: Lines, key: string): string[] =>
  lines.some((text) => /^\s+tags:/.test(text)) &&
  !lines.some((text) => text.trim().startsWith(key.trim().replace(/ .*/, '')))
    ? [key]
    : [];

/** The rest of a step that installs a tool with mise. */
export const byMise = (tool: string, version: string): string[] => [
  `  uses: ${pinned('jdx/mise-action')}`,
  '  with:',
  `    version: ${miseVersion}`,
  '    cache: false',
  '    mise_toml: |',
  '      [tools]',
  `      ${tool} = "${version}"`,
];
