/** TypeScript: checked and compiled by tsc to JavaScript, which goes into a component as in javascript.ts. */
import type { Language } from '../../model/axes.ts';
import { notes } from '../templates.ts';
import { biome, byNpm, existingPackage, formatted, installed, npm, npmTasks, refuses } from './npm.ts';
import { componentize, contents, engineAdvice, engineNotes, maxBytes, memory } from './starlingmonkey.ts';

const sources = ['src/*.ts', 'src/*/*.ts', 'tsconfig.json', 'package-lock.json'];
const compiled = 'build/src/index.js';
const tests = 'build/tests/tests/handler.test.js';

export const typescript: Language = {
  existing: existingPackage('TypeScript', true),
  id: 'typescript',
  label: 'TypeScript',
  aliases: ['ts'],
  help: 'JavaScript with types and the Fetch API, large components',
  status: 'current',
  ran: 'compiled by tsc 7, and put into components by componentize-js 0.23',
  kinds: ['http'],
  differs: 'componentize-js keeps addresses and times of the build in its snapshot',
  maxBytes: { http: maxBytes },
  memory: { http: memory },
  refuses,
  contribute(module) {
    const { artifact } = module;
    return {
      ...byNpm('languages/typescript', module, {
        runtimeArgs: ['--test'],
        cwd: '${workspaceFolder}/build/tests',
        preLaunchTask: 'build',
      }),
      tasks: {
        setup: { help: 'Install the compiler and tools from package-lock.json', run: ['npm ci'] },
        format: npmTasks.format,
        lint: {
          help: 'Check formatting, lint and types; warnings are errors',
          run: ['biome ci --error-on-warnings', 'tsc --noEmit', 'tsc --noEmit --project tests'],
        },
        build: { help: `Build ${artifact}`, needs: [artifact] },
        test: {
          help: 'Run the unit tests and check the component against its contract',
          needs: [tests],
          run: ['node --enable-source-maps --test --test-reporter spec build/tests/tests/*.test.js'],
        },
      },
      rules: [
        { target: artifact, from: [compiled, 'wit/*.wit'], run: [componentize(compiled, artifact)] },
        { target: compiled, from: sources, run: ['tsc'] },
        { target: tests, from: [...sources, 'tests/*.ts', 'tests/tsconfig.json'], run: ['tsc --project tests'] },
      ],
      contents,
      tools: [npm, installed('componentize-js', '0.23'), installed('tsc', '5.9'), installed('biome', '2')],
      settings: { '[typescript]': formatted },
      // VS Code has the matcher of tsc itself.
      matchers: { build: ['$tsc'], lint: [biome, '$tsc'] },
      advice: [
        `\`src/index.ts\` only listens. Put your code in the files beside it, which take a \`Request\` and return a \`Response\`, with tests in \`tests/\`.`,
        engineAdvice,
      ],
      notes: [notes('languages/typescript/notes.md.ejs'), engineNotes()],
    };
  },
};
