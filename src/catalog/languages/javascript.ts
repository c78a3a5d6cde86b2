/** JavaScript: a web handler with the Fetch API, put into a component with its engine by componentize-js from npm. */
import type { Language } from '../../model/axes.ts';
import { named, notes, once, templateText } from '../templates.ts';
import { biome, byNpm, existingPackage, formatted, installed, npm, npmTasks, refuses } from './npm.ts';
import { componentize, contents, engineAdvice, engineNotes, maxBytes, memory } from './starlingmonkey.ts';

/** What only TypeScript installs. */
const ofTypes = ['@types/node', 'typescript'];
/** What `ofTypes` brings, where nothing else of the project needs it. */
const broughtByTypes = ['node_modules/@types/node', 'node_modules/undici-types'];

/** The lock file: that of TypeScript, which has the same packages and these. Two such files would be 4 % of this package. */
const lock = once((path: string): string => {
  const { packages, ...rest } = JSON.parse(templateText(`languages/typescript/common/${path}`));
  for (const one of ofTypes) delete packages[''].devDependencies[one];
  for (const one of broughtByTypes) delete packages[one];
  return `${JSON.stringify({ ...rest, packages }, undefined, 2)}\n`;
});

export const javascript: Language = {
  existing: existingPackage('JavaScript', false),
  id: 'javascript',
  label: 'JavaScript',
  aliases: ['js', 'ecmascript'],
  help: 'the Fetch API, large components',
  status: 'current',
  ran: 'put into components by componentize-js 0.23',
  kinds: ['http'],
  differs: 'componentize-js keeps addresses and times of the build in its snapshot',
  maxBytes: { http: maxBytes },
  memory: { http: memory },
  refuses,
  contribute(module) {
    const { artifact } = module;
    const path = 'package-lock.json';
    const shared = byNpm('languages/javascript', module, { runtimeArgs: ['--test'] });
    return {
      ...shared,
      files: [...(shared.files ?? []), { path, text: named(lock(path), module.name) }],
      tasks: {
        setup: { help: 'Install the tools from package-lock.json', run: ['npm ci'] },
        ...npmTasks,
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
      contents,
      tools: [npm, installed('componentize-js', '0.23'), installed('biome', '2')],
      settings: { '[javascript]': formatted },
      matchers: { lint: [biome] },
      advice: [
        `\`src/index.js\` only listens. Put your code in the files beside it, which take a \`Request\` and return a \`Response\`, with tests in \`tests/\`.`,
        engineAdvice,
      ],
      notes: [notes('languages/javascript/notes.md.ejs'), engineNotes()],
    };
  },
};
