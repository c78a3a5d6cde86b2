/** The real AWS CLI, with a stand-in for STS and ECR on loopback: it gives `make login` the password that the script itself gets. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { scriptOf } from '../registries/standins.ts';
import { needFrom, scratch } from '../support/programs.ts';

const run = promisify(execFile);
const registry = '123456789012.dkr.ecr.eu-central-1.amazonaws.com';
const authorizationToken = Buffer.from('AWS:of-ecr').toString('base64');

describe('the AWS CLI', function () {
  this.timeout(120_000);
  let server: Server;
  let env: Record<string, string>;
  const asked: string[] = [];

  before(async function () {
    needFrom('scripts/toolchains-extended.sh', this, ['aws']);
    server = createServer((request, response) => {
      asked.push(String(request.headers['x-amz-target'] ?? request.url));
      // In seconds: https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_AuthorizationData.html
      const data = { authorizationToken, expiresAt: 1_900_000_000, proxyEndpoint: `https://${registry}` };
      response.setHeader('content-type', 'application/x-amz-json-1.1');
      response.end(JSON.stringify({ authorizationData: [data] }));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const home = mkdtempSync(join(scratch, 'aws-'));
    writeFileSync(
      join(home, 'credentials'),
      '[default]\naws_access_key_id = AKIDEXAMPLE\naws_secret_access_key = secret\n',
    );
    env = {
      PATH: process.env.PATH ?? '',
      HOME: home,
      AWS_SHARED_CREDENTIALS_FILE: join(home, 'credentials'),
      AWS_ENDPOINT_URL_ECR: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    };
  });
  after(() => server?.close());

  it('logs in to ECR where there is no CI', async () => {
    const { stdout } = await run(process.execPath, [scriptOf('ecr-login.mjs'), registry], { env });
    assert.equal(stdout, 'of-ecr\n');
    assert.deepEqual(asked, ['AmazonEC2ContainerRegistry_V20150921.GetAuthorizationToken']);
  });

  it('says that it is not logged in', async () => {
    const { AWS_SHARED_CREDENTIALS_FILE: _, ...without } = env;
    const ended = run(process.execPath, [scriptOf('ecr-login.mjs'), registry], {
      env: { ...without, AWS_EC2_METADATA_DISABLED: 'true' },
    });
    await assert.rejects(
      ended,
      ({ code, stderr }) => code === 1 && /aws is not logged in\. Log in with the AWS CLI\.\n$/.test(stderr),
    );
  });
});
