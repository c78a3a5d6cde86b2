/**
 * A workshop without a network: `make offline` fills its folder from package registries and from the stand-in for release pages, and
 * then every command of every lesson and every solution runs in a network namespace with nothing but loopback.
 */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'smol-toml';
import { wasiSdkVersion } from '../../src/catalog/tools.ts';
import { quote } from '../../src/lib/shell.ts';
import { compilers, environment, need, needed, ok, pathWithout, run, scratch } from '../support/programs.ts';
import { commandsIn, replayed } from './lessons.ts';
import { programArchives, releasePages, runBeside, sdkArchive } from './release-pages.ts';
import { bin } from './world.ts';

/** What the folder has to bring: these are not on PATH then. */
const brought = ['mise', 'wasmtime', 'oras', 'cosign'];

export const offline = (language: string): Mocha.Suite =>
  describe(`the workshop in ${language} without a network`, function () {
    this.timeout(900_000);
    const { second, host, lessons } = replayed(language);
    let folder: string;
    let env: NodeJS.ProcessEnv;

    before(function () {
      need(this, 'make', 'unshare', 'ip', 'curl', ...brought, ...needed(language), ...needed(second));
      const parent = mkdtempSync(join(scratch, 'offline-'));
      ok(bin(), ['workshop', 'room', '--yes', '--no-git', '--language', language, '--host', host], parent);
      folder = join(parent, 'room');
      env = { ...environment, ...compilers, MISE_DISABLE_TOOLS: '' };
    });

    it('is prepared by make offline, for two systems', async () => {
      const { tools } = parse(readFileSync(join(folder, 'mise.toml'), 'utf8')) as { tools: Record<string, string> };
      const versions = { wasmtime: tools.wasmtime ?? '', oras: tools.oras ?? '' };
      const pages = await releasePages({ ...programArchives(versions), ...sdkArchive(wasiSdkVersion) });
      try {
        for (const systems of ['', 'linux-x64 amiga'])
          assert.match(
            (await runBeside('make', ['offline', `SYSTEMS=${systems}`], folder, env)).said,
            /^Name the systems of the participants: .* Known systems: linux-x64, linux-arm64, macos-arm64\.$/m,
          );
        const systems = 'SYSTEMS=linux-x64 macos-arm64';
        const { code, said } = await runBeside('make', ['offline', systems], folder, { ...env, ...pages.settings });
        assert.equal(code, 0, said);
        assert.match(said, /^The folder offline\/ is ready for linux-x64, macos-arm64\./m);
        assert.equal(/rustup/.test(said), [language, second].includes('rust'), said);
      } finally {
        pages.close();
      }
      assert.ok(existsSync(join(folder, 'offline/mise/linux-x64/mise')));
      const { files } = JSON.parse(readFileSync(join(folder, 'offline/downloads/index.json'), 'utf8'));
      for (const part of ['x86_64-linux', 'aarch64-macos', 'darwin_arm64', 'darwin-arm64'])
        assert.ok(
          Object.keys(files).some((file) => file.includes(part)),
          part,
        );
    });

    it('is gone through with loopback alone, on another machine', () => {
      const other = join(mkdtempSync(join(scratch, 'other machine-')), 'the room');
      renameSync(folder, other);
      const home = join(other, '..', 'home');
      mkdirSync(home);
      const { code, said } = run('unshare', ['-rn', 'bash', '-c', script(other)], other, {
        ...env,
        ...(language === 'rust' && { RUSTUP_HOME: environment.RUSTUP_HOME }),
        HOME: home,
        PATH: pathWithout(...brought),
        npm_config_cache: join(home, 'npm'),
        GENERATOR_WASM: undefined,
      });
      assert.equal(code, 0, said.slice(-6000));
      assert.equal(said.match(/^✓ Lesson/gm)?.length, lessons.length, said);
      assert.match(said, /^Installing the tools from the folder offline/m);
    });

    /** What a participant types, from the first line of the README to the check of the last lesson. */
    function script(at: string): string {
      const lines = lessons.flatMap(({ id, slug }) => {
        const blocks = commandsIn(readFileSync(join(at, `lessons/${id}-${slug}.md`), 'utf8'));
        const typed = (...marks: string[]) =>
          blocks
            .filter(({ mark, code }) => marks.includes(mark) && !code.startsWith('make check-'))
            .map(({ mark, code }) => {
              if (mark === 'fails') return `if (set -e\n${code}); then echo 'This passed, and should fail'; exit 1; fi`;
              if (mark !== 'background') return `(set -e\n${code})`;
              const [port, url] = code.startsWith('make registry')
                ? [5050, 'http://localhost:5050/v2/']
                : [3000, 'http://127.0.0.1:3000/'];
              return `serve ${port} ${url} ${quote(code)}`;
            });
        const solution = existsSync(join(at, 'solutions', id)) ? [`cp -R solutions/${id}/. .`] : [];
        return [...typed('', 'background', 'fails'), ...solution, ...typed('solution'), `make check-${id}`];
      });
      return [
        'set -e',
        'ip link set lo up',
        // An address of the documentation, which answers nowhere: there is not even a way to it.
        'if curl --silent --max-time 5 http://192.0.2.1/; then exit 1; else test $? = 7; fi',
        // A server in a terminal of its own, instead of the one before it on its port.
        'declare -A servers',
        'end() { kill -- "-$1" 2>/dev/null || true; wait "$1" 2>/dev/null || true; }',
        'serve() {',
        '  [ -z "${servers[$1]:-}" ] || end "${servers[$1]}"',
        '  setsid bash -ec "$3" >/dev/null 2>&1 &',
        '  servers[$1]=$!',
        '  curl --silent --output /dev/null --retry 100 --retry-delay 1 --retry-connrefused "$2"',
        '}',
        'trap \'for server in "${servers[@]}"; do end "$server"; done\' EXIT',
        '. ./activate',
        ...lines,
      ].join('\n');
    }
  });
