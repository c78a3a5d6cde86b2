// Prints a token of Google Cloud for `oras login`: with the CI's OIDC token and the identity provider GOOGLE_PROVIDER, or with the
// key of a service account, GOOGLE_KEY; otherwise with the login of gcloud.
// Usage: node gar-login.mjs LOCATION-docker.pkg.dev
import { execFileSync } from 'node:child_process';
import { sign } from 'node:crypto';
import { ask, identityToken, setting } from './identity.mjs';

const [registry] = process.argv.slice(2);
const scope = 'https://www.googleapis.com/auth/cloud-platform';

try {
  const identity = await identityToken('GOOGLE_ID_TOKEN', `https://${registry}`);
  const { GOOGLE_KEY: key } = process.env;
  if (identity) console.log(await federated(identity));
  else if (key) console.log(await ofServiceAccount(key));
  else console.log(tokenOfGcloud());
} catch (error) {
  console.error(`No token for ${registry}: ${error.message}`);
  process.exitCode = 1;
}

/** Exchanges the OIDC token for a token of Google's. */
async function federated(identity) {
  const answer = await ask('https://sts.googleapis.com/v1/token', {
    form: {
      grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
      audience: `//iam.googleapis.com/${setting('GOOGLE_PROVIDER')}`,
      scope,
      requested_token_type: 'urn:ietf:params:oauth:token-type:access_token',
      subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
      subject_token: identity,
    },
  });
  return JSON.parse(answer).access_token;
}

/** Exchanges the key of a service account, JSON in base64, for a token. */
async function ofServiceAccount(key) {
  const service = 'https://oauth2.googleapis.com/token';
  const { client_email, private_key } = parsed(key);
  const now = Math.floor(Date.now() / 1000);
  const claims = { iss: client_email, scope, aud: service, iat: now, exp: now + 600 };
  const text = [{ alg: 'RS256', typ: 'JWT' }, claims]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.');
  const signature = sign('RSA-SHA256', Buffer.from(text), private_key).toString('base64url');
  const answer = await ask(service, {
    form: { grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion: `${text}.${signature}` },
  });
  return JSON.parse(answer).access_token;
}

function parsed(key) {
  try {
    return JSON.parse(Buffer.from(key, 'base64').toString());
  } catch {
    throw new Error('GOOGLE_KEY is not base64-encoded JSON. docs/release.md describes how to create it.');
  }
}

function tokenOfGcloud() {
  try {
    const args = ['auth', 'print-access-token'];
    return execFileSync('gcloud', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] }).trim();
  } catch (error) {
    throw new Error(
      error.code === 'ENOENT'
        ? 'the Google Cloud CLI (gcloud) is not installed.'
        : 'gcloud is not logged in. Run: gcloud auth login',
    );
  }
}
