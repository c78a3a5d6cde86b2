/** What languages share to read and build projects that somebody else wrote. */
import type { Existing, Facts, Folder, Task } from './plan.ts';
import { quotePath } from './shell.ts';
import { node } from './tools.ts';

/** A task that runs these lines. A fact in a line is data: `quote()` it, or choose one of a list by it. */
export const task = (...run: string[]): Task => ({ help: '', run });

/** A version as a tool of mise.toml has it; empty where a text is none. mise runs what stands between `{{` and `}}`. */
export const versionIn = (text: string): string => (/^[A-Za-z0-9][A-Za-z0-9_.+-]*$/.test(text) ? text : '');

/** An object of JSON with comments left out; empty where it does not parse. */
function json(text: string): Record<string, unknown> {
  try {
    const data: unknown = JSON.parse(text);
    return typeof data === 'object' && data !== null ? (data as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

const objectAt = (data: Record<string, unknown>, key: string): Record<string, unknown> => {
  const value = data[key];
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
};

/** A value deep in a JSON text, where it is text. */
export function textIn(text: string, ...keys: string[]): string {
  let data = json(text);
  for (const key of keys.slice(0, -1)) data = objectAt(data, key);
  const value = data[keys.at(-1) ?? ''];
  return typeof value === 'string' ? value : '';
}

/** Whether a package depends on one of these. */
export const dependsOn = (folder: Folder, names: readonly string[]): boolean => {
  const manifest = json(folder.text('package.json'));
  const all = { ...objectAt(manifest, 'dependencies'), ...objectAt(manifest, 'devDependencies') };
  return names.some((name) => Object.hasOwn(all, name));
};

/** What the package manager of a folder is called and how it installs what is locked. */
const managers: [lock: string, name: string, install: string][] = [
  ['package-lock.json', 'npm', 'npm ci'],
  ['npm-shrinkwrap.json', 'npm', 'npm ci'],
  ['pnpm-lock.yaml', 'pnpm', 'npx --yes pnpm install --frozen-lockfile'],
  ['yarn.lock', 'yarn', 'npx --yes yarn install --frozen-lockfile'],
];

/** The facts of a package of npm: which of its scripts CI calls. */
export function packageFacts(folder: Folder): Facts {
  const manifest = folder.text('package.json');
  const [, manager = 'npm', install = 'npm install'] = managers.find(([lock]) => folder.paths.includes(lock)) ?? [];
  const script = (name: string) => (textIn(manifest, 'scripts', name) ? name : '');
  // npm's own placeholder fails.
  const hasTest = !/no test specified/.test(textIn(manifest, 'scripts', 'test'));
  return {
    manager,
    install,
    lint: script('lint'),
    build: script('build') || script('asbuild'),
    test: hasTest ? script('test') : '',
  };
}

/** The tasks of a package of npm. */
export function packageShare(facts: Facts): ReturnType<Existing['share']> {
  const run = (script: string) => `npm run ${quotePath(script)}`;
  const installs = ['npm install', ...managers.map(([, , install]) => install)];
  return {
    tasks: {
      setup: task(installs.find((install) => install === facts.install) ?? 'npm ci'),
      ...(facts.lint && { lint: task(run(facts.lint)) }),
      ...(facts.build && { build: task(run(facts.build)) }),
      ...(facts.test && { test: task(run(facts.test)) }),
    },
    tools: [node],
    ecosystems: ['npm'],
  };
}
