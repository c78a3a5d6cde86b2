/**
 * A release: from a tag to a module in a registry that is signed, described, verified and pulled back, by the workflow that
 * a project has; and what happens where something is not as it should be.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { Choices } from '../../src/model/choices.ts';
import { plain } from '../support/examples.ts';
import { environment, freePort, need, needed, ok, type Result, run, scratch } from '../support/programs.ts';
import { act, keys, repository } from './pipelines.ts';
import { credentials, startHub, startRegistry } from './registry.ts';
import { make, taskEnvironment } from './world.ts';

const tools = ['docker-registry', 'oras', 'cosign', 'git', 'make', 'wasmtime'];

describe('a release', function () {
  this.timeout(600_000);
  let server: string;
  let stop: () => Promise<unknown>;
  let key: ReturnType<typeof keys>;
  let choicesOf: (language: string) => Choices;
  /** The environment of somebody who may push and sign. */
  let secrets: NodeJS.ProcessEnv;

  before(async function () {
    need(this, ...tools);
    ({ server, stop } = await startRegistry());
    key = keys();
    secrets = { ...credentials, ...key.secrets };
    choicesOf = (language) => ({
      ...plain,
      language,
      name: `release-${language}`,
      registry: 'oci',
      namespace: `${server}/team`,
    });
  });
  after(async () => {
    await stop?.();
  });
  const image = (language: string) => `${server}/team/release-${language}`;
  const tell = (folder: string, words: string[], env: NodeJS.ProcessEnv = {}): Result =>
    run('make', ['--silent', ...words], folder, { ...taskEnvironment(), ...secrets, ...env });

  for (const language of ['assemblyscript', 'c', 'go', 'rust'])
    it(`of ${language} goes from a tag to a verified signature by GitHub's workflow, and comes back`, function () {
      need(this, 'act', 'krustlet-pull', ...needed(language));
      const folder = repository(choicesOf(language), { 'cosign.pub': key.public }, 'v1.2.3');
      const said = act(folder, '.github/workflows/release.yml', {
        tag: 'v1.2.3',
        secrets: credentials,
        variables: key.secrets,
      });
      for (const line of ['Pushed', 'Signed', 'Verified'])
        assert.match(said, new RegExp(`${line}: ${image(language)}`));
      assert.match(said, /Job succeeded/);
      assert.doesNotMatch(said, /pa55-w0rd|k3y-passw0rd/);
      // The release is made last, of what was published.
      const made = `gh release create v1.2.3 build/SHA256SUMS build/release-${language}.opt.wasm build/sbom.spdx.json`;
      assert.ok(said.indexOf(made) > said.indexOf('Verified: '), said);
      assert.match(said, /--prerelease=false/);

      const { layers, annotations } = JSON.parse(
        ok('oras', ['manifest', 'fetch', `${image(language)}:v1.2.3`], folder),
      );
      const revision = ok('git', ['rev-parse', 'HEAD'], folder).trim();
      assert.equal(annotations['org.opencontainers.image.revision'], revision);
      assert.equal(annotations['org.opencontainers.image.version'], 'v1.2.3');
      assert.equal(annotations['org.opencontainers.image.licenses'], 'MIT');
      assert.equal(
        annotations['org.opencontainers.image.source'],
        `https://gitlab.example.com/team/release-${language}`,
      );
      const { status, stdout } = spawnSync('krustlet-pull', [`${image(language)}:v1.2.3`], {
        env: { ...environment, ...credentials },
        maxBuffer: 1 << 26,
      });
      assert.equal(status, 0);
      assert.equal(stdout.length, layers[0].size);
      const pulled = join(mkdtempSync(join(scratch, 'pulled-')), 'module.wasm');
      writeFileSync(pulled, stdout);
      assert.match(ok('node', ['contract/run.mjs', 'contract/wagi.json', pulled], folder), /(\d+) of \1 cases pass/);
    });

  describe('by hand', () => {
    let folder: string;
    before(function () {
      need(this, ...needed('c'));
      folder = repository(choicesOf('c'), { 'cosign.pub': key.public }, 'v2.0.0');
      make(folder, 'setup');
      make(folder, 'optimize');
      make(folder, 'sbom');
    });
    const signed = () => tell(folder, ['login', 'push', 'sign', 'verify', 'TAG=signed']);

    it('names what the module is made of and how it was made, in statements about its digest', () => {
      assert.equal(signed().code, 0);
      const digest = readFileSync(join(folder, 'build/pushed'), 'utf8').trim().split('@')[1];
      const statement = (type: string) => {
        const said = ok(
          'cosign',
          [
            'verify-attestation',
            '--key',
            'cosign.pub',
            '--insecure-ignore-tlog',
            '--type',
            type,
            `${image('c')}@${digest}`,
          ],
          folder,
        );
        const line = said.split('\n').find((line) => line.includes('"payload"')) ?? '';
        return JSON.parse(Buffer.from(JSON.parse(line).payload, 'base64').toString());
      };
      const sbom = statement('spdxjson');
      assert.equal(sbom.predicate.name, 'release-c');
      assert.equal(`sha256:${sbom.subject[0].digest.sha256}`, digest);
      const { buildDefinition, runDetails } = statement('slsaprovenance1').predicate;
      const sources = {
        uri: 'git+https://gitlab.example.com/team/release-c',
        digest: { gitCommit: ok('git', ['rev-parse', 'HEAD'], folder).trim() },
      };
      assert.deepEqual(buildDefinition.resolvedDependencies, [sources]);
      assert.deepEqual(buildDefinition.externalParameters.source, sources);
      assert.match(
        buildDefinition.buildType,
        /^https:\/\/unpkg\.com\/generator-wasm@\d+\.\d+\.\d+\/docs\/build-type\.md$/,
      );
      assert.equal(runDetails.builder.id, `${buildDefinition.buildType}#local`);
    });
    it('is signed with a key whose lines a CI has joined, and with one that needs no password', () => {
      const joined = { COSIGN_PRIVATE_KEY: key.secrets.COSIGN_PRIVATE_KEY.replaceAll('\n', '\\n') };
      assert.equal(tell(folder, ['login', 'push', 'sign', 'verify', 'TAG=joined'], joined).code, 0);
      const open = keys('');
      writeFileSync(join(folder, 'cosign.pub'), open.public);
      const unset = { ...open.secrets, COSIGN_PASSWORD: '$(COSIGN_PASSWORD)' };
      // Of another key, so that nothing is signed by it yet.
      const { code, said } = tell(folder, ['push', 'sign', 'verify', 'TAG=joined'], unset);
      writeFileSync(join(folder, 'cosign.pub'), key.public);
      assert.equal(code, 0, said);
    });
    it('is not verified with another key', () => {
      assert.equal(signed().code, 0);
      writeFileSync(join(folder, 'cosign.pub'), keys().public);
      const { code, said } = tell(folder, ['verify', 'TAG=signed']);
      writeFileSync(join(folder, 'cosign.pub'), key.public);
      assert.notEqual(code, 0);
      assert.match(said, /Error: signature of \S+@sha256:\w+ cannot be trusted/);
    });
    it('is not verified where the tag names something that nobody has signed', () => {
      assert.equal(tell(folder, ['login', 'push', 'TAG=unsigned']).code, 0);
      const { code, said } = tell(folder, ['verify', 'TAG=unsigned']);
      assert.notEqual(code, 0);
      assert.match(said, /Error: signature of \S+@sha256:\w+ cannot be trusted/);
    });
    it('is not verified without its SBOM', () => {
      assert.equal(tell(folder, ['login', 'push', 'TAG=bare']).code, 0);
      ok('cosign', ['signing-config', 'create', '--out', 'build/signing.json'], folder);
      const reference = readFileSync(join(folder, 'build/pushed'), 'utf8').trim();
      const words = ['--yes', '--key', 'env://COSIGN_PRIVATE_KEY', '--signing-config', 'build/signing.json', reference];
      ok('cosign', ['sign', ...words], folder, secrets);
      const { code, said } = tell(folder, ['verify', 'TAG=bare']);
      assert.notEqual(code, 0);
      assert.match(said, /ok {7}signature/);
      assert.match(said, /Error: SBOM of \S+@sha256:\w+ cannot be trusted/);
    });
    it('is not verified where the same key has signed it for another repository, or for another commit', () => {
      const commit = (...words: string[]) =>
        ok('git', ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.com', 'commit', '--quiet', ...words], other);
      const other = mkdtempSync(join(scratch, 'other-'));
      cpSync(folder, other, { recursive: true });
      ok('git', ['remote', 'set-url', 'origin', 'git@gitlab.example.com:team/another.git'], other);
      assert.equal(tell(other, ['login', 'push', 'sign', 'verify', 'TAG=foreign']).code, 0);
      const foreign = tell(folder, ['verify', 'TAG=foreign']);
      assert.notEqual(foreign.code, 0);
      assert.match(foreign.said, /ok {7}SBOM/);
      assert.match(
        foreign.said,
        /Its provenance names the repository https:\/\/gitlab\.example\.com\/team\/another instead of https:\/\/gitlab\.example\.com\/team\/release-c\.\nError: provenance of \S+ cannot be trusted/,
      );

      ok('git', ['remote', 'set-url', 'origin', 'https://me:t0ken@gitlab.example.com/team/release-c.git'], other);
      commit('--allow-empty', '--message', 'more');
      assert.equal(tell(other, ['push', 'sign', 'verify', 'TAG=later']).code, 0);
      const later = tell(folder, ['verify', 'TAG=later']);
      assert.notEqual(later.code, 0);
      assert.match(later.said, /Its provenance names the commit \w{40} instead of \w{40}\./);
      assert.match(later.said, /Error: provenance of \S+ cannot be trusted/);
    });
    it('is not signed without the key, or with one that nobody can verify, or before it is pushed', () => {
      assert.match(tell(folder, ['sign'], { COSIGN_PRIVATE_KEY: '' }).said, /Error: COSIGN_PRIVATE_KEY is not set/);
      renameSync(join(folder, 'cosign.pub'), join(folder, 'away'));
      const lonely = tell(folder, ['sign']);
      renameSync(join(folder, 'away'), join(folder, 'cosign.pub'));
      assert.notEqual(lonely.code, 0);
      assert.match(lonely.said, /Error: cosign.pub is missing/);
      unlinkSync(join(folder, 'build/pushed'));
      assert.match(tell(folder, ['sign']).said, /Error: build\/pushed is missing/);
    });
  });

  describe('that meets a fault', () => {
    let folder: string;
    before(function () {
      need(this, ...needed('assemblyscript'));
      folder = repository(choicesOf('assemblyscript'), { 'cosign.pub': key.public }, 'v3.0.0');
      make(folder, 'setup');
      make(folder, 'optimize');
      make(folder, 'sbom');
    });
    const resolves = (tag: string) => run('oras', ['resolve', `${image('assemblyscript')}:${tag}`], folder).code === 0;
    const elsewhere = (where: string, tag: string) => [`IMAGE=${where}/team/other`, `TAG=${tag}`];

    it('says that the registry does not answer', async () => {
      const gone = `localhost:${await freePort()}`;
      const { code, said } = tell(folder, ['push', ...elsewhere(gone, 'v1')]);
      assert.notEqual(code, 0);
      assert.match(said, /Error: .*connection refused/);
      assert.match(said, /Nothing was published\. Fix the problem and run the same command again\./);
    });
    it('says that the password is wrong', () => {
      const { code, said } = tell(folder, ['login'], { REGISTRY_PASSWORD: 'wr0ng' });
      assert.notEqual(code, 0);
      assert.match(said, /Error.*: unauthorized/);
      assert.doesNotMatch(said, /wr0ng/);
    });
    it('publishes nothing where it is interrupted half-way, and all of it the next time', () => {
      const path = mkdtempSync(join(scratch, 'interrupted-'));
      const real = ok('sh', ['-c', 'command -v oras'], folder).trim();
      writeFileSync(join(path, 'oras'), `#!/bin/sh\n[ "$1" = cp ] && kill -KILL $PPID && exit 1\nexec ${real} "$@"\n`);
      chmodSync(join(path, 'oras'), 0o755);
      assert.equal(tell(folder, ['login']).code, 0);
      const { code } = tell(folder, ['push', 'TAG=half'], { PATH: `${path}:${environment.PATH}` });
      assert.notEqual(code, 0);
      assert.equal(resolves('half'), false);
      assert.equal(tell(folder, ['push', 'TAG=half']).code, 0);
      assert.equal(resolves('half'), true);
    });
    it('makes a repository of which the registry says nothing before', async () => {
      const hub = await startHub();
      try {
        ok('oras', ['login', hub.server, '--username', 'me', '--password', 'any'], folder);
        const { code, said } = tell(folder, ['push', ...elsewhere(hub.server, 'v1')]);
        assert.equal(code, 0, said);
        assert.match(said, /Pushed: /);
        assert.match(tell(folder, ['push', ...elsewhere(hub.server, 'v1')]).said, /Already pushed: /);
      } finally {
        await hub.stop();
      }
    });
    it('refuses a tag that names another module, whatever its annotations say', () => {
      assert.equal(tell(folder, ['login', 'push', 'TAG=model']).code, 0);
      const { annotations } = JSON.parse(ok('oras', ['manifest', 'fetch', `${image('assemblyscript')}:model`], folder));
      assert.equal(annotations['org.opencontainers.image.revision'], ok('git', ['rev-parse', 'HEAD'], folder).trim());
      const claimed = Object.entries(annotations).flatMap(([key, value]) => ['--annotation', `${key}=${value}`]);
      writeFileSync(join(folder, 'build/foreign.wasm'), 'foreign');
      const target = `${image('assemblyscript')}:planted`;
      ok('oras', ['push', ...claimed, target, 'build/foreign.wasm:application/wasm'], folder);
      const before = ok('oras', ['resolve', target], folder);
      const { code, said } = tell(folder, ['push', 'TAG=planted']);
      assert.notEqual(code, 0);
      assert.match(said, /Error: \S+:planted already exists with different contents \(sha256:\w+\)\./);
      assert.equal(ok('oras', ['resolve', target], folder), before);
    });
    it('goes on with a build that differs where the module of this commit was pushed, and adds what is missing', () => {
      const cosign = ok('sh', ['-c', 'command -v cosign'], folder).trim();
      const failing = mkdtempSync(join(scratch, 'failing-'));
      writeFileSync(
        join(failing, 'cosign'),
        `#!/bin/sh\ncase "$*" in attest*spdxjson*) exit 1 ;; esac\nexec ${cosign} "$@"\n`,
        { mode: 0o755 },
      );
      const stopped = tell(folder, ['login', 'push', 'sign', 'TAG=differs'], {
        PATH: `${failing}:${environment.PATH}`,
      });
      assert.notEqual(stopped.code, 0);
      const digest = ok('oras', ['resolve', `${image('assemblyscript')}:differs`], folder).trim();
      const attached = () => {
        const found = ok('oras', ['discover', '--format', 'json', `${image('assemblyscript')}@${digest}`], folder);
        return JSON.parse(found).referrers.length;
      };
      assert.equal(attached(), 1, 'the provenance');

      // An empty custom section changes nothing but the bytes.
      const module = join(folder, 'build/release-assemblyscript.opt.wasm');
      const built = readFileSync(module);
      writeFileSync(module, Buffer.concat([built, Buffer.from([0, 2, 1, 120])]));
      const again = tell(folder, ['push', 'sign', 'verify', 'TAG=differs']);
      assert.equal(again.code, 0, again.said);
      assert.match(again.said, /differs was already pushed and signed for this commit\. This build is not pushed/);
      assert.equal(ok('oras', ['resolve', `${image('assemblyscript')}:differs`], folder).trim(), digest);
      assert.equal(attached(), 3);
      assert.equal(tell(folder, ['sign']).code, 0);
      assert.equal(attached(), 3, 'nothing is signed twice');
      writeFileSync(module, built);
    });
    it('never moves a tag that names something else', () => {
      assert.equal(tell(folder, ['login', 'push', 'TAG=taken']).code, 0);
      const before = ok('oras', ['resolve', `${image('assemblyscript')}:taken`], folder);
      const words = ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.com', 'commit', '--quiet', '--allow-empty'];
      ok('git', [...words, '-m', 'more'], folder);
      const { code, said } = tell(folder, ['push', 'TAG=taken']);
      assert.notEqual(code, 0);
      assert.match(
        said,
        /taken already exists with different contents \(sha256:\w+\)\. Published tags are immutable: use another/,
      );
      assert.equal(ok('oras', ['resolve', `${image('assemblyscript')}:taken`], folder), before);
    });
    it('refuses what is no tag', () => {
      for (const tag of ['v1+2', '-v1', 'a'.repeat(129)]) {
        const { code, said } = tell(folder, ['push', `TAG=${tag}`]);
        assert.notEqual(code, 0);
        assert.match(
          said,
          /invalid tag '.*': there is no tag with other characters than letters, .* or with more than 128\. For example/,
        );
      }
    });
    it('says that the disk is full, and goes on when it is not', () => {
      symlinkSync('/dev/full', join(folder, 'build/pushed.tmp'));
      renameSync(join(folder, 'build/pushed.tmp'), join(folder, 'build/pushed'));
      const { code, said } = tell(folder, ['login', 'push', 'TAG=full']);
      assert.notEqual(code, 0);
      assert.match(said, /Error: build\/pushed cannot be written \(ENOSPC\)/);
      unlinkSync(join(folder, 'build/pushed'));
      assert.equal(tell(folder, ['push', 'TAG=full']).code, 0);
    });
    it('says that the registry’s disk is full', async () => {
      const full = await startRegistry({ maxBlocks: 2 });
      try {
        const { REGISTRY_USER: user, REGISTRY_PASSWORD: password } = credentials;
        ok('oras', ['login', full.server, '--username', user, '--password', password], folder);
        const { code, said } = tell(folder, ['push', ...elsewhere(full.server, 'v1')]);
        assert.notEqual(code, 0);
        assert.match(said, /Error.*file too large/);
        assert.match(said, /Nothing was published/);
      } finally {
        await full.stop();
      }
    });
  });

  describe('in one step', () => {
    let folder: string;
    before(function () {
      need(this, ...needed('assemblyscript'));
      folder = repository(choicesOf('assemblyscript'), { 'cosign.pub': key.public }, 'v4.0.0');
      make(folder, 'setup');
    });

    it('stops where something fails, goes on there, and tells what is out there', () => {
      const stopped = tell(folder, ['ship'], { COSIGN_PRIVATE_KEY: '' });
      assert.notEqual(stopped.code, 0);
      assert.match(stopped.said, /Stopped at 'sign'\. Fix the problem and run make ship again: it continues there\./);

      const { code, said, stdout } = tell(folder, ['ship']);
      assert.equal(code, 0, said);
      assert.match(stdout, /^== test: already done$/m);
      assert.match(stdout, /^== push: already done$/m);
      assert.match(stdout, /^== sign$/m);
      const digest = ok('oras', ['resolve', `${image('assemblyscript')}:v4.0.0`], folder).trim();
      assert.match(
        stdout,
        new RegExp(
          `Shipped  ${image('assemblyscript')}:v4.0.0\ndigest   ${digest}\nsize     \\d+ bytes\nsigned   with the key of cosign.pub\nruns     `,
        ),
      );
      assert.equal(existsSync(join(folder, 'build/shipping')), false);
    });
    it('begins anew where something has changed since', () => {
      const other = mkdtempSync(join(scratch, 'changed-'));
      cpSync(folder, other, { recursive: true });
      assert.notEqual(tell(other, ['ship', 'TAG=v4.0.1'], { COSIGN_PRIVATE_KEY: '' }).code, 0);
      writeFileSync(join(other, 'notes.txt'), 'new\n');
      const { code, stdout } = tell(other, ['ship', 'TAG=v4.0.1']);
      assert.equal(code, 0);
      assert.doesNotMatch(stdout, /already done/);
    });
  });
});
