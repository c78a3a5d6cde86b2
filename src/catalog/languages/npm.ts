/** What the languages whose compiler comes from npm share: its tools, biome, and packages that exist. */

import type { Existing } from '../../model/axes.ts';
import type { Built, Contribution, Tool } from '../../model/plan.ts';
import { json, table, textOf } from '../existing/data.ts';
import { dependsOn, packageContribution, packageFacts, saying } from '../existing/readers.ts';
import { templateFiles } from '../templates.ts';

/** What `npm ci` puts into node_modules/.bin. */
export const installed = (command: string, atLeast: string): Tool => ({ command, atLeast, get: 'make setup' });

export const npm: Tool = { command: 'npm', get: 'it comes with Node: https://nodejs.org' };

export const refuses = (name: string): string | undefined =>
  name === 'node_modules'
    ? `Name '${name}' is what npm calls the folder of its packages, so no package can have it. Choose another.`
    : undefined;

/** A finding of biome: location and rule, an empty line, message. */
export const biome = {
  owner: 'biome',
  source: 'biome',
  pattern: [
    { regexp: '^(\\S+):(\\d+):(\\d+) (\\S+) .*━$', file: 1, line: 2, column: 3, code: 4 },
    { regexp: '^$' },
    { regexp: '^ +\\S (.+)$', message: 1 },
  ],
};

export const formatted = { 'editor.defaultFormatter': 'biomejs.biome', 'editor.formatOnSave': true };

/**
 * What every project with npm has.
 * @param folder its templates
 * @param debug how VS Code starts the unit tests
 */
export const byNpm = (folder: string, { kind, name }: Built, debug: Record<string, unknown>): Contribution => ({
  files: [...templateFiles(`${folder}/common`, name), ...templateFiles(`${folder}/${kind}`, name)],
  path: ['node_modules/.bin'],
  ignore: ['/node_modules/'],
  extensions: ['biomejs.biome'],
  launch: [
    { name: 'Debug the unit tests', type: 'node', request: 'launch', ...debug, skipFiles: ['<node_internals>/**'] },
  ],
  ecosystems: ['npm'],
});

/** The tasks that do not depend on what is compiled. */
export const npmTasks = {
  format: { help: 'Format the sources and apply safe fixes', run: ['biome check --write'] },
  lint: { help: 'Check formatting and lint; warnings are errors', run: ['biome ci --error-on-warnings'] },
};

/** Commands that make a component from a package. */
const componentizers = [
  '@bytecodealliance/jco',
  '@bytecodealliance/componentize-js',
  '@fermyon/spin-sdk',
  '@spinframework/build-tools',
  '@fastly/js-compute',
];

const componentizes = /\bjco\s+componentize\b|\bcomponentize-js\b|\bcomponentize-qjs\b/;

/** An adopted package that makes a component with its own scripts, in JavaScript or TypeScript. */
export const existingPackage = (label: string, typed: boolean): Existing => ({
  manifests: ['package.json'],
  writes: ['node_modules/'],
  read(folder, around) {
    if (folder.paths.includes('tsconfig.json') !== typed || folder.paths.includes('asconfig.json')) return undefined;
    const stated = saying(
      around.stated,
      /\bnpm\b|\bnpx\b|\bpnpm\b|\byarn\b|\bbun\b|componentize|\bjco\b/,
      (dir) => dir === around.dir,
    );
    if (!folder.paths.includes('package.json')) return undefined;
    const manifest = json(folder.text('package.json'));
    // A package of a workspace may have the tools from its root.
    const scripts = Object.values(table(manifest.scripts)).map(textOf).join('\n');
    const calls = componentizes.test(scripts);
    if (!dependsOn(folder, componentizers) && !calls && !stated.some(({ rank }) => rank === 'manifest'))
      return undefined;
    const why =
      manifest.bin !== undefined
        ? 'it is a program for Node: its package.json has `bin`'
        : /\bjco\s+transpile\b/.test(scripts) && !/componentize|\bj2w\b/.test(scripts)
          ? 'its scripts run a component, by `jco transpile`, and build none'
          : undefined;
    if (why && !stated.some(({ rank }) => rank === 'manifest')) return [{ path: '', why }];
    const facts = packageFacts(folder, around, stated);
    if (facts.build || facts.command) return { ...facts, what: `a component in ${label}` };
    if (manifest.workspaces !== undefined || folder.paths.includes('pnpm-workspace.yaml')) return undefined;
    return [{ path: '', why: 'no script of its package.json builds a component' }];
  },
  contribute: packageContribution,
});
