/** How a project logs in to Google Artifact Registry: the real script, with stand-ins for Google's token services and gcloud. */
import assert from 'node:assert/strict';
import { generateKeyPairSync, verify } from 'node:crypto';
import { holdsItsTongue, login, program, scriptOf } from './standins.ts';

const answer = `
if (url.host === 'token.example.com') return Response.json({ value: 'from-github' });
if (url.host === 'sts.googleapis.com' && form.subject_token === 'stale')
  return Response.json({ error: 'invalid_grant', error_description: 'ID Token issued at 1 is stale to sign-in.' }, { status: 400 });
if (url.host === 'sts.googleapis.com') return Response.json({ access_token: 'of-google' });
if (url.host === 'oauth2.googleapis.com') return Response.json({ access_token: 'of-the-account' })`;
const registry = 'europe-west1-docker.pkg.dev';
const run = (env: Record<string, string>) => login(answer, env, scriptOf('gar-login.mjs'), [registry]);
const provider = { GOOGLE_PROVIDER: 'projects/1/locations/global/workloadIdentityPools/ci/providers/release' };

describe('the login to Google Artifact Registry', () => {
  it('changes the identity of a job for a token', () => {
    const ended = run({ ...provider, GOOGLE_ID_TOKEN: 'from-gitlab' });
    assert.deepEqual([ended.code, ended.stdout], [0, 'of-google\n']);
    assert.deepEqual(
      ended.asked.map(({ url, method, form }) => ({ url, method, form })),
      [
        {
          url: 'https://sts.googleapis.com/v1/token',
          method: 'POST',
          form: {
            grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
            audience: `//iam.googleapis.com/${provider.GOOGLE_PROVIDER}`,
            scope: 'https://www.googleapis.com/auth/cloud-platform',
            requested_token_type: 'urn:ietf:params:oauth:token-type:access_token',
            subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
            subject_token: 'from-gitlab',
          },
        },
      ],
    );
    holdsItsTongue(ended, ['from-gitlab']);
  });

  it('asks GitHub for the identity of its job, for this registry', () => {
    const { stdout, asked } = run({
      ...provider,
      ACTIONS_ID_TOKEN_REQUEST_URL: 'https://token.example.com/?api-version=2',
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'of-the-job',
    });
    assert.equal(stdout, 'of-google\n');
    assert.equal(asked[0]?.url, `https://token.example.com/?api-version=2&audience=https://${registry}`);
    assert.equal(asked[1]?.form.subject_token, 'from-github');
  });

  it('signs with the key of a service account where the CI has no identity', () => {
    const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem' });
    const key = JSON.stringify({ client_email: 'module-push@my-project.iam.gserviceaccount.com', private_key: pem });
    const ended = run({ GOOGLE_KEY: Buffer.from(key).toString('base64') });
    assert.deepEqual([ended.code, ended.stdout], [0, 'of-the-account\n']);
    const [{ url, form } = assert.fail('nobody was asked')] = ended.asked;
    assert.equal(url, 'https://oauth2.googleapis.com/token');
    assert.equal(form.grant_type, 'urn:ietf:params:oauth:grant-type:jwt-bearer');
    const [head = '', body = '', signature = ''] = String(form.assertion).split('.');
    assert.ok(verify('RSA-SHA256', Buffer.from(`${head}.${body}`), publicKey, Buffer.from(signature, 'base64url')));
    const part = (text: string) => JSON.parse(Buffer.from(text, 'base64url').toString());
    const now = Date.parse('2026-11-25T09:00:00Z') / 1000;
    assert.deepEqual(part(head), { alg: 'RS256', typ: 'JWT' });
    assert.deepEqual(part(body), {
      iss: 'module-push@my-project.iam.gserviceaccount.com',
      scope: 'https://www.googleapis.com/auth/cloud-platform',
      aud: 'https://oauth2.googleapis.com/token',
      iat: now,
      exp: now + 600,
    });
    holdsItsTongue(ended, [String(pem).slice(40, 80), String(form.assertion)]);
  });

  it('says what Google says, and no token', () => {
    const { code, stdout, stderr } = run({ ...provider, GOOGLE_ID_TOKEN: 'stale' });
    assert.deepEqual([code, stdout], [1, '']);
    assert.equal(
      stderr,
      `No token for ${registry}: sts.googleapis.com answered 400. ID Token issued at 1 is stale to sign-in.\n`,
    );
  });

  it('says who cannot be reached', () => {
    const dead = `throw Object.assign(new TypeError('fetch failed'), { cause: { code: 'ENOTFOUND' } })`;
    const { code, stderr } = login(dead, { ...provider, GOOGLE_ID_TOKEN: 'x' }, scriptOf('gar-login.mjs'), [registry]);
    assert.equal(code, 1);
    assert.equal(stderr, `No token for ${registry}: sts.googleapis.com cannot be reached: ENOTFOUND.\n`);
  });

  it('names what is missing or no key', () => {
    assert.match(
      run({ GOOGLE_ID_TOKEN: 'from-gitlab' }).stderr,
      /GOOGLE_PROVIDER is not set\. docs\/release\.md describes it/,
    );
    const { code, stderr } = run({ GOOGLE_KEY: 'pa55-w0rd' });
    assert.equal(code, 1);
    assert.equal(
      stderr,
      `No token for ${registry}: GOOGLE_KEY is not base64-encoded JSON. docs/release.md describes how to create it.\n`,
    );
  });

  it('takes the login of gcloud where there is no CI', () => {
    program('gcloud', '[ "$*" = "auth print-access-token" ] && echo of-gcloud');
    assert.equal(run({}).stdout, 'of-gcloud\n');
    program('gcloud', 'exit 1');
    assert.match(run({}).stderr, /gcloud is not logged in\. Run: gcloud auth login/);
    program('gcloud');
    assert.match(run({ PATH: '/nowhere' }).stderr, /the Google Cloud CLI \(gcloud\) is not installed\./);
  });
});
