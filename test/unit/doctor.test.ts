/** The doctor: each thing that it finds is found, and found no more once its command was run. It changes nothing. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { miseVersion } from '../../src/catalog/tools.ts';
import { change } from '../../src/change/change.ts';
import { replace } from '../../src/change/journal.ts';
import { examine } from '../../src/doctor/doctor.ts';
import type { Finding } from '../../src/doctor/findings/finding.ts';
import type { Choices } from '../../src/model/choices.ts';
import { render, stateFile } from '../../src/print/render.ts';
import { plain } from '../support/examples.ts';
import { original } from '../support/originals.ts';
import { environment, has } from '../support/programs.ts';
import { commit, git, put, repository, scratch, tree } from '../support/repositories.ts';

/** What is looked for on the PATH of these tests, and nothing else is there. */
const real = ['sh', 'git', 'grep', 'head', 'sort', 'uname', 'cat', 'env', 'perl'];
const standIns = [
  'asc',
  'biome',
  'wasm-opt',
  'wagi',
  'node',
  'make',
  'cargo',
  'npm',
  'wasmtime',
  'oras',
  'cosign',
  'brew',
];
const where = new Map(
  real.map((command) => [command, execFileSync('sh', ['-c', `command -v ${command}`], { encoding: 'utf8' }).trim()]),
);
const shell = where.get('sh') ?? '';

/** What makes programs fetch what they are asked for. */
const fetching = ['MISE_EXEC_AUTO_INSTALL', 'MISE_NOT_FOUND_AUTO_INSTALL', 'RUSTUP_AUTO_INSTALL', 'GOTOOLCHAIN'];

const pushed: Choices = { ...plain, language: 'rust', registry: 'ghcr', namespace: 'ghcr.io/octo-org' };

