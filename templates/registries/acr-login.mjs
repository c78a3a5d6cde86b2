// Prints a token of an Azure container registry for `oras login`. In CI it is had for the job's OpenID Connect token, with
// AZURE_CLIENT_ID and AZURE_TENANT_ID saying as whom; elsewhere `az login` must have been done.
// Usage: node acr-login.mjs NAME.azurecr.io
import { execFileSync } from 'node:child_process';

const [registry] = process.argv.slice(2);
const { env } = process;

try {
  const identity = await identityToken();
  console.log(identity ? await exchange(identity) : tokenOfAz());
} catch (error) {
  console.error(`No token for ${registry}: ${error.message}`);
  process.exitCode = 1;
}

/** GitLab puts the job's token into the environment; GitHub gives it to whoever asks with the job's credentials. */
async function identityToken() {
  if (env.AZURE_ID_TOKEN) return env.AZURE_ID_TOKEN;
  if (!env.ACTIONS_ID_TOKEN_REQUEST_URL) return undefined;
  const url = `${env.ACTIONS_ID_TOKEN_REQUEST_URL}&audience=api://AzureADTokenExchange`;
  const headers = { authorization: `Bearer ${env.ACTIONS_ID_TOKEN_REQUEST_TOKEN}` };
  return (await json(url, { headers })).value;
}

/** The identity for a token of Entra ID, and that for one of the registry. */
async function exchange(identity) {
  for (const name of ['AZURE_CLIENT_ID', 'AZURE_TENANT_ID'])
    if (!env[name]) throw new Error(`${name} is not set. The README says where to get it.`);
  const entra = await json(`https://login.microsoftonline.com/${env.AZURE_TENANT_ID}/oauth2/v2.0/token`, {
    form: {
      grant_type: 'client_credentials',
      client_id: env.AZURE_CLIENT_ID,
      scope: 'https://containerregistry.azure.net/.default',
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: identity,
    },
  });
  const acr = await json(`https://${registry}/oauth2/exchange`, {
    form: { grant_type: 'access_token', service: registry, access_token: entra.access_token },
  });
  return acr.refresh_token;
}

async function json(url, { headers, form }) {
  const response = await fetch(url, form ? { method: 'POST', body: new URLSearchParams(form) } : { headers });
  if (response.ok) return response.json();
  const said = await response.json().catch(() => ({}));
  throw new Error(`${new URL(url).host} answered ${response.status}. ${said.error_description ?? ''}`.trim());
}

function tokenOfAz() {
  const name = registry.split('.')[0];
  const args = ['acr', 'login', '--name', name, '--expose-token', '--query', 'accessToken', '--output', 'tsv'];
  try {
    return execFileSync('az', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] }).trim();
  } catch (error) {
    throw new Error(error.code === 'ENOENT' ? 'there is no az here. Install the Azure CLI.' : 'az has none. Run: az login');
  }
}
