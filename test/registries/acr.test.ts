/** How a project logs in to Azure: the real script, with stand-ins for Entra ID, the registry, GitHub and the Azure CLI. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

const script = new URL('../../templates/registries/acr-login.mjs', import.meta.url).pathname;

/** Answers what the three services answer, and writes down on standard error what they were asked. */
const services = `data:text/javascript,${encodeURIComponent(`
globalThis.fetch = async (url, { method = 'GET', body, headers = {} } = {}) => {
  console.error(JSON.stringify({ url, method, form: Object.fromEntries(body ?? []), bearer: headers.authorization }));
  const { host } = new URL(url);
  if (host === 'token.example.com') return Response.json({ value: 'from-github' });
  if (host === 'login.microsoftonline.com' && body.get('client_assertion') === 'stale')
    return Response.json({ error_description: 'AADSTS700024: not within its valid time range.' }, { status: 401 });
  if (host === 'login.microsoftonline.com') return Response.json({ access_token: 'of-entra' });
  if (host === 'team.azurecr.io') return Response.json({ refresh_token: 'of-acr' });
  throw new Error('nobody at ' + host);
};`)}`;

interface Asked {
  url: string;
  method: string;
  form: Record<string, string>;
  bearer?: string;
}

describe('the login to Azure', () => {
  const folder = mkdtempSync(join(tmpdir(), 'acr-'));
  after(() => rmSync(folder, { recursive: true, force: true }));

  function login(env: Record<string, string>): { code: number | null; token: string; asked: Asked[]; said: string } {
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      ['--no-warnings', '--import', services, script, 'team.azurecr.io'],
      { encoding: 'utf8', env: { PATH: [folder, process.env.PATH].join(delimiter), ...env } },
    );
    const lines = stderr.split('\n').filter(Boolean);
    return {
      code: status,
      token: stdout,
      asked: lines.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line) as Asked),
      said: lines.filter((line) => !line.startsWith('{')).join('\n'),
    };
  }
  const ids = { AZURE_CLIENT_ID: 'an-app', AZURE_TENANT_ID: 'a-tenant' };

  it('changes the identity of a GitLab job for a token of the registry', () => {
    const { code, token, asked } = login({ ...ids, AZURE_ID_TOKEN: 'from-gitlab' });
    assert.deepEqual([code, token], [0, 'of-acr\n']);
    assert.deepEqual(
      asked.map(({ url, method }) => `${method} ${url}`),
      [
        'POST https://login.microsoftonline.com/a-tenant/oauth2/v2.0/token',
        'POST https://team.azurecr.io/oauth2/exchange',
      ],
    );
    assert.equal(asked[0]?.form.client_assertion, 'from-gitlab');
    assert.equal(asked[0]?.form.client_id, 'an-app');
    assert.deepEqual(asked[1]?.form, {
      grant_type: 'access_token',
      service: 'team.azurecr.io',
      access_token: 'of-entra',
    });
  });

  it('asks GitHub for the identity of its job', () => {
    const { token, asked } = login({
      ...ids,
      ACTIONS_ID_TOKEN_REQUEST_URL: 'https://token.example.com/?api-version=2',
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'of-the-job',
    });
    assert.equal(token, 'of-acr\n');
    assert.equal(asked[0]?.url, 'https://token.example.com/?api-version=2&audience=api://AzureADTokenExchange');
    assert.equal(asked[0]?.bearer, 'Bearer of-the-job');
    assert.equal(asked[1]?.form.client_assertion, 'from-github');
  });

  it('says what Entra ID says, and no token', () => {
    const { code, token, said } = login({ ...ids, AZURE_ID_TOKEN: 'stale' });
    assert.deepEqual([code, token], [1, '']);
    assert.equal(
      said,
      'No token for team.azurecr.io: login.microsoftonline.com answered 401. AADSTS700024: not within its valid time range.',
    );
  });

  it('names the setting that is missing', () => {
    const { code, said, asked } = login({ AZURE_ID_TOKEN: 'from-gitlab', AZURE_CLIENT_ID: 'an-app' });
    assert.equal(code, 1);
    assert.match(said, /AZURE_TENANT_ID is not set\. The README says where to get it\./);
    assert.deepEqual(asked, []);
  });

  it('takes the login of the Azure CLI where there is no CI', () => {
    const az = join(folder, 'az');
    writeFileSync(
      az,
      '#!/bin/sh\n[ "$*" = "acr login --name team --expose-token --query accessToken --output tsv" ] && echo of-az\n',
    );
    chmodSync(az, 0o755);
    assert.equal(login({}).token, 'of-az\n');
    writeFileSync(az, '#!/bin/sh\nexit 1\n');
    assert.match(login({}).said, /az has none\. Run: az login/);
    rmSync(az);
    assert.match(login({}).said, /there is no az here\. Install the Azure CLI\./);
  });
});
