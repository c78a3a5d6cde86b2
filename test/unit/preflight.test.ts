/** `preflight.mjs` of a workshop, run on machines that lack something. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { transformSync } from 'esbuild';
import { chooseWorkshop } from '../../src/workshop/command.ts';
import { locales } from '../../src/workshop/model.ts';
import { renderWorkshop } from '../../src/workshop/render.ts';

const filesOf = async (locale: string): Promise<Map<string, string>> => {
  const flag = (name: string, value: string) => ({ name, raw: `--${name}`, value });
  const chosen = await chooseWorkshop([flag('language', 'c'), flag('locale', locale)], undefined, true);
  return new Map(renderWorkshop({ name: 'room', ...chosen }).map(({ path, text }) => [path, text]));
};

describe('preflight.mjs', () => {
  let folder: string;
  let files: Map<string, string>;
  let port: number;
  const server = createServer();
  const needed = ['npm', 'mise', 'git', 'make', 'bash', 'curl', 'tar', 'cc'];

  before(async () => {
    files = await filesOf('en');
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const address = server.address();
    port = typeof address === 'object' && address ? address.port : 0;
  });
  after(() => server.close());
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'preflight-'));
    mkdirSync(join(folder, 'bin'));
    mkdirSync(join(folder, 'empty'));
    for (const name of needed) standIn(name, `echo '${name} version 3.14.1'`);
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  function standIn(name: string, script: string): void {
    const path = join(folder, 'bin', name);
    writeFileSync(path, `#!/bin/sh\n${script}\n`);
    chmodSync(path, 0o755);
  }

  /**
   * Runs the file in an empty folder, with a PATH of stand-ins.
   * @param before JavaScript that runs first
   * @param edit what changes in the file: its ports are free, since another program of this machine may use them
   */
  function look({ env = {}, before = '', edit = (text: string) => text, locale = files } = {}) {
    const text = (locale.get('leader/preflight.mjs') ?? '').replace(/"ports": \[[^\]]*\]/, '"ports": []');
    const path = join(folder, 'preflight.mjs');
    writeFileSync(path, edit(text));
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [`--import=data:text/javascript,${encodeURIComponent(before)}`, path],
      { cwd: join(folder, 'empty'), encoding: 'utf8', env: { PATH: join(folder, 'bin'), ...env } },
    );
    assert.equal(stderr, '');
    return { code: status, said: stdout };
  }

  it('says that a machine is ready, with a line for each thing and a block', () => {
    const { code, said } = look();
    assert.equal(code, 0, said);
    for (const name of ['node', ...needed, 'disk', 'proxy']) assert.match(said, new RegExp(`^ok +${name} `, 'm'));
    assert.match(said, /This machine is ready/);
    assert.match(said, /^ {4}preflight \d+\.\d+\.\d+ of room\n {4}system /m);
    assert.match(said, /^ {4}ok git: 3\.14\.1$/m);
  });

  it('names a tool that is missing, and how to get it', () => {
    rmSync(join(folder, 'bin/git'));
    rmSync(join(folder, 'bin/cc'));
    const { code, said } = look();
    assert.equal(code, 1);
    assert.match(said, /^missing +git +install the package git: sudo apt-get install git, or brew install git$/m);
    assert.match(said, /^missing +cc +install the package gcc: /m);
    assert.match(said, /^ {4}missing git: missing$/m);
    assert.doesNotMatch(said, /This machine is ready/);
  });

  it('takes the stand-in of macOS for a tool that is missing', () => {
    standIn('git', "echo 'xcode-select: note: No developer tools were found' >&2; exit 1");
    assert.match(look().said, /^missing +git /m);
  });

  for (const [version, isNew] of [
    ['12.22.12', false],
    ['18.20.8', false],
    ['20.16.0', false],
    ['20.17.0', true],
    ['21.7.3', false],
    ['22.8.0', false],
    ['22.9.0', true],
    ['24.0.0', true],
  ] as const)
    it(`says of Node ${version} that it is ${isNew ? 'new enough' : 'too old'}, in one line`, () => {
      const { code, said } = look({ edit: (text) => text.replace('process.versions.node', `'${version}'`) });
      assert.equal(code, isNew ? 0 : 1, said);
      const line = new RegExp(
        isNew ? `^ok +node +${version}$` : `^too old +node +version ${version} is too old; 20\\.17`,
        'm',
      );
      assert.match(said, line);
    });

  it('has only syntax that Node 12 reads, and modules that it finds', () => {
    const text = files.get('leader/preflight.mjs') ?? '';
    const printed = (target: string) => transformSync(text, { target }).code;
    assert.equal(printed('node12'), printed('esnext'));
    assert.doesNotMatch(text, /from 'node:|import \{[^}]*\} from 'fs'|^\s*await /m);
  });

  it('names a port that another program uses', () => {
    const withPort = (text: string) => text.replace('"ports": []', `"ports": [${port}]`);
    const { code, said } = look({ edit: withPort });
    assert.equal(code, 1);
    assert.match(said, new RegExp(`^problem +port ${port} +another program uses it`, 'm'));
  });

  it('tells of a proxy without the password in its address', () => {
    const { code, said } = look({
      env: { https_proxy: 'http://ada:s3cret@proxy.example.com:3128', NO_PROXY: 'localhost' },
    });
    assert.equal(code, 0, said);
    assert.match(said, /^note +proxy +https_proxy is set/m);
    assert.match(said, /^note +NO_PROXY +NO_PROXY does not name both/m);
    assert.doesNotMatch(said, /s3cret|ada|example/);
    const local = look({ env: { https_proxy: 'http://proxy:3128', NO_PROXY: '127.0.0.1,localhost' } });
    assert.doesNotMatch(local.said, /NO_PROXY/);
  });

  it('has no folder, user or machine in its block', () => {
    const { said } = look({ env: { USER: 'adalovelace', HOME: '/home/adalovelace' } });
    assert.ok(!said.includes(folder) && !said.includes('adalovelace'));
  });

  it('prints no error where what reads its output ends', () => {
    look({ edit: (text) => text.replace('"ports": []', '"ports": [0]') });
    const script = `'${process.execPath}' ../preflight.mjs | head -n 3`;
    const { stderr } = spawnSync('/bin/sh', ['-c', script], { cwd: join(folder, 'empty'), encoding: 'utf8' });
    assert.equal(stderr, '');
  });

  it('asks for more room on a full disk', () => {
    const { code, said } = look({
      before: "import fs from 'node:fs'; fs.statfsSync = () => ({ bavail: 500_000, bsize: 4096 });",
    });
    assert.equal(code, 1);
    assert.match(said, /^problem +disk +1 GB free here, and 3 GB are needed/m);
  });

  describe('on Windows', () => {
    const before = "Object.defineProperty(process, 'platform', { value: 'win32' });";
    it('asks for WSL', () => assert.match(look({ before }).said, /^problem +WSL +.*wsl --install/m));
    it('sends to the WSL that is there', () => {
      standIn('wsl.exe', "printf 'U\\000b\\000u\\000n\\000t\\000u\\000\\r\\000\\n\\000'");
      const { code, said } = look({ before });
      assert.equal(code, 1);
      assert.match(said, /^problem +WSL +Windows alone is not supported: open WSL \(Ubuntu\)/m);
    });
  });

  for (const locale of locales)
    it(`is in the language of the workshop: ${locale}`, async () => {
      const { said } = look({ locale: await filesOf(locale) });
      assert.match(said, locale === 'de' ? /^gut +git/m : /^ok +git/m);
    });

  it('has five lines of shell in the mail, for those without Node, which tell no password', () => {
    const blocks = [...(files.get('leader/mail-before.md') ?? '').matchAll(/(?:^ {4}\S.*\n)+/gm)].map(
      ([block]) => block,
    );
    const [shell = '', powershell = ''] = blocks;
    assert.deepEqual(
      [shell, powershell].map((code) => code.trimEnd().split('\n').length),
      [5, 5],
    );
    symlinkSync('/bin/true', join(folder, 'bin/node'));
    const { status, stdout, stderr } = spawnSync('sh', ['-euc', `set +u\n${shell}`], {
      cwd: join(folder, 'empty'),
      encoding: 'utf8',
      env: { PATH: [join(folder, 'bin'), process.env.PATH].join(delimiter), https_proxy: 'http://ada:s3cret@proxy' },
    });
    assert.equal(status, 0, stderr);
    assert.match(stdout, /^git: git version 3\.14\.1$/m);
    assert.match(stdout, /^\d+ GB free$/m);
    assert.match(stdout, /^proxy: set$/m);
    assert.doesNotMatch(stdout, /s3cret/);
  });
});
