/**
 * Projects of the original yo-wasm, moved by the packed package and then run: their workflows by act, up to a module that comes
 * back from a registry as Krustlet pulls it.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { parse } from 'yaml';
import { wasiSdkVersion } from '../../src/catalog/tools.ts';
import { recognise } from '../../src/legacy/yo-wasm/recognise.ts';
import { moved } from '../../src/legacy/yo-wasm/upgrade.ts';
import { folderOf, languages, original, targets } from '../support/originals.ts';
import { environment, exists, need, ok, run, scratch } from '../support/programs.ts';
import { commit, git, repository as made } from '../support/repositories.ts';
import { act } from './pipelines.ts';
import { credentials, startRegistry } from './registry.ts';
import { bin } from './world.ts';

const release = '.github/workflows/release.yml';
const build = '.github/workflows/build.yml';

/** A repository with such a project, as it was and as it is when it was moved. */
function repository(language: (typeof languages)[number], target: (typeof targets)[number]): string {
  const files = Object.entries(original(language, target)).map(([path, text]) => ({ path, text }));
  const folder = made(mkdtempSync(join(scratch, 'original-')), files);
  assert.match(ok(bin(), ['upgrade'], folder), /^Changed \d+ files in \./);
  commit(folder);
  return folder;
}

/** A folder of shell scripts; `$self` is where they lie. */
function programs(texts: Record<string, string>): string {
  const folder = mkdtempSync(join(scratch, 'programs-'));
  for (const [name, text] of Object.entries(texts))
    writeFileSync(join(folder, name), `#!/bin/sh\nself=${folder}\n${text}\n`, { mode: 0o755 });
  return folder;
}
const where = (command: string): string => ok('sh', ['-c', `command -v ${command}`], scratch).trim();

/** wasi-sdk as its archive unpacks, around the compiler that is here. */
function wasiSdk(): { parent: string; name: string } {
  const parent = mkdtempSync(join(scratch, 'sdk-'));
  const name = `wasi-sdk-${wasiSdkVersion}.0-x86_64-linux`;
  const sysroot = join(parent, name, 'share', 'wasi-sysroot');
  for (const kind of ['include', 'lib']) {
    mkdirSync(join(sysroot, kind), { recursive: true });
    symlinkSync(join('/usr', kind, 'wasm32-wasi'), join(sysroot, kind, 'wasm32-wasip1'));
  }
  mkdirSync(join(parent, name, 'bin'));
  const clang = '#!/bin/sh\nexec clang-22 --target=wasm32-wasip1 --no-wasm-opt "$@"\n';
  writeFileSync(join(parent, name, 'bin', 'clang'), clang, { mode: 0o755 });
  return { parent, name };
}

