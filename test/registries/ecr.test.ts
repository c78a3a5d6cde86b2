/** How a project logs in to Amazon ECR: the real script, with stand-ins for STS, ECR, GitHub and the AWS CLI. */
import assert from 'node:assert/strict';
import { holdsItsTongue, login, program, scriptOf } from './standins.ts';

/** The keys of AWS's own documentation. */
const keys = { id: 'AKIDEXAMPLE', secret: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' };
const password = Buffer.from('AWS:of-ecr').toString('base64');

const answer = `
if (url.host === 'token.example.com') return Response.json({ value: 'from-github' });
if (url.host.startsWith('sts.') && form.WebIdentityToken === 'stale')
  return new Response('<ErrorResponse><Error><Code>ExpiredTokenException</Code><Message>Token expired: current date</Message></Error></ErrorResponse>', { status: 400 });
if (url.host.startsWith('sts.'))
  return new Response('<AssumeRoleWithWebIdentityResponse><AssumeRoleWithWebIdentityResult><Credentials><AccessKeyId>${keys.id}</AccessKeyId><SecretAccessKey>${keys.secret}</SecretAccessKey><SessionToken>a-session</SessionToken></Credentials></AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>');
if (url.host.startsWith('api.ecr.') && process.env.AWS_ACCESS_KEY_ID === 'AKIDUNKNOWN')
  return Response.json({ __type: 'UnrecognizedClientException', message: 'The security token included in the request is invalid.' }, { status: 400 });
if (url.host.startsWith('api.ecr.')) return Response.json({ authorizationData: [{ authorizationToken: '${password}' }] })`;
const registry = '123456789012.dkr.ecr.eu-central-1.amazonaws.com';
const run = (env: Record<string, string>, host = registry) => login(answer, env, scriptOf('ecr-login.mjs'), [host]);
const role = { AWS_ROLE_ARN: 'arn:aws:iam::123456789012:role/push-team' };

describe('the login to Amazon ECR', () => {
  it('takes a role by the identity of a job, and a password by the keys of the role', () => {
    const ended = run({ ...role, AWS_ID_TOKEN: 'from-gitlab' });
    assert.deepEqual([ended.code, ended.stdout], [0, 'of-ecr\n']);
    const [sts, ecr] = ended.asked;
    assert.equal(`${sts?.method} ${sts?.url}`, 'POST https://sts.eu-central-1.amazonaws.com/');
    assert.deepEqual(sts?.form, {
      Version: '2011-06-15',
      Action: 'AssumeRoleWithWebIdentity',
      RoleArn: role.AWS_ROLE_ARN,
      RoleSessionName: 'push',
      WebIdentityToken: 'from-gitlab',
    });
    assert.equal(`${ecr?.method} ${ecr?.url}`, 'POST https://api.ecr.eu-central-1.amazonaws.com/');
    // As botocore 1.43 signs the same request at the same time.
    assert.deepEqual(ecr?.headers, {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-date': '20261125T090000Z',
      'x-amz-security-token': 'a-session',
      'x-amz-target': 'AmazonEC2ContainerRegistry_V20150921.GetAuthorizationToken',
      authorization:
        'AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20261125/eu-central-1/ecr/aws4_request, SignedHeaders=content-type;host;x-amz-date;x-amz-security-token;x-amz-target, Signature=dbdbd8c03db2bb529c8ade38874b5048529b80bbaed56df53e84eb8bed836c9d',
    });
    holdsItsTongue(ended, ['from-gitlab', keys.secret, 'a-session']);
  });

  it('takes an access key where the CI has no identity', () => {
    const ended = run({ AWS_ACCESS_KEY_ID: keys.id, AWS_SECRET_ACCESS_KEY: keys.secret });
    assert.deepEqual([ended.code, ended.stdout], [0, 'of-ecr\n']);
    const [ecr, ...more] = ended.asked;
    assert.deepEqual(more, []);
    assert.match(
      String(ecr?.headers.authorization),
      /Signature=3fc610c4e0ba400645b31f2c040ff35da29d7bb190a894ad763d5a45b400fb6b$/,
    );
    holdsItsTongue(ended, [keys.secret]);
  });

  it('asks GitHub for the identity of its job, for STS', () => {
    const { stdout, asked } = run({
      ...role,
      ACTIONS_ID_TOKEN_REQUEST_URL: 'https://token.example.com/?api-version=2',
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'of-the-job',
    });
    assert.equal(stdout, 'of-ecr\n');
    assert.equal(asked[0]?.url, 'https://token.example.com/?api-version=2&audience=sts.amazonaws.com');
    assert.equal(asked[1]?.form.WebIdentityToken, 'from-github');
  });

  it('asks in China where China has its services', () => {
    const { asked } = run({ ...role, AWS_ID_TOKEN: 'from-gitlab' }, '123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn');
    assert.deepEqual(
      asked.map(({ url }) => url),
      ['https://sts.cn-north-1.amazonaws.com.cn/', 'https://api.ecr.cn-north-1.amazonaws.com.cn/'],
    );
  });

  it('says what STS and ECR say, and no password', () => {
    const stale = run({ ...role, AWS_ID_TOKEN: 'stale' });
    assert.deepEqual([stale.code, stale.stdout], [1, '']);
    assert.equal(
      stale.stderr,
      `No password for ${registry}: sts.eu-central-1.amazonaws.com answered 400. Token expired: current date\n`,
    );
    const unknown = run({ AWS_ACCESS_KEY_ID: 'AKIDUNKNOWN', AWS_SECRET_ACCESS_KEY: keys.secret });
    assert.equal(
      unknown.stderr,
      `No password for ${registry}: api.ecr.eu-central-1.amazonaws.com answered 400. The security token included in the request is invalid.\n`,
    );
  });

  it('names the setting that is missing', () => {
    const { code, stderr, asked } = run({ AWS_ID_TOKEN: 'from-gitlab' });
    assert.equal(code, 1);
    assert.match(stderr, /AWS_ROLE_ARN is not set\. docs\/release\.md describes it\./);
    assert.deepEqual(asked, []);
  });

  it('takes the login of the AWS CLI where there is no CI', () => {
    program('aws', '[ "$*" = "ecr get-login-password --region eu-central-1" ] && echo of-aws');
    assert.equal(run({}).stdout, 'of-aws\n');
    program('aws', 'exit 1');
    assert.match(run({}).stderr, /aws is not logged in\. Log in with the AWS CLI\./);
    program('aws');
    assert.match(run({ PATH: '/nowhere' }).stderr, /the AWS CLI \(aws\) is not installed\./);
  });
});
