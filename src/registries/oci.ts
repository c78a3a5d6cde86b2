/** Any OCI registry, named by its host and a path, with a user and a password. */
import type { Choices, Registry, Secret, Share } from '../plan.ts';
import { oras } from '../tools.ts';

/** A host with an optional port, then a path as the OCI distribution specification allows it, in lower case. */
const host = /^[a-z0-9]+(?:[.-][a-z0-9]+)*(?::[0-9]{1,5})?$/;
const component = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/;

/** What is wrong with `HOST[:PORT]/PATH`, or undefined. */
export function checkNamespace(namespace: string): string | undefined {
  const wrong = (why: string) =>
    `Namespace '${namespace}' ${why}. Write HOST[:PORT]/PATH, for example registry.example.com/team.`;
  if (namespace === '')
    return "Registry 'oci' needs a namespace. Write HOST[:PORT]/PATH, for example registry.example.com/team.";
  if (namespace.length > 200) return wrong('is longer than 200 characters');
  if (namespace.includes('://')) return wrong('has a scheme');
  if (/[A-Z]/.test(namespace)) return wrong('has upper-case letters');
  const [first = '', ...path] = namespace.split('/');
  if (!host.test(first)) return wrong(`has no valid host ('${first}')`);
  if (Number(first.split(':')[1] ?? 1) > 65535) return wrong('has a port above 65535');
  if (path.length === 0) return wrong('has no path');
  const bad = path.find((part) => !component.test(part));
  return bad === undefined ? undefined : wrong(`has a path that no registry takes ('${bad}')`);
}

/** `login` with a user and a password from the environment, REGISTRY_USER and REGISTRY_PASSWORD. */
export function loginWithPassword({ namespace }: Choices, secrets: Secret[]): Share {
  const server = namespace.split('/')[0] ?? '';
  return {
    tasks: {
      login: {
        help: `Log in to ${server} with REGISTRY_USER and REGISTRY_PASSWORD`,
        run: [
          `printf %s "\${REGISTRY_PASSWORD:?is not set}" | oras login --username "\${REGISTRY_USER:?is not set}" --password-stdin ${server}`,
        ],
        secrets,
      },
    },
    tools: [oras],
  };
}

export const oci: Registry = {
  id: 'oci',
  label: 'OCI registry',
  help: 'any registry that speaks OCI distribution',
  status: 'current',
  ran: 'pushed to and pulled from a registry on loopback, with a password, byte for byte',
  protocol: 'oci',
  example: 'registry.example.com/team',
  checkNamespace,
  share(choices) {
    const server = choices.namespace.split('/')[0] ?? '';
    return {
      ...loginWithPassword(choices, [
        { name: 'REGISTRY_USER', help: `a user of ${server} that may push to ${choices.namespace}` },
        { name: 'REGISTRY_PASSWORD', help: 'its password, or better an access token' },
      ]),
      notes: [
        `## Registry: ${server}

On your own machine:

\`\`\`sh
export REGISTRY_USER=you
read -rs REGISTRY_PASSWORD && export REGISTRY_PASSWORD
make login push
\`\`\``,
      ],
    };
  },
};
