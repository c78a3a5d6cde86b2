/** A module goes to a real Bindle server, by the project's own task, and comes back by Bindle's own client, byte for byte. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { credentials, htpasswd } from '../e2e/registry.ts';
import { make, project, serving, taskEnvironment } from '../e2e/world.ts';
import { plain } from '../support/examples.ts';
import { environment, exists, freePort, need, ok, run, scratch } from '../support/programs.ts';

const root = resolve(import.meta.dirname, '../..');
const peer = join(root, '.cache', 'bindle', 'debug', 'bindle-peer');

describe('pushing to Bindle', function () {
  this.timeout(1_800_000);
  let folder: string;
  let url: string;
  let keyring: string;
  let secrets: Record<string, string>;
  let stop: () => Promise<unknown>;

  const script = (words: string[], env: NodeJS.ProcessEnv = {}) =>
    ok(process.execPath, ['scripts/bindle.mjs', ...words], folder, env);
  /** What is optimized once stays so. */
  const push = (tag: string, env: NodeJS.ProcessEnv = {}) =>
    run('make', ['push', `TAG=${tag}`], folder, { ...taskEnvironment(), ...secrets, ...env });
  const get = (id: string) => spawnSync(peer, ['get', url, id, keyring], { env: environment });
  const optimized = () => join(folder, 'build', `${plain.name}.opt.wasm`);
  const module = () => readFileSync(optimized());
  /** Gives the module a section more, which means nothing. */
  const change = () => writeFileSync(optimized(), Buffer.concat([module(), Buffer.from([0, 2, 1, 120])]));

  before(async function () {
    need(this, 'make', 'cargo');
    // With the caches of who runs the tests: it takes minutes, once.
    const manifest = join(root, 'test/extended/bindle/Cargo.toml');
    const built = spawnSync('cargo', ['build', '--locked', '--manifest-path', manifest], {
      env: { ...process.env, CARGO_TARGET_DIR: join(root, '.cache', 'bindle') },
      encoding: 'utf8',
    });
    assert.equal(built.status, 0, built.stderr);

    const address = `localhost:${await freePort()}`;
    url = `http://${address}/v1`;
    folder = project({ ...plain, registry: 'bindle', namespace: `${address}/example.com/team` });
    make(folder, 'setup');

    const state = mkdtempSync(join(scratch, 'bindle-'));
    const BINDLE_KEYPAIR = script(['keypair']).trim();
    secrets = { BINDLE_KEYPAIR, ...credentials };
    keyring = join(state, 'keyring.toml');
    writeFileSync(keyring, script(['keyring', 'Ada "the first"'], secrets));
    writeFileSync(join(state, 'htpasswd'), htpasswd);
    stop = await serving(
      peer,
      ['serve', address.replace('localhost', '127.0.0.1'), state],
      state,
      `http://${address}/healthz`,
    );
  });
  after(async () => {
    await stop?.();
  });

  it('signs the module, and Bindle’s client gets it back with its creator’s signature', () => {
    const said = ok('make', ['optimize', 'push', 'TAG=v1.0.0'], folder, { ...taskEnvironment(), ...secrets });
    assert.match(said, /^Pushed: example\.com\/team\/hello-wasm\/1\.0\.0$/m);
    const { status, stdout, stderr } = get('example.com/team/hello-wasm/1.0.0');
    assert.equal(status, 0, String(stderr));
    assert.deepEqual(stdout, module());
  });

  it('tells WAGI where to serve it', async () => {
    const answer = await fetch(`${url}/_i/example.com/team/hello-wasm/1.0.0`, {
      headers: { accept: 'application/json' },
    });
    const { parcel } = (await answer.json()) as { parcel: { label: Record<string, unknown> }[] };
    assert.deepEqual(
      parcel.map(({ label: { mediaType, feature } }) => ({ mediaType, feature })),
      [{ mediaType: 'application/wasm', feature: { wagi: { route: '/...' } } }],
    );
  });

  it('pushes the same again, and refuses other bytes under a version that is there', () => {
    assert.equal(push('1.0.0').code, 0);
    const before = module();
    change();
    const { code, said } = push('v1.0.0');
    assert.notEqual(code, 0);
    assert.match(
      said,
      /hello-wasm\/1\.0\.0 already exists with different contents\. Published versions are immutable: push a new one\./,
    );
    assert.deepEqual(get('example.com/team/hello-wasm/1.0.0').stdout, before);
  });

  it('takes up a push that was broken off after the invoice', async () => {
    const stopped = `globalThis.fetch = ((ask) => (url, ...rest) => {
      if (String(url).includes('@')) throw new Error('the line is dead');
      return ask(url, ...rest);
    })(fetch)`;
    change();
    const dead = push('v1.1.0', { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(stopped)}` });
    assert.match(dead.said, /bindle: the line is dead/);
    assert.notEqual(get('example.com/team/hello-wasm/1.1.0').status, 0);
    assert.equal(push('v1.1.0').code, 0);
    assert.deepEqual(get('example.com/team/hello-wasm/1.1.0').stdout, module());
  });

  it('refuses a tag that is no version, before it asks anybody', () => {
    for (const tag of ['abc1234', 'v1', 'latest', '1.0', 'v1.2.3-']) {
      const { code, said } = push(tag, { BINDLE_KEYPAIR: '' });
      assert.notEqual(code, 0);
      assert.ok(
        said.includes(`bindle: '${tag}' is not a semantic version, which Bindle requires. Tag the commit v1.2.3`),
        said,
      );
    }
  });

  it('says that there is no key, and how to make one', () => {
    const { code, said } = push('v2.0.0', { BINDLE_KEYPAIR: '' });
    assert.notEqual(code, 0);
    assert.match(said, /BINDLE_KEYPAIR is not set, or is not a key\. Create one: node scripts\/bindle\.mjs keypair/);
  });

  it('is refused with another key, without a signature, and with one of other bytes', async () => {
    const stranger = push('v2.0.0', { BINDLE_KEYPAIR: script(['keypair']).trim() });
    assert.notEqual(stranger.code, 0);
    assert.match(stranger.said, /_i answered 400\. .*must be verified/);

    const sent = join(mkdtempSync(join(scratch, 'sent-')), 'invoice.toml');
    const kept = `globalThis.fetch = async (url, { body }) => {
      (await import('node:fs')).writeFileSync('${sent}', body);
      throw new Error('kept');
    }`;
    push('v3.0.0', { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(kept)}` });
    const invoice = readFileSync(sent, 'utf8');
    const user = `${credentials.REGISTRY_USER}:${credentials.REGISTRY_PASSWORD}`;
    const post = async (body: string) => {
      const headers = {
        'content-type': 'application/toml',
        authorization: `Basic ${Buffer.from(user).toString('base64')}`,
      };
      const answer = await fetch(`${url}/_i`, { method: 'POST', headers, body });
      return `${answer.status} ${await answer.text()}`;
    };
    assert.match(
      await post(invoice.replace(/\[\[signature\]\][^[]+/, '')),
      /^400 error = "signatures `No signatures found on invoice\. At least one signature is required` cannot be verified"/,
    );
    const other = invoice.replace(/sha256 = "[0-9a-f]{8}/, 'sha256 = "00000000');
    assert.notEqual(other, invoice);
    assert.match(await post(other), /^400 error = "signatures `.+` cannot be verified"/);
    assert.match(await post(invoice), /^201 /, 'as it was signed, it is taken');
  });

  it('says what the server says to a stranger, and prints no secret', () => {
    for (const env of [{ REGISTRY_USER: '' }, { REGISTRY_PASSWORD: 'wr0ng' }]) {
      const { code, said } = push('v2.0.0', env);
      assert.notEqual(code, 0);
      assert.match(said, /_i answered 40[13]\./);
      assert.doesNotMatch(said, /wr0ng|pa55-w0rd/);
      assert.ok(!said.includes(String(secrets.BINDLE_KEYPAIR)));
    }
  });

  it('keeps the key and the password out of the project', () => {
    for (const secret of [String(secrets.BINDLE_KEYPAIR), 'pa55-w0rd'])
      assert.equal(run('grep', ['-rlF', '--exclude-dir=node_modules', '--', secret, '.'], folder).stdout, '');
  });

  it('has a HIPPOFACTS only where one is asked for', () => {
    assert.ok(!exists(folder, 'HIPPOFACTS'));
    const asked = project({ ...plain, registry: 'bindle', namespace: 'bindle.example.com/team', hippofacts: 'yes' });
    assert.match(readFileSync(join(asked, 'HIPPOFACTS'), 'utf8'), /^name = "build\/hello-wasm\.opt\.wasm"$/m);
  });
});
