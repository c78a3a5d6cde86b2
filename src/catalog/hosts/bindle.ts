/**
 * A bindle with the module as its only parcel, signed by its creator. WAGI runs it by name and version.
 * https://github.com/deislabs/bindle/blob/main/docs/invoice-spec.md
 */
import type { Built, Contribution } from '../../model/plan.ts';
import { built, tagged } from '../signing.ts';
import { notes, templateText } from '../templates.ts';

export function bindle(module: Built): Contribution {
  const [host = '', ...path] = module.image.split('/');
  const name = path.join('/');
  const server = `${host.startsWith('localhost') ? 'http' : 'https'}://${host}/v1`;
  return {
    tasks: {
      push: {
        help: 'Sign the module and push it to the Bindle server as version TAG',
        run: [
          built(module.optimized, 'optimize'),
          `node scripts/bindle.mjs push $BINDLE_SERVER $BINDLE "$TAG" ${module.optimized}`,
        ],
        settings: [tagged],
        secrets: [
          { name: 'BINDLE_KEYPAIR', help: 'the key that signs: see the README' },
          { name: 'REGISTRY_USER', help: `a user of ${host} that may push, if the server needs one` },
          { name: 'REGISTRY_PASSWORD', help: 'its password' },
        ],
      },
    },
    variables: [
      { name: 'BINDLE_SERVER', value: server, overridable: true },
      { name: 'BINDLE', value: name },
    ],
    shared: [{ path: 'scripts/bindle.mjs', text: templateText('hosts/bindle.mjs') }],
    notes: [notes('hosts/bindle.notes.md.ejs', { name, server })],
  };
}
