// Prints a token of an Azure container registry for `oras login`: with the CI's OIDC token or AZURE_CLIENT_SECRET, for the
// application AZURE_CLIENT_ID in the tenant AZURE_TENANT_ID; otherwise with the login of the Azure CLI.
// Usage: node acr-login.mjs NAME.azurecr.io
import { execFileSync } from 'node:child_process';
import { ask, identityToken, setting } from './identity.mjs';

const [registry] = process.argv.slice(2);

try {
  const identity = await identityToken('AZURE_ID_TOKEN', 'api://AzureADTokenExchange');
  const { AZURE_CLIENT_SECRET: secret } = process.env;
  const assertion = {
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: identity,
  };
  if (identity) console.log(await exchange(assertion));
  else if (secret) console.log(await exchange({ client_secret: secret }));
  else console.log(tokenOfAz());
} catch (error) {
  console.error(`No token for ${registry}: ${error.message}`);
  process.exitCode = 1;
}

/** Exchanges a proof for a token of Entra ID, and that for a token of the registry. */
async function exchange(proof) {
  const client = setting('AZURE_CLIENT_ID');
  const entra = await ask(`https://login.microsoftonline.com/${setting('AZURE_TENANT_ID')}/oauth2/v2.0/token`, {
    form: {
      grant_type: 'client_credentials',
      client_id: client,
      scope: 'https://containerregistry.azure.net/.default',
      ...proof,
    },
  });
  const acr = await ask(`https://${registry}/oauth2/exchange`, {
    form: { grant_type: 'access_token', service: registry, access_token: JSON.parse(entra).access_token },
  });
  return JSON.parse(acr).refresh_token;
}

function tokenOfAz() {
  const name = registry.split('.')[0];
  const args = ['acr', 'login', '--name', name, '--expose-token', '--query', 'accessToken', '--output', 'tsv'];
  try {
    return execFileSync('az', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] }).trim();
  } catch (error) {
    throw new Error(
      error.code === 'ENOENT' ? 'the Azure CLI (az) is not installed.' : 'az is not logged in. Run: az login',
    );
  }
}
