/** Bindle: signed bundles of files. No longer maintained; WAGI 0.8.1 can still pull from it. */
import { stringify } from 'smol-toml';
import type { Registry } from '../../model/axes.ts';
import type { Built, File } from '../../model/plan.ts';
import { notes } from '../templates.ts';
import { checkNamespace, type Form } from './oci.ts';

const form: Form = {
  registry: 'bindle',
  write: 'HOST[:PORT]/PATH',
  example: 'bindle.example.com/team',
};

export const bindle: Registry = {
  id: 'bindle',
  label: 'Bindle',
  help: 'signed bundles for WAGI and Hippo; no longer maintained',
  status: 'legacy',
  ended: 'no longer maintained',
  ran: 'in `npm run test:extended`, a signed push to the server of the crates.io library bindle 0.9.1, and a get by its client; the programs that Bindle comes with are in no package registry',
  protocol: 'bindle',
  example: form.example,
  checkNamespace: (namespace) => checkNamespace(namespace, form),
  options: [
    {
      key: 'hippofacts',
      label: 'HIPPOFACTS',
      help: 'registry bindle only: write a HIPPOFACTS file for Hippo',
      values: [
        { id: 'no', label: 'No', help: 'do not write HIPPOFACTS', status: 'current' },
        { id: 'yes', label: 'Yes', help: 'for a Hippo server that deploys from this Bindle server', status: 'legacy' },
      ],
      refused: ({ label }) =>
        `HIPPOFACTS is for Hippo, which uses Bindle, not ${label}. Choose registry bindle, or remove --hippofacts.`,
    },
  ],
  contribute: ({ name, namespace, author, hippofacts }, module) => ({
    files: hippofacts === 'yes' ? [forHippo(module, author)] : [],
    notes: [notes('registries/bindle.notes.md.ejs', { name, server: namespace.split('/')[0] })],
  }),
};

const forHippo = (module: Built, author: string): File => ({
  path: 'HIPPOFACTS',
  text: `# The module for Hippo, which is no longer developed. Run \`make optimize\` first.\n\n${stringify({
    bindle: { name: module.name, version: '0.1.0', ...(author && { authors: [author] }) },
    handler: [{ route: '/...', name: module.optimized }],
  })}`,
});
