/** The doctor and `ci` in a clone of a repository that its user has not read: nothing of it runs, and no token goes where it points. */
import assert from 'node:assert/strict';
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
import { change } from '../../src/change/change.ts';
import { examine } from '../../src/doctor/doctor.ts';
import type { Finding } from '../../src/doctor/findings/finding.ts';
import { toolchainFor } from '../../src/doctor/findings/rustup.ts';
import { inEmptyFolder, isInRepository, pathOutside } from '../../src/lib/outside.ts';
import type { Choices } from '../../src/model/choices.ts';
import { render } from '../../src/print/render.ts';
import { plain } from '../support/examples.ts';
import { commit, git, repository, scratch } from '../support/repositories.ts';

const programs = [
  ...[
    'sh',
    'git',
    'grep',
    'head',
    'sort',
    'uname',
    'sed',
    'cat',
    'env',
    'make',
    'node',
    'npm',
    'npx',
    'python3',
    'pip',
  ],
  ...[
    'mise',
    'cargo',
    'rustc',
    'rustup',
    'go',
    'swift',
    'zig',
    'clang',
    'gh',
    'glab',
    'brew',
    'asc',
    'biome',
    'wasm-opt',
  ],
  ...['componentize-js', 'componentize-py', 'mypy', 'pytest', 'ruff', 'wasmtime', 'oras', 'cosign', 'syft', 'wagi'],
];

