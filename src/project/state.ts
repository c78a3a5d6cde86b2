/** The saved state of a project in `.yo-rc.json`, a file that other generators may use too. */

import { lstatSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { axes, find } from '../catalog/axes.ts';
import { version } from '../catalog/templates.ts';
import { inLine, isObject, toJson } from '../lib/json.ts';
import { isInside } from '../lib/paths.ts';
import { UserError } from '../lib/user-error.ts';
import type { Choices } from '../model/choices.ts';
import type { File } from '../model/plan.ts';
import { parseChoices } from '../plan/choices.ts';
import { render, stateFile } from '../print/render.ts';
import { type Adopted, isInstead, type Project, renderAdopted, unsupported } from './adopted.ts';
import { isBranch } from './location.ts';

/** The name of the npm package, and the key of its part in `.yo-rc.json`. */
export const packageName = 'generator-wasm';

export interface SavedState {
  /** The version that wrote the project. */
  version: string;
  /** Only in projects that this program created. */
  choices?: Choices;
  /** Only in adopted repositories. */
  adopted?: Adopted;
}

/** The saved state without the version. */
export type ProjectState = Pick<SavedState, 'choices' | 'adopted'>;

/** The text of `.yo-rc.json`; undefined if there is none. Throws a UserError if it is not a readable file. */
export function stateText(root: string): string | undefined {
  const path = join(root, stateFile);
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (!stat) return undefined;
  if (!stat.isFile())
    throw new UserError(
      `'${stateFile}' is ${stat.isSymbolicLink() ? 'a link' : 'not a file'}. Replace it with a regular file.`,
    );
  if (stat.size > most.bytes)
    throw new UserError(`'${stateFile}' has ${stat.size} bytes; the limit is ${most.bytes}. ${restore}`);
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new UserError(
      `'${stateFile}' cannot be read (${(error as NodeJS.ErrnoException).code}). Fix its permissions.`,
    );
  }
}

const restore = `Restore the committed version: git checkout HEAD -- ${stateFile}`;

/** Limits of the file: bytes, and nesting depth. */
const most = { bytes: 1_000_000, levels: 50 };

/** The nesting depth of a JSON text. */
function levelsOf(text: string): number {
  let [level, deepest, isInText] = [0, 0, false];
  for (let at = 0; at < text.length; at += 1) {
    const letter = text[at];
    if (isInText && letter === '\\') at += 1;
    else if (letter === '"') isInText = !isInText;
    else if (!isInText && (letter === '[' || letter === '{')) level += 1;
    else if (!isInText && (letter === ']' || letter === '}')) level -= 1;
    deepest = Math.max(deepest, level);
  }
  return deepest;
}

/** The whole file, with the parts of other generators. */
function parse(text: string): Record<string, unknown> {
  if (levelsOf(text) > most.levels)
    throw new UserError(`'${stateFile}' has more than ${most.levels} levels of objects and lists. ${restore}`);
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch (error) {
    throw new UserError(`'${stateFile}' is not valid JSON: ${(error as Error).message.split('\n')[0]}. ${restore}`);
  }
  if (!isObject(data)) throw new UserError(`'${stateFile}' does not contain an object. ${restore}`);
  return data;
}

/** A semver.org version without build metadata, at most 64 characters. */
const isVersion = (value: unknown): value is string =>
  typeof value === 'string' &&
  value.length <= 64 &&
  /^(?:0|[1-9]\d{0,8})(?:\.(?:0|[1-9]\d{0,8})){2}(?:-(?:0|[1-9]\d*|\d*[a-z-][\da-z-]*)(?:\.(?:0|[1-9]\d*|\d*[a-z-][\da-z-]*))*)?$/i.test(
    value,
  );

/** Parses the saved state; undefined if this program has none there. Throws a UserError if it is invalid. */
export function parseState(text: string | undefined): SavedState | undefined {
  const data = text === undefined ? {} : parse(text);
  const part = data[packageName];
  if (part === undefined) return undefined;
  const wrong = (what: string) => new UserError(`'${stateFile}' ${what} ${restore}`);
  if (!isObject(part)) throw wrong(`has an invalid '${packageName}': ${inLine(part)}.`);
  const { version: written, choices, adopted } = part;
  if (!isVersion(written)) throw wrong(`has the version ${inLine(written)}, which is not a version.`);
  if (isNewer(written, version))
    throw new UserError(
      `This project was written by ${packageName} ${written}, and this is ${version}. Use npx ${packageName}@${written} or newer.`,
    );
  if (adopted !== undefined) {
    if (!isAdopted(adopted)) throw wrong(`has an invalid 'adopted'.`);
    return { version: written, adopted };
  }
  try {
    return { version: written, choices: parseChoices(choices, isNewer(version, written)) };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw wrong(error.message);
  }
}

