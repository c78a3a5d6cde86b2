// Prints a password of Amazon ECR for `oras login`: with the CI's OIDC token, for the role AWS_ROLE_ARN, or with
// AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY; otherwise with the login of the AWS CLI.
// Usage: node ecr-login.mjs ACCOUNT.dkr.ecr.REGION.amazonaws.com
import { execFileSync } from 'node:child_process';
import { createHash, createHmac } from 'node:crypto';
import { ask, identityToken, setting } from './identity.mjs';

const [registry] = process.argv.slice(2);
const [, , , region, ...domain] = registry.split('.');
const aws = `${region}.${domain.join('.')}`;

try {
  const identity = await identityToken('AWS_ID_TOKEN', 'sts.amazonaws.com');
  const { AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: secret, AWS_SESSION_TOKEN: session } = process.env;
  if (identity) console.log(await passwordFor(await assumeRole(identity)));
  else if (id && secret) console.log(await passwordFor({ id, secret, session }));
  else console.log(passwordOfCli());
} catch (error) {
  console.error(`No password for ${registry}: ${error.message}`);
  process.exitCode = 1;
}

/** Exchanges the OIDC token for the keys of a role. */
async function assumeRole(identity) {
  const xml = await ask(`https://sts.${aws}/`, {
    form: {
      Version: '2011-06-15',
      Action: 'AssumeRoleWithWebIdentity',
      RoleArn: setting('AWS_ROLE_ARN'),
      RoleSessionName: 'push',
      WebIdentityToken: identity,
    },
  });
  const text = (tag) => new RegExp(`<${tag}>([^<]+)</${tag}>`).exec(xml)?.[1];
  return { id: text('AccessKeyId'), secret: text('SecretAccessKey'), session: text('SessionToken') };
}

/** Exchanges keys for a password, which is valid for 12 hours. */
async function passwordFor(keys) {
  const host = `api.ecr.${aws}`;
  const { host: _, ...headers } = signed(
    { host, target: 'AmazonEC2ContainerRegistry_V20150921.GetAuthorizationToken' },
    keys,
  );
  const answer = await ask(`https://${host}/`, { method: 'POST', body: '{}', headers });
  const [{ authorizationToken }] = JSON.parse(answer).authorizationData;
  return Buffer.from(authorizationToken, 'base64').toString().replace(/^AWS:/, '');
}

/** The headers of a request with the body `{}`, signed: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html */
function signed({ host, target }, { id, secret, session }) {
  const time = new Date().toISOString().replace(/[-:]|\.\d+/g, '');
  // In alphabetical order.
  const headers = {
    'content-type': 'application/x-amz-json-1.1',
    host,
    'x-amz-date': time,
    ...(session && { 'x-amz-security-token': session }),
    'x-amz-target': target,
  };
  const sha256 = (text) => createHash('sha256').update(text).digest('hex');
  const hmac = (key, text) => createHmac('sha256', key).update(text).digest();
  const names = Object.keys(headers).join(';');
  const lines = Object.entries(headers).map(([name, value]) => `${name}:${value}`);
  const scope = [time.slice(0, 8), region, 'ecr', 'aws4_request'];
  const request = ['POST', '/', '', ...lines, '', names, sha256('{}')].join('\n');
  const text = ['AWS4-HMAC-SHA256', time, scope.join('/'), sha256(request)].join('\n');
  const signature = hmac(scope.reduce(hmac, `AWS4${secret}`), text).toString('hex');
  const authorization = `AWS4-HMAC-SHA256 Credential=${id}/${scope.join('/')}, SignedHeaders=${names}, Signature=${signature}`;
  return { ...headers, authorization };
}

function passwordOfCli() {
  try {
    const args = ['ecr', 'get-login-password', '--region', region];
    return execFileSync('aws', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] }).trim();
  } catch (error) {
    throw new Error(
      error.code === 'ENOENT' ? 'the AWS CLI (aws) is not installed.' : 'aws is not logged in. Log in with the AWS CLI.',
    );
  }
}
