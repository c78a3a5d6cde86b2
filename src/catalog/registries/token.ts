/** Logins without a lasting password: a script of the project gets a token of the cloud, for whatever proof it is given. */
import type { Choices } from '../../model/choices.ts';
import type { Contribution, File, Identity, Secret, Setting, Tool } from '../../model/plan.ts';
import { templateText } from '../templates.ts';
import { oras } from '../tools.ts';
import { hostOf } from './oci.ts';

interface Cloud {
  /** The script, in templates/registries: it prints a token for the host that it is given. */
  script: string;
  /** The user name that stands for a token. */
  user: string;
  /** The command that knows who a person is, and how to get it. */
  cli: { command: string; login: string; get: string };
  secrets: Secret[];
  settings: Setting[];
  identity: Omit<Identity, 'purpose'>;
}

const script = (name: string): File => ({ path: `scripts/${name}`, text: templateText(`registries/${name}`) });

/** `login` by the CI's identity, by secrets where it has none, or by who is logged in to the cloud. */
export function loginWithToken({ namespace }: Choices, cloud: Cloud): Contribution {
  const host = hostOf(namespace);
  const cli: Tool = {
    command: cloud.cli.command,
    optional: 'on your own machine make login needs it; CI does not',
    get: cloud.cli.get,
  };
  return {
    tasks: {
      login: {
        help: `Log in to ${host} by the CI's identity, or by yours of ${cloud.cli.login}`,
        run: [
          `token=$(node scripts/${cloud.script} ${host}) && printf %s "$token" | oras login --username ${cloud.user} --password-stdin ${host}`,
        ],
        secrets: cloud.secrets,
        settings: cloud.settings,
        identity: { ...cloud.identity, purpose: 'to log in to the registry' },
      },
    },
    files: [script('identity.mjs'), script(cloud.script)],
    tools: [oras, cli],
  };
}