const isTexts = (value: unknown): value is Record<string, string> =>
  isObject(value) && Object.values(value).every((word) => typeof word === 'string');

function isAdopted(value: unknown): value is Adopted {
  if (!isObject(value)) return false;
  const { ci, branch, projects, instead, modules = [], fetches = {} } = value;
  return (
    Array.isArray(ci) &&
    ci.every((id) => find(axes.ci, id)) &&
    isBranch(branch) &&
    Array.isArray(projects) &&
    projects.every(
      (project) =>
        isObject(project) &&
        find(axes.language, String(project.language))?.existing &&
        isInside(project.dir) &&
        isTexts(project.facts) &&
        !unsupported(project as unknown as Project),
    ) &&
    isTexts(instead) &&
    isInstead(instead) &&
    Array.isArray(modules) &&
    modules.every(isInside) &&
    isObject(fetches)
  );
}

/** Whether one version is newer than another; a pre-release is older than its release. */
export function isNewer(one: string, other: string): boolean {
  const parts = (text: string) => {
    const [numbers = '', before] = text.split(/-(.*)/);
    return { numbers: numbers.split('.').map(Number), before };
  };
  const [a, b] = [parts(one), parts(other)];
  for (const [index, number] of a.numbers.entries()) {
    const than = b.numbers[index] ?? 0;
    if (number !== than) return number > than;
  }
  return a.before === undefined ? b.before !== undefined : b.before !== undefined && a.before > b.before;
}

/** The text of `.yo-rc.json` with this state and everything else unchanged; undefined if nothing is left. */
export function withState(text: string | undefined, state: ProjectState | undefined): string | undefined {
  const data = text === undefined ? {} : parse(text);
  const { [packageName]: old, ...others } = data;
  const now = state && { version, ...state };
  const next = now ? { ...data, [packageName]: now } : others;
  if (JSON.stringify(next) === JSON.stringify(data)) return text;
  if (Object.keys(next).length === 0) return undefined;
  if (text === undefined || Object.keys(others).length === 0) return toJson(next);
  // Other generators keep their bytes: the entry is inserted after theirs, and is found there again.
  const entry = now ? entryIn(text, now) : '';
  if (old === undefined) return text.replace(/\s*\}\s*$/, (end) => `${entry}${end}`);
  const before = entryIn(text, old);
  return text.includes(before) ? text.replace(before, () => entry) : toJson(next);
}

/** The entry of this program as it follows another one in this text, with its indentation and line ends. */
function entryIn(text: string, value: unknown): string {
  const indent = /^[{]\s*?\n([ \t]+)/.exec(text.trimStart())?.[1] ?? '  ';
  const entry = toJson({ [packageName]: value })
    .slice('{'.length, -'\n}\n'.length)
    .replace(/^(?: {2})+/gm, (spaces) => indent.repeat(spaces.length / 2));
  return `,${text.includes('\r\n') ? entry.replaceAll('\n', '\r\n') : entry}`;
}

/** Renders a state from JSON: a later version calls this as `generator-wasm render`. Throws a UserError if the state is invalid. */
export function renderState(text: string): File[] {
  let state: unknown;
  try {
    state = JSON.parse(text);
  } catch {
    throw new UserError(
      'Standard input is not valid JSON. This command is for later versions of generator-wasm, which pass the state of a project.',
    );
  }
  const known = parseState(JSON.stringify({ [packageName]: { version, ...(isObject(state) && state) } }));
  return known ? renderProject(known) : [];
}

/** The generated files of a project, without `.yo-rc.json`. */
export const renderProject = ({ choices, adopted }: ProjectState): File[] =>
  choices ? render(choices).filter(({ path }) => path !== stateFile) : adopted ? renderAdopted(adopted) : [];
