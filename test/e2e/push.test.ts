/** A module goes to a real registry on loopback, by the project's own tasks, and comes back byte for byte. */
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { plain } from '../examples.ts';
import { freePort, make, need, ok, project, run, scratch, serving, taskEnvironment } from './world.ts';

/** `me:pa55-w0rd`, as htpasswd -B writes it. */
const htpasswd = 'me:$2y$05$pjaIfbMvTnOEBKImoic31eBdDDjO6WY0Vc7CjDOb7l1rtmrIIB8WC\n';

describe('pushing to an OCI registry', function () {
  this.timeout(300_000);
  let server: string;
  let folder: string;
  let stop: () => Promise<unknown>;
  const login = { REGISTRY_USER: 'me', REGISTRY_PASSWORD: 'pa55-w0rd' };

  before(async function () {
    need(this, 'docker-registry', 'oras', 'make');
    const port = await freePort();
    server = `localhost:${port}`;
    const state = join(scratch, 'registry');
    mkdirSync(state);
    writeFileSync(join(state, 'htpasswd'), htpasswd);
    const config = {
      version: 0.1,
      storage: { filesystem: { rootdirectory: join(state, 'data') } },
      http: { addr: `127.0.0.1:${port}` },
      auth: { htpasswd: { realm: 'test', path: join(state, 'htpasswd') } },
    };
    writeFileSync(join(state, 'config.json'), JSON.stringify(config));
    stop = await serving('docker-registry', ['serve', join(state, 'config.json')], state, `http://${server}/v2/`);
    folder = project({ ...plain, registry: 'oci', namespace: `${server}/team` });
    make(folder, 'setup');
  });
  after(async () => {
    await stop?.();
  });

  it('says which secret is not set', () => {
    const { code, said } = run('make', ['login'], folder, { ...taskEnvironment(), REGISTRY_USER: 'me' });
    assert.notEqual(code, 0);
    assert.match(said, /REGISTRY_PASSWORD: is not set/);
  });

  it('refuses a wrong password, and prints none', () => {
    const { code, said } = run('make', ['login'], folder, {
      ...taskEnvironment(),
      ...login,
      REGISTRY_PASSWORD: 'wr0ng',
    });
    assert.notEqual(code, 0);
    assert.doesNotMatch(said, /wr0ng/);
  });

  it('pushes the optimized module in the layout that WAGI and Krustlet pull', () => {
    const said = ok('make', ['login', 'push', 'TAG=v1.2.3'], folder, { ...taskEnvironment(), ...login });
    assert.doesNotMatch(said, /pa55-w0rd/);
    const image = `${server}/team/${plain.name}`;
    const manifest = JSON.parse(ok('oras', ['manifest', 'fetch', `${image}:v1.2.3`], folder));
    assert.equal(manifest.mediaType, undefined, 'Krustlet refuses a manifest with a media type of its own');
    assert.equal(manifest.config.mediaType, 'application/vnd.wasm.config.v1+json');
    assert.deepEqual(
      manifest.layers.map((layer: { mediaType: string }) => layer.mediaType),
      ['application/vnd.wasm.content.layer.v1+wasm'],
    );
    const pulled = join(scratch, 'pulled');
    ok('oras', ['pull', '--output', pulled, `${image}:v1.2.3`], scratch);
    assert.deepEqual(
      readFileSync(join(pulled, `${plain.name}.opt.wasm`)),
      readFileSync(join(folder, 'build', `${plain.name}.opt.wasm`)),
    );
  });

  it('gives the same digest again', () => {
    const digest = (tag: string) => /Digest: (sha256:\w+)/.exec(make(folder, 'push', `TAG=${tag}`))?.[1];
    const first = digest('a');
    assert.match(String(first), /^sha256:/);
    assert.equal(digest('b'), first);
  });

  it('keeps the password out of the project', () => {
    assert.equal(run('grep', ['-rl', 'pa55-w0rd', '.'], folder).stdout, '');
  });
});
