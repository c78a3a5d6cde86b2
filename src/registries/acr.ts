/** Azure Container Registry: no password anywhere. CI proves its identity to Entra ID, a person has `az login`. */
import type { Registry } from '../plan.ts';
import { templateText } from '../templates.ts';
import { oras } from '../tools.ts';
import { checkNamespace } from './oci.ts';

/** A registry's name, with the hash that Azure adds where a domain name label scope was chosen. */
const server = /^[a-z0-9]{5,50}(?:-[a-z0-9]+)?\.azurecr\.io$/;

export const acr: Registry = {
  id: 'acr',
  label: 'Azure (ACR)',
  help: 'Azure Container Registry, without passwords in CI',
  status: 'current',
  ran: "the login's two exchanges against a stand-in for Entra ID and ACR; the push as for oci; not run on Azure itself",
  protocol: 'oci',
  example: 'myregistry.azurecr.io/team',
  checkNamespace(namespace) {
    const how = 'Write NAME.azurecr.io[/PATH], for example myregistry.azurecr.io/team.';
    if (namespace === '') return `Registry 'acr' needs a namespace. ${how}`;
    const host = namespace.split('/')[0] ?? '';
    if (!server.test(host))
      return `Namespace '${namespace}' is not in an Azure registry: '${host}' is no NAME.azurecr.io with a name of 5 to 50 lower-case letters and digits. ${how}`;
    return namespace === host ? undefined : checkNamespace(namespace);
  },
  share({ namespace }) {
    const host = namespace.split('/')[0] ?? '';
    const name = host.split(/[.-]/)[0];
    return {
      tasks: {
        login: {
          help: `Log in to ${host} by the CI's identity, or by yours of az login`,
          run: [
            // The user name that stands for a token.
            `token=$(node scripts/acr-login.mjs ${host}) && printf %s "$token" | oras login --username 00000000-0000-0000-0000-000000000000 --password-stdin ${host}`,
          ],
          settings: [
            { name: 'AZURE_CLIENT_ID', help: 'the application that may push: `$app` above' },
            { name: 'AZURE_TENANT_ID', help: 'your tenant: `az account show --query tenantId --output tsv`' },
          ],
          identity: {
            variable: 'AZURE_ID_TOKEN',
            audience: 'api://AzureADTokenExchange',
            purpose: 'to log in to the registry',
          },
        },
      },
      files: [{ path: 'scripts/acr-login.mjs', text: templateText('registries/acr-login.mjs') }],
      tools: [
        oras,
        {
          command: 'az',
          optional: 'on your own machine make login needs it; CI does not',
          get: 'see https://learn.microsoft.com/cli/azure/install-azure-cli',
        },
      ],
      notes: [
        `## Registry: Azure

On your own machine, \`az login && make login push\`. CI needs no password: Azure trusts its identity. Set that up once:

\`\`\`sh
registry=$(az acr show --name ${name} --query id --output tsv)
app=$(az ad app create --display-name ${name}-push --query appId --output tsv)
az ad sp create --id "$app"
az role assignment create --assignee "$app" --role AcrPush --scope "$registry"
az ad app federated-credential create --id "$app" --parameters '{
  "name": "release", "issuer": "ISSUER", "subject": "SUBJECT", "audiences": ["api://AzureADTokenExchange"]
}'
\`\`\`

Issuer and subject are in the section on CI.`,
      ],
    };
  },
};
