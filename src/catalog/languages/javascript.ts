/** JavaScript: a web handler with the Fetch API, put into a component with its engine by componentize-js from npm. */

import type { Existing, Language } from '../../model/axes.ts';
import type { Contents, Tool } from '../../model/plan.ts';
import { json, table, textOf } from '../existing/data.ts';
import { dependsOn, packageContribution, packageFacts } from '../existing/packages.ts';
import { saying } from '../existing/statements.ts';
import { templateFiles } from '../templates.ts';

const folder = 'languages/javascript';

/** What `npm ci` puts into node_modules/.bin. */
export const installed = (command: string, atLeast: string): Tool => ({ command, atLeast, get: 'make setup' });

export const npm: Tool = { command: 'npm', get: 'it comes with Node: https://nodejs.org' };

/** Nearly all of it is the engine; the handler adds some kB. */
export const maxBytes = 13_000_000;

/** The line that makes a component from a JavaScript module and its imports. */
export const componentize = (source: string, artifact: string) =>
  `componentize-js ${source} --wit wit --out ${artifact}`;

export const refuses = (name: string): string | undefined =>
  name === 'node_modules'
    ? `Name '${name}' is what npm calls the folder of its packages, so no package can have it. Choose another.`
    : undefined;

/** A finding of biome: location and rule, an empty line, message. */
export const biome = {
  owner: 'biome',
  source: 'biome',
  fileLocation: ['relative', '${workspaceFolder}'],
  pattern: [
    { regexp: '^(\\S+):(\\d+):(\\d+) (\\S+) .*━$', file: 1, line: 2, column: 3, code: 4 },
    { regexp: '^$' },
    { regexp: '^ +\\S (.+)$', message: 1 },
  ],
};

export const formatted = { 'editor.defaultFormatter': 'biomejs.biome', 'editor.formatOnSave': true };

/** Advice about the engine, for the languages that run in it. */
export const engineAdvice = `The engine is StarlingMonkey, not Node: it has the Fetch API, streams and \`TextDecoder\`, and no \`node:\` modules, no \`Intl\`, no \`\\p{…}\` in regular expressions and no \`for await\` over streams. The unit tests run in Node, so \`make test\` has the last word by the contract.`;

/** README notes about the engine, for the languages that run in it. */
export const engineNotes = `The component holds the JavaScript engine [StarlingMonkey](https://github.com/bytecodealliance/StarlingMonkey), so it has 12.8 MB
whatever the program does. wasmtime compiles all of it: 4 to 17 seconds at the start of \`make serve\` on two cores, 0.1
seconds where \`-C cache\` has kept the result, and 0.01 with what \`make precompile\` has made. Each request has a fresh
instance all the same, and an answer takes about a millisecond.

The engine has no \`Intl\` and nothing of Node. It keeps URLs as they came, one byte in each character, but joins headers of one
name by commas, as the Fetch standard does. [componentize-js](https://github.com/bytecodealliance/ComponentizeJS) runs the
program up to its listener and keeps that state in the component. What it keeps holds addresses and paths of the build, so two
builds have not the same bytes. \`wit/world.wit\` names the version of \`wasi:http\` that the engine was built for.
\`@bytecodealliance/preview2-shim\` is in \`package.json\` since componentize-js 0.23 needs it without saying so, and fails with 0.26.1.`;

/** The engine is part of the componentize-js package. */
export const contents: Contents[] = [
  { type: 'npm', run: 'npm ls @bytecodealliance/componentize-js --depth 0 --package-lock-only --parseable --long' },
  { type: 'github/bytecodealliance/StarlingMonkey' },
  { type: 'generic/spidermonkey' },
  { type: 'generic/wasi-libc' },
  { type: 'npm', run: 'npm ls --omit dev --all --package-lock-only --parseable --long' },
];

/** Commands that make a component from a package. */
const componentizers = [
  '@bytecodealliance/jco',
  '@bytecodealliance/componentize-js',
  '@fermyon/spin-sdk',
  '@spinframework/build-tools',
];

const componentizes = /\bjco\s+componentize\b|\bcomponentize-js\b|\bcomponentize-qjs\b/;

/** An adopted package that makes a component with its own scripts, in JavaScript or TypeScript. */
export const existingPackage = (label: string, typed: boolean): Existing => ({
  manifests: ['package.json'],
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
    const calls = Object.values(table(manifest.scripts)).some((line) => componentizes.test(textOf(line)));
    if (!dependsOn(folder, componentizers) && !calls && !stated.some(({ rank }) => rank === 'manifest'))
      return undefined;
    const facts = packageFacts(folder, around, stated);
    if (facts.build || facts.command) return { ...facts, what: `a component in ${label}` };
    if (manifest.workspaces !== undefined || folder.paths.includes('pnpm-workspace.yaml')) return undefined;
    return [{ path: '', why: 'no script of its package.json builds a component' }];
  },
  contribute: packageContribution,
});

export const javascript: Language = {
  existing: existingPackage('JavaScript', false),
  id: 'javascript',
  label: 'JavaScript',
  help: 'the Fetch API, large components',
  status: 'current',
  ran: 'put into components by componentize-js 0.23',
  kinds: ['http'],
  differs: 'componentize-js keeps addresses and times of the build in its snapshot',
  maxBytes: { http: maxBytes },
  refuses,
  contribute(module) {
    const { artifact, kind, name } = module;
    return {
      tasks: {
        setup: { help: 'Install the tools from package-lock.json', run: ['npm ci'] },
        format: { help: 'Format the sources and apply safe fixes', run: ['biome check --write'] },
        lint: { help: 'Check formatting and lint; warnings are errors', run: ['biome ci --error-on-warnings'] },
        build: { help: `Build ${artifact}`, needs: [artifact] },
        test: {
          help: 'Run the unit tests and check the component against its contract',
          run: ['node --test --test-reporter spec tests/*.test.js'],
        },
      },
      rules: [
        {
          target: artifact,
          from: ['src/*.js', 'src/*/*.js', 'wit/*.wit', 'package-lock.json'],
          run: [componentize('src/index.js', artifact)],
        },
      ],
      files: [...templateFiles(`${folder}/common`, name), ...templateFiles(`${folder}/${kind}`, name)],
      contents,
      tools: [npm, installed('componentize-js', '0.23'), installed('biome', '2')],
      path: ['node_modules/.bin'],
      ignore: ['/node_modules/'],
      extensions: ['biomejs.biome'],
      settings: { '[javascript]': formatted },
      launch: [
        {
          name: 'Debug the unit tests',
          type: 'node',
          request: 'launch',
          runtimeArgs: ['--test'],
          skipFiles: ['<node_internals>/**'],
        },
      ],
      matchers: { lint: [biome] },
      ecosystems: ['npm'],
      advice: [
        `\`src/index.js\` only listens. Decisions go into the files beside it, which take a \`Request\` and return a \`Response\`, with tests in \`tests/\`.`,
        engineAdvice,
      ],
      notes: [
        `## JavaScript

\`src/index.js\` only listens. What the program decides is in the files beside it, by the Fetch API: a \`Request\` comes in and a
\`Response\` goes out, so the unit tests in \`tests/\` run in Node as they are, and so does a debugger.

${engineNotes}`,
      ],
    };
  },
};