describe('a project of the original yo-wasm, moved', function () {
  this.timeout(600_000);
  let server: string;
  let stop: () => Promise<unknown>;
  let standingIn: string;
  const secrets = { ACR_SP_ID: credentials.REGISTRY_USER, ACR_SP_PASSWORD: credentials.REGISTRY_PASSWORD };

  before(async function () {
    need(this, 'docker-registry', 'oras', 'act', 'krustlet-pull', 'wasmtime', 'git');
    ({ server, stop } = await startRegistry());
    const sdk = wasiSdk();
    standingIn = programs({
      // Azure's registry is the one on loopback.
      oras: `echo "$@" >>$self/called
for word; do
  set -- "$@" "$(echo "$word" | sed s/octowasm.azurecr.io/${server}/)"
  shift
done
exec ${where('oras')} "$@"`,
      // There is no engine here, and the login is the same words.
      docker: '[ "$1" = login ] && exec $self/oras "$@"',
      // The target is there.
      rustup: `[ "$*" = "target add wasm32-wasip1" ] || exec ${where('rustup')} "$@"`,
      // Its release pages cannot be reached from here, and have this alone.
      wget: `[ "$*" = https://github.com/WebAssembly/wasi-sdk/releases/download/wasi-sdk-${wasiSdkVersion}/${sdk.name}.tar.gz ] || exit 8
tar -czf ${sdk.name}.tar.gz -C ${sdk.parent} ${sdk.name}`,
    });
  });
  after(async () => {
    await stop?.();
  });

  for (const [language, tools, said] of [
    ['rust', ['cargo', '/usr/bin/rustc'], 'Hello from wasm32-wasi!'],
    ['assemblyscript', [], 'Hello!'],
    ['c', ['clang-22', 'make'], 'Hello!'],
  ] as const)
    it(`in ${language} goes from a tag to a module in a registry that Krustlet and wasmtime take`, function () {
      need(this, ...tools);
      const folder = repository(language, 'acr');
      git(folder, 'tag', 'v1.0.0');
      // Only the module's bytes, and who may push, are not told.
      const around = { label: 'ubuntu-latest', secrets, standingIn, artifacts: mkdtempSync(join(scratch, 'kept-')) };
      const log = act(folder, release, { ...around, tag: 'v1.0.0' });
      assert.match(log, /Publish to registry[\s\S]*Job succeeded/);
      assert.doesNotMatch(log + readFileSync(join(standingIn, 'called'), 'utf8'), /pa55-w0rd/);

      const [kept = ''] = readdirSync(join(around.artifacts, 'hello.wasm'));
      const module = readFileSync(join(around.artifacts, 'hello.wasm', kept));
      const image = `${server}/hello:v1.0.0`;
      const { stdout, status } = spawnSync('krustlet-pull', [image], {
        env: { ...environment, ...credentials },
        maxBuffer: 1 << 26,
      });
      assert.equal(status, 0);
      assert.ok(stdout.equals(module));
      const pulled = join(mkdtempSync(join(scratch, 'pulled-')), 'hello.wasm');
      writeFileSync(pulled, stdout);
      assert.equal(ok('wasmtime', ['run', pulled], folder).trim(), said);

      const { config, layers, ...manifest } = JSON.parse(ok('oras', ['manifest', 'fetch', image], folder));
      assert.deepEqual(manifest, { schemaVersion: 2 });
      assert.equal(config.mediaType, 'application/vnd.wasm.config.v1+json');
      assert.deepEqual(
        layers.map(({ mediaType, annotations }: Record<string, unknown>) => ({ mediaType, annotations })),
        [
          {
            mediaType: 'application/vnd.wasm.content.layer.v1+wasm',
            annotations: { 'org.opencontainers.image.title': `./assets/${kept}` },
          },
        ],
      );
      // What AssemblyScript does for a change is what it did for the release, and takes its time.
      if (language !== 'assemblyscript') assert.match(act(folder, build, around), /Job succeeded/);
    });

  it('is canary from its branch', function () {
    need(this, 'clang-22', 'make');
    const folder = repository('c', 'acr');
    act(folder, release, { label: 'ubuntu-latest', secrets, standingIn });
    assert.match(ok('oras', ['manifest', 'fetch', `${server}/hello:canary`], folder), /wasm\.content\.layer\.v1\+wasm/);
  });

  it('has its module where HIPPOFACTS says, when it is built', function () {
    need(this, 'cargo', '/usr/bin/rustc');
    const folder = repository('rust', 'hippo-cli');
    const { steps } = parse(readFileSync(join(folder, release), 'utf8')).jobs.build;
    const { run } = steps.find(({ name }: { name?: string }) => name === 'Build release');
    ok('sh', ['-ec', run], folder);
    const [, module = ''] = /^name = "(\S+\.wasm)"$/m.exec(readFileSync(join(folder, 'HIPPOFACTS'), 'utf8')) ?? [];
    assert.ok(exists(folder, module), module);
  });

  it('in Swift asks the package manager for its module', function () {
    need(this, 'make');
    const folder = repository('swift', 'none');
    // Its compiler is in no package registry.
    const swift = programs({
      swift: `echo "$@" >>$self/called
case $* in
'build --swift-sdk '*' -c release --show-bin-path') echo "$PWD/.build/a place" ;;
'build --swift-sdk '*' -c release') mkdir -p '.build/a place' && echo module >'.build/a place/hello.wasm' ;;
*) exit 1 ;;
esac`,
    });
    ok('make', ['build'], folder, { PATH: [swift, environment.PATH].join(delimiter) });
    assert.equal(readFileSync(join(folder, 'hello.wasm'), 'utf8'), 'module\n');
    assert.equal(ok('git', ['status', '--porcelain'], folder), '');
    const [sdk] = /swift-[\w.-]+_wasm(?=\.artifactbundle)/.exec(readFileSync(join(folder, build), 'utf8')) ?? [];
    assert.match(readFileSync(join(swift, 'called'), 'utf8'), new RegExp(`^build --swift-sdk ${sdk} -c release\n`));
  });

  it('has workflows without a new complaint of actionlint, and no unpinned action for zizmor', function () {
    need(this, 'actionlint', 'shellcheck', 'zizmor');
    const folder = mkdtempSync(join(scratch, 'workflows-'));
    const complaints = (side: string) => {
      const paths = readdirSync(join(folder, side, '.github/workflows')).map((name) => `.github/workflows/${name}`);
      const { stdout } = run('actionlint', ['-format', '{{json .}}', ...paths], join(folder, side));
      return JSON.parse(stdout).map(({ message }: { message: string }) => message.replace(/:\d+:\d+:/g, ':'));
    };
    const audits = (side: string) => {
      const { stdout } = run('zizmor', ['--offline', '--no-progress', '--format', 'json', join(folder, side)], folder);
      return JSON.parse(stdout).map(({ ident }: { ident: string }) => ident);
    };
    for (const language of languages)
      for (const target of targets) {
        const old = original(language, target);
        const known = recognise(folderOf(old));
        assert.ok(known);
        const { texts: mended } = moved(folderOf(old), known);
        const texts = { old: (path: string) => old[path] ?? '', new: (path: string) => mended.get(path) ?? '' };
        for (const [side, text] of Object.entries(texts)) {
          mkdirSync(join(folder, side, '.github/workflows'), { recursive: true });
          for (const path of [build, release])
            writeFileSync(join(folder, side, path.replace(/(\w+)\.yml/, `${language}-${target}-$1.yml`)), text(path));
        }
      }
    git(folder, 'init', '--quiet');
    const known = new Set(complaints('old'));
    assert.ok(known.size > 0);
    assert.deepEqual(
      complaints('new').filter((message: string) => !known.has(message)),
      [],
    );
    assert.ok(audits('old').includes('unpinned-uses'));
    // What the original's lines want in rights stays theirs to say.
    assert.deepEqual([...new Set(audits('new'))].sort(), ['artipacked', 'excessive-permissions']);
  });
});
