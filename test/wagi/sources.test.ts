/** Modules that come from a registry or from a bindle, from servers on this machine that speak their protocols. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { stringify } from 'smol-toml';
import { ask, config, host, modules } from './modules.ts';
import { Script } from './script.ts';

const sha256 = (bytes: string | Uint8Array) => createHash('sha256').update(bytes).digest('hex');

async function listening(listener: RequestListener): Promise<{ server: Server; place: string }> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { server, place: `127.0.0.1:${(server.address() as AddressInfo).port}` };
}

async function refuses(folder: string, toml: string, sentence: RegExp, ...args: string[]) {
  const { complained, ended } = await host(folder, toml, ...args);
  assert.equal(await ended(), 1);
  assert.match(complained(), sentence);
  assert.match(complained(), /^Error: [^\n]+\n$/);
}

describe('a module in an OCI registry', () => {
  let folder: string;
  let registry: Server;
  let place: string;
  let wasm: Buffer;
  let asked: string[] = [];
  /** What the registry asks for: nothing, a password, or a token for one. */
  let guard: 'none' | 'basic' | 'token' = 'none';
  const layerType = 'application/vnd.wasm.content.layer.v1+wasm';
  const manifests = new Map<string, Buffer>();
  const blobs = new Map<string, Buffer>();
  const secret = `Basic ${Buffer.from('user:password').toString('base64')}`;

  function push(name: string, mediaType: string, bytes: Buffer, digest = sha256(bytes)): string {
    const layer = { mediaType, digest: `sha256:${digest}`, size: bytes.length };
    const manifest = Buffer.from(JSON.stringify({ schemaVersion: 2, layers: [layer] }));
    manifests.set(name, manifest).set(`sha256:${sha256(manifest)}`, manifest);
    blobs.set(`sha256:${digest}`, bytes);
    return `sha256:${sha256(manifest)}`;
  }

  before(async () => {
    folder = await modules();
    wasm = readFileSync(join(folder, 'show.wasm'));
    ({ server: registry, place } = await listening((request, response) => {
      const { url = '', headers } = request;
      asked.push(url);
      if (url.startsWith('/token')) {
        const given = headers.authorization === secret ? 'a-token' : 'anonymous';
        return response.end(JSON.stringify({ token: given }));
      }
      const allowed = { none: undefined, basic: secret, token: 'Bearer a-token' }[guard];
      if (allowed && headers.authorization !== allowed) {
        const realm =
          guard === 'basic'
            ? 'Basic realm="r"'
            : `Bearer realm="http://${place}/token",service="s",scope="repository:team/show:pull"`;
        return response.writeHead(401, { 'www-authenticate': realm }).end();
      }
      const [, kind, name = ''] = /^\/v2\/team\/show\/(manifests|blobs)\/(.+)$/.exec(url) ?? [];
      const found = kind === 'manifests' ? manifests.get(name) : blobs.get(name);
      return found ? response.end(found) : response.writeHead(404).end();
    }));
    push('1.0.0', layerType, wasm);
    push('plain', 'application/wasm', wasm);
    push('broken', layerType, Buffer.from('other'), sha256('this'));
  });
  after(() => {
    registry.close();
    registry.closeAllConnections();
  });
  beforeEach(() => {
    asked = [];
    guard = 'none';
  });
  const at = (name: string) => config({ '/': `oci:${place}/team/show${name}` });
  async function serves(toml: string, ...args: string[]) {
    const server = await host(folder, toml, ...args);
    assert.ok(server.url, server.complained());
    assert.equal((await ask(server.url, '/')).status, 200);
    assert.equal(await server.stop(), 0);
  }

  it('is pulled, by its tag or its digest, and then kept', async () => {
    await serves(at(':1.0.0'), '--module-cache', 'cache');
    assert.deepEqual(asked, ['/v2/team/show/manifests/1.0.0', `/v2/team/show/blobs/sha256:${sha256(wasm)}`]);
    assert.deepEqual(readdirSync(join(folder, 'cache')), [sha256(wasm)]);
    asked = [];
    const digest = `sha256:${sha256(manifests.get('1.0.0') ?? '')}`;
    await serves(config({ '/': `oci://${place}/team/show:1.0.0@${digest}` }), '--module-cache', 'cache');
    assert.deepEqual(asked, [`/v2/team/show/manifests/${digest}`]);
  });

  it('is pulled again where what was kept is spoilt', async () => {
    writeFileSync(join(folder, 'cache', sha256(wasm)), 'spoilt');
    await serves(at(':1.0.0'), '--module-cache', 'cache');
    assert.equal(asked.length, 2);
  });

  it('is pulled with the password that docker login has stored, and with a token for it', async () => {
    mkdirSync(join(folder, 'docker'));
    const auth = Buffer.from('user:password').toString('base64');
    writeFileSync(join(folder, 'docker/config.json'), JSON.stringify({ auths: { [place]: { auth } } }));
    const before = process.env.DOCKER_CONFIG;
    process.env.DOCKER_CONFIG = join(folder, 'docker');
    try {
      for (guard of ['basic', 'token'] as const) await serves(at(':1.0.0'));
      assert.ok(asked.includes('/token?service=s&scope=repository%3Ateam%2Fshow%3Apull'));
      process.env.DOCKER_CONFIG = folder;
      await refuses(folder, at(':1.0.0'), /answers 401\. Log in with docker login 127\.0\.0\.1:\d+\./);
    } finally {
      if (before === undefined) delete process.env.DOCKER_CONFIG;
      else process.env.DOCKER_CONFIG = before;
    }
  });

  it("is refused where it is not there, not WAGI's, or not what it says", async () => {
    const module = String.raw`modules\.toml:3: the module 'oci:127\.0\.0\.1:\d+/team/show`;
    const cases: [string, string][] = [
      [':2.0.0', `${module}:2\\.0\\.0' cannot be pulled: .* answers 404\\. Push it first`],
      [':plain', `${module}:plain' has no layer of the type .*, but application/wasm\\. Push it with wasm-to-oci`],
      [':broken', `${module}:broken' has a layer that does not match its digest`],
      [`@sha256:${'0'.repeat(64)}`, 'answers 404'],
    ];
    for (const [name, sentence] of cases) await refuses(folder, at(name), new RegExp(sentence));
    await refuses(folder, config({ '/': 'oci:127.0.0.1:2/a' }), /127\.0\.0\.1:2 does not answer \(ECONNREFUSED\)/);
    // Without TLS only where it is asked for.
    const name = place.replace('127.0.0.1', 'localhost.localdomain');
    await refuses(folder, config({ '/': `oci:${name}/a` }), /does not answer \((?!ECONNREFUSED)/);
  });
});

