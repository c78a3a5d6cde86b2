/** Programs that a package manager installed in a project, found by reading files only. */
import { join } from 'node:path';
import { namesInside, textInside } from '../../lib/outside.ts';

/** Program name → version of its package, `1.2.3`. */
type Installed = Map<string, string>;

function object(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function json(text: string): Record<string, unknown> {
  try {
    return object(JSON.parse(text));
  } catch {
    return {};
  }
}

const isPackageName = (name: string) => /^(?:@[\w-][\w.-]*\/)?[\w-][\w.-]*$/.test(name);

/** The leading number of a version; the rest may be any text. */
const numbers = (version: unknown) => /^\d+(?:\.\d+)*/.exec(String(version))?.[0] ?? '';

/** https://docs.npmjs.com/cli/configuring-npm/package-json: `bin` has names of programs, or is the one of the package's name. */
function ofNpm(folder: string): Installed {
  const { dependencies, devDependencies } = json(textInside(join(folder, 'package.json'), folder));
  const names = Object.keys({ ...object(dependencies), ...object(devDependencies) }).filter(isPackageName);
  return new Map(
    names.slice(0, 500).flatMap((name) => {
      const { bin, version } = json(textInside(join(folder, 'node_modules', name, 'package.json'), folder));
      const programs = typeof bin === 'string' ? [name.replace(/^.*\//, '')] : Object.keys(object(bin));
      return programs.map((program): [string, string] => [program, numbers(version)]);
    }),
  );
}

/** https://packaging.python.org/specifications/recording-installed-packages: RECORD lists the programs, METADATA has the version. */
function ofPip(folder: string): Installed {
  const lib = join(folder, '.venv/lib');
  const found: Installed = new Map();
  for (const python of namesInside(lib, folder)) {
    const packages = join(lib, python, 'site-packages');
    for (const name of namesInside(packages, folder)) {
      if (!name.endsWith('.dist-info')) continue;
      const [, version] = /^Version: (.+)$/m.exec(textInside(join(packages, name, 'METADATA'), folder)) ?? [];
      const record = textInside(join(packages, name, 'RECORD'), folder, 1 << 23);
      for (const [, program = ''] of record.matchAll(/^(?:\.\.\/)+bin\/([^/,"]+),/gm))
        found.set(program, numbers(version));
    }
  }
  return found;
}

/** By the folder that the Makefile puts on PATH. */
const readers: Record<string, (folder: string) => Installed> = {
  'node_modules/.bin': ofNpm,
  '.venv/bin': ofPip,
};

/** The programs in these folders of a project. They are not run. */
export const installedIn = (folder: string, paths: readonly string[]): Installed =>
  new Map(paths.flatMap((path) => [...(readers[path]?.(folder) ?? [])]));
