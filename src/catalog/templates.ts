/** Reads the templates: real projects called `wasm-example`, whose name is the only thing that is replaced. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { File } from '../model/plan.ts';
import { compiled } from './prose.ts';

/** The package's root: sources, compiled files and the bundle are at different depths below it. */
function findRoot(): string {
  let folder = import.meta.dirname;
  while (!existsSync(join(folder, 'templates'))) folder = dirname(folder);
  return folder;
}
export const packageRoot = findRoot();

/** The version of this package, as in its package.json. */
export const version: string = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8')).version;

/** Caches what is read from templates: several modules, and the tests, read the same ones. */
export function once<Path extends string, T>(read: (path: Path) => T): (path: Path) => T {
  const known = new Map<Path, T>();
  return (path) => {
    const value = known.get(path) ?? read(path);
    known.set(path, value);
    return value;
  };
}

/** The text of a template. */
export const templateText = once((path: string) => readFileSync(`${packageRoot}/templates/${path}`, 'utf8'));

/** Replaces the example's name in a template's text or path. */
export function named(text: string, name: string): string {
  return text.replaceAll('wasm-example', name).replaceAll('wasm_example', name.replaceAll('-', '_'));
}

/** The paths of every file below a folder of the templates, in order. With few calls of `node:path`: see `write()` in src/project/write.ts. */
const pathsBelow = once((folder: string) => {
  const start = join(packageRoot, 'templates', folder);
  return readdirSync(start, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => `${entry.parentPath}/${entry.name}`.slice(start.length + 1).replaceAll('\\', '/'))
    .sort();
});

/** Every file below a template folder, sorted, with the project's name. */
export const templateFiles = (folder: string, name: string): File[] =>
  pathsBelow(folder).map((path) => ({ path: named(path, name), text: named(templateText(`${folder}/${path}`), name) }));

const functionOf = once((path: string) => compiled(path, templateText));

/** Renders an EJS template: prose that people read. */
export const prose = (path: string, data: object): string => functionOf(path)(data);

/** A section of a README, rendered from an EJS template. */
export const notes = (path: string, data: object = {}): string => prose(path, data).trimEnd();
