/** A module goes to a real registry on loopback, by the project's own tasks, and comes back byte for byte. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { samples } from '../support/cells.ts';
import { plain } from '../support/examples.ts';
import { environment, need, needed, ok, run, scratch } from '../support/programs.ts';
import { credentials, startRegistry } from './registry.ts';
import { make, project, taskEnvironment } from './world.ts';

describe('pushing to an OCI registry', function () {
  this.timeout(300_000);
  let server: string;
  let folder: string;
  let stop: () => Promise<unknown>;

  before(async function () {
    need(this, 'docker-registry', 'oras', 'make', 'krustlet-pull');
    ({ server, stop } = await startRegistry());
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
      ...credentials,
      REGISTRY_PASSWORD: 'wr0ng',
    });
    assert.notEqual(code, 0);
    assert.doesNotMatch(said, /wr0ng/);
  });

  it('pushes a component as a CNCF Wasm artifact', function () {
    const sample = samples.find(({ kind }) => kind === 'http');
    assert.ok(sample);
    need(this, ...needed(sample.language));
    const component = project({ ...sample, registry: 'oci', namespace: `${server}/team`, name: 'component' });
    make(component, 'setup');
    ok('make', ['build', 'login', 'push', 'TAG=v1'], component, { ...taskEnvironment(), ...credentials });
    const image = `${server}/team/component`;
    const manifest = JSON.parse(ok('oras', ['manifest', 'fetch', `${image}:v1`], component));
    assert.equal(manifest.config.mediaType, 'application/vnd.wasm.config.v0+json');
    const [layer] = manifest.layers;
    assert.equal(layer.mediaType, 'application/wasm');
    const config = JSON.parse(
      ok('oras', ['blob', 'fetch', '--output', '-', `${image}@${manifest.config.digest}`], component),
    );
    assert.deepEqual([config.os, config.architecture, config.layerDigests], ['wasip2', 'wasm', [layer.digest]]);
    const pulled = join(scratch, 'pulled-component');
    ok('oras', ['pull', '--output', pulled, `${image}:v1`], scratch);
    assert.deepEqual(
      readFileSync(join(pulled, 'component.wasm')),
      readFileSync(join(component, 'build/component.wasm')),
    );
  });

  it('pushes a command for wasmtime in the same layout, as a module of WASI 0.1', () => {
    const command = { ...plain, kind: 'command', host: 'wasmtime', name: 'command' } as const;
    const module = project({ ...command, registry: 'oci', namespace: `${server}/team` });
    make(module, 'setup');
    ok('make', ['optimize', 'login', 'push', 'TAG=v1'], module, { ...taskEnvironment(), ...credentials });
    const image = `${server}/team/command`;
    const manifest = JSON.parse(ok('oras', ['manifest', 'fetch', `${image}:v1`], module));
    assert.equal(manifest.mediaType, 'application/vnd.oci.image.manifest.v1+json');
    assert.equal(manifest.config.mediaType, 'application/vnd.wasm.config.v0+json');
    assert.deepEqual(
      manifest.layers.map(({ mediaType }: { mediaType: string }) => mediaType),
      ['application/wasm'],
    );
    const config = JSON.parse(
      ok('oras', ['blob', 'fetch', '--output', '-', `${image}@${manifest.config.digest}`], module),
    );
    assert.deepEqual([config.os, config.architecture], ['wasip1', 'wasm']);
  });

  it('pushes the optimized module in the layout that WAGI and Krustlet pull', () => {
    const said = ok('make', ['optimize', 'login', 'push', 'TAG=v1.2.3'], folder, {
      ...taskEnvironment(),
      ...credentials,
    });
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

  it('is pulled by Krustlet’s own client, byte for byte', () => {
    const { status, stdout, stderr } = spawnSync('krustlet-pull', [`${server}/team/${plain.name}:v1.2.3`], {
      env: { ...environment, ...credentials },
    });
    assert.equal(status, 0, String(stderr));
    assert.deepEqual(stdout, readFileSync(join(folder, 'build', `${plain.name}.opt.wasm`)));
  });

  it('shows that Krustlet’s client refuses what a plain oras push writes', () => {
    const image = `${server}/team/plain:v1`;
    writeFileSync(join(folder, 'build', 'config.json'), '{}');
    ok(
      'oras',
      [
        'push',
        image,
        '--config',
        'config.json:application/vnd.wasm.config.v1+json',
        `${plain.name}.opt.wasm:application/vnd.wasm.content.layer.v1+wasm`,
      ],
      join(folder, 'build'),
    );
    const { code, said } = run('krustlet-pull', [image], folder, credentials);
    assert.equal(code, 1);
    assert.match(said, /application\/vnd\.oci\.image\.manifest\.v1\+json/);
  });

  it('gives the same digest again', () => {
    const digest = (tag: string) => /Digest: (sha256:\w+)/.exec(make(folder, 'push', `TAG=${tag}`))?.[1];
    const first = digest('a');
    assert.match(String(first), /^sha256:/);
    assert.equal(digest('a'), first);
  });

  it('keeps the password out of the project', () => {
    assert.equal(run('grep', ['-rl', 'pa55-w0rd', '.'], folder).stdout, '');
  });
});
