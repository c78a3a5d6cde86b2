/**
 * The tools that `make setup` installs: the real mise, with none of them switched off, against a stand-in that knows the releases
 * and files that src/catalog/pins.json records.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, stringify } from 'smol-toml';
import * as known from '../../src/catalog/tools.ts';
import { compose } from '../../src/plan/compose.ts';
import { mise } from '../../src/print/render.ts';
import { everyChoice, plain } from '../support/examples.ts';
import { environment, has, need, needed, run, scratch } from '../support/programs.ts';
import { isReleased, releasePages, runBeside, sdkArchive } from './release-pages.ts';
import { project } from './world.ts';

const systems = ['linux-x64', 'linux-arm64', 'macos-arm64'];

type Tools = Record<string, unknown>;
const toolsOf = (text: string): Tools => (parse(text) as { tools: Tools }).tools;

/** Every mise.toml that a project can have. */
const printed = new Set<string>();
before(function () {
  this.timeout('2m');
  const seen = new Set<string>();
  for (const choices of everyChoice()) {
    // CI and editors have no tools.
    const key = [choices.language, choices.kind, choices.host, choices.registry].join();
    if (seen.size < seen.add(key).size) for (const { text } of mise(compose(choices))) printed.add(text);
  }
});

type Pages = Awaited<ReturnType<typeof releasePages>>;

/** mise reads and writes nothing outside this folder, and asks the stand-in. */
const inside = (folder: string, pages: Pages): NodeJS.ProcessEnv => ({
  ...environment,
  ...pages.settings,
  HOME: folder,
  MISE_DATA_DIR: join(folder, 'data'),
  MISE_DISABLE_TOOLS: '',
  MISE_TRUSTED_CONFIG_PATHS: folder,
});

/** What `mise lock` finds for each system: the addresses by tool, and what it said. */
async function lock(pages: Pages, text: string) {
  const folder = mkdtempSync(join(scratch, 'lock-'));
  writeFileSync(join(folder, 'mise.toml'), text);
  // Else it drops what it cannot verify, and nothing of the stand-in is signed by its maker.
  const env = { ...inside(folder, pages), MISE_AQUA_COSIGN: 'false', MISE_GITHUB_ATTESTATIONS: 'false' };
  const { code, said } = await runBeside('mise', ['lock', '--platform', systems.join()], folder, env);
  const locked = code === 0 ? parse(readFileSync(join(folder, 'mise.lock'), 'utf8')) : { tools: {} };
  const all = locked.tools as Record<string, Record<string, unknown>[]>;
  const address = (tool: string, system: string) =>
    all[tool]?.flatMap((entry) => Object(entry[`platforms.${system}`]).url ?? [])[0] as string | undefined;
  return { code, said, address };
}

/** npm and rustup bring these, from registries of their own. */
const others = (tool: string) => tool.startsWith('npm:') || tool === 'rust';

/** What mise goes on without: versions that its host does not list, PyPy's, and the newest root of Sigstore. */
const optional = /mise-versions\.jdx\.dev|downloads\.python\.org|SHA256SUMS$|tuf-repo-cdn\.sigstore\.dev/;

describe('every tool that a mise.toml names', function () {
  this.timeout('10m');
  let pages: Pages;
  before(async function () {
    need(this, 'mise');
    pages = await releasePages();
  });
  after(() => pages?.close());

  it(`is a file of a release for ${systems.join(', ')}`, async () => {
    assert.ok(printed.size >= 60, `${printed.size} files`);
    for (const text of printed) {
      const { code, said, address } = await lock(pages, text);
      assert.equal(code, 0, `${text}\n${said}`);
      for (const tool of Object.keys(toolsOf(text)).filter((tool) => !others(tool)))
        for (const system of systems) {
          const found = address(tool, system);
          assert.ok(found && isReleased(found), `${tool} on ${system}: ${found ?? `no file\n${said}`}`);
        }
    }
  });

  it('asks for nothing else when it is installed', async () => {
    const all: Tools = Object.assign({}, ...[...printed].map(toolsOf));
    for (const { get } of [known.helm, known.kind, known.k3d]) {
      const [, tool = '', version] = /^mise use --global (\S+)@(\S+)$/.exec(get ?? '') ?? [];
      all[tool] = version;
    }
    assert.ok('helm' in all && 'wash' in all, Object.keys(all).join());
    const folder = mkdtempSync(join(scratch, 'install-'));
    const tools = Object.fromEntries(Object.entries(all).filter(([tool]) => !others(tool)));
    writeFileSync(join(folder, 'mise.toml'), stringify({ tools }));
    pages.asked.length = 0;
    // It fails in the end: what it gets is not what it verifies and unpacks.
    const { said } = await runBeside('mise', ['install'], folder, inside(folder, pages));
    const missing = pages.asked.filter(({ address, found }) => !found && !optional.test(address));
    assert.deepEqual(missing, [], said);
    const files = pages.asked.map(({ address }) => address).filter(isReleased);
    for (const [tool, value] of Object.entries(tools)) {
      const version = typeof value === 'string' ? value : (value as { version: string }).version;
      assert.ok(
        files.some((address) => address.includes(version)),
        `${tool} ${version}: ${said}`,
      );
    }
  });

  it('is not found where no release has such a tag, or no file for the system', async () => {
    for (const line of [
      '"github:WebAssembly/wasi-sdk" = "33"',
      'wasmtime = "49.0.99"',
      '"github:tetratelabs/wazero" = "1.99.0"',
    ]) {
      const text = `[tools]\n${line}\n`;
      const [tool = ''] = Object.keys(toolsOf(text));
      const { address } = await lock(pages, text);
      for (const system of systems)
        assert.ok(!isReleased(address(tool, system) ?? ''), `${line} is found for ${system}`);
    }
  });
});

describe('wasi-sdk', function () {
  this.timeout('5m');
  it('is installed by make setup, and compiles the project', async function () {
    need(this, ...needed('c'));
    if (has('clang')) this.skip();
    const folder = project({ ...plain, language: 'c', kind: 'command', host: 'wasmtime' });
    const pages = await releasePages(sdkArchive(known.wasiSdkVersion));
    try {
      const home = mkdtempSync(join(scratch, 'home-'));
      // wasmtime comes from a package registry, as for all other tests.
      const env = { ...inside(home, pages), MISE_DISABLE_TOOLS: 'wasmtime', MISE_TRUSTED_CONFIG_PATHS: folder };
      const { code, said } = await runBeside('make', ['setup', 'build', 'lint', 'test'], folder, env);
      assert.equal(code, 0, said);
      assert.match(said, /github:WebAssembly\/wasi-sdk/);
      const where = run('mise', ['which', 'clang'], folder, env).stdout;
      assert.ok(where.startsWith(home), where);
      assert.ok(readFileSync(join(folder, 'build', `${plain.name}.wasm`)).length > 0);
    } finally {
      pages.close();
    }
  });
});