describe('the doctor', () => {
  const folder = scratch();
  let bin = '';
  const before = { ...process.env };
  beforeEach(() => {
    bin = mkdtempSync(join(tmpdir(), 'bin-'));
    for (const [command, path] of where) symlinkSync(path, join(bin, command));
    for (const command of standIns) standIn(command, 'echo 999.0.0');
    standIn('mise', `echo ${miseVersion}`);
    // Most tests are about something else than the tools, and asking for each takes its time.
    standIn('sh', 'exit 0');
    process.env.PATH = bin;
    process.env.HOME = bin;
    for (const name of fetching) delete process.env[name];
  });
  afterEach(() => {
    Object.assign(process.env, before);
    rmSync(bin, { recursive: true });
  });
  const standIn = (command: string, script: string) => {
    rmSync(join(bin, command), { force: true });
    writeFileSync(join(bin, command), `#!/bin/sh\n${script}\n`);
    chmodSync(join(bin, command), 0o755);
  };
  const askForTools = () => {
    rmSync(join(bin, 'sh'));
    symlinkSync(shell, join(bin, 'sh'));
  };
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(folder(), path)), { recursive: true });
    writeFileSync(join(folder(), path), text);
  };
  const read = (path: string) => readFileSync(join(folder(), path), 'utf8');
  const edit = (path: string, from: string | RegExp, to: string) => {
    assert.match(read(path), typeof from === 'string' ? new RegExp(from.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')) : from);
    write(path, read(path).replace(from, to));
  };
  const make = (choices: Choices = plain) => repository(folder(), render(choices));
  const origin = (url: string) => git(folder(), 'remote', 'add', 'origin', url);
  /** What is found in the folder, which stays as it is. */
  async function look(...argv: string[]): Promise<{ findings: Finding[]; wanted: Finding[]; code: number }> {
    const ofGit = ['.git/index', '.git/config', '.git/HEAD'].filter((path) => existsSync(join(folder(), path)));
    const state = () => [tree(folder()), ofGit.map((path) => readFileSync(join(folder(), path), 'latin1'))];
    const there = state();
    const { text, code } = await examine(['--json', ...argv], folder());
    assert.deepEqual(state(), there, 'nothing has changed');
    const { findings } = JSON.parse(text) as { findings: Finding[] };
    const wanted = findings.filter(({ note }) => !note);
    assert.equal(code, wanted.length > 0 ? 1 : 0);
    return { findings, wanted, code };
  }
  /** The one thing that problems found. */
  async function only(what: RegExp): Promise<Finding & { command: string }> {
    const { wanted } = await look();
    assert.equal(wanted.length, 1, JSON.stringify(wanted, null, 1));
    const [finding] = wanted;
    assert.match(finding?.what ?? '', what);
    assert.ok(finding?.command);
    return finding as Finding & { command: string };
  }
  /** The one note that says so, and nothing problems found. */
  async function noted(what: RegExp): Promise<Finding> {
    const { wanted, findings } = await look();
    assert.deepEqual(wanted, []);
    const said = findings.filter((finding) => what.test(finding.what));
    assert.equal(said.length, 1, JSON.stringify(findings, null, 1));
    return said[0] as Finding;
  }
  const fine = async () => assert.deepEqual((await look()).wanted, []);
  /** Runs a command that was named, with the tools of these tests and those of this machine. */
  async function obey(command: string): Promise<void> {
    for (const line of command.split('\n')) {
      const [, name, rest] = /^generator-wasm (\w+) ?(.*)$/.exec(line) ?? [];
      if (name) {
        const { code } = await change(name as 'ci', (rest ?? '').split(' ').filter(Boolean), folder(), undefined);
        assert.equal(code, 0);
        if (git(folder(), 'status', '--porcelain') !== '') commit(folder());
      } else
        execFileSync(shell, ['-c', line], {
          cwd: folder(),
          stdio: 'ignore',
          env: {
            ...process.env,
            PATH: [bin, environment.PATH].join(delimiter),
            GIT_AUTHOR_NAME: 'Ada',
            GIT_AUTHOR_EMAIL: 'ada@example.com',
            GIT_COMMITTER_NAME: 'Ada',
            GIT_COMMITTER_EMAIL: 'ada@example.com',
            MISE_TRUSTED_CONFIG_PATHS: folder(),
          },
        });
    }
  }

  describe('has nothing to say', () => {
    beforeEach(askForTools);
    it('of a project as it was written, and says what it looked at', async () => {
      make();
      const { text, code } = await examine([], folder());
      assert.equal(text, 'No problems found here.\nChecked 8 tools, 8 pins, 1 workflow and 2 CI files.');
      assert.equal(code, 0);
    });
    it('of one without CI and without a repository but that', async () => {
      put(folder(), render({ ...plain, ci: ['none'] }));
      assert.match((await noted(/not in a git repository/)).command ?? '', /^git init/);
    });
    it('of a crate that got our CI from an older version but how to renew it', async () => {
      repository(folder(), [
        { path: 'Cargo.toml', text: '[package]\nname = "x"\nversion = "1.0.0"\n' },
        { path: 'src/main.rs', text: 'fn main() {}\n' },
      ]);
      await change('ci', ['github'], folder(), undefined);
      edit(stateFile, /"version": "0[^"]+"/, '"version": "0.0.1"');
      commit(folder());
      const { command } = await only(/^The project was written by generator-wasm 0\.0\.1/);
      assert.equal(command, 'generator-wasm upgrade');
    });
    it('of a crate that got our CI', async () => {
      repository(folder(), [
        { path: 'Cargo.toml', text: '[package]\nname = "x"\nversion = "1.0.0"\n' },
        { path: 'src/main.rs', text: 'fn main() {}\n\n#[test]\nfn adds() {}\n' },
      ]);
      await change('ci', ['github'], folder(), undefined);
      commit(folder());
      await fine();
      rmSync(join(bin, 'wasmtime'));
      assert.equal((await only(/^wasmtime is missing\.$/)).command, 'make setup');
    });
  });

  it('tells a module that our CI does not build', async () => {
    repository(folder(), [
      { path: 'one/Cargo.toml', text: '[package]\nname = "one"\nversion = "1.0.0"\n' },
      { path: 'one/src/main.rs', text: 'fn main() {}\n\n#[test]\nfn adds() {}\n' },
      { path: 'one/Cargo.lock', text: '' },
    ]);
    await change('ci', ['github'], folder(), undefined);
    put(folder(), [
      { path: 'two/Cargo.toml', text: '[package]\nname = "two"\nversion = "1.0.0"\n' },
      { path: 'two/src/main.rs', text: 'fn main() {}\n' },
    ]);
    commit(folder());
    assert.equal((await only(/^CI does not build the crate two in two\.$/)).command, 'generator-wasm upgrade');
    rmSync(join(folder(), 'one'), { recursive: true });
    await only(/^CI builds no WebAssembly module of this project: the crate two in two\.$/);
    await change('upgrade', ['--force'], folder(), undefined);
    commit(folder());
    assert.doesNotMatch((await examine([], folder())).text, /CI (?:does not build|builds nothing)/);
  });

  it('tells a file of CI that git ignores, and the line that lets it through', async () => {
    repository(folder(), [
      { path: 'Cargo.toml', text: '[package]\nname = "one"\nversion = "1.0.0"\n' },
      { path: 'src/main.rs', text: 'fn main() {}\n' },
      { path: 'Cargo.lock', text: '' },
    ]);
    await change('ci', ['github'], folder(), undefined);
    put(folder(), [{ path: '.gitignore', text: '.github/\n' }]);
    commit(folder());
    const { command } = await only(/^git ignores \.github\/workflows\/ci\.yml, so CI does not have it\./);
    put(folder(), [{ path: '.gitignore', text: `.github/\n${command}\n` }]);
    assert.doesNotMatch((await examine([], folder())).text, /git ignores/);
  });

  it('explains itself', async () => {
    const { text, code } = await examine(['--help'], '/');
    assert.equal(code, 0);
    assert.match(text, /^Usage: generator-wasm doctor \[folder…\] \[flags\]\n[\s\S]*--diff[\s\S]*--json/);
    assert.match((await examine(['--help'], '/', 'yo wasm:doctor')).text, /^Usage: yo wasm:doctor/);
  });

  describe('tools', () => {
    beforeEach(askForTools);
    it('that are missing: those of one command stand above it once', async () => {
      make(pushed);
      for (const command of ['oras', 'cosign']) rmSync(join(bin, command));
      const { text, code } = await examine([], folder());
      assert.match(
        text,
        /^Tools\n {2}oras is missing\.\n {2}cosign is missing\.\n {4}make setup\n\n2 problems found here\.\n/,
      );
      assert.equal(code, 1);
      for (const command of ['oras', 'cosign']) standIn(command, 'echo 999.0.0');
      await fine();
    });
    it('that are too old', async () => {
      make(pushed);
      standIn('wasmtime', 'echo wasmtime-cli 12.0.1');
      assert.equal((await only(/^wasmtime 12\.0\.1 is too old: 30 or newer is required\.$/)).command, 'make setup');
    });
    it('that may be missing are a note', async () => {
      make();
      rmSync(join(bin, 'wagi'));
      await noted(/^wagi is missing: without it, make serve uses generator-wasm serve\.$/);
    });
    it('and mise, where it is older than what CI gets', async () => {
      make(pushed);
      standIn('mise', "echo '2024.1.0 linux-x64 (2024-01-01)'");
      assert.match(
        (await noted(/^mise 2024\.1\.0 is installed/)).command ?? '',
        /^npm install --global @jdxcode\/mise@/,
      );
      standIn('mise', `echo ${miseVersion}`);
      assert.ok(!(await look()).findings.some(({ what }) => /^mise .* is installed/.test(what)));
    });
    it('as the Makefile finds them, and with what fetches told not to', async () => {
      make(pushed);
      rmSync(join(bin, 'wasmtime'));
      const shims = join(bin, '.local/share/mise/shims');
      mkdirSync(shims, { recursive: true });
      const seen = join(bin, 'seen');
      writeFileSync(join(shims, 'wasmtime'), `#!/bin/sh\nenv >${seen}\necho 99\n`, { mode: 0o755 });
      await fine();
      for (const line of fetching.map((name) => `${name}=${name === 'GOTOOLCHAIN' ? 'local' : 0}`))
        assert.ok(readFileSync(seen, 'utf8').split('\n').includes(line), line);
    });
    it('of several modules, each once', async () => {
      make({ ...plain, module: ['api:assemblyscript:wagi:wagi', 'web:assemblyscript:wagi:wagi'] });
      rmSync(join(bin, 'asc'));
      await only(/^asc is missing\.$/);
    });
  });

  describe('pins', () => {
    const pinned: [
      what: string,
      choices: Choices,
      path: string,
      from: string | RegExp,
      to: string,
      sees: RegExp,
      command: RegExp,
    ][] = [
      [
        'a tool of mise',
        pushed,
        'mise.toml',
        /wasmtime = "[^"]+"/,
        'wasmtime = "45.0.0"',
        /^mise\.toml pins wasmtime 45\.0\.0; this version of generator-wasm was tested with [\d.]+\.$/,
        /^mise use wasmtime@[\d.]+$/,
      ],
      [
        'a package of npm by mise',
        pushed,
        'mise.toml',
        /binaryen" = "[^"]+"/,
        'binaryen" = "119"',
        /pins npm:binaryen 119;/,
        /^mise use npm:binaryen@[\d.]+$/,
      ],
      [
        'the toolchain',
        pushed,
        'rust-toolchain.toml',
        /channel = "[^"]+"/,
        'channel = "1.80.0"',
        /pins Rust 1\.80\.0;/,
        /^channel = "[\d.]+"$/,
      ],
      [
        'the image of a dev container',
        { ...plain, editor: 'devcontainer' },
        '.devcontainer/Dockerfile',
        /node:\d+/,
        'node:20',
        /^\.devcontainer\/Dockerfile pins node 20-bookworm;/,
        /^FROM node:\d+-bookworm$/,
      ],
      [
        'a package of npm',
        plain,
        'package.json',
        /"assemblyscript": "[^"]+"/,
        '"assemblyscript": "0.27.0"',
        /pins assemblyscript 0\.27\.0;/,
        /^npm install --save-dev --save-exact assemblyscript@[\d.]+$/,
      ],
      [
        'a package of Python',
        { ...plain, language: 'python', kind: 'http', host: 'wasmtime' },
        'requirements.txt',
        /^ruff==\S+/m,
        'ruff==0.1.0',
        /pins ruff 0\.1\.0;/,
        /^pip-compile .*--upgrade-package ruff==[\d.]+$/,
      ],
      [
        'an action by its commit',
        plain,
        '.github/workflows/ci.yml',
        /checkout@\w+ # v[\d.]+/,
        `checkout@${'a'.repeat(40)} # v5.0.0`,
        /ci\.yml pins actions\/checkout 5\.0\.0;/,
        /^uses: actions\/checkout@[0-9a-f]{40} # v[\d.]+$/,
      ],
      [
        'an action by its tag',
        plain,
        '.github/workflows/ci.yml',
        /checkout@\w+ # v[\d.]+/,
        'checkout@v6',
        /pins actions\/checkout 6;/,
        /^uses: actions\/checkout@/,
      ],
      [
        'mise in CI',
        pushed,
        '.github/workflows/ci.yml',
        /version: 20[\d.]+/,
        'version: 2025.1.0',
        /pins mise 2025\.1\.0;/,
        /^version: 20/,
      ],
      [
        'an image',
        { ...plain, ci: ['gitlab'] },
        '.gitlab-ci.yml',
        /node:\d+-bookworm/,
        'node:20-bookworm',
        /pins node 20-bookworm;/,
        /^image: node:\d+-bookworm$/,
      ],
      [
        'Node',
        plain,
        '.github/workflows/ci.yml',
        /node-version: "\d+"/,
        'node-version: "20"',
        /pins Node 20;/,
        /^node-version: "\d+"$/,
      ],
    ];
    for (const [what, choices, path, from, to, sees, command] of pinned)
      it(`${what}, older and newer`, async () => {
        make(choices);
        if (choices.language === 'python')
          for (const one of ['componentize-py', 'mypy', 'pytest', 'ruff', 'python3']) standIn(one, 'echo 999');
        const whole = read(path);
        edit(path, from, to);
        const finding = await only(sees);
        assert.equal(finding.path, path);
        assert.match(finding.command, command);
        write(path, whole);
        await fine();
        edit(path, from, to.replace(/[0-9][0-9.]*(?=["\n]|-bookworm|$)/, '9999.0.0'));
        await fine();
      });
    it('with options, by the command of mise itself, which keeps the rest', async function () {
      if (!has('mise')) this.skip();
      make(pushed);
      edit('mise.toml', /version = "1[^"]+"/, 'version = "1.80.0"');
      edit('mise.toml', '[tools]', '[env]\nOWN = "1"\n\n[tools]');
      const { command } = await only(/pins rust 1\.80\.0;/);
      rmSync(join(bin, 'mise'));
      await obey(command);
      standIn('mise', `echo ${miseVersion}`);
      await fine();
      assert.match(read('mise.toml'), /OWN = "1"/);
    });
    it('with options, where the user has given them up, and where mise has none', async () => {
      make(pushed);
      edit('mise.toml', /\[tools\.rust\][\s\S]*/, '');
      edit('mise.toml', '[tools]', '[tools]\nrust = "1.80.0"');
      assert.match((await only(/pins rust 1\.80\.0;/)).command, /^mise use rust@[\d.]+$/);
      edit('mise.toml', /rust = .*/, 'rust = { version = "1.80.0", profile = "minimal" }');
      assert.match(
        (await only(/pins rust 1\.80\.0;/)).command,
        /^mise config set --file mise\.toml tools\.rust\.version [\d.]+$/,
      );
      edit('mise.toml', /rust = .*/, 'rust = 1');
      await fine();
    });
    it('of what an older version has written, mended by one upgrade', async () => {
      make(pushed);
      edit(stateFile, /"version": "[^"]+"/, '"version": "0.0.1"');
      edit('mise.toml', /wasmtime = "[^"]+"/, 'wasmtime = "45.0.0"');
      const { wanted } = await look();
      assert.deepEqual(
        wanted.map(({ topic, command }) => [topic, command]),
        [
          ['pins', 'generator-wasm upgrade'],
          ['ci', 'generator-wasm upgrade'],
        ],
      );
      assert.match(wanted[1]?.what ?? '', /^The project was written by generator-wasm 0\.0\.1; this is /);
    });
    it('of a range are none', async () => {
      make();
      edit('package.json', /"assemblyscript": "[^"]+"/, '"assemblyscript": "^0.1.0"');
      await fine();
    });
  });

  describe('what is gone, whoever wrote it', () => {
    const own = (line: string) => `on: push\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps:\n      - ${line}\n`;
    const refused = /is refused by GitHub, so the run fails/;
    const old = /needs a Node\.js version that the runners no longer have/;
    const lines: [line: string, what: RegExp | undefined][] = [
      ['uses: actions/upload-artifact@v3', refused],
      ['uses: actions/upload-artifact@v3.1.3', refused],
      [`uses: actions/download-artifact@${'b'.repeat(40)} # v2.0.0`, refused],
      ['uses: actions/cache@v2', refused],
      ['uses: actions/cache@v3.3.1', refused],
      ['uses: actions/cache/restore@v4.1.0', refused],
      ['uses: actions/cache@v3', old],
      ['uses: actions/checkout@v2', old],
      ["uses: 'actions/checkout@v3'", old],
      ['uses: actions-rs/toolchain@v1', /actions-rs\/toolchain@v1 has had no maintainer since 2020/],
      [
        'uses: actions-rs/clippy-check@b5b5f21f4797c02da247df37026fcd0a5024aa4d',
        /actions-rs\/clippy-check has had no maintainer/,
      ],
      ['uses: actions/upload-artifact@v4', undefined],
      ['uses: actions/cache@v4', undefined],
      ['uses: actions/cache@v4.2.0', undefined],
      ['uses: actions/cache@v3.4.0', old],
      ['uses: actions/checkout@v4', undefined],
      ['uses: actions/checkout@main', undefined],
      ['run: echo uses actions/checkout@v1', undefined],
    ];
    for (const [line, what] of lines)
      it(line, async () => {
        make();
        write('.github/workflows/own.yml', own(line));
        commit(folder());
        if (!what) return fine();
        const { command, path } = await only(what);
        assert.equal(path, '.github/workflows/own.yml');
        write('.github/workflows/own.yml', own(command));
        commit(folder());
        await fine();
      });
    it('most of a project of the original yo-wasm, mended by one upgrade', async () => {
      repository(
        folder(),
        Object.entries(original('rust', 'acr')).map(([path, text]) => ({ path, text })),
      );
      const { command } = await only(/project of the original yo-wasm, in Rust, .* no longer work\./);
      assert.equal(command, 'generator-wasm upgrade');
      await change('upgrade', [], folder(), undefined);
      commit(folder());
      await fine();
    });
    it('a machine of GitHub’s', async () => {
      make();
      write('.github/workflows/own.yml', own('run: x').replace('ubuntu-24.04', 'ubuntu-20.04'));
      commit(folder());
      assert.equal((await only(/GitHub removed the runner image ubuntu-20\.04/)).command, 'runs-on: ubuntu-24.04');
    });
    it('the target wasm32-wasi in a Rust project, and not that of other compilers', async () => {
      make(pushed);
      write(
        '.cargo/config.toml',
        '[build]\ntarget = "wasm32-wasi"\n# wasm32-wasi-threads and wasm32-wasip1 are others\n',
      );
      write('build.sh', 'clang --target=wasm32-wasi -L/usr/lib/wasm32-wasi x.c\n');
      commit(folder());
      const { command } = await only(/^\.cargo\/config\.toml uses the target wasm32-wasi, which Rust 1\.84 removed/);
      await obey(command);
      assert.equal(
        read('.cargo/config.toml'),
        '[build]\ntarget = "wasm32-wasip1"\n# wasm32-wasi-threads and wasm32-wasip1 are others\n',
      );
      await fine();
      write('build.sh', 'cargo build --target wasm32-wasi\n');
      await only(/^build\.sh uses the target wasm32-wasi/);
      git(folder(), 'rm', '--quiet', '--cached', 'Cargo.toml');
      write('.gitignore', 'Cargo.toml\n');
      assert.ok(!(await look()).wanted.some(({ what }) => /wasm32-wasi/.test(what)), 'no Rust project');
    });
    it('where nothing is ours, which is one sentence', async () => {
      repository(folder(), [{ path: '.github/workflows/a.yml', text: own('uses: actions/upload-artifact@v3') }]);
      const { findings } = await look();
      assert.match(findings[0]?.what ?? '', /^This project was not created by generator-wasm, so only .*\.$/);
      await only(refused);
    });
    it('where there is no repository either', async () => {
      put(folder(), [
        { path: 'a/.cargo/config', text: 'target = "wasm32-wasi"\n' },
        { path: 'a/Cargo.toml', text: '[package]\n' },
        { path: 'node_modules/x/.cargo/config', text: 'target = "wasm32-wasi"\n' },
      ]);
      assert.equal((await only(/uses the target wasm32-wasi/)).path, 'a/.cargo/config');
    });
  });

  describe('the files of CI', () => {
    it('that were edited are a note, and --diff shows them', async () => {
      make();
      edit('.github/workflows/ci.yml', 'timeout-minutes: 20', 'timeout-minutes: 30');
      assert.equal(
        (await noted(/^\.github\/workflows\/ci\.yml has your own changes/)).command,
        'generator-wasm doctor --diff',
      );
      const { text, code } = await examine(['--diff'], folder());
      assert.equal(code, 0);
      assert.match(
        text,
        /\n--- a\/\.github\/workflows\/ci\.yml\n[\s\S]*\n- {4}timeout-minutes: 30\n\+ {4}timeout-minutes: 20\n/,
      );
    });
    it('with other line ends are as they were', async () => {
      make();
      write('.github/workflows/ci.yml', read('.github/workflows/ci.yml').replaceAll('\n', '\r\n'));
      assert.deepEqual((await look()).findings, []);
    });
    it('that were deleted are a note, and all of a provider’s are not', async () => {
      make();
      rmSync(join(folder(), '.github/dependabot.yml'));
      const { command } = await noted(/^You deleted \.github\/dependabot\.yml\. It stays deleted\.$/);
      assert.equal(command, 'generator-wasm upgrade --restore .github/dependabot.yml');
      rmSync(join(folder(), '.github/workflows/ci.yml'));
      const lost = await only(
        /^GitHub Actions is chosen, but its files are missing\. .*: generator-wasm ci --remove github\.$/,
      );
      assert.equal(lost.command, 'generator-wasm upgrade --restore .github/workflows/ci.yml');
      await obey('generator-wasm ci --remove github --force');
      await fine();
    });
    it('that call a task which is no more', async () => {
      make();
      const whole = read('Makefile');
      edit('Makefile', /\nlint:/, '\nlinting:');
      edit('Makefile', /\ntest:/, '\ntests:');
      const { command } = await only(
        /^CI calls make lint and make test, which the Makefile no longer has, so its runs fail\.$/,
      );
      assert.equal(command, 'generator-wasm upgrade --restore Makefile');
      write('Makefile', `${read('Makefile')}\ninclude more.mk\n`);
      await fine();
      write('Makefile', whole);
      edit('.github/workflows/ci.yml', 'make setup', 'make setup stage');
      await only(/^CI calls make stage, which the Makefile/);
      for (const elsewhere of ['cd other && make all', 'make -C other all', '"cd other\\nmake all"']) {
        const whole = read('.github/workflows/ci.yml');
        edit('.github/workflows/ci.yml', 'make setup stage', elsewhere);
        await fine();
        write('.github/workflows/ci.yml', whole);
      }
      edit('.github/workflows/ci.yml', 'make setup stage', 'make all\n        working-directory: other');
      await fine();
      rmSync(join(folder(), 'Makefile'));
      await only(/^CI calls Makefile, which does not exist/);
    });
    it('and the tasks of modules that the root calls', async () => {
      make({ ...plain, module: ['api:assemblyscript:wagi:wagi', 'web:assemblyscript:wagi:wagi'] });
      await fine();
      edit('web/Makefile', /\nlint:/, '\nlinting:');
      await only(/^CI calls make lint, which web\/Makefile no longer has/);
    });
    it('and files that the Makefile calls', async () => {
      make();
      rmSync(join(folder(), 'scripts/doctor.sh'));
      const { command } = await only(/^Makefile calls scripts\/doctor\.sh, which does not exist\.$/);
      assert.equal(command, 'generator-wasm upgrade --restore scripts/doctor.sh');
    });
    it('that are a link are not looked at', async () => {
      make();
      rmSync(join(folder(), '.github/dependabot.yml'));
      symlinkSync('../README.md', join(folder(), '.github/dependabot.yml'));
      await noted(/^\.github\/dependabot\.yml is a link, so it was not checked\.$/);
    });
  });

  describe('secrets', () => {
    const elsewhere: Choices = { ...plain, registry: 'dockerhub', namespace: 'docker.io/octoorg' };
    const log = () => join(bin, 'log');
    /** gh, logged in, for a repository with these secrets and variables. */
    const gh = (secrets: string[], variables: string[] = [], environment = true) =>
      standIn(
        'gh',
        `echo "$GH_REPO $*" >>${log()}
case "$*" in
  *environments/release*) ${environment ? 'echo release' : 'exit 1'} ;;
  *organization*) exit 1 ;;
  'secret list --env'*) ${environment ? secrets.map((name) => `echo ${name}`).join('; ') || ':' : 'exit 1'} ;;
  'secret list'*) : ;;
  'variable list --env'*) ${variables.map((name) => `echo ${name}`).join('; ') || ':'} ;;
  'variable list'*) : ;;
  *) exit 1 ;;
esac`,
      );
    const asksForNames = () => {
      for (const call of readFileSync(log(), 'utf8').trim().split('\n'))
        assert.match(
          call,
          /^github\.com\/octo-org\/hello (?:(?:secret|variable) list .*--json name --jq \.\[\]\.name|api .* --jq \.(?:\w+\[\]\.)?name)$/,
        );
    };
    it('that a release lacks, by gh, which is asked for names alone', async () => {
      make(elsewhere);
      origin('git@github.com:octo-org/hello.git');
      gh(['REGISTRY_USER']);
      const { command } = await only(/^A release by GitHub Actions is missing REGISTRY_PASSWORD\. /);
      assert.equal(command, 'gh secret set REGISTRY_PASSWORD --env release');
      gh(['REGISTRY_USER', 'REGISTRY_PASSWORD']);
      await fine();
      asksForNames();
    });
    it('and the environment that they belong to', async () => {
      make(elsewhere);
      origin('https://github.com/octo-org/hello');
      gh([], [], false);
      const { command } = await only(/is missing REGISTRY_USER and REGISTRY_PASSWORD/);
      assert.match(
        command,
        /^gh api --method PUT 'repos\/\{owner\}\/\{repo\}\/environments\/release'\ngh secret set REGISTRY_USER --env release\n/,
      );
    });
    it('and settings', async () => {
      make({ ...plain, registry: 'gar', namespace: 'europe-west1-docker.pkg.dev/my-project/modules' });
      origin('https://github.com/octo-org/hello');
      gh([]);
      assert.equal(
        (await only(/is missing GOOGLE_PROVIDER\./)).command,
        'gh variable set GOOGLE_PROVIDER --env release',
      );
      gh([], ['GOOGLE_PROVIDER']);
      await fine();
      asksForNames();
    });
    it('and who has signed, where a CI does not know it', async () => {
      make({ ...elsewhere, ci: ['circleci'] });
      const { command } = await noted(
        /^A release by CircleCI needs REGISTRY_USER, REGISTRY_PASSWORD and SIGNER_IDENTITY\./,
      );
      assert.match(command ?? '', /^circleci context store-secret --org-id ORGANIZATION_ID release SIGNER_IDENTITY$/m);
    });
    it('are a note where nobody can tell', async () => {
      make(elsewhere);
      const said =
        /^A release by GitHub Actions needs REGISTRY_USER and REGISTRY_PASSWORD\. They cannot be checked from here/;
      await noted(said);
      origin('https://github.com/octo-org/hello');
      standIn('gh', 'echo "not logged in" >&2; exit 4');
      await noted(said);
    });
    it('by glab, whose list has no values', async () => {
      make({ ...elsewhere, ci: ['gitlab'] });
      origin('https://oauth2:token@gitlab.com/octo/team/hello.git');
      standIn('glab', `echo "$*" >>${log()}; printf 'KEY\\tPROTECTED\\nREGISTRY_USER\\ttrue\\n'`);
      const { command } = await only(/^A release by GitLab CI is missing REGISTRY_PASSWORD/);
      assert.match(
        command,
        /^read -rs value && printf %s "\$value" \| glab variable set REGISTRY_PASSWORD --scope release --masked --protected$/,
      );
      assert.match(readFileSync(log(), 'utf8'), /--repo https:\/\/gitlab\.com\/octo\/team\/hello\n/);
      assert.doesNotMatch(readFileSync(log(), 'utf8'), /json|export|token/);
    });
    it('by the page of a provider without a program', async () => {
      make({ ...elsewhere, ci: ['bitbucket'] });
      write('cosign.pub', 'key');
      commit(folder());
      origin('git@bitbucket.org:octo/hello.git');
      const { command } = await noted(/^A release by Bitbucket Pipelines needs/);
      assert.equal(command, 'https://bitbucket.org/octo/hello/admin/pipelines/deployment-settings');
    });
    it('that nobody can have: CI of another platform', async () => {
      make(pushed);
      origin('https://gitlab.com/octo-org/hello.git');
      const { command } = await only(
        /^GitHub Actions only runs for .*, and this one is on gitlab\.com\. Use GitLab CI\./,
      );
      await obey(command);
      assert.ok(!(await look()).findings.some(({ what }) => /runs for repositories/.test(what)));
    });
    it('unless another remote is of its platform', async () => {
      make(pushed);
      origin('https://gitlab.com/octo-org/hello.git');
      git(folder(), 'remote', 'add', 'mirror', 'ssh://git@github.com:22/octo-org/hello.git');
      await fine();
    });
    it('that cannot push: a registry of somebody else', async () => {
      make(pushed);
      origin('https://github.com/Somebody/hello.git');
      const { command } = await only(
        /the job's own token, which can write to ghcr\.io\/somebody but not to ghcr\.io\/octo-org/,
      );
      await obey(command);
      await fine();
    });
    it('that cannot push: a registry of another project', async () => {
      make({ ...plain, ci: ['gitlab'], registry: 'gitlab', namespace: 'registry.gitlab.com/octo/modules' });
      origin('git@gitlab.com:octo/hello.git');
      const { command } = await only(/can write to registry\.gitlab\.com\/octo\/hello but not to/);
      await obey(command);
      await fine();
    });
    it('to sign with, where a CI needs a key', async () => {
      make({ ...elsewhere, ci: ['jenkins'] });
      const { command } = await only(/^A release is signed with a key, but cosign\.pub is missing\./);
      standIn(
        'cosign',
        'case "$1" in generate-key-pair) echo pub >cosign.pub; echo key >cosign.key ;; *) echo 99 ;; esac',
      );
      await obey(command);
      await fine();
      git(folder(), 'add', '--force', 'cosign.key');
      const open = await only(/^cosign\.key is a secret and is committed/);
      await obey(open.command);
      await fine();
      assert.equal(read('cosign.key'), 'key\n');
    });
    it('to sign with, where a CI has none', async () => {
      make(pushed);
      write('cosign.pub', 'key');
      commit(folder());
      const { command } = await only(/this CI signs without a key\. A release fails/);
      await obey(command);
      await fine();
    });
    it('of several modules', async () => {
      make({ ...elsewhere, module: ['api:rust:wagi:wagi', 'web:rust:wagi:wagi'], language: 'rust', ci: ['jenkins'] });
      const { command } = await only(/api\/cosign\.pub and web\/cosign\.pub are missing/);
      standIn('cosign', 'case "$1" in generate-key-pair) echo pub >cosign.pub ;; *) echo 99 ;; esac');
      await obey(command);
      await fine();
    });
  });

  describe('the repository', () => {
    it('where there is none', async () => {
      put(folder(), render(plain));
      const { command } = await only(/^This folder is not in a git repository, and CI runs on pushed commits\.$/);
      await obey(command);
      await fine();
    });
    it('and no git', async () => {
      put(folder(), render(plain));
      askForTools();
      rmSync(join(bin, 'git'));
      const { text } = await examine(['--json'], folder());
      const whats = JSON.parse(text).findings.map(({ what }: Finding) => what);
      assert.ok(whats.includes('git is missing.'), whats.join());
    });
    it('without a commit', async () => {
      repository(folder(), render(plain), false);
      const { command } = await only(/^Nothing is committed yet\.$/);
      await obey(command);
      await fine();
    });
    it('whose changes go to another branch than CI looks at', async () => {
      make();
      git(folder(), 'branch', '--move', 'main', 'master');
      const { command } = await only(/^CI runs on the branch main, but this repository uses master\.$/);
      await obey(command);
      await fine();
    });
    it('whose remote says so', async () => {
      make();
      git(folder(), 'update-ref', 'refs/remotes/origin/develop', 'HEAD');
      git(folder(), 'symbolic-ref', 'refs/remotes/origin/HEAD', 'refs/remotes/origin/develop');
      assert.match((await only(/this repository uses develop/)).command, /\ngit push --set-upstream origin main$/);
      edit('.github/workflows/ci.yml', '- main', '- develop');
      await fine();
    });
    it('that is larger, with CI in a folder of it', async () => {
      repository(folder(), [{ path: 'README.md', text: 'All\n' }]);
      put(join(folder(), 'apps/hello'), render({ ...plain, language: 'rust' }));
      commit(folder());
      const { findings } = JSON.parse((await examine(['--json', 'apps/hello'], folder())).text) as {
        findings: Finding[];
      };
      assert.match(findings[0]?.what ?? '', /^This is apps\/hello in a larger repository\. .*never run\.$/);
      assert.equal(findings[0]?.command, 'generator-wasm ci --remove\ngenerator-wasm ci github ../..');
    });
    it('in which a run was stopped', async () => {
      make();
      let step = 0;
      const die = () => {
        if (step++ >= 6) throw new Error('killed');
      };
      const edits = [
        { path: 'new.txt', data: Buffer.from('x') },
        { path: 'LICENSE', data: Buffer.from('x') },
      ];
      assert.throws(() => replace(folder(), join(folder(), '.git/generator-wasm/root.json'), edits, die));
      const { command } = await only(/interrupted/);
      await obey(command);
      await fine();
    });
  });

  describe('refuses', () => {
    const refusals: [what: string, prepare: () => unknown, argv: string[], sentence: RegExp][] = [
      ['no folder', () => make(), ['nowhere'], /^'nowhere' is not a folder/],
      ['a file', () => make(), ['Makefile'], /^'Makefile' is not a folder/],
      ['git’s own folder', () => make(), ['.git'], /git's own folder/],
      ['an unknown flag', () => make(), ['--jsn'], /^Unknown flag '--jsn'\. Did you mean --json\?/],
      [
        'nonsense',
        () => {
          make();
          write(stateFile, '{');
        },
        [],
        /is not valid JSON/,
      ],
      [
        'a version from the future',
        () => {
          make();
          edit(stateFile, /"version": "[^"]+"/, '"version": "99.0.0"');
        },
        [],
        /was written by generator-wasm 99\.0\.0/,
      ],
    ];
    for (const [what, prepare, argv, sentence] of refusals)
      it(what, async () => {
        prepare();
        const there = tree(folder());
        await assert.rejects(examine(argv, folder()), (error: Error & { code?: number }) => {
          assert.match(error.message, sentence);
          assert.equal(error.code, 1);
          return true;
        });
        assert.deepEqual(tree(folder()), there);
      });
  });

  it('says in that line where nothing is ours', async () => {
    for (const name of ['one', 'two']) put(join(folder(), name), [{ path: 'README.md', text: 'Mine\n' }]);
    const { text, code } = await examine(['one', 'two'], folder());
    assert.equal(text, 'one: fine (not a project of generator-wasm)\ntwo: fine (not a project of generator-wasm)');
    assert.equal(code, 0);
  });
  it('tells of several folders in a line each, and exits 1 where one problems found', async () => {
    for (const name of ['one', 'two', 'three']) repository(join(folder(), name), render(plain));
    writeFileSync(join(folder(), 'three', stateFile), '{');
    rmSync(join(folder(), 'two/.github/workflows/ci.yml'));
    const { text, code } = await examine(['one', 'two', 'three'], folder());
    assert.equal(code, 1);
    const lines = text.split('\n');
    assert.deepEqual(lines.slice(0, 2), ['one: fine', 'two: problems found (CI: 1)']);
    assert.match(lines[2] ?? '', /^three: refused \('\.yo-rc\.json' is not valid JSON/);
    assert.equal((await examine(['one', 'one'], folder())).code, 0);
    assert.equal((await examine(['one', 'three'], folder())).code, 1);
    const json = (await examine(['--json', 'one', 'three'], folder())).text.split('\n').map((line) => JSON.parse(line));
    assert.deepEqual(
      json.map(({ folder: name, outcome }) => [name, outcome]),
      [
        ['one', 'fine'],
        ['three', 'refused'],
      ],
    );
  });
});
