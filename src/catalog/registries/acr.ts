/** Azure Container Registry: CI uses its identity with Entra ID, or an application secret; people use `az login`. */
import type { Registry } from '../../model/axes.ts';
import { notes } from '../templates.ts';
import { checkNamespace, type Form, hostOf } from './oci.ts';
import { loginWithToken } from './token.ts';

/** A registry's name, with the hash that Azure adds for a domain name label scope. */
const server = /^[a-z0-9]{5,50}(?:-[a-z0-9]+)?\.azurecr\.io$/;

const form: Form = {
  registry: 'acr',
  write: 'NAME.azurecr.io[/PATH]',
  example: 'myregistry.azurecr.io/team',
  hostAlone: true,
  refuses: (host) =>
    server.test(host)
      ? undefined
      : `is not in an Azure registry: '${host}' does not have the form NAME.azurecr.io, with a NAME of 5 to 50 letters and digits`,
};

export const acr: Registry = {
  id: 'acr',
  label: 'Azure (ACR)',
  aliases: ['azure', 'azurecr.io'],
  changes: [
    {
      version: '0.2.0',
      files: ['scripts/acr-login.mjs', 'scripts/identity.mjs'],
      why: 'If the CI issues OIDC tokens, it logs in with one of them, without a stored password.',
    },
  ],
  help: 'Azure Container Registry; no password if the CI issues OIDC tokens',
  status: 'current',
  ran: "the login's exchanges against stand-ins for Entra ID and ACR; the push as for oci; not run on Azure itself",
  protocol: 'oci',
  example: form.example,
  checkNamespace: (namespace) => checkNamespace(namespace, form),
  contribute(choices) {
    const name = hostOf(choices.namespace).split(/[.-]/)[0];
    return {
      ...loginWithToken(choices, {
        script: 'acr-login.mjs',
        // The user name for logins with a token.
        user: '00000000-0000-0000-0000-000000000000',
        cli: {
          command: 'az',
          get: 'see https://learn.microsoft.com/cli/azure/install-azure-cli',
        },
        secrets: [{ name: 'AZURE_CLIENT_SECRET', help: "the application's secret, as above", where: 'no identity' }],
        settings: [
          { name: 'AZURE_CLIENT_ID', help: 'the application that may push: `$app` above' },
          { name: 'AZURE_TENANT_ID', help: 'your tenant: `az account show --query tenantId --output tsv`' },
        ],
        identity: { variable: 'AZURE_ID_TOKEN', audience: 'api://AzureADTokenExchange' },
      }),
      setup: [notes('registries/acr.notes.md.ejs', { name })],
    };
  },
};
