/** AssemblyScript: TypeScript syntax, compiled by `asc` from npm; WASI by AssemblyScript's own shim. */

import { quotePath } from '../../lib/shell.ts';
import type { Existing, Language } from '../../model/axes.ts';
import type { Kind } from '../../model/choices.ts';
import { json, table, textOf } from '../existing/data.ts';
import { dependsOn, listed, packageContribution, packageFacts, saying } from '../existing/readers.ts';
import { ignoringItself, isStated, made, task } from '../existing.ts';
import { notes } from '../templates.ts';
import { biome, byNpm, formatted, installed, npm, npmTasks, refuses } from './npm.ts';

const sources = ['assembly/*.ts', 'assembly/*/*.ts', 'package-lock.json'];
const testable = 'build/tests/testable.wasm';

/**
 * An error of asc: message, three lines of source, location.
 * @param code of the errors
 * @param before the lines before the message
 */
const asc = (code: string, ...before: object[]): object => ({
  owner: 'asc',
  source: 'asc',
  pattern: [
    ...before,
    { regexp: `^(ERROR|WARNING|INFO) (${code}): (.*)$`, severity: 1, code: 2, message: 3 },
    { regexp: '^ +:$' },
    { regexp: '^ *\\d+ │' },
    { regexp: '^ +│' },
    { regexp: '^ +└─ in (.+)\\((\\d+),(\\d+)\\)$', file: 1, line: 2, column: 3 },
  ],
});
/** The first syntax error, right below the command: one missing brace makes asc print up to 20 more. */
const syntaxError = asc('TS1\\d+', { regexp: '^asc ' });
const finding = asc('(?!TS1)[A-Z]+\\d+');

/** A program that never needs to free memory. */
const memory: { [kind in Kind]?: string } = {
  command: 'soon ends; `--count` reads input of any size into one buffer.',
  wagi: 'answers one request and ends.',
};

/** An adopted project; without a build script it is compiled with asconfig.json. */
const existing: Existing = {
  manifests: ['asconfig.json', 'package.json'],
  writes: ['node_modules/'],
  read(folder, around) {
    const config = folder.text('asconfig.json');
    const scripts = table(json(folder.text('package.json')).scripts);
    // A package of a workspace may have the compiler from its root.
    const calls = dependsOn(folder, ['assemblyscript']) ? /\basc\b/ : /\basc\s+\S+\.ts\b/;
    const isPackage = Object.values(scripts).some((line) => calls.test(textOf(line)));
    if (!folder.paths.includes('asconfig.json') && !isPackage) return undefined;
    const stated = saying(around.stated, /\b(?:npm|npx|pnpm|yarn|bun|asc)\b/, (dir) => dir === around.dir);
    const facts = packageFacts(folder, around, stated);
    const release = table(table(json(config).targets).release);
    const entry = [...listed(config, 'entries'), 'assembly/index.ts', 'src/index.ts'].find((path) =>
      folder.paths.includes(path),
    );
    const outFile = textOf(release.outFile) || textOf(release.binaryFile);
    const compiled = /^(?:npx\s+)?asc\s+(?:\.\/)?(\w\S*\.ts)\b/.exec(textOf(scripts[facts.build ?? '']))?.[1];
    if (compiled && !folder.paths.includes(compiled))
      return [{ path: '', why: `its script ${facts.build} compiles ${compiled}, which is not in the repository` }];
    // Without a script and an entry it is a library.
    const isLibrary = !facts.build && !facts.command && !entry;
    if (isLibrary && !facts.test) return [{ path: '', why: 'it is a library, with no entry to compile and no tests' }];
    const compiles = !facts.build && !facts.command && entry !== undefined;
    return {
      ...facts,
      what: isLibrary ? 'a library in AssemblyScript' : 'a project in AssemblyScript',
      artifact: facts.artifact || outFile || (compiles ? `${made}/module.wasm` : ''),
      entry: compiles ? (entry ?? '') : '',
      release: Object.keys(release).length > 0 ? 'yes' : '',
      from: facts.from || (folder.paths.includes('asconfig.json') ? 'asconfig.json' : ''),
      library: isLibrary ? 'yes' : '',
    };
  },
  contribute(facts) {
    const share = packageContribution(facts);
    if (facts.build || isStated(facts) || !facts.entry) return share;
    const isOurs = facts.artifact?.startsWith(`${made}/`);
    const own = isOurs ? [ignoringItself(made)] : [];
    const options = isOurs
      ? `${facts.release ? ' --target release' : ' --optimize'} --outFile ${made}/module.wasm`
      : ' --target release';
    const line = `npx asc ${quotePath(facts.entry)}${options}`;
    return { ...share, tasks: { ...share.tasks, build: task(...own, line) } };
  },
};

export const assemblyscript: Language = {
  existing,
  id: 'assemblyscript',
  label: 'AssemblyScript',
  aliases: ['as', 'asc'],
  help: 'TypeScript syntax, very small modules',
  status: 'current',
  ran: 'compiled by asc 0.28',
  kinds: ['command', 'wagi'],
  maxBytes: { command: 8_000, wagi: 11_000 },
  memory: { command: 17, wagi: 17 },
  refuses,
  contribute(module) {
    const { artifact, kind } = module;
    return {
      ...byNpm('languages/assemblyscript', module, { runtimeArgs: ['--test'], preLaunchTask: 'build' }),
      tasks: {
        setup: { help: 'Install the compiler and tools from package-lock.json', run: ['npm ci'] },
        ...npmTasks,
        build: { help: `Compile ${artifact}`, needs: [artifact] },
        test: {
          help: 'Run the unit tests and check the module against its contract',
          needs: [testable],
          run: ['node --test --test-reporter spec tests/*.test.js'],
        },
      },
      rules: [
        {
          target: artifact,
          from: [...sources, 'asconfig.json'],
          run: [`asc assembly/index.ts --outFile ${artifact}`],
        },
        {
          target: testable,
          from: [...sources, 'tests/asconfig.json'],
          run: [`asc assembly/testable.ts --config tests/asconfig.json --outFile ${testable}`],
        },
      ],
      contents: [
        { type: 'npm', run: 'npm ls assemblyscript @assemblyscript/wasi-shim --package-lock-only --parseable --long' },
        { type: 'npm', run: 'npm ls --omit dev --all --package-lock-only --parseable --long' },
      ],
      tools: [npm, installed('asc', '0.28'), installed('biome', '2'), installed('wasm-opt', '116')],
      settings: { '[javascript][typescript]': formatted },
      matchers: { build: [syntaxError, finding], lint: [biome] },
      advice: [
        `\`assembly/index.ts\` only reads and writes. Put your code in the files beside it, without WASI, with tests in \`tests/\`.`,
        `AssemblyScript is not TypeScript: an empty string is true, and closures see no variables around them.`,
      ],
      notes: [notes('languages/assemblyscript/notes.md.ejs', { memory: memory[kind] })],
    };
  },
};
