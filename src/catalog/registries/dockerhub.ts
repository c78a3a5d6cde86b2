/** Docker Hub: one level of names below docker.io, and an access token as the password. */
import type { Registry } from '../../model/axes.ts';
import { notes } from '../templates.ts';
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
  aliases: ['docker.io', 'docker', 'docker-hub'],
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
        { name: 'REGISTRY_USER', help: 'your Docker ID; the organization, for one of its access tokens' },
        { name: 'REGISTRY_PASSWORD', help: 'an access token of Docker Hub with the permission _Read & Write_' },
      ]),
      setup: [notes('registries/dockerhub.notes.md.ejs', { login: loginByHand(owner, 'token'), owner })],
    };
  },
};
