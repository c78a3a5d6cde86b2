/** `make serve` of a WAGI project without wagi: npm installs generator-wasm by a lock file, or a sentence says why not. */
import assert from 'node:assert/strict';
import { execFile, execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { version } from '../../src/catalog/templates.ts';
import { render } from '../../src/print/render.ts';
import { plain } from '../support/examples.ts';
import { put, scratch } from '../support/repositories.ts';
import { tarballOf } from '../support/tarballs.ts';

describe('make serve of a WAGI project', function () {
  this.timeout(120_000);
  const place = scratch();
  let folder: string;
  let servers: Server[] = [];
  const lock = () => join(folder, '.generator-wasm/package-lock.json');
  beforeEach(() => {
    folder = join(place(), 'project');
    tarball = packed('ours');
    put(folder, render({ ...plain, kind: 'wagi', host: 'wagi' }));
  });
  afterEach(() => {
    for (const server of servers) server.close();
    servers = [];
  });

  /** A tarball of a package whose program prints `says` and its arguments. */
  const packed = (says: string): Buffer =>
    readFileSync(
      tarballOf(place(), version, `#!/usr/bin/env node\nconsole.log('${says}', ...process.argv.slice(2));\n`),
    );

  let tarball: Buffer;
  const ours = () => tarball;

  /** The address of a server that answers with the values of `answers`, by path, and with 404 otherwise. */
  async function listening(answers: (address: string) => Record<string, string | Buffer>): Promise<string> {
    const server = createServer((request, response) => {
      const answer = answers(`http://${request.headers.host}`)[request.url ?? ''];
      response.writeHead(answer === undefined ? 404 : 200, { connection: 'close' }).end(answer ?? '{}');
    }).listen(0, '127.0.0.1');
    servers.push(server);
    await once(server, 'listening');
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  }
  /** What a registry knows of a package with one version. */
  const described = (bytes: Buffer, of: string, tarball: string): string =>
    JSON.stringify({
      name: 'generator-wasm',
      'dist-tags': { latest: of },
      versions: {
        [of]: {
          ...{ name: 'generator-wasm', version: of, bin: { 'generator-wasm': 'main.js' } },
          dist: { tarball, integrity: `sha512-${createHash('sha512').update(bytes).digest('base64')}` },
        },
      },
    });
  const registry = (bytes: () => Buffer, of = version, isWhole = true): Promise<string> =>
    listening((address) => ({
      '/generator-wasm': described(bytes(), of, `${address}/x.tgz`),
      ...(isWhole && { '/x.tgz': bytes() }),
    }));

  /** `make serve` with a built module, a registry and a cache of npm. */
  function serve(address: string, cache = 'cache', settings: NodeJS.ProcessEnv = {}, ...words: string[]) {
    mkdirSync(join(folder, 'build'), { recursive: true });
    const env = {
      ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^npm_|_proxy$/i.test(name))),
      ...{ HOME: place(), npm_config_cache: join(place(), cache), npm_config_registry: address },
      npm_config_fetch_retries: '0',
      ...settings,
    };
    const line = ['--silent', 'serve', '-o', `build/${plain.name}.wasm`, ...words];
    return new Promise<{ code: number; stdout: string; stderr: string }>((done) => {
      execFile('make', line, { cwd: folder, env }, (error, stdout, stderr) =>
        done({ code: error ? 1 : 0, stdout, stderr }),
      );
    });
  }
  async function serves(...args: Parameters<typeof serve>): Promise<void> {
    const { stdout, stderr } = await serve(...args);
    assert.equal(stdout, 'ours serve --config modules.toml --listen 127.0.0.1:3000\n', stderr);
  }
  async function refuses(reason: RegExp, ...args: Parameters<typeof serve>): Promise<void> {
    const { code, stdout, stderr } = await serve(...args);
    assert.equal(code, 1);
    assert.equal(stdout, '');
    const [sentence = '', ...rest] = stderr.trimEnd().split('\n');
    assert.match(sentence, /^make serve needs wagi \(https:\S+\) or generator-wasm, but /);
    assert.match(sentence, reason);
    assert.match(rest.join('\n'), /^make: [^\n]+$/);
    assert.ok(!existsSync(join(folder, '.generator-wasm/node_modules/generator-wasm')));
  }
  const byChecksum = /the checksum of a package is not the one in \.generator-wasm\/package-lock\.json/;
  const nothing = 'http://127.0.0.1:9/';

  it('installs the version of the project, and keeps its checksum', async () => {
    const address = await registry(ours);
    await serves(address);
    const { packages } = JSON.parse(readFileSync(lock(), 'utf8'));
    assert.match(packages['node_modules/generator-wasm'].integrity, /^sha512-/);
    assert.equal(packages['node_modules/generator-wasm'].version, version);
    // Nothing is asked of the network any more, and a clone on the same machine takes the package from npm's cache.
    await serves(nothing);
    rmSync(join(folder, '.generator-wasm/node_modules'), { recursive: true });
    await serves(nothing);
  });

  it('refuses other bytes under the same version, with and without a filled cache', async () => {
    const address = await registry(ours);
    await serves(address);
    const kept = readFileSync(lock(), 'utf8');
    rmSync(join(folder, '.generator-wasm/node_modules'), { recursive: true });
    tarball = packed('theirs');
    await refuses(byChecksum, address, 'empty cache');
    await serves(address);
    assert.equal(readFileSync(lock(), 'utf8'), kept);
  });

  it('installs the version of an upgrade', async () => {
    await serves(await registry(ours));
    const manifest = join(folder, '.generator-wasm/package.json');
    writeFileSync(manifest, readFileSync(manifest, 'utf8').replace(version, '99.0.0'));
    await serves(await registry(ours, '99.0.0'));
    assert.equal(JSON.parse(readFileSync(lock(), 'utf8')).packages['node_modules/generator-wasm'].version, '99.0.0');
  });

  it('says why npm cannot install it, and writes nothing', async () => {
    const before = execFileSync('find', ['.'], { cwd: join(folder, '.generator-wasm'), encoding: 'utf8' });
    const html = await listening(() => ({ '/generator-wasm': '<html>Log in to the network</html>' }));
    await refuses(/npm cannot install it: 404 Not Found/, await listening(() => ({})));
    await refuses(
      /npm cannot install it: notarget No matching version found for generator-wasm@/,
      await registry(ours, '0.0.1'),
    );
    await refuses(/npm cannot install it: 404 Not Found/, await registry(ours, version, false));
    await refuses(/npm cannot install it: .*<html>.* is not valid JSON/, html);
    await refuses(/npm cannot install it: .*ECONNREFUSED/, nothing);
    await refuses(/npm cannot install it: .*ECONNREFUSED/, 'http://registry.example/', 'cache', {
      npm_config_proxy: nothing,
    });
    const after = execFileSync('find', ['.'], { cwd: join(folder, '.generator-wasm'), encoding: 'utf8' });
    assert.equal(after, before);
  });

  it('asks a proxy for it', async () => {
    const proxy = await listening(() => ({
      'http://registry.example/generator-wasm': described(tarball, version, 'http://registry.example/x.tgz'),
      'http://registry.example/x.tgz': tarball,
    }));
    await serves('http://registry.example/', 'cache', { npm_config_proxy: proxy });
  });

  it('starts the program of GENERATOR_WASM, and asks npm for nothing', async () => {
    const own = join(place(), 'own');
    writeFileSync(own, '#!/bin/sh\necho ours "$@"\n', { mode: 0o755 });
    await serves(nothing, 'cache', { GENERATOR_WASM: own });
    await serves(nothing, 'cache', {}, `GENERATOR_WASM=${own}`);
    assert.ok(!existsSync(lock()));
  });
});
