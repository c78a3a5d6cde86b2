/** What an older version wrote is asked of its package, and nothing that the repository brings or names runs for it. */
import assert from 'node:assert/strict';
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { change } from '../../src/change/change.ts';
import { absolute } from '../../src/change/previous-version.ts';
import { released } from '../../src/change/release-checksums.ts';
import { stateFile } from '../../src/print/render.ts';
import { parseState } from '../../src/project/state.ts';
import { commit, put, repository, scratch, tree } from '../support/repositories.ts';
import { tarballOf } from '../support/tarballs.ts';

const releases = resolve(import.meta.dirname, '../releases');

describe('the list of released tarballs', () => {
  it('has each of test/releases, with its checksum', () => {
    const tarballs = readdirSync(releases).map((name) => [
      name.replace(/\.tgz$/, ''),
      `sha512-${createHash('sha512')
        .update(readFileSync(join(releases, name)))
        .digest('base64')}`,
    ]);
    assert.deepEqual({ ...released }, Object.fromEntries(tarballs));
  });
});

describe('an older package', function () {
  this.timeout(60_000);
  const folder = scratch();
  const before = { ...process.env };
  const servers: ChildProcess[] = [];
  let home = '';
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'home-'));
    for (const name of Object.keys(process.env)) if (/^npm_/i.test(name)) delete process.env[name];
    Object.assign(process.env, { HOME: home, npm_config_cache: join(home, 'cache') });
    delete process.env.NODE_OPTIONS;
  });
  afterEach(() => {
    for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
    Object.assign(process.env, before);
    for (const server of servers.splice(0)) server.kill();
    rmSync(home, { recursive: true, force: true });
  });

  const canary = () => join(home, 'canary');
  const ran = () => (existsSync(canary()) ? readFileSync(canary(), 'utf8') : '');
  /** What a program of the repository does if it is run. */
  const leaveCanary = (name: string) =>
    `require('node:fs').appendFileSync(${JSON.stringify(canary())}, '${name}\\n');\n`;
  /** A tarball of our package whose program is this; `said` has what it was called with. */
  const packed = (version: string, program: string): string => tarballOf(home, version, program);
  const said = () => JSON.parse(readFileSync(join(home, 'said'), 'utf8'));
  /** Writes a workflow, as `ci` of an old version, and tells about its surroundings. */
  const honest = () => `const fs = require('node:fs');
fs.writeFileSync(${JSON.stringify(join(home, 'said'))}, JSON.stringify({
  words: process.argv.slice(2), env: process.env, files: fs.readdirSync('.', { recursive: true }), cwd: process.cwd(),
  config: fs.readFileSync('.git/config', 'utf8'),
}));
fs.mkdirSync('.github/workflows', { recursive: true });
fs.writeFileSync('.github/workflows/ci.yml', 'on: push\\n');
`;
  /** Starts a registry, and gives back its address and what was asked of it. */
  async function registry(tarball: string, version: string, integrity?: string) {
    const log = `${tarball}.log`;
    const script = resolve(import.meta.dirname, '../support/npm-registry.mjs');
    const server = spawn(process.execPath, [script, tarball, version, log, ...(integrity ? [integrity] : [])], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    servers.push(server);
    const [line] = await once(server.stdout ?? server, 'data');
    return { address: String(line).trim(), asked: () => readFileSync(log, 'utf8') };
  }
  /** The user's own configuration, with a token. */
  const configure = (address: string) =>
    writeFileSync(
      join(home, '.npmrc'),
      `registry=${address}\n${address.replace(/^http:/, '')}:_authToken=the-users-token\n`,
    );
  /** A crate that got CI from an older version, and these files. */
  function adopted(version: string, files: Record<string, string> = {}): void {
    const state = {
      version,
      adopted: {
        ...{ ci: ['github'], branch: 'main', instead: {} },
        projects: [{ language: 'rust', dir: '.', facts: { target: 'wasm32-wasip1' } }],
      },
    };
    const all = {
      'Cargo.toml': '[package]\nname = "x"\nversion = "0.1.0"\n',
      'src/main.rs': 'fn main() {}\n',
      [stateFile]: JSON.stringify({ 'generator-wasm': state }),
      ...files,
    };
    put(
      folder(),
      Object.entries(all).map(([path, text]) => ({ path, text, executable: true as const })),
    );
    repository(folder(), [], false);
    execFileSync('git', ['add', '--all', '--force'], { cwd: folder() });
    commit(folder());
  }
  const upgrade = (...argv: string[]) => change('upgrade', ['--dry-run', ...argv], folder(), undefined);
  async function refused(sentence: RegExp, ...argv: string[]): Promise<void> {
    const there = tree(folder());
    await assert.rejects(upgrade(...argv), (error: Error & { code?: number }) => {
      assert.match(error.message, sentence);
      assert.equal(error.code, 1);
      assert.doesNotMatch(error.message, /\n/);
      return true;
    });
    assert.deepEqual(tree(folder()), there);
  }

  it('comes from the registry of the user, with its token, whatever the repository names and brings', async () => {
    const evil = await registry(packed('0.2.9', leaveCanary('registry')), '0.2.9');
    const own = await registry(packed('0.2.9', honest()), '0.2.9');
    configure(own.address);
    const shell = `#!/bin/sh\necho $0 $@ >>${canary()}\n`;
    adopted('0.2.9', {
      '.npmrc': `registry=${evil.address}\nscript-shell=${join(folder(), 'shell.sh')}\n`,
      'shell.sh': shell,
      'package.json': '{ "name": "x", "workspaces": ["*"], "overrides": { "generator-wasm": "file:evil" } }',
      'node_modules/generator-wasm/package.json':
        '{ "name": "generator-wasm", "version": "0.2.9", "bin": { "generator-wasm": "main.js" } }',
      'node_modules/generator-wasm/main.js': leaveCanary('node_modules'),
      'node_modules/.bin/generator-wasm': `#!/usr/bin/env node\n${leaveCanary('.bin')}`,
      'node_modules/.bin/npm': shell,
      'node_modules/.bin/node': shell,
      'node_modules/.bin/git': shell,
      '.gitattributes': '* filter=evil\n',
      'setup.cjs': leaveCanary('NODE_OPTIONS'),
    });
    // As `npm run` and careless profiles have it.
    process.env.PATH = [join(folder(), 'node_modules/.bin'), 'node_modules/.bin', '.', '', before.PATH].join(delimiter);
    process.env.NODE_PATH = 'node_modules';
    await upgrade();
    assert.equal(ran(), '');
    assert.equal(evil.asked(), '', 'the registry of the repository is asked nothing');
    assert.match(own.asked(), /^\/generator-wasm Bearer the-users-token$/m);
    const { words, env, files, cwd } = said();
    assert.deepEqual(words, ['ci', 'github']);
    assert.ok(!cwd.startsWith(folder()));
    for (const path of ['Cargo.toml', 'src/main.rs', 'package.json']) assert.ok(files.includes(path), path);
    for (const path of ['.npmrc', '.gitattributes', 'node_modules', '.yo-rc.json'])
      assert.ok(!files.includes(path), path);
    assert.equal(env.NODE_PATH, undefined);
    assert.ok(!env.PATH.split(delimiter).some((path: string) => path.startsWith(folder()) || !path.startsWith('/')));
  });

  it('runs without what NODE_OPTIONS would load from the folder', async () => {
    adopted('0.2.9', { 'setup.cjs': leaveCanary('NODE_OPTIONS') });
    const tarball = packed('0.2.9', honest());
    // npm itself runs where there is no such file, and so this is one that both would find.
    const script = join(home, 'setup.cjs');
    writeFileSync(script, '');
    process.env.NODE_OPTIONS = `--require ${script}`;
    await upgrade('--from', tarball);
    assert.equal(said().env.NODE_OPTIONS, undefined);
  });

  it('is refused where its bytes are not those that were released', async () => {
    const evil = packed('0.2.0', leaveCanary('registry'));
    const own = await registry(evil, '0.2.0');
    configure(own.address);
    adopted('0.2.0');
    await refused(
      /^The package that npm downloaded as generator-wasm 0\.2\.0 is not the released one: .* It was not run\./,
    );
    assert.equal(ran(), '');
    assert.match(own.asked(), /^\/generator-wasm /);
  });

  it('is refused too where the registry names the right checksum beside its own', async () => {
    const evil = packed('0.2.0', leaveCanary('registry'));
    const own = `sha512-${createHash('sha512').update(readFileSync(evil)).digest('base64')}`;
    configure((await registry(evil, '0.2.0', `${released['0.2.0']} ${own}`)).address);
    adopted('0.2.0');
    await refused(/is not the released one|cannot install/);
    assert.equal(ran(), '');
  });

  it('runs no script when it is installed', async () => {
    const place = mkdtempSync(join(home, 'package-'));
    put(place, [
      {
        path: 'package.json',
        text: JSON.stringify({
          ...{ name: 'generator-wasm', version: '0.2.9', bin: { 'generator-wasm': 'main.js' } },
          scripts: { preinstall: `echo script >>${canary()}`, postinstall: `echo script >>${canary()}` },
        }),
      },
      { path: 'main.js', text: honest() },
    ]);
    execFileSync('npm', ['pack', '--silent'], { cwd: place });
    adopted('0.2.9');
    await upgrade('--from', join(place, 'generator-wasm-0.2.9.tgz'));
    assert.equal(ran(), '');
    assert.deepEqual(said().words, ['ci', 'github']);
  });

  it('does not get what the index names in git’s own folder, or above the project', async () => {
    adopted('0.2.9', { 'xgit/config': 'x', 'xx/outside.txt': 'x' });
    // git adds no such path, but lists it where the index of an archive has it.
    const index = join(folder(), '.git/index');
    const entries = readFileSync(index, 'latin1').slice(0, -20);
    const changed = Buffer.from(
      entries.replace('xgit/config', '.git/config').replace('xx/outside.txt', '../outside.txt'),
      'latin1',
    );
    writeFileSync(index, Buffer.concat([changed, createHash('sha1').update(changed).digest()]));
    writeFileSync(join(folder(), '.git/config'), `${readFileSync(join(folder(), '.git/config'), 'utf8')}# Hostile\n`);
    await upgrade('--from', packed('0.2.9', honest()));
    assert.doesNotMatch(said().config, /Hostile/);
    assert.ok(!existsSync(join(said().cwd, '../outside.txt')));
  });

  it('is not installed below the repository', async () => {
    adopted('0.2.9', { 'tmp/keep': '' });
    for (const path of [join(folder(), 'tmp'), folder()]) {
      process.env.TMPDIR = path;
      await refused(/^The folder for temporary files, '.*', is inside the repository\. Set TMPDIR/);
    }
  });

  it('may be a tarball or a folder, relative to where the user is', async () => {
    adopted('0.2.9');
    const tarball = packed('0.2.9', honest());
    const from = (spec: string) => change('upgrade', ['--dry-run', '--from', spec, folder()], home, undefined);
    const place = tarball.slice(home.length + 1);
    for (const spec of [`./${place}`, place, `file:${place}`, `generator-wasm@file:./${place}`, tarball]) {
      rmSync(join(home, 'said'), { force: true });
      await from(spec);
      assert.deepEqual(said().words, ['ci', 'github'], spec);
    }
    await from(`./${place.split('/')[0]}/package`);
  });

  it('keeps a name that npm looks up', () => {
    for (const spec of [
      ...['generator-wasm', 'generator-wasm@0.2.0', '@octo/generator-wasm@^1', 'npm:other@1', 'octo/generator-wasm'],
      ...[
        'https://example.com/x.tgz',
        'git+ssh://git@example.com/x.git',
        'git@github.com:octo/x.git',
        '~/x.tgz',
        '/x.tgz',
      ],
    ])
      assert.equal(absolute(spec, '/home/ada'), spec);
  });

  describe('has a version, or nothing is asked of npm', () => {
    beforeEach(() => {
      const bin = mkdtempSync(join(home, 'bin-'));
      writeFileSync(join(bin, 'npm'), `#!/bin/sh\necho "$@" >>${canary()}\n`, { mode: 0o755 });
      process.env.PATH = [bin, before.PATH].join(delimiter);
    });
    for (const version of ['file:evil', '--registry=https://evil.example', '^0.2.0', ['0.2.0']])
      it(JSON.stringify(version), async () => {
        adopted(version as string);
        await refused(/^'\.yo-rc\.json' has the version .*, which is not a version\. Restore the committed version/);
        assert.equal(ran(), '');
      });
    it('and no other', async () => {
      for (const version of [
        ...['file:../evil.tgz', 'npm:evil@1.0.0', 'git+https://evil.example/x.git', 'evil/repository', 'latest', '*'],
        ...[
          'https://evil.example/x.tgz',
          '0.2.x',
          '>=0.1.0 <9',
          '0.2.0 || 0.1.0',
          '',
          ' 0.2.0',
          '0.2.0\n',
          '-g',
          'v0.2.0',
        ],
        ...[
          '0.2.0 --registry=x',
          '0.2',
          '0.2.0.1',
          '00.2.0',
          '0.2.0-',
          '0.2.0-01',
          '0.2.0-a..b',
          '0.2.0-a_b',
          '0.2.0+evil',
        ],
        ...['0.2.0-../../x', `0.2.0-${'a'.repeat(10_000)}`, '9'.repeat(400), `0.${'9'.repeat(400)}.0`],
        ...[0.2, null, true, { toString: '0.2.0' }],
      ])
        assert.throws(
          () => parseState(JSON.stringify({ 'generator-wasm': { version } })),
          /^UserError: '\.yo-rc\.json' has the version .{0,90}, which is not a version\. Restore the committed version/,
          JSON.stringify(version),
        );
    });
    it('that is newer than this one', async () => {
      adopted('99.0.0');
      await refused(/^This project was written by generator-wasm 99\.0\.0, and this is /);
      assert.equal(ran(), '');
    });
  });
});
