/** Answers of registries and Bindle servers that are not what they should be: each is one sentence, without a stack. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { type Bindles, bindleServer, pullBindle, readBindle } from '../../wagi/bindle.ts';
import { Cache } from '../../wagi/cache.ts';
import { pullOci } from '../../wagi/oci.ts';
import { Refusal } from '../../wagi/refusal.ts';

describe('what a server of modules may answer', () => {
  let folder: string;
  let cache: Cache;
  let server: Server;
  let place: string;
  let answer: (response: ServerResponse, url: string) => void;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'shapes-'));
    cache = new Cache(folder);
    server = createServer((request, response) => answer(response, request.url ?? '')).listen(0, '127.0.0.1');
    await once(server, 'listening');
    place = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  after(() => {
    server.close();
    server.closeAllConnections();
    rmSync(folder, { recursive: true });
  });

  const sentence = (pattern: RegExp) => (error: unknown) => {
    assert.ok(error instanceof Refusal, (error as Error).stack);
    assert.match(error.message, pattern);
    assert.match(error.message, /^[^\n]+\.$/);
    return true;
  };
  const pull = () => pullOci(`oci:${place}/team/show:1.0.0`, cache, []);

  it('in place of a manifest', async () => {
    const lacks = /has a manifest whose layers lack a mediaType or a digest\. Push it again\./;
    const none = /has no layer of the type application\/vnd\.wasm\.content\.layer\.v1\+wasm, but none\./;
    const cases: [string, RegExp][] = [
      ['', /has a manifest that is not JSON/],
      ['<html>', /has a manifest that is not JSON/],
      ['null', none],
      ['[]', none],
      ['7', none],
      ['{}', none],
      ['{"layers": null}', lacks],
      ['{"layers": "text"}', lacks],
      ['{"layers": {"length": 1}}', lacks],
      ['{"layers": [null]}', lacks],
      ['{"layers": [7]}', lacks],
      ['{"layers": [{"mediaType": "application/vnd.wasm.content.layer.v1+wasm"}]}', lacks],
      ['{"layers": [{"mediaType": 1, "digest": "sha256:0"}]}', lacks],
      [
        '{"layers": [{"mediaType": "application/vnd.wasm.content.layer.v1+wasm", "digest": "../x"}]}',
        /has a layer that does not match its digest \.\.\/x/,
      ],
      ['{"layers": [{"mediaType": "a\\n\\u001b[2J", "digest": "sha256:0"}]}', /but a\\u000a\\u001b\[2J\. Push it/],
    ];
    for (const [text, pattern] of cases) {
      answer = (response) => response.end(text);
      await assert.rejects(pull(), sentence(pattern), text);
    }
  });

  it('in place of a token', async () => {
    const challenges = ['Bearer', 'Bearer realm="no url"', 'Bearer realm="file:///etc/passwd"', 'Bearer realm=""', 'X'];
    for (const challenge of challenges) {
      answer = (response) => response.writeHead(401, { 'www-authenticate': challenge }).end();
      await assert.rejects(pull(), sentence(/answers 401\.|names a token server that is not a URL/), challenge);
    }
    for (const token of ['', 'null', '[]', '{"token": 7}', '{"token": "a\\nb"}', '{"token": null}', '<html>']) {
      answer = (response, url) => {
        if (url.startsWith('/token')) response.end(token);
        else response.writeHead(401, { 'www-authenticate': `Bearer realm="http://${place}/token"` }).end();
      };
      await assert.rejects(pull(), sentence(/answers 401\. Log in with docker login/), token);
    }
  });

  it('while it is not known what docker login has stored', async () => {
    answer = (response, url) =>
      response.writeHead(401, { 'www-authenticate': 'Basic realm="x"', 'x-url': url.slice(0, 9) }).end();
    const { DOCKER_CONFIG } = process.env;
    process.env.DOCKER_CONFIG = folder;
    try {
      const entries = [
        null,
        5,
        { auth: 5 },
        { auth: {} },
        { auth: 'c2Vj\ncmV0' },
        { auth: 'se\u0000cret' },
        { username: 5 },
      ];
      const configs = [null, [], 'text', { auths: null }, { credHelpers: 'text' }, { credHelpers: { [place]: 5 } }];
      for (const text of [...configs, ...entries.map((entry) => ({ auths: { [place]: entry } }))]) {
        writeFileSync(join(folder, 'config.json'), JSON.stringify(text));
        await assert.rejects(pull(), sentence(/answers 401\. Log in with docker login/), JSON.stringify(text));
      }
    } finally {
      if (DOCKER_CONFIG === undefined) delete process.env.DOCKER_CONFIG;
      else process.env.DOCKER_CONFIG = DOCKER_CONFIG;
    }
  });

  it('by sending too much, or by breaking off', async () => {
    // A sentence stays short, whatever it names.
    answer = (response) => response.end(JSON.stringify({ layers: [{ mediaType: 'a'.repeat(1e6), digest: 'b' }] }));
    await assert.rejects(pull(), (error: Error) => error instanceof Refusal && error.message.length < 2000);
    answer = (response) => {
      response.on('error', () => {});
      response.end(Buffer.alloc(5 << 20));
    };
    await assert.rejects(pull(), sentence(/sends more than 4 MiB/));
    answer = (response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('{');
      setTimeout(() => response.destroy(), 20);
    };
    await assert.rejects(pull(), sentence(/does not answer \(/));
  });

  it('in place of an invoice', async () => {
    const label = { name: 'a.wasm', sha256: '0'.repeat(64), mediaType: 'application/wasm' };
    const toml = (text: string) => `bindleVersion = "1.0.0"\n${text}`;
    const wrong = (what: string) => new RegExp(`has an invoice whose parcel 1 has no valid '${what}'\\. Push it again`);
    const parcel = (more: string, { name = '"a.wasm"', sha = `"${label.sha256}"`, type = '"application/wasm"' } = {}) =>
      toml(`[[parcel]]\n[parcel.label]\nname = ${name}\nsha256 = ${sha}\nmediaType = ${type}\n${more}`);
    const cases: [string, RegExp][] = [
      ['<html>', /has an invoice that is not TOML/],
      ['parcel = 7', /has an invoice whose 'parcel' is not a list of tables/],
      ['[parcel]\nlabel = 1', /has an invoice whose 'parcel' is not a list of tables/],
      ['parcel = [1]', wrong('label.sha256')],
      ['[[parcel]]', wrong('label.sha256')],
      ['[[parcel]]\nlabel = "text"', wrong('label.sha256')],
      [parcel('', { name: '7' }), wrong('label.name')],
      [parcel('', { type: '[]' }), wrong('label.mediaType')],
      [parcel('', { sha: '"../../x"' }), wrong('label.sha256')],
      [parcel('[parcel.label.feature.wagi]\nroute = 7'), wrong('label.feature.wagi')],
      [parcel('[parcel.label.feature.wagi]\nargv = "a\\u0000b"'), wrong('label.feature.wagi')],
      [parcel('[parcel.conditions]\nmemberOf = "text"'), wrong('conditions.memberOf')],
      [parcel('[parcel.conditions]\nrequires = [1]'), wrong('conditions.requires')],
      ['', /has no parcel of the type application\/wasm|has no module with a route/],
    ];
    const bindles = bindleServer(`http://${place}/v1`);
    for (const [text, pattern] of cases) {
      answer = (response) => response.end(text);
      await assert.rejects(pullBindle('bindle:a/1.0.0', bindles, cache), sentence(pattern), text);
      await assert.rejects(readBindle('a/1.0.0', bindles, cache), sentence(pattern), text);
    }
  });

  it('in place of the values of a route', async () => {
    const label = `name = "a.wasm"\nsha256 = "${'0'.repeat(64)}"\nmediaType = "application/wasm"`;
    const cases: [string, RegExp][] = [
      ['route = "a"', /has a parcel 'a\.wasm' with a wrong route: the route 'a' does not begin with a slash/],
      ['route = "/é"', /with a wrong route: the route '\/é' has a 'é', which no request path has/],
      ['route = "/"\nallowed_hosts = "a.example"', /with 'a\.example' in allowed_hosts, which is not a URL/],
      ['route = "/"\nallowed_hosts = "https://a.example,"', /with '' in allowed_hosts/],
    ];
    for (const [values, pattern] of cases) {
      answer = (response) =>
        response.end(`[[parcel]]\n[parcel.label]\n${label}\n[parcel.label.feature.wagi]\n${values}`);
      await assert.rejects(readBindle('a/1.0.0', bindleServer(`http://${place}/v1`), cache), sentence(pattern), values);
    }
  });

  it('at all: JSON and TOML of any shape', async () => {
    const bindles = (text: string): Bindles => ({
      name: 'x',
      invoice: async () => text,
      parcel: async () => undefined,
    });
    await fc.assert(
      fc.asyncProperty(fc.json(), async (text) => {
        answer = (response) => response.end(text);
        await assert.rejects(pull(), sentence(/./));
        await assert.rejects(readBindle('a/1.0.0', bindles(`parcel = ${text}`), cache), sentence(/./));
      }),
      { numRuns: 200 },
    );
  });
});
