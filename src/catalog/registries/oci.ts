/** Any OCI registry by host and path, with a user and a password; and helpers of all OCI registries. */

import type { Registry } from '../../model/axes.ts';
import type { Choices } from '../../model/choices.ts';
import type { Contribution, Secret } from '../../model/plan.ts';
import { notes, templateText } from '../templates.ts';
import { oras } from '../tools.ts';

/** A host with an optional port, then a path as the OCI distribution specification allows it, in lower case. */
const host = /^[a-z0-9]+(?:[.-][a-z0-9]+)*(?::[0-9]{1,5})?$/;
const component = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/;

/** The rules of a registry for its namespaces. */
export interface Form {
  /** The registry's id. */
  registry: string;
  /** The parts of a namespace: `HOST[:PORT]/PATH`. */
  write: string;
  example: string;
  /** A host without a path is a namespace too. */
  hostAlone?: true;
  /** What is wrong with a namespace in any registry, to continue `Namespace '…'`; or undefined. */
  refuses?(host: string, path: string[]): string | undefined;
}

const anywhere: Form = {
  registry: 'oci',
  write: 'HOST[:PORT]/PATH',
  example: 'registry.example.com/team',
  refuses: (host) =>
    host.startsWith('127.')
      ? 'has a number for this machine, which oras takes for one with TLS: it speaks plain HTTP to localhost alone'
      : undefined,
};

/** The error message for a namespace of this form, or undefined. */
export function checkNamespace(namespace: string, form: Form = anywhere): string | undefined {
  const how = `Write ${form.write}, for example ${form.example}.`;
  if (namespace === '') return `Registry '${form.registry}' needs a namespace. ${how}`;
  const problem = wrong(namespace, form);
  return problem && `Namespace '${namespace}' ${problem}. ${how}`;
}

function wrong(namespace: string, { hostAlone, refuses }: Form): string | undefined {
  if (namespace.length > 200) return 'is longer than 200 characters';
  if (namespace.includes('://')) return 'has a scheme';
  if (/[A-Z]/.test(namespace)) return 'has upper-case letters, but image names are in lower case';
  const [first = '', ...path] = namespace.split('/');
  const version = /[:@].*/.exec(path.join('/'))?.[0];
  if (version) return `has a tag or a digest ('${version}'), which a push gives, not a namespace`;
  if (!host.test(first)) return `has no valid host ('${first}')`;
  if (Number(first.split(':')[1] ?? 1) > 65535) return 'has a port above 65535';
  if (path.join('') === '' && !(hostAlone && path.length === 0)) return 'has no path';
  const bad = path.find((part) => !component.test(part));
  if (bad !== undefined) return `has a path that no registry takes ('${bad}')`;
  return refuses?.(first, path);
}

/** `localhost:5000` of `localhost:5000/team`. */
export const hostOf = (namespace: string): string => namespace.split('/')[0] ?? '';

/** `login` with a user and a password from the environment, REGISTRY_USER and REGISTRY_PASSWORD. */
export function loginWithPassword({ namespace }: Choices, secrets: Secret[]): Contribution {
  const server = hostOf(namespace);
  return {
    tasks: {
      login: {
        help: `Log in to ${server} with REGISTRY_USER and REGISTRY_PASSWORD`,
        run: [`sh scripts/login.sh ${server}`],
        secrets,
      },
    },
    shared: [{ path: 'scripts/login.sh', text: templateText('publish/login.sh'), executable: true }],
    tools: [oras],
  };
}

/** How to log in with a password, as a block of code. */
export const loginByHand = (user: string, secret: string): string => `\`\`\`sh
export REGISTRY_USER=${user}
read -rs REGISTRY_PASSWORD && export REGISTRY_PASSWORD    # paste the ${secret}
make login
\`\`\``;

/** Hosts with which oras and cosign use plain HTTP by default. */
const isLocal = (namespace: string): boolean => /^localhost(?::|\/)/.test(namespace);

export const oci: Registry = {
  id: 'oci',
  label: 'OCI registry',
  aliases: ['harbor', 'quay', 'quay.io'],
  help: 'any other container registry: Harbor, Quay, your own',
  status: 'current',
  ran: 'pushed to and pulled from a registry on loopback, with a password, byte for byte',
  protocol: 'oci',
  example: anywhere.example,
  checkNamespace: (namespace) => checkNamespace(namespace),
  contribute(choices) {
    const { namespace } = choices;
    const server = hostOf(namespace);
    return {
      ...loginWithPassword(choices, [
        { name: 'REGISTRY_USER', help: `a user of ${server} that may push to ${namespace}` },
        { name: 'REGISTRY_PASSWORD', help: 'its password, or better an access token' },
      ]),
      setup: [
        isLocal(namespace)
          ? notes('registries/oci.local.notes.md.ejs', { server, port: server.split(':')[1] ?? 80 })
          : notes('registries/oci.notes.md.ejs', { server, namespace, login: loginByHand('you', 'password') }),
      ],
    };
  },
};
