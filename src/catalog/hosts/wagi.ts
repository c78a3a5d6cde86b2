/** WAGI: runs a module for each HTTP request, as CGI does. Its last release is 0.8.1; `wagi/` is compatible. */
import { stringify } from 'smol-toml';
import type { Host } from '../../model/axes.ts';
import { notes, templateText, version } from '../templates.ts';
import { bindle } from './bindle.ts';
import { asked, listen, serving, url } from './local.ts';
import { wasmToOci } from './wasm-to-oci.ts';

const wagiReleases = 'https://github.com/deislabs/wagi/releases';

/** Runs our host, which npm installs. */
const script = () => templateText('hosts/generator-wasm.sh').replace('WAGI_RELEASES', () => wagiReleases);

export const wagi: Host = {
  id: 'wagi',
  label: 'WAGI',
  help: 'starts a module for each request; its last release was in 2022; served locally by generator-wasm serve',
  status: 'legacy',
  ended: 'last release in 2022',
  ran: 'served by `generator-wasm serve`, which answers as WAGI 0.8.1 does; WAGI itself is in no package registry',
  changes: [
    {
      version: '0.3.0',
      files: [
        'Makefile',
        'README.md',
        ...['run.sh', 'package.json', '.gitignore'].map((name) => `.generator-wasm/${name}`),
      ],
      why: '`make serve` installs generator-wasm by a lock file, `.generator-wasm/package-lock.json`, and refuses a package with another checksum. Commit the file after the first run.',
    },
    {
      version: '0.3.0',
      files: ['README.md'],
      why: 'One command changes the host to Spin and keeps your edits.',
    },
    {
      version: '0.2.0',
      files: ['README.md'],
      why: 'It says until when Spin runs WAGI modules.',
    },
  ],
  kinds: ['wagi'],
  publish: { oci: wasmToOci, bindle },
  runsAt: (module) => `after you add ${module.image} to the modules.toml of your WAGI server`,
  contribute(module) {
    return {
      tasks: {
        serve: {
          help: 'Serve the module at http://$LISTEN, with wagi if it is installed',
          needs: ['build'],
          run: ['exec $WAGI --config modules.toml --listen $LISTEN'],
        },
        smoke: asked(module),
      },
      variables: [
        listen,
        url,
        { name: 'GENERATOR_WASM', value: 'sh .generator-wasm/run.sh', overridable: true },
        {
          name: 'WAGI',
          value: 'command -v wagi || echo "$GENERATOR_WASM serve"',
          overridable: true,
          shell: true,
        },
      ],
      files: [
        {
          path: 'modules.toml',
          text: `# The routes of WAGI. The first match wins, so a catch-all comes last.\n\n${stringify({
            module: [{ route: '/...', module: module.artifact }],
          })}`,
        },
      ],
      // A package cannot contain its own checksum, so the first `make serve` writes the lock file.
      shared: [
        { path: '.generator-wasm/run.sh', text: script() },
        {
          path: '.generator-wasm/package.json',
          // Prettier breaks every object of a package.json.
          text: `${JSON.stringify({ private: true, dependencies: { 'generator-wasm': version } }, null, 2)}\n`,
        },
        { path: '.generator-wasm/.gitignore', text: '/node_modules/\n' },
      ],
      matchers: { serve: [serving('wagi')] },
      tools: [
        {
          command: 'wagi',
          optional: 'without it, make serve uses generator-wasm serve',
          get: `see ${wagiReleases}`,
        },
      ],
      advice: [
        `WAGI answers 500 if a program calls \`proc_exit\`, even with 0: return from \`_start\`.`,
        `Every module sees the variables of \`--env\`, so no answer may show the whole environment.`,
      ],
      notes: [notes('hosts/wagi.notes.md.ejs')],
    };
  },
};