describe('in a clone of a repository', () => {
  const folder = scratch();
  const before = { ...process.env };
  let home = '';
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'home-'));
    for (const name of Object.keys(process.env))
      if (/^(?:XDG_|MISE_|RUSTUP_|GH_|GITHUB_|GITLAB_|GLAB_)/.test(name)) delete process.env[name];
    process.env.HOME = home;
    mkdirSync(join(home, 'bin'));
    process.env.PATH = [join(home, 'bin'), before.PATH].join(delimiter);
  });
  afterEach(() => {
    for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
    Object.assign(process.env, before);
    rmSync(home, { recursive: true, force: true });
  });
  const write = (path: string, text: string) => {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  };
  const canary = () => join(home, 'canary');
  const ran = () => (existsSync(canary()) ? readFileSync(canary(), 'utf8') : '');
  /** Puts a program into a folder. */
  const program = (path: string, script: string) => {
    write(path, `#!/bin/sh\n${script}\n`);
    chmodSync(path, 0o755);
  };
  const clone = (choices: Partial<Choices>) => {
    repository(folder(), render({ ...plain, ...choices } as Choices), false);
    git(folder(), 'add', '--all', '--force');
    commit(folder());
  };
  async function look(): Promise<Finding[]> {
    const { text } = await examine(['--json'], folder());
    return (JSON.parse(text) as { findings: Finding[] }).findings;
  }
  const whats = (findings: Finding[]) => findings.map(({ what }) => what);

  const evilIn = (path: string) => {
    for (const name of programs)
      program(join(folder(), path, name), `echo "${path}/${name}" >>${canary()}\necho 999.9.9`);
  };
  const web = { kind: 'http', host: 'wasmtime' } as const;
  const projects: [choices: Partial<Choices>, brings: string][] = [
    [{ language: 'assemblyscript' }, 'node_modules/.bin'],
    [{ language: 'javascript', ...web }, 'node_modules/.bin'],
    [{ language: 'typescript', ...web }, 'node_modules/.bin'],
    [{ language: 'python', ...web }, '.venv/bin'],
    [{ language: 'rust', registry: 'dockerhub', namespace: 'docker.io/octo' }, 'bin'],
    [{ language: 'c', ci: ['gitlab'] }, 'bin'],
    [{ module: ['api:assemblyscript:wagi:wagi', 'web:python:http:wasmtime'] }, 'api/node_modules/.bin'],
  ];
  for (const [choices, brings] of projects)
    it(`no program of ${brings} runs: ${choices.module?.join() ?? choices.language}`, async () => {
      clone(choices);
      evilIn(brings);
      git(folder(), 'add', '--all', '--force');
      commit(folder());
      git(folder(), 'remote', 'add', 'origin', 'https://github.com/octo/hello.git');
      const link = join(home, 'link');
      symlinkSync(join(folder(), brings), link);
      mkdirSync(join(folder(), 'own'));
      process.env.PATH = [
        ...['', '.', brings, `./${brings}`, join(folder(), brings), link, `${folder()}/own/../${brings}`],
        process.env.PATH,
      ].join(delimiter);
      const cwd = process.cwd();
      try {
        // As the shell of the user has it.
        process.chdir(join(folder(), brings));
        await look();
        await change('ci', ['github', '--dry-run'], folder(), undefined);
      } finally {
        process.chdir(cwd);
      }
      assert.equal(ran(), '');
    });

  it('no program is led by a file of the repository: all run in an empty folder, and rustup with a toolchain', async () => {
    clone({ language: 'rust', registry: 'dockerhub', namespace: 'docker.io/octo' });
    const evil = join(folder(), 'evil');
    for (const [path, text] of [
      ['rust-toolchain.toml', `[toolchain]\npath = "${evil}"\n`],
      ['rust-toolchain', evil],
      ['.tool-versions', `wasmtime path:${evil}\nrust path:${evil}\n`],
      [
        'mise.toml',
        `[tools]\nwasmtime = "path:${evil}"\nrust = "{{exec(command='${evil}/cargo')}}"\n[env]\n_.source = "evil"\n`,
      ],
      ['.mise.toml', `[tools]\nwasmtime = "path:${evil}"\n`],
      ['.nvmrc', evil],
      ['.npmrc', `node-options=--require=${evil}/x.cjs\nscript-shell=${evil}/sh\n`],
      ['.swift-version', '../../evil'],
      ['.cargo/config.toml', `[build]\nrustc = "${evil}/rustc"\nrustc-wrapper = "${evil}/rustc"\n`],
      ['.python-version', evil],
    ] as const)
      write(join(folder(), path), text);
    commit(folder());
    git(folder(), 'remote', 'add', 'origin', 'https://github.com/octo/hello.git');
    // What stands in for the programs of this machine tells where it was started.
    const log = join(home, 'log');
    for (const name of programs)
      if (!['sh', 'git', 'grep', 'head', 'sort', 'uname', 'sed', 'cat', 'env'].includes(name))
        program(
          join(home, 'bin', name),
          `echo "${name}|$PWD|$RUSTUP_TOOLCHAIN|$(ls -A)|$(cat mise.toml 2>/dev/null | tr '\\n' ' ')" >>${log}\necho 999.9.9`,
        );
    await look();
    const calls = readFileSync(log, 'utf8').trim().split('\n');
    const called = new Set(calls.map((line) => line.split('|')[0]));
    for (const name of ['cargo', 'wasmtime', 'mise', 'gh', 'node']) assert.ok(called.has(name), `${name} is asked`);
    for (const line of calls) {
      const [name, cwd = '', toolchain, there, versions = ''] = line.split('|');
      assert.ok(!isInRepository(cwd, folder()), line);
      assert.match(there ?? '', /^(?:mise\.toml)?$/, line);
      assert.doesNotMatch(versions, /path:|\{\{|evil|exec/, line);
      if (name === 'cargo') assert.equal(toolchain, 'none');
    }
  });

  it('no script of the project runs', async () => {
    clone({ language: 'swift', kind: 'command', host: 'wasmtime' });
    for (const { path } of render({ ...plain, language: 'swift', kind: 'command', host: 'wasmtime' }))
      if (path.startsWith('scripts/')) program(join(folder(), path), `echo ${path} >>${canary()}`);
    program(join(home, 'bin/swift'), 'echo Swift version 6.4.0');
    await look();
    assert.equal(ran(), '');
  });

  it('mise and swiftly are told the plain versions that the project has pinned', async () => {
    clone({ language: 'swift', kind: 'command', host: 'wasmtime' });
    const text = readFileSync(join(folder(), 'mise.toml'), 'utf8');
    write(join(folder(), 'mise.toml'), text.replace(/wasmtime = "[^"]+"/, 'wasmtime = "45.0.1"'));
    write(join(folder(), '.swift-version'), '6.5.1\n');
    commit(folder());
    const log = join(home, 'log');
    program(join(home, 'bin/wasmtime'), `cat mise.toml .swift-version >${log}; echo 45.0.1`);
    await look();
    assert.match(readFileSync(log, 'utf8'), /^wasmtime = "45\.0\.1"$/m);
    assert.match(readFileSync(log, 'utf8'), /^6\.5\.1$/m);
  });

  describe('a program of a package', () => {
    const manifest = (name: string, version: string, bin: object | string) =>
      write(join(folder(), 'node_modules', name, 'package.json'), JSON.stringify({ name, version, bin }));
    const tools = async () => whats((await look()).filter(({ topic }) => topic === 'tools'));
    const all = () => {
      manifest('assemblyscript', '0.28.2', { asc: 'bin/asc.js' });
      manifest('@biomejs/biome', '2.6.8', { biome: 'bin/biome' });
      manifest('binaryen', '132.0.0', { 'wasm-opt': 'bin/wasm-opt' });
    };
    beforeEach(() => {
      for (const name of ['npm', 'node', 'make', 'python3', 'wasmtime', 'mise'])
        program(join(home, 'bin', name), 'echo 9999.0.0');
      process.env.PATH = [join(home, 'bin'), '/usr/bin', '/bin'].join(delimiter);
    });
    const of = (text: string[], name: string) => text.filter((what) => what.startsWith(`${name} `));
    it('of npm is known by its package.json', async () => {
      clone({ language: 'assemblyscript' });
      all();
      assert.deepEqual(of(await tools(), 'asc'), []);
      manifest('assemblyscript', '0.27.1', { asc: 'bin/asc.js' });
      assert.deepEqual(of(await tools(), 'asc'), ['asc 0.27.1 is too old: 0.28 or newer is required.']);
      rmSync(join(folder(), 'node_modules/assemblyscript'), { recursive: true });
      assert.deepEqual(of(await tools(), 'asc'), ['asc is missing.']);
    });
    it('of npm is known behind a link of pnpm, and not behind one that leads out', async () => {
      clone({ language: 'assemblyscript' });
      const place = join(folder(), 'node_modules/.pnpm/assemblyscript@0.28.2/node_modules/assemblyscript');
      write(join(place, 'package.json'), '{ "version": "0.28.2", "bin": { "asc": "asc.js" } }');
      const link = join(folder(), 'node_modules/assemblyscript');
      symlinkSync(place, link);
      assert.deepEqual(of(await tools(), 'asc'), []);
      rmSync(link);
      write(join(home, 'elsewhere/package.json'), '{ "version": "0.28.2", "bin": { "asc": "asc.js" } }');
      symlinkSync(join(home, 'elsewhere'), link);
      assert.deepEqual(of(await tools(), 'asc'), ['asc is missing.']);
    });
    for (const [what, text] of [
      ['no JSON', '{'],
      ['too large', `{ "version": "0.28.2", "bin": { "asc": "x" }, "x": "${'x'.repeat(1 << 20)}" }`],
      ['a list', '[]'],
      ['null', 'null'],
    ] as const)
      it(`of npm whose package.json is ${what} is not here`, async () => {
        clone({ language: 'assemblyscript' });
        write(join(folder(), 'node_modules/assemblyscript/package.json'), text);
        assert.deepEqual(of(await tools(), 'asc'), ['asc is missing.']);
      });
    it('of npm has no more of its version in a sentence than the numbers', async () => {
      clone({ language: 'assemblyscript' });
      manifest('assemblyscript', '0.27.1\u001b[31m; rm -rf ~', { asc: 'x' });
      assert.deepEqual(of(await tools(), 'asc'), ['asc 0.27.1 is too old: 0.28 or newer is required.']);
    });
    it('of pip is known by METADATA and RECORD', async () => {
      clone({ language: 'python', ...web });
      const packages = join(folder(), '.venv/lib/python3.12/site-packages');
      const wheel = (name: string, version: string) => {
        write(
          join(packages, `${name}-${version}.dist-info/METADATA`),
          `Metadata-Version: 2.4\nName: ${name}\nVersion: ${version}\n`,
        );
        write(
          join(packages, `${name}-${version}.dist-info/RECORD`),
          `../../../bin/${name},sha256=x,1\n${name}/x.py,,\n`,
        );
      };
      wheel('ruff', '0.17.3');
      wheel('mypy', '1.9.0');
      const said = await tools();
      assert.deepEqual(of(said, 'ruff'), []);
      assert.deepEqual(of(said, 'mypy'), ['mypy 1.9.0 is too old: 2 or newer is required.']);
      assert.deepEqual(of(said, 'pytest'), ['pytest is missing.']);
    });
  });

  describe('rustup gets as its toolchain', () => {
    const cases: [what: string, files: Record<string, string>, expected: string][] = [
      [
        'the installed one of the channel',
        { 'rust-toolchain.toml': '[toolchain]\nchannel = "1.92.0"\n' },
        '1.92.0-x86_64-unknown-linux-gnu',
      ],
      ['one of a date', { 'rust-toolchain': 'nightly-2026-01-02\n' }, 'nightly-2026-01-02-x86_64-unknown-linux-gnu'],
      [
        'that of the moment, and not one of a date',
        { 'rust-toolchain': 'nightly' },
        'nightly-x86_64-unknown-linux-gnu',
      ],
      ['the default of the user', {}, 'stable-x86_64-unknown-linux-gnu'],
      [
        'none where the channel is not installed',
        { 'rust-toolchain.toml': '[toolchain]\nchannel = "1.70.0"\n' },
        'none',
      ],
      ['none where there is a path', { 'rust-toolchain.toml': '[toolchain]\npath = "/evil"\n' }, 'none'],
      ['none where the channel is a path', { 'rust-toolchain.toml': '[toolchain]\nchannel = "/evil"\n' }, 'none'],
      ['none where the file is a path', { 'rust-toolchain': '/evil' }, 'none'],
      ['none where it is anything else', { 'rust-toolchain.toml': '[toolchain]\nchannel = ["stable"]\n' }, 'none'],
    ];
    for (const [what, files, expected] of cases)
      it(what, () => {
        const toolchains = ['nightly-2026-01-02', 'nightly', '1.92.0', 'stable'].map(
          (name) => `${name}-x86_64-unknown-linux-gnu`,
        );
        for (const name of toolchains) mkdirSync(join(home, '.rustup/toolchains', name), { recursive: true });
        write(join(home, '.rustup/settings.toml'), 'default_toolchain = "stable-x86_64-unknown-linux-gnu"\n');
        for (const [path, text] of Object.entries(files)) write(join(folder(), path), text);
        assert.equal(toolchainFor(folder()), expected);
      });
  });

  it('variables that name a path of it are left out, and all others stay', () => {
    repository(folder(), [{ path: '.npmrc', text: '' }]);
    process.env.npm_config_userconfig = join(folder(), '.npmrc');
    process.env.OWN_LIST = [home, join(folder(), 'x')].join(delimiter);
    process.env.OWN_WORD = 'word';
    inEmptyFolder(join(folder()), (_, env) => {
      assert.equal(env.npm_config_userconfig, undefined);
      assert.equal(env.OWN_LIST, undefined);
      assert.equal(env.OWN_WORD, 'word');
      assert.equal(env.HOME, home);
    });
  });

  it('PATH has no relative folder, wherever the doctor is started', () => {
    process.env.PATH = ['.', '', 'test', '/usr/bin', join(home, 'nowhere')].join(delimiter);
    assert.equal(pathOutside(folder()), '/usr/bin');
  });

  it('PATH is never empty, which would be the current folder', () => {
    process.env.PATH = '.';
    assert.equal(pathOutside(folder()), '/dev/null');
  });

  describe('no token goes where it points', () => {
    const tokens = {
      ...{ GITLAB_TOKEN: 'secret', GH_TOKEN: 'secret', GITHUB_TOKEN: 'secret' },
      ...{ GH_ENTERPRISE_TOKEN: 'secret', GITHUB_ENTERPRISE_TOKEN: 'secret' },
    };
    const log = () => join(home, 'log');
    const calls = () => (existsSync(log()) ? readFileSync(log(), 'utf8') : '');
    beforeEach(() => {
      Object.assign(process.env, tokens);
      for (const name of ['gh', 'glab'])
        program(join(home, 'bin', name), `echo "${name} $GH_REPO $* in $PWD" >>${log()}; exit 1`);
    });
    const at = (ci: string, url: string) => {
      clone({ registry: 'dockerhub', namespace: 'docker.io/octo', ci: [ci] });
      git(folder(), 'remote', 'add', 'origin', url);
    };
    const evil: [ci: string, url: string, host: string][] = [
      ['gitlab', 'https://gitlab.evil.example/octo/hello.git', 'gitlab.evil.example'],
      ['gitlab', 'https://gitlab.com.evil.example/octo/hello.git', 'gitlab.com.evil.example'],
      ['gitlab', 'ssh://git@evil.gitlab.example:2222/octo/hello.git', 'evil.gitlab.example'],
      ['github', 'https://github.evil.example/octo/hello.git', 'github.evil.example'],
      ['github', 'https://github.com.evil.example/octo/hello.git', 'github.com.evil.example'],
      ['github', 'git@github.evil.example:octo/hello.git', 'github.evil.example'],
      ['github', 'https://github.com@github.evil.example/octo/hello.git', 'github.evil.example'],
    ];
    for (const [ci, url, host] of evil)
      it(url, async () => {
        at(ci, url);
        const findings = await look();
        assert.equal(calls(), '');
        const [note] = findings.filter(({ topic }) => topic === 'secrets');
        assert.match(note?.what ?? '', /They were not checked, because you are not logged in to /);
        assert.ok(note?.what.endsWith(`${ci === 'gitlab' ? 'glab' : 'gh'} auth login --hostname ${host}.`), note?.what);
      });
    it('nor where a configuration in the repository says that the user is logged in', async () => {
      at('github', 'https://github.evil.example/octo/hello.git');
      for (const path of ['gh/hosts.yml', '.config/gh/hosts.yml'])
        write(join(folder(), path), 'github.evil.example:\n  user: evil\n');
      for (const value of ['.config/gh', join(folder(), 'gh')]) {
        process.env.GH_CONFIG_DIR = value;
        await look();
      }
      delete process.env.GH_CONFIG_DIR;
      process.env.XDG_CONFIG_HOME = folder();
      await look();
      assert.equal(calls(), '');
    });
    it('nor where a name is more than a name', async () => {
      at('gitlab', 'https://gitlab.com/octo/hello?@evil.example/x');
      await look();
      assert.equal(calls(), '');
    });
    it('but to the host of the platform, asked in an empty folder', async () => {
      for (const [ci, url, said] of [
        ['github', 'https://github.com/octo/hello.git', /^gh github\.com\/octo\/hello secret list /m],
        [
          'gitlab',
          'git@gitlab.com:octo/hello.git',
          /^glab {2}variable list .*--repo https:\/\/gitlab\.com\/octo\/hello /m,
        ],
      ] as const) {
        rmSync(folder(), { recursive: true });
        mkdirSync(folder());
        at(ci, url);
        await look();
        assert.match(calls(), said);
      }
      for (const line of calls().trim().split('\n'))
        assert.ok(!isInRepository(line.replace(/^.* in /, ''), folder()), line);
    });
    it('and to those that the user has logged in to', async () => {
      write(join(home, '.config/gh/hosts.yml'), 'github.corp.example:\n  user: ada\n  oauth_token: x\n');
      at('github', 'git@github.corp.example:octo/hello.git');
      await look();
      assert.match(calls(), /^gh github\.corp\.example\/octo\/hello secret list /m);
      rmSync(log());
      rmSync(folder(), { recursive: true });
      mkdirSync(folder());
      process.env.GLAB_CONFIG_DIR = join(home, 'glab');
      write(join(home, 'glab/config.yml'), 'hosts:\n  gitlab.corp.example:\n    token: x\n');
      at('gitlab', 'git@gitlab.corp.example:octo/hello.git');
      await look();
      assert.match(calls(), /--repo https:\/\/gitlab\.corp\.example\/octo\/hello /);
    });
  });
});
