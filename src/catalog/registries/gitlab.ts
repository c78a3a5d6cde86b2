/** GitLab's container registry, on gitlab.com or self-managed. In GitLab CI the job's credentials may push. */
import type { Registry } from '../../model/axes.ts';
import { notes } from '../templates.ts';
import { checkNamespace, type Form, hostOf, loginByHand, loginWithPassword } from './oci.ts';

const form: Form = {
  registry: 'gitlab',
  write: 'registry.gitlab.com/GROUP/PROJECT[/PATH], or the registry of your GitLab',
  example: 'registry.gitlab.com/octo-group/hello',
  refuses(host, path) {
    if (host === 'gitlab.com') return "is GitLab itself, and its registry is 'registry.gitlab.com'";
    return path.length >= 2 ? undefined : 'has no project: GitLab keeps images below GROUP/PROJECT';
  },
};

export const gitlab: Registry = {
  id: 'gitlab',
  label: 'GitLab',
  aliases: ['gitlab.com', 'registry.gitlab.com'],
  help: "GitLab's container registry, for sources on GitLab",
  status: 'current',
  ran: 'pushed to and pulled from a registry on loopback, with a password; not pushed to GitLab itself',
  protocol: 'oci',
  example: form.example,
  checkNamespace: (namespace) => checkNamespace(namespace, form),
  contribute(choices) {
    const own = {
      platform: 'gitlab',
      below: (repository: string) => `${hostOf(choices.namespace)}/${repository.toLowerCase()}`,
    };
    const project = choices.namespace.slice(hostOf(choices.namespace).length + 1);
    return {
      ...loginWithPassword(choices, [
        { name: 'REGISTRY_USER', help: 'the user name of a deploy token', own: { ...own, as: 'user' } },
        {
          name: 'REGISTRY_PASSWORD',
          help: 'a deploy token with the scopes `read_registry` and `write_registry`',
          own: { ...own, as: 'token' },
        },
      ]),
      setup: [notes('registries/gitlab.notes.md.ejs', { project, login: loginByHand('your-gitlab-name', 'token') })],
    };
  },
};
