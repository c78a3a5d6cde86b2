/** `make login` and `make push` of projects, with a stand-in for oras, or with a registry on loopback. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { axes } from '../../src/catalog/axes.ts';
import type { CiProvider } from '../../src/model/axes.ts';
import type { Choices } from '../../src/model/choices.ts';
import { inputs } from '../../src/model/pipeline.ts';
import { compose } from '../../src/plan/compose.ts';
import { render } from '../../src/print/render.ts';
import { credentials, startRegistry } from '../e2e/registry.ts';
import { plain } from '../support/examples.ts';
import { compilers, need, ok, run, scratch } from '../support/programs.ts';
import { login, program } from './standins.ts';

/** A project as it is written, without having been set up. */
function written(choices: Partial<Choices>): string {
  const folder = mkdtempSync(join(scratch, 'project-'));
  for (const { path, text } of render({ ...plain, ...choices })) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

const example = (registry: string): string => axes.registry.find(({ id }) => id === registry)?.example ?? '';

/** Registries that take a user and a password; the others have a login of their own. */
const byPassword = axes.registry
  .map(({ id }) => id)
  .filter((registry) => {
    const { login } = compose({ ...plain, registry, namespace: example(registry) }).tasks;
    return login?.secrets.some(({ name }) => name === 'REGISTRY_PASSWORD');
  });

/** Everything that a folder holds, as one text. */
const allOf = (folder: string): string =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'))
    .join('\n');

describe('make login', () => {
  it('takes what Azure Pipelines does not have as not set, and names it', () => {
    for (const [registry, env, why] of [
      ['oci', { REGISTRY_USER: 'me', REGISTRY_PASSWORD: '$(REGISTRY_PASSWORD)' }, /REGISTRY_PASSWORD: is not set/],
      ['oci', { REGISTRY_USER: '$(REGISTRY_USER)', REGISTRY_PASSWORD: 'pa55' }, /REGISTRY_USER: is not set/],
      [
        'acr',
        { AZURE_CLIENT_ID: 'a', AZURE_TENANT_ID: '$(AZURE_TENANT_ID)', AZURE_CLIENT_SECRET: 'b' },
        /AZURE_TENANT_ID is not set/,
      ],
    ] as const) {
      const folder = written({ registry, namespace: example(registry), ci: ['azure'] });
      const { code, said } = run('make', ['login'], folder, env);
      assert.notEqual(code, 0);
      assert.match(said, why);
    }
  });
  const answer = `
if (url.host === 'login.microsoftonline.com') return Response.json({ access_token: 'of-entra' });
if (url.host.endsWith('.azurecr.io')) return Response.json({ refresh_token: 'of-acr' });
if (url.host.startsWith('api.ecr.')) return Response.json({ authorizationData: [{ authorizationToken: btoa('AWS:of-ecr') }] });
if (url.host === 'sts.googleapis.com') return Response.json({ access_token: 'of-google' })`;
  const logins: { registry: string; user: string; password: string; env: Record<string, string>; secrets: string[] }[] =
    [
      {
        registry: 'acr',
        user: '00000000-0000-0000-0000-000000000000',
        password: 'of-acr',
        env: { AZURE_CLIENT_ID: 'an-app', AZURE_TENANT_ID: 'a-tenant', AZURE_CLIENT_SECRET: 'a-secret' },
        secrets: ['a-secret', 'of-entra', 'of-acr'],
      },
      {
        registry: 'ecr',
        user: 'AWS',
        password: 'of-ecr',
        env: { AWS_ACCESS_KEY_ID: 'an-id', AWS_SECRET_ACCESS_KEY: 'a-secret' },
        secrets: ['a-secret', 'of-ecr'],
      },
      {
        registry: 'gar',
        user: 'oauth2accesstoken',
        password: 'of-google',
        env: { GOOGLE_PROVIDER: 'a-provider', GOOGLE_ID_TOKEN: 'from-gitlab' },
        secrets: ['from-gitlab', 'of-google'],
      },
      ...byPassword.map((registry) => ({
        registry,
        // As Harbor calls its robots.
        user: 'robot$team+ci',
        password: 'pa55 %s$w0rd"\'`\\n',
        env: { REGISTRY_USER: 'robot$team+ci', REGISTRY_PASSWORD: 'pa55 %s$w0rd"\'`\\n' },
        secrets: ['pa55'],
      })),
    ];
  for (const { registry, user, password, env, secrets } of logins)
    it(`of ${registry} gives oras the password on standard input, and nobody else anything`, () => {
      const namespace = example(registry);
      const folder = written({ registry, namespace });
      const log = mkdtempSync(join(scratch, 'oras-'));
      program('oras', `printf '%s\\n' "$@" >${log}/words; cat >${log}/input`);
      const { code, stdout, stderr } = login(answer, env, '', ['login'], 'make', folder);
      program('oras');
      assert.equal(code, 0, stderr);
      assert.equal(readFileSync(join(log, 'input'), 'utf8'), password);
      const words = readFileSync(join(log, 'words'), 'utf8').trimEnd().split('\n');
      assert.deepEqual(words, ['login', '--username', user, '--password-stdin', namespace.split('/')[0]]);
      for (const secret of secrets)
        assert.ok(![stdout, stderr, allOf(folder), words.join(' ')].some((text) => text.includes(secret)), secret);
    });

  it('stops where no token is to be had, before oras is asked', () => {
    const folder = written({ registry: 'gar', namespace: example('gar') });
    program('oras', `touch ${folder}/asked`);
    const { code, stderr } = login(answer, { GOOGLE_ID_TOKEN: 'from-gitlab' }, '', ['login'], 'make', folder);
    program('oras');
    assert.notEqual(code, 0);
    assert.match(stderr, /GOOGLE_PROVIDER is not set/);
    assert.ok(!readdirSync(folder).includes('asked'));
  });

  it('is the same for every registry with a password, but for its name', () => {
    const tasks = (registry: string) => {
      const namespace = example(registry);
      const makefile = render({ ...plain, registry, namespace }).find(({ path }) => path === 'Makefile')?.text ?? '';
      return makefile.replaceAll(namespace, 'NAMESPACE').replaceAll(namespace.split('/')[0] ?? '', 'HOST');
    };
    assert.ok(byPassword.length >= 4);
    for (const registry of byPassword) assert.equal(tasks(registry), tasks('oci'), registry);
  });

  it('takes a role, a variable or a secret, by whether the CI has an identity', () => {
    const wanted = (registry: string, provider: Pick<CiProvider, 'identity'>) => {
      const plan = compose({ ...plain, registry, namespace: example(registry) });
      const { secrets, settings, identity } = inputs(plan, 'login', provider as CiProvider);
      return [...secrets, ...settings].map(({ name }) => name).concat(identity ? [identity.variable] : []);
    };
    const without = { identity: undefined };
    const withIdentity = { identity: { issuer: '', subject: '', sigstore: false } };
    assert.deepEqual(wanted('acr', without), ['AZURE_CLIENT_SECRET', 'AZURE_CLIENT_ID', 'AZURE_TENANT_ID']);
    assert.deepEqual(wanted('acr', withIdentity), ['AZURE_CLIENT_ID', 'AZURE_TENANT_ID', 'AZURE_ID_TOKEN']);
    assert.deepEqual(wanted('ecr', without), ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY']);
    assert.deepEqual(wanted('ecr', withIdentity), ['AWS_ROLE_ARN', 'AWS_ID_TOKEN']);
    assert.deepEqual(wanted('gar', without), ['GOOGLE_KEY']);
    assert.deepEqual(wanted('gar', withIdentity), ['GOOGLE_PROVIDER', 'GOOGLE_ID_TOKEN']);
    assert.deepEqual(wanted('gitlab', withIdentity), ['REGISTRY_USER', 'REGISTRY_PASSWORD']);
  });

  it('is done once for several modules, with the secrets of one', () => {
    const module = ['api:c:wagi', 'jobs:c:command'];
    const namespace = example('ecr');
    const files = render({ ...plain, module, registry: 'ecr', namespace, ci: ['github', 'gitlab'] });
    const text = (path: string) => files.find((file) => file.path === path)?.text ?? '';
    assert.deepEqual(text('Makefile').match(/-C \S+ login$/gm), ['-C api login']);
    assert.equal(text('.github/workflows/release.yml').match(/AWS_ROLE_ARN:/g)?.length, 1);
    assert.match(text('.gitlab-ci.yml'), /AWS_ID_TOKEN:\n +aud: sts\.amazonaws\.com/);
  });
});

describe('make login push', function () {
  this.timeout(120_000);
  let server: string;
  let stop: () => Promise<unknown>;
  before(async function () {
    need(this, 'docker-registry', 'oras', 'make');
    ({ server, stop } = await startRegistry());
  });
  after(async () => {
    await stop?.();
  });

  it('of gitlab sends the module to a registry below a project, and it comes back byte for byte', () => {
    const namespace = `${server}/octo-group/hello`;
    const folder = written({ registry: 'gitlab', namespace });
    const built = join(folder, 'build', `${plain.name}.opt.wasm`);
    mkdirSync(dirname(built));
    // What make takes for built: a module without anything in it.
    writeFileSync(built, Buffer.from('0061736d01000000', 'hex'));
    const env = { ...compilers, ...credentials };
    const said = ok('make', ['login', 'push', 'TAG=v1'], folder, env);
    assert.doesNotMatch(said, /pa55-w0rd/);
    const pulled = join(scratch, 'pulled-from-gitlab');
    ok('oras', ['pull', '--output', pulled, `${namespace}/${plain.name}:v1`], scratch);
    assert.deepEqual(readFileSync(join(pulled, `${plain.name}.opt.wasm`)), readFileSync(built));
    const refused = run('make', ['login'], folder, { ...env, REGISTRY_PASSWORD: 'wr0ng' });
    assert.notEqual(refused.code, 0);
    assert.doesNotMatch(refused.said, /wr0ng/);
  });
});
