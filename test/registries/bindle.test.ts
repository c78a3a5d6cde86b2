/** How a project signs a bindle and sends it: the real script, with a stand-in for the server. `npm run test:extended` has a real one. */
import assert from 'node:assert/strict';
import { createPublicKey, verify } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'smol-toml';
import { readCreateRequest } from '../../src/cli/answers.ts';
import type { Choices } from '../../src/model/choices.ts';
import { choose } from '../../src/plan/choices.ts';
import { render } from '../../src/print/render.ts';
import { plain } from '../support/examples.ts';
import { holdsItsTongue, login, scratch } from './standins.ts';

const script = new URL('../../templates/hosts/bindle.mjs', import.meta.url).pathname;
const run = (answer: string, env: Record<string, string>, ...words: string[]) => login(answer, env, script, words);
const server = 'https://bindle.example.com/v1';
const takes = `if (url.host === 'bindle.example.com') return new Response('', { status: 201 })`;

describe('a signed bindle', () => {
  const module = join(scratch, 'hello.opt.wasm');
  writeFileSync(module, 'a module');
  mkdirSync(join(scratch, 'build'), { recursive: true });
  const keypair = () => run('', {}, 'keypair').stdout.trim();

  it('has a key of its own each time, in the form of Bindle’s secret_keys.toml', () => {
    const [one, two] = [keypair(), keypair()];
    assert.equal(Buffer.from(one, 'base64').length, 64);
    assert.notEqual(one, two);
  });

  it('is an invoice whose signature the server’s keyring proves', () => {
    const BINDLE_KEYPAIR = keypair();
    const { key } = parse(run('', { BINDLE_KEYPAIR }, 'keyring', 'Ada "the first"').stdout) as {
      key: { label: string; roles: string[]; key: string }[];
    };
    const [entry = assert.fail('no key')] = key;
    assert.deepEqual([entry.label, entry.roles], ['Ada "the first"', ['creator']]);

    const env = { BINDLE_KEYPAIR, REGISTRY_USER: 'me', REGISTRY_PASSWORD: 'pa55-w0rd' };
    const ended = run(takes, env, 'push', server, 'team/hello', 'v1.2.3-rc.1', module);
    assert.equal(ended.code, 0, ended.stderr);
    const [first = assert.fail('nobody was asked'), second = assert.fail('no parcel')] = ended.asked;
    assert.equal(`${first.method} ${first.url}`, `POST ${server}/_i`);
    assert.equal(first.headers['content-type'], 'application/toml');
    assert.equal(first.headers.authorization, `Basic ${btoa('me:pa55-w0rd')}`);
    const invoice = parse(String(first.body)) as {
      bindle: object;
      parcel: { label: { sha256: string; size: number } }[];
      signature: { by: string; role: string; key: string; signature: string }[];
    };
    assert.deepEqual({ ...invoice.bindle }, { name: 'team/hello', version: '1.2.3-rc.1' });
    const [parcel = assert.fail('no parcel')] = invoice.parcel;
    const [signature = assert.fail('no signature')] = invoice.signature;
    assert.equal(parcel.label.size, 8);
    assert.equal(`${second.method} ${second.url}`, `POST ${server}/_i/team/hello/1.2.3-rc.1@${parcel.label.sha256}`);
    assert.deepEqual([signature.role, signature.key], ['creator', entry.key]);
    const x = Buffer.from(entry.key, 'base64').toString('base64url');
    const publicKey = createPublicKey({ format: 'jwk', key: { kty: 'OKP', crv: 'Ed25519', x } });
    const signed = [signature.by, 'team/hello', '1.2.3-rc.1', 'creator', '~', parcel.label.sha256].join('\n');
    assert.ok(verify(null, Buffer.from(signed), publicKey, Buffer.from(signature.signature, 'base64')));
    holdsItsTongue(ended, [BINDLE_KEYPAIR, 'pa55-w0rd']);
  });

  it('is not made for a tag that is no version, nor without a key', () => {
    const { code, stderr, asked } = run(takes, {}, 'push', server, 'team/hello', 'abc1234-dirty', module);
    assert.deepEqual([code, asked], [1, []]);
    assert.equal(
      stderr,
      "bindle: 'abc1234-dirty' is not a semantic version, which Bindle requires. Tag the commit v1.2.3, or pass TAG=1.2.3.\n",
    );
    for (const BINDLE_KEYPAIR of ['', 'c2hvcnQ='])
      assert.match(
        run(takes, { BINDLE_KEYPAIR }, 'push', server, 'team/hello', 'v1.0.0', module).stderr,
        /^bindle: BINDLE_KEYPAIR is not set, or is not a key\. Create one: node scripts\/bindle\.mjs keypair\n$/,
      );
  });

  it('says what the server says', () => {
    const refuses = `return new Response('error = "no suitable key for signing data"\\n', { status: 400 })`;
    const { code, stderr } = run(
      refuses,
      { BINDLE_KEYPAIR: keypair() },
      'push',
      server,
      'team/hello',
      'v1.0.0',
      module,
    );
    assert.equal(code, 1);
    assert.equal(stderr, `bindle: ${server}/_i answered 400. no suitable key for signing data\n`);
  });
});

describe('HIPPOFACTS', () => {
  const bindle = { registry: 'bindle', namespace: 'bindle.example.com/team' };
  const files = (choices: Partial<Choices>) => render({ ...plain, ...bindle, ...choices });

  it('are there only where they are asked for, and remembered', async () => {
    assert.ok(!files({}).some(({ path }) => path === 'HIPPOFACTS'));
    const flags = ['--yes', '--registry', 'bindle', '--namespace', bindle.namespace];
    const around = { folder: 'hello', author: () => 'Ada' };
    const chosen = async (...more: string[]) => choose(readCreateRequest([...flags, ...more]), around, undefined);
    assert.ok(!('hippofacts' in (await chosen())));
    assert.ok(!('hippofacts' in (await chosen('--hippofacts', 'no'))));
    assert.equal((await chosen('--hippofacts', 'yes')).hippofacts, 'yes');
    await assert.rejects(chosen('--hippofacts', 'maybe'), /Unknown hippofacts 'maybe'\. Choose one of: no, yes\./);
  });

  it('name the module that is built, in the form that Hippo reads', () => {
    const [{ text } = assert.fail('none')] = files({ hippofacts: 'yes' }).filter(({ path }) => path === 'HIPPOFACTS');
    assert.deepEqual(JSON.parse(JSON.stringify(parse(text))), {
      bindle: { name: 'hello-wasm', version: '0.1.0', authors: ['Ada'] },
      handler: [{ route: '/...', name: 'build/hello-wasm.opt.wasm' }],
    });
    const [{ text: nobody } = assert.fail('none')] = files({ hippofacts: 'yes', author: '' }).filter(
      ({ path }) => path === 'HIPPOFACTS',
    );
    assert.ok(!nobody.includes('authors'));
  });
});