describe('a bindle', () => {
  let folder: string;
  let bindles: Server;
  let url: string;
  let asked: string[] = [];
  const invoices = new Map<string, string>();
  const parcels = new Map<string, Buffer>();
  const id = 'example.com/site/1.0.0';

  const parcel = (name: string, bytes: Buffer, mediaType: string, wagi: Record<string, string>, conditions = {}) => {
    parcels.set(sha256(bytes), bytes);
    const label = { name, mediaType, size: bytes.length, sha256: sha256(bytes), feature: { wagi } };
    return { label, conditions };
  };
  const invoice = (name: string, list: object[], more = {}) =>
    invoices.set(
      name,
      stringify({
        bindleVersion: '1.0.0',
        ...more,
        bindle: { name: name.slice(0, -6), version: '1.0.0' },
        parcel: list,
      }),
    );

  before(async () => {
    folder = await modules();
    const wasm = (name: string) => readFileSync(join(folder, `${name}.wasm`));
    const type = 'application/wasm';
    invoice(id, [
      parcel('show.wasm', wasm('show'), type, { route: '/', argv: 'show ${ARGS}' }),
      parcel('entries.wasm', wasm('entries'), type, { route: '/hello/...', entrypoint: 'hello' }),
      parcel(
        'files.wasm',
        wasm('script'),
        type,
        { route: '/files', allowed_hosts: 'https://a.example,https://b.example' },
        { requires: ['files'] },
      ),
      parcel('helper.wasm', wasm('cat'), type, { route: '/never' }, { memberOf: ['files'] }),
      parcel(
        'img/a.txt',
        Buffer.from('an asset'),
        'text/plain',
        { file: 'true' },
        { memberOf: ['files'], requires: ['more'] },
      ),
      parcel('b.txt', Buffer.from('another'), 'text/plain', { file: 'true' }, { memberOf: ['more'] }),
      parcel('c.txt', Buffer.from('no asset'), 'text/plain', {}, { memberOf: ['files'] }),
    ]);
    const bad = parcel('../../evil.txt', Buffer.from('evil'), 'text/plain', { file: 'true' }, { memberOf: ['files'] });
    invoice('bad/1.0.0', [parcel('a.wasm', wasm('cat'), type, { route: '/' }, { requires: ['files'] }), bad]);
    invoice('yanked/1.0.0', [], { yanked: true });
    invoice('none/1.0.0', [parcel('c.txt', Buffer.from('no asset'), 'text/plain', {})]);
    ({ server: bindles, url } = await listening((request: IncomingMessage, response) => {
      asked.push(request.url ?? '');
      const [, name = '', hash] = /^\/v1\/_i\/([^@]+)(?:@(\w+))?$/.exec(request.url ?? '') ?? [];
      if (hash) return response.end(parcels.get(hash));
      assert.equal(request.headers.accept, 'application/toml');
      const found = invoices.get(name);
      return found ? response.end(found) : response.writeHead(404).end('error = "bindle not found"\n');
    }).then(({ server, place }) => ({ server, url: `http://${place}/v1` })));
    for (const [name, text] of invoices) {
      mkdirSync(join(folder, 'bindles', sha256(name), 'parcels'), { recursive: true });
      writeFileSync(join(folder, 'bindles', sha256(name), 'invoice.toml'), text);
      for (const [hash, bytes] of parcels)
        writeFileSync(join(folder, 'bindles', sha256(name), 'parcels', `${hash}.dat`), bytes);
    }
  });
  after(() => {
    bindles.close();
    bindles.closeAllConnections();
  });
  beforeEach(() => {
    asked = [];
  });

  async function serves(...args: string[]) {
    const server = await host(folder, '', ...args);
    assert.ok(server.url, server.complained());
    assert.match(
      server.said(),
      /\n {2}\/ {2}show\.wasm\n {2}\/hello\/\.\.\. {2}entries\.wasm\n {2}\/files {2}files\.wasm\n$/,
    );
    assert.match((await ask(server.url, '/?a=b')).body, /^show\0a=b\0/);
    assert.equal((await ask(server.url, '/hello/there')).body, 'hello');
    assert.equal((await ask(server.url, '/never')).status, 404);
    const script = new Script();
    const about = script.room(8);
    script.call('fd_prestat_get', 3, about);
    const texts = ['img/a.txt', 'b.txt'].map((name) => script.read(script.open(3, name, { rights: 2n }), 8));
    script.open(3, 'c.txt', { rights: 2n });
    const { errors, memory } = await script.run(server.url, '/files');
    assert.deepEqual(errors, [0, 0, 0, 0, 0, 44]);
    assert.equal(memory.u32(about + 4), 1, 'the assets are at /');
    assert.deepEqual(
      texts.map((at) => memory.text(at, 7)),
      ['an asse', 'another'],
    );
    assert.equal(await server.stop(), 0);
  }

  it('is served from a server, with its assets', async () => {
    await serves('--bindle', id, '--bindle-url', url);
    assert.equal(asked[0], `/v1/_i/${id}`);
    assert.ok(asked.every((one) => one.startsWith(`/v1/_i/${id}`)));
  });

  it('is served from a folder', async () => {
    await serves('-b', `bindle:${id}`, '--bindle-path', 'bindles');
    assert.deepEqual(asked, []);
  });

  it('gives a module to a modules.toml', async () => {
    const toml = config({ '/': `bindle:${id}` });
    for (const [text, ...args] of [[toml, '--bindle-url', url], [`${toml}bindle_server = "${url}"\n`]] as [
      string,
      ...string[],
    ][]) {
      const server = await host(folder, text, ...args);
      assert.ok(server.url, server.complained());
      assert.equal((await ask(server.url, '/')).status, 200);
      assert.equal(await server.stop(), 0);
    }
  });

  it('is refused where it is not there, yanked, without a route, or has files that lead out', async () => {
    const cases: [string, RegExp][] = [
      ['lost/1.0.0', /The bindle 'lost\/1\.0\.0' is not at http:\/\/127\.0\.0\.1:\d+\/v1\. Push it first/],
      ['yanked/1.0.0', /The bindle 'yanked\/1\.0\.0' was yanked/],
      ['none/1.0.0', /has no module with a route/],
      ['bad/1.0.0', /has a file '\.\.\/\.\.\/evil\.txt' whose name leads out of its folder/],
    ];
    for (const [name, sentence] of cases) await refuses(folder, '', sentence, '-b', name, '--bindle-url', url);
    await refuses(
      folder,
      '',
      /the Bindle server http:\/\/127\.0\.0\.1:2 does not answer/,
      '-b',
      id,
      '--bindle-url',
      'http://127.0.0.1:2',
    );
    const spoilt = parcels.get(sha256('another'));
    parcels.set(sha256('another'), Buffer.from('spoilt'));
    await refuses(folder, '', /has a parcel 'b\.txt' that does not match its hash/, '-b', id, '--bindle-url', url);
    parcels.set(sha256('another'), spoilt ?? Buffer.alloc(0));
    assert.ok(!existsSync(join(folder, 'evil.txt')));
  });
});
