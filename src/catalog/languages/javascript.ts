/** JavaScript: a web handler with the Fetch API, put into a component with its engine by componentize-js from npm. */
import type { Language } from '../../model/axes.ts';
import { notes } from '../templates.ts';
import { biome, byNpm, existingPackage, formatted, installed, npm, npmTasks, refuses } from './npm.ts';
import { componentize, contents, engineAdvice, engineNotes, maxBytes, memory } from './starlingmonkey.ts';

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
    return {
      ...byNpm('languages/javascript', module, { runtimeArgs: ['--test'] }),
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
        `\`src/index.js\` only listens. Decisions go into the files beside it, which take a \`Request\` and return a \`Response\`, with tests in \`tests/\`.`,
        engineAdvice,
      ],
      notes: [notes('languages/javascript/notes.md.ejs'), engineNotes()],
    };
  },
};
