/**
 * What users type, after a release to a registry of npm on loopback: nothing of this checkout is on PATH, and every program of ours
 * comes from that registry, including the ones that a project's own tasks run.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { version } from '../../src/catalog/templates.ts';
import { startNpmRegistry } from '../e2e/npm-registry.ts';
import { printedByProjects } from '../support/printed.ts';
import { freePort, needFrom, root, run, scratch } from '../support/programs.ts';
import { put } from '../support/repositories.ts';
import { creates, type Place, typed } from '../support/typed.ts';

/** The releases of test/releases, from which projects are upgraded. */
const older = ['0.1.0', '0.2.0'];

describe('after a release to a registry', function () {
  this.timeout(1_800_000);
  const home = mkdtempSync(join(scratch, 'home-'));
  const folders = mkdtempSync(join(scratch, 'folders-'));
  const project = join(folders, 'project', 'hello');
  /** The environment of a user: the programs of the system, those of `npm install --global`, and a cache of npm of its own. */
  const user: NodeJS.ProcessEnv = Object.fromEntries(Object.keys(process.env).map((name) => [name, undefined]));
  let stop: () => Promise<unknown>;

  /** Types lines in a shell of the user; gives back what they print. */
  function types(lines: string[], cwd: string, code = 0, env: NodeJS.ProcessEnv = {}): string {
    const result = run('sh', ['-ec', lines.join('\n')], cwd, { ...user, ...env });
    assert.equal(result.code, code, `${lines.join('\n')}\n${result.said.slice(-6000)}`);
    return result.said;
  }
  const empty = () => {
    const folder = mkdtempSync(join(folders, 'empty-'));
    chmodSync(folder, 0o777);
    return folder;
  };
  const commit = ['git init --quiet', 'git add --all', 'git commit --quiet --message all'];

  before(async function () {
    needFrom('scripts/toolchains-extended.sh', this, ['verdaccio', 'git', 'make', 'npm']);
    // Started by root, yo becomes another user.
    for (const folder of [scratch, home, folders]) chmodSync(folder, 0o777);
    const registry = await startNpmRegistry();
    stop = registry.stop;
    copyFileSync(registry.npmrc, join(home, '.npmrc'));
    const node = dirname(process.execPath);
    Object.assign(user, {
      HOME: home,
      PATH: [join(home, 'global/bin'), node, '/usr/bin', '/bin'].join(delimiter),
      npm_config_prefix: join(home, 'global'),
      npm_config_cache: join(home, 'cache'),
      npm_config_userconfig: join(home, '.npmrc'),
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_CONFIG_COUNT: '3',
      ...{ GIT_CONFIG_KEY_0: 'safe.directory', GIT_CONFIG_VALUE_0: '*' },
      ...{ GIT_CONFIG_KEY_1: 'user.name', GIT_CONFIG_VALUE_1: 'Ada' },
      ...{ GIT_CONFIG_KEY_2: 'user.email', GIT_CONFIG_VALUE_2: 'ada@example.com' },
    });
    const released = empty();
    types([`npm run --silent release -- v${version} ${released}`], root);
    const tarballs = [
      ...older.map((name) => join(root, 'test/releases', `${name}.tgz`)),
      join(released, 'generator-wasm.tgz'),
    ];
    types(
      tarballs.map((tarball) => `npm publish ${tarball}`),
      empty(),
    );
    types(['npm install --global yo generator-wasm'], empty());
    mkdirSync(dirname(project));
    types(['npx generator-wasm hello --yes', 'cd hello', 'make setup build'], dirname(project));
  });
  after(async () => {
    await stop?.();
  });

  /** The folder in which a line is typed. */
  const places: { [place in Place]: () => string } = {
    empty,
    project: () => {
      types(
        ['git reset --quiet --hard', 'git clean -fdq', 'rm -rf .git/generator-wasm', 'make --silent build'],
        project,
      );
      const { version: _, ...state } = JSON.parse(readFileSync(join(project, '.yo-rc.json'), 'utf8'))['generator-wasm'];
      writeFileSync(join(home, 'state'), JSON.stringify(state));
      return project;
    },
    'beside a crate': () => {
      const other = join(project, '../other');
      rmSync(other, { recursive: true, force: true });
      put(other, [
        { path: 'Cargo.toml', text: '[package]\nname = "other"\nversion = "0.1.0"\nedition = "2024"\n' },
        { path: 'src/main.rs', text: 'fn main() {}\n' },
        { path: '.cargo/config.toml', text: '[build]\ntarget = "wasm32-wasip1"\n' },
      ]);
      types(commit, other);
      return places.project();
    },
    old: () => {
      const folder = empty();
      types(['npx --yes generator-wasm@0.2.0 hello --yes --no-git', 'cd hello', ...commit], folder);
      return join(folder, 'hello');
    },
    cluster: () => {
      const folder = empty();
      const flags = '--kind command --language rust --host krustlet --registry ghcr --namespace ghcr.io/octo-org';
      types([`npx generator-wasm hello --yes ${flags}`], folder);
      return join(folder, 'hello');
    },
  };

  /** What is typed for a printed command. */
  const words = (command: string, as: Record<string, string> = {}): string =>
    Object.entries(as).reduce((text, [from, to]) => text.replace(from, () => to), command);

  for (const { place, commands, as, serves } of typed)
    it(`${commands.join('; ')} (${place})`, async () => {
      const cwd = places[place]();
      const lines = commands.map((command) => words(command, as));
      if (commands.some((command) => command.startsWith('yo '))) types([`chmod -R a+rwX '${folders}' '${home}'`], cwd);
      if (serves) await typesBesideServer(lines, cwd);
      else types(lines, cwd);
    });

  /** Starts the first line, types the others when it answers, and ends it. */
  async function typesBesideServer([first = '', ...others]: string[], cwd: string): Promise<void> {
    const address = `127.0.0.1:${await freePort()}`;
    const line = first.startsWith('make') ? `LISTEN=${address} ${first}` : `${first} --listen ${address}`;
    const server = spawn('sh', ['-c', line], { cwd, env: { ...user }, detached: true, stdio: 'ignore' });
    try {
      for (let tries = 0; ; tries++) {
        const answer = await fetch(`http://${address}/?name=Ada`).then(
          (one) => one.text(),
          () => '',
        );
        if (answer === 'Hello, Ada!\n') break;
        assert.ok(tries < 600 && server.exitCode === null, `${line} does not answer`);
        await new Promise((done) => setTimeout(done, 200));
      }
      types(
        others.map((other) => other.replace('127.0.0.1:3000', address)),
        cwd,
        0,
        { LISTEN: address },
      );
    } finally {
      if (server.exitCode === null && server.pid) process.kill(-server.pid, 'SIGINT');
      if (server.exitCode === null && server.signalCode === null) await once(server, 'exit');
    }
  }

  it('a project keeps the checksum of what it installed from the registry', async () => {
    await typesBesideServer(['make serve'], places.project());
    const { packages } = JSON.parse(readFileSync(join(project, '.generator-wasm/package-lock.json'), 'utf8'));
    assert.equal(packages['node_modules/generator-wasm'].version, version);
    assert.match(packages['node_modules/generator-wasm'].integrity, /^sha512-/);
  });

  it('the line in the README of every project creates it', () => {
    const lines = new Set(
      printedByProjects()
        .map(({ command }) => command)
        .filter((command) => creates.test(command)),
    );
    assert.ok(lines.size > 20);
    for (const line of lines) {
      const folder = empty();
      types([line], folder);
      assert.ok(existsSync(join(folder, 'hello-wasm/Makefile')), line);
      rmSync(folder, { recursive: true });
    }
  });

  it('yo lists the generator', () => {
    assert.match(types(['yo --generators'], empty()), /^ *wasm$/m);
  });

  it('pnpm and yarn run it too', () => {
    const check = (line: string) => {
      const folder = empty();
      types([line], folder);
      assert.ok(existsSync(join(folder, 'hello/Makefile')), line);
    };
    check('npx --yes pnpm@10.34.8 dlx generator-wasm hello --yes');
    const registry = /^registry=(.*)$/m.exec(readFileSync(join(home, '.npmrc'), 'utf8'))?.[1];
    const yarn = `YARN_NPM_REGISTRY_SERVER=${registry} YARN_UNSAFE_HTTP_WHITELIST=127.0.0.1 YARN_NPM_MINIMAL_AGE_GATE=0`;
    check(`${yarn} npx --yes --package @yarnpkg/cli-dist@4.18.1 yarn dlx generator-wasm hello --yes`);
  });

  it('a version that the registry does not have is a sentence, and nothing is written', () => {
    const folder = places.old();
    const state = join(folder, '.yo-rc.json');
    writeFileSync(state, readFileSync(state, 'utf8').replace('0.2.0', '0.2.99'));
    types(commit, folder);
    assert.match(
      types(['generator-wasm upgrade'], folder, 1),
      /^npm cannot install generator-wasm 0\.2\.99, [^\n]+\n$/m,
    );
    assert.equal(types(['git status --porcelain'], folder), '');
  });
});
