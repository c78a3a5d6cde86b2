/**
 * Logins without a stored password: a script of the project exchanges the CI's OIDC token for a token of the cloud.
 * Not by the clouds' CLIs, for the reasons in ARCHITECTURE.md. The machines of GitHub and Azure Pipelines have them:
 * https://github.com/actions/runner-images/blob/main/images/ubuntu/Ubuntu2404-Readme.md, CLI Tools. Their tokens:
 * https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-role.html (web_identity_token_file),
 * https://learn.microsoft.com/cli/azure/reference-index?view=azure-cli-latest#az-login (--federated-token).
 */
import type { Choices } from '../../model/choices.ts';
import type { Contribution, File, Identity, Secret, Setting, Tool } from '../../model/plan.ts';
import { templateText } from '../templates.ts';
import { oras } from '../tools.ts';
import { hostOf } from './oci.ts';

interface Cloud {
  /** The script in templates/registries, which prints a token for a host. */
  script: string;
  /** The user name for logins with a token. */
  user: string;
  /** The cloud's command line tool, and how to get it. */
  cli: { command: string; get: string };
  secrets: Secret[];
  settings: Setting[];
  identity: Omit<Identity, 'purpose'>;
}

const script = (name: string): File => ({ path: `scripts/${name}`, text: templateText(`registries/${name}`) });

/** `login` with the CI's identity, with secrets, or with the user's cloud login. */
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
        help: `Log in to ${host} with the CI's OIDC token, or with your ${cloud.cli.command} login`,
        run: [
          `token=$(node scripts/${cloud.script} ${host}) && printf %s "$token" | oras login --username ${cloud.user} --password-stdin ${host}`,
        ],
        secrets: cloud.secrets,
        settings: cloud.settings,
        identity: { ...cloud.identity, purpose: 'to log in to the registry' },
      },
    },
    shared: [script('identity.mjs'), script(cloud.script)],
    tools: [oras, cli],
  };
}
