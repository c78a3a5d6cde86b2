/** npm packages of adopted repositories: their package manager, and the scripts that CI runs. */

import { quotePath } from '../../lib/shell.ts';
import type { Existing, Facts, Folder, RepositoryContext, Statement } from '../../model/axes.ts';
import { statedLine, task, versionIn } from '../existing.ts';
import { node } from '../tools.ts';
import { relativeDir } from './cargo.ts';
import { json, table, textOf, texts } from './data.ts';

// renovate: datasource=npm depName=@yarnpkg/cli-dist
const berryVersion = '4.18.1';

/** Whether a package depends on one of these. */
export const dependsOn = (folder: Folder, names: readonly string[]): boolean => {
  const manifest = json(folder.text('package.json'));
  const all = { ...table(manifest.dependencies), ...table(manifest.devDependencies) };
  return names.some((name) => Object.hasOwn(all, name));
};

/** The package manager, and the folder of the lock file. */
function managerIn(context: RepositoryContext): Facts {
  const dirs = context.dir.split('/').filter(Boolean);
  const above = [context.dir, ...dirs.map((_, index) => dirs.slice(0, dirs.length - 1 - index).join('/'))];
  const path = (dir: string, name: string) => (dir === '' ? name : `${dir}/${name}`);
  const text = (dir: string, name: string) => context.root.text(path(dir, name));
  const has = (dir: string, name: string) => context.root.paths.includes(path(dir, name));
  // The package itself or its workspace root.
  const roots = above.filter(
    (dir) =>
      dir === context.dir ||
      has(dir, 'pnpm-workspace.yaml') ||
      json(text(dir, 'package.json')).workspaces !== undefined,
  );
  const locked = (dir: string) => locks.find(([lock]) => has(dir, lock));
  const said = (dir: string) => textOf(json(text(dir, 'package.json')).packageManager);
  const dir = roots.find(locked) ?? roots.find(said) ?? context.dir;
  const [, pinned, version = ''] = /^(npm|pnpm|yarn|bun)@([\w.-]+)/.exec(said(dir)) ?? [];
  const [lock, byLock] = locked(dir) ?? [];
  const manager = pinned ?? byLock ?? 'npm';
  const head = lock && !lock.endsWith('b') ? text(dir, lock).slice(0, 2000) : '';
  const root = relativeDir(context.dir, dir);
  const common = { manager, root: root === '.' ? '' : root, locked: byLock === manager ? 'yes' : 'no' };
  if (manager === 'pnpm')
    return { ...common, version: version || (pnpmFor[/^lockfileVersion:\s*'?(\d)/m.exec(head)?.[1] ?? ''] ?? '10') };
  if (manager !== 'yarn') return { ...common, version };
  const yarnrc = text(dir, '.yarnrc.yml');
  const isBerry = version ? !version.startsWith('1.') : yarnrc !== '' || head.includes('__metadata:');
  // With Plug'n'Play, Yarn's default, there is no node_modules in which npm finds programs.
  const hasModules = !isBerry || /^nodeLinker:\s*["']?node-modules/m.test(yarnrc);
  return { ...common, version: version || (isBerry ? berryVersion : '1'), linker: hasModules ? '' : 'pnp' };
}

/** The pnpm version for this lock file version: https://pnpm.io/installation#compatibility */
const pnpmFor: Partial<Record<string, string>> = { '5': '7', '6': '8' };

const locks: [lock: string, manager: string][] = [
  ['package-lock.json', 'npm'],
  ['npm-shrinkwrap.json', 'npm'],
  ['pnpm-lock.yaml', 'pnpm'],
  ['yarn.lock', 'yarn'],
  ['bun.lock', 'bun'],
  ['bun.lockb', 'bun'],
];

/** The lines that install locked packages and run a script; without a lock file they do not create one. */
function commandsOf(facts: Facts): { install: string; run: string } {
  const npm = 'npm run';
  const { manager, locked } = facts;
  const isLocked = locked === 'yes';
  // Before 0.3.0 the line itself was saved.
  if (!locked) return { install: oldInstalls.find((line) => line === facts.install) ?? 'npm ci', run: npm };
  const version = versionIn(facts.version ?? '');
  if (manager === 'pnpm')
    return {
      install: `npx --yes pnpm@${version} install ${isLocked ? '--frozen-lockfile' : '--no-lockfile'}`,
      run: npm,
    };
  if (manager === 'yarn' && /^[01](?:\.|$)/.test(version))
    return {
      install: `npx --yes yarn@${version} install ${isLocked ? '--frozen-lockfile' : '--no-lockfile'}`,
      run: npm,
    };
  if (manager === 'yarn') {
    // The npm package of Yarn 2 and newer.
    const yarn = `npx --yes @yarnpkg/cli-dist@${version}`;
    return { install: `${yarn} install${isLocked ? ' --immutable' : ''}`, run: facts.linker ? `${yarn} run` : npm };
  }
  if (manager === 'bun') {
    const bun = `npx --yes bun@${version || '1'}`;
    return { install: `${bun} install ${isLocked ? '--frozen-lockfile' : '--no-save'}`, run: `${bun} run` };
  }
  return { install: isLocked ? 'npm ci' : 'npm install --no-package-lock', run: npm };
}

const oldInstalls = [
  'npm install',
  'npx --yes pnpm install --frozen-lockfile',
  'npx --yes yarn install --frozen-lockfile',
];

/** Whether a script compiles a module, and does not run or watch it. */
const compilesIn = (name: string, line: string): boolean =>
  !/^(?:pre|post|test|start|dev|watch|serve|debug)/.test(name) &&
  (/componentize/.test(`${name} ${line}`) || /\basc\s+\S+\.ts\b/.test(line));

/** Commands that only install packages: `setup` does that. */
const installs = /^(?:npm|pnpm|yarn|bun)\s+(?:install|i|ci)(?:\s+--?\S+)*$/;

/** The facts of an npm package: the scripts that CI runs. */
export function packageFacts(folder: Folder, context: RepositoryContext, stated: readonly Statement[]): Facts {
  const scripts = table(json(folder.text('package.json')).scripts);
  const script = (name: string) => (textOf(scripts[name]) ? name : '');
  const said = stated.find(({ rank, dir }) => rank !== 'hint' && dir === context.dir);
  const commands = (said?.command ?? '')
    .split('&&')
    .map((one) => one.trim())
    .filter((one) => one && !installs.test(one));
  const called =
    commands.length === 1 ? /^(?:npm|pnpm|yarn|bun)\s+(?:run\s+)?([\w:.-]+)$/.exec(commands[0] ?? '')?.[1] : undefined;
  const build =
    script(called ?? '') ||
    script('build') ||
    script('asbuild') ||
    (Object.keys(scripts).find((name) => /^(?:as)?build:(?:release|wasm|optimized|component)$/.test(name)) ??
      Object.keys(scripts).find((name) => compilesIn(name, textOf(scripts[name]))) ??
      '');
  // npm's placeholder script fails.
  const hasTest = !/no test specified/.test(textOf(scripts.test));
  return {
    ...managerIn(context),
    lint: script('lint'),
    build,
    command: !build && commands.length > 0 ? commands.join(' && ') : '',
    from: said?.from ?? (build ? 'package.json' : ''),
    test: hasTest ? script('test') : '',
    untracked: context.ignores('node_modules/') ? '' : 'yes',
    artifact: said?.artifact ? relativeDir(context.dir, said.artifact) : '',
  };
}

/** The tasks of an npm package. */
export function packageContribution(facts: Facts): ReturnType<Existing['contribute']> {
  const { install, run } = commandsOf(facts);
  const script = (name: string) => task(`${run} ${quotePath(name)}`);
  const inRoot = (line: string) => (/^(?:\.\.\/?)+$/.test(facts.root ?? '') ? `cd ${facts.root} && ${line}` : line);
  const stated = statedLine(facts);
  return {
    tasks: {
      setup: task(
        inRoot(install),
        ...(facts.untracked ? [inRoot("if [ -d node_modules ]; then echo '*' >node_modules/.gitignore; fi")] : []),
      ),
      ...(facts.lint && { lint: script(facts.lint) }),
      ...(facts.build ? { build: script(facts.build) } : stated && { build: task(stated) }),
      ...(facts.test && { test: script(facts.test) }),
    },
    tools: [node],
    ecosystems: ['npm'],
  };
}

/** A list or a string in JSON. */
export const listed = (text: string, key: string): string[] => texts(json(text)[key]);
