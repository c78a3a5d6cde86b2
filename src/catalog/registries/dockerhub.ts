/** Docker Hub: one level of names below docker.io, and an access token as the password. */
import type { Registry } from '../../model/axes.ts';
import { checkNamespace, type Form, hostOf, loginByHand, loginWithPassword } from './oci.ts';

/** Clients connect to registry-1.docker.io instead. */
const server = 'docker.io';

const form: Form = {
  registry: 'dockerhub',
  write: `${server}/OWNER`,
  example: `${server}/octoorg`,
  refuses(host, path) {
    if (host !== server) return `is not in Docker Hub, whose name is ${server}`;
    return path.length === 1 ? undefined : 'has more than an owner, and Docker Hub keeps a repository right below that';
  },
};

export const dockerhub: Registry = {
  id: 'dockerhub',
  label: 'Docker Hub',
  help: 'docker.io, the default of container tools',
  status: 'current',
  ran: 'the same tasks as for oci, pushed to and pulled from a registry on loopback; not pushed to docker.io itself',
  protocol: 'oci',
  example: form.example,
  checkNamespace: (namespace) => checkNamespace(namespace, form),
  contribute(choices) {
    const owner = choices.namespace.slice(hostOf(choices.namespace).length + 1);
    return {
      ...loginWithPassword(choices, [
        { name: 'REGISTRY_USER', help: 'your Docker ID; of an organization access token, the organization' },
        { name: 'REGISTRY_PASSWORD', help: 'an access token of Docker Hub with the permission *Read & Write*' },
      ]),
      notes: [
        `## Registry: Docker Hub

Make an access token with *Read & Write*: your own in [Docker's settings](https://app.docker.com/settings/personal-access-tokens),
which may push wherever you may, or one of the organization, for this repository alone. Then:

${loginByHand(choices, owner, 'token')}

The first push makes the repository, public unless the default privacy of \`${owner}\` is another. Docker Hub takes artifacts of
any type since October 2022; its pages show little of what is not a container image. An organization with a Team or Business plan
can let GitHub Actions in without a token, by an [OIDC connection](https://docs.docker.com/enterprise/security/oidc-connections/);
this project uses a token, which every account and every CI can have.`,
      ],
    };
  },
};
