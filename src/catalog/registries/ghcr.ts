/** GitHub's container registry. In GitHub Actions the job's token may push; elsewhere a classic token is needed. */
import type { Registry } from '../../model/axes.ts';
import { notes } from '../templates.ts';
import { checkNamespace, type Form, loginByHand, loginWithPassword } from './oci.ts';

const server = 'ghcr.io';
/** A user or an organization in lower case, as image names require; GitHub ignores case. */
const owner = /^[a-z0-9](?:-?[a-z0-9]){0,38}$/;

const form: Form = {
  registry: 'ghcr',
  write: `${server}/OWNER[/PATH], in lower case`,
  example: `${server}/octo-org`,
  refuses(host, [name = '']) {
    if (host !== server) return "is not in GitHub's registry";
    return owner.test(name) ? undefined : `has no valid owner ('${name}')`;
  },
};

export const ghcr: Registry = {
  id: 'ghcr',
  label: 'GitHub (GHCR)',
  aliases: ['ghcr.io', 'github'],
  help: 'ghcr.io, for sources on GitHub',
  status: 'current',
  ran: 'the same tasks as for oci, pushed to and pulled from a registry on loopback; not pushed to ghcr.io itself',
  protocol: 'oci',
  example: form.example,
  checkNamespace: (namespace) => checkNamespace(namespace, form),
  contribute(choices) {
    const own = {
      platform: 'github',
      permission: { scope: 'packages', purpose: 'to push the module' },
      below: (repository: string) => `${server}/${repository.split('/')[0]?.toLowerCase()}`,
    };
    return {
      ...loginWithPassword(choices, [
        { name: 'REGISTRY_USER', help: 'your GitHub user name', own: { ...own, as: 'user' } },
        {
          name: 'REGISTRY_PASSWORD',
          help: 'a personal access token (classic) with the scope `write:packages`',
          own: { ...own, as: 'token' },
        },
      ]),
      setup: [notes('registries/ghcr.notes.md.ejs', { login: loginByHand('your-github-name', 'token') })],
    };
  },
};
