/**
 * A bindle with the module as its only parcel, signed by its creator. WAGI runs it by name and version.
 * https://github.com/deislabs/bindle/blob/main/docs/invoice-spec.md
 */
import type { Built, Contribution } from '../../model/plan.ts';
import { built, tagged } from '../signing.ts';
import { templateText } from '../templates.ts';

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
          { name: 'BINDLE_KEYPAIR', help: 'the key that signs, made above' },
          { name: 'REGISTRY_USER', help: `a user of ${host} that may push, where it wants one` },
          { name: 'REGISTRY_PASSWORD', help: 'its password' },
        ],
      },
    },
    variables: [
      { name: 'BINDLE_SERVER', value: server, overridable: true },
      { name: 'BINDLE', value: name },
    ],
    files: [{ path: 'scripts/bindle.mjs', text: templateText('hosts/bindle.mjs') }],
    notes: [
      `\`make push\` ships \`${name}/VERSION\`; VERSION is TAG without its \`v\`, and TAG what \`git describe\` says unless you give one.
It must be a semantic version, and what it names never changes. WAGI then runs the module from there:

\`\`\`sh
wagi --bindle ${name}/1.0.0 --bindle-url ${server}
\`\`\``,
    ],
  };
}
