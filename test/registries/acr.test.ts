/** How a project logs in to Azure: the real script, with stand-ins for Entra ID, the registry, GitHub and the Azure CLI. */
import assert from 'node:assert/strict';
import { holdsItsTongue, login, program, scriptOf } from './standins.ts';

const answer = `
if (url.host === 'token.example.com') return Response.json({ value: 'from-github' });
if (url.host === 'login.microsoftonline.com' && form.client_assertion === 'stale')
  return Response.json({ error: 'invalid_client', error_description: 'AADSTS700024: not within its valid time range.' }, { status: 401 });
if (url.host === 'login.microsoftonline.com') return Response.json({ access_token: 'of-entra' });
if (url.host === 'team.azurecr.io') return Response.json({ refresh_token: 'of-acr' })`;
const run = (env: Record<string, string>) => login(answer, env, scriptOf('acr-login.mjs'), ['team.azurecr.io']);
const ids = { AZURE_CLIENT_ID: 'an-app', AZURE_TENANT_ID: 'a-tenant' };

describe('the login to Azure', () => {
  it('changes the identity of a job for a token of the registry', () => {
    const ended = run({ ...ids, AZURE_ID_TOKEN: 'from-gitlab' });
    const { code, stdout, asked } = ended;
    assert.deepEqual([code, stdout], [0, 'of-acr\n']);
    assert.deepEqual(
      asked.map(({ url, method }) => `${method} ${url}`),
      [
        'POST https://login.microsoftonline.com/a-tenant/oauth2/v2.0/token',
        'POST https://team.azurecr.io/oauth2/exchange',
      ],
    );
    assert.deepEqual(asked[0]?.form, {
      grant_type: 'client_credentials',
      client_id: 'an-app',
      scope: 'https://containerregistry.azure.net/.default',
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: 'from-gitlab',
    });
    assert.deepEqual(asked[1]?.form, {
      grant_type: 'access_token',
      service: 'team.azurecr.io',
      access_token: 'of-entra',
    });
    holdsItsTongue(ended, ['from-gitlab', 'of-entra']);
  });

  it('asks GitHub for the identity of its job', () => {
    const { stdout, asked } = run({
      ...ids,
      ACTIONS_ID_TOKEN_REQUEST_URL: 'https://token.example.com/?api-version=2',
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'of-the-job',
    });
    assert.equal(stdout, 'of-acr\n');
    assert.equal(asked[0]?.url, 'https://token.example.com/?api-version=2&audience=api://AzureADTokenExchange');
    assert.equal(asked[0]?.headers.authorization, 'Bearer of-the-job');
    assert.equal(asked[1]?.form.client_assertion, 'from-github');
  });

  it('takes the secret of the application where the CI has no identity', () => {
    const ended = run({ ...ids, AZURE_CLIENT_SECRET: 'a-secret' });
    assert.deepEqual([ended.code, ended.stdout], [0, 'of-acr\n']);
    assert.equal(ended.asked[0]?.form.client_secret, 'a-secret');
    assert.equal(ended.asked[0]?.form.client_assertion, undefined);
    holdsItsTongue(ended, ['a-secret', 'of-entra']);
  });

  it('says what Entra ID says, and no token', () => {
    const { code, stdout, stderr } = run({ ...ids, AZURE_ID_TOKEN: 'stale' });
    assert.deepEqual([code, stdout], [1, '']);
    assert.equal(
      stderr,
      'No token for team.azurecr.io: login.microsoftonline.com answered 401. AADSTS700024: not within its valid time range.\n',
    );
  });

  it('names the setting that is missing', () => {
    for (const proof of [{ AZURE_ID_TOKEN: 'from-gitlab' }, { AZURE_CLIENT_SECRET: 'a-secret' }]) {
      const { code, stderr, asked } = run({ ...proof, AZURE_CLIENT_ID: 'an-app' });
      assert.equal(code, 1);
      assert.match(stderr, /AZURE_TENANT_ID is not set\. docs\/release\.md describes it\./);
      assert.deepEqual(asked, []);
    }
  });

  it('takes the login of the Azure CLI where there is no CI', () => {
    program('az', '[ "$*" = "acr login --name team --expose-token --query accessToken --output tsv" ] && echo of-az');
    assert.equal(run({}).stdout, 'of-az\n');
    program('az', 'exit 1');
    assert.match(run({}).stderr, /az is not logged in\. Run: az login/);
    program('az');
    assert.match(run({ PATH: '/nowhere' }).stderr, /the Azure CLI \(az\) is not installed\./);
  });
});
