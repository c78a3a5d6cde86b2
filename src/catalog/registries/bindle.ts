/** Bindle: bundles of files behind signed invoices. Its makers left it for OCI registries, and WAGI 0.8.1 can still take from it. */
import type { Registry } from '../../model/plan.ts';
import { checkNamespace, type Form } from './oci.ts';

const form: Form = {
  registry: 'bindle',
  write: 'HOST[:PORT]/PATH',
  example: 'bindle.example.com/team',
};

export const bindle: Registry = {
  id: 'bindle',
  label: 'Bindle',
  help: 'signed bundles for WAGI and Hippo; not developed any more',
  status: 'legacy',
  ran: 'in `npm run test:extended`, a signed push to the server of the crates.io library bindle 0.9.1, and a get by its client; the programs that Bindle comes with are in no package registry',
  protocol: 'bindle',
  example: form.example,
  checkNamespace: (namespace) => checkNamespace(namespace, form),
  contribute: ({ name, namespace }) => ({
    notes: [
      `## Registry: Bindle

**Bindle is not developed any more.** Since its version 0.9 a server takes signed invoices alone. Make a key, once; a \`keypair\` of
Bindle's own \`secret_keys.toml\` does as well:

\`\`\`sh
BINDLE_KEYPAIR=$(node scripts/bindle.mjs keypair) && export BINDLE_KEYPAIR
node scripts/bindle.mjs keyring "${name}"
make push TAG=v1.0.0
\`\`\`

What the second line prints belongs into the \`keyring.toml\` of the server at \`${namespace.split('/')[0]}\`, and the key itself among your
CI's secrets. Where the server wants a user, set REGISTRY_USER and REGISTRY_PASSWORD too.`,
    ],
  }),
};
