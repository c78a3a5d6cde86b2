/** Tasks and scripts of projects use only what bash 3.2, the tools of BSD and macOS, and BusyBox have. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Choices } from '../../src/model/choices.ts';
import { render } from '../../src/print/render.ts';
import { everyChoice, plain } from '../support/examples.ts';
import { compilers, need, ok, run, scratch } from '../support/programs.ts';

/** What a command of a script must not be, and why. */
const notPortable: [RegExp, string][] = [
  [
    /^(?:awk|base64|basename|cat|chmod|cksum|cmp|cp|cut|date|dirname|find|grep|head|ln|ls|mkdir|mktemp|mv|od|paste|ps|rm|sed|sort|tail|touch|tr|uname|uniq|wc|xargs)\b.*\s--\w/,
    'POSIX utilities have no long options: https://pubs.opengroup.org/onlinepubs/9799919799/basedefs/V1_chap12.html',
  ],
  [/^sed\s+(?:-\w+\s+)*-i/, 'sed -i needs an argument on BSD and macOS: https://man.freebsd.org/cgi/man.cgi?sed(1)'],
  [/^grep\s+-\w*P/, 'BSD and BusyBox have no grep -P: https://man.freebsd.org/cgi/man.cgi?grep(1)'],
  [/^date\s+-[dr]/, 'date -d and -r differ between GNU and BSD: https://man.freebsd.org/cgi/man.cgi?date(1)'],
  [/^stat\s/, 'the options of stat differ between GNU and BSD: https://man.freebsd.org/cgi/man.cgi?stat(1)'],
  [/^(?:readlink\s+-f|realpath)\b/, 'POSIX has neither before 2024, nor have older versions of macOS'],
  [/^head\s+-n\s*-/, 'negative counts are GNU’s: https://man.freebsd.org/cgi/man.cgi?head(1)'],
  [/^find\s.*-printf/, 'find -printf is GNU’s: https://man.freebsd.org/cgi/man.cgi?find(1)'],
  [/^xargs\s+(?:-\w+\s+)*-d/, 'xargs -d is GNU’s: https://man.freebsd.org/cgi/man.cgi?xargs(1)'],
  [/^base64\s+-[wD]/, 'base64 -w is not on macOS, and -D is only there'],
  [/^(?:cksum|timeout|nproc|tac|shuf)(?:\s|$)/, 'BusyBox of Debian or macOS does not have it'],
  [/^echo\s+-[en]/, 'POSIX leaves it open: https://pubs.opengroup.org/onlinepubs/9799919799/utilities/echo.html'],
  [/^mktemp\s+-\w*[pt]/, 'mktemp -p and -t differ between GNU and BSD: https://man.freebsd.org/cgi/man.cgi?mktemp(1)'],
  [
    /^(?:mapfile|readarray|coproc|declare\s+-A|local\s+-n)\b|\$\{\w+(?:,,|\^\^)/,
    'bash 3.2 of macOS does not have it: https://tiswww.case.edu/php/chet/bash/CHANGES',
  ],
];

/** The commands of a script or of a Makefile's recipes. */
const commandsOf = (path: string, text: string): string[] =>
  text
    .split('\n')
    .filter((line) => (path === 'Makefile' ? line.startsWith('\t') : !/^\s*#/.test(line)))
    .flatMap((line) => line.split(/[|;&({}]|\b(?:then|do|else)\b/))
    .map((command) => command.trim().replace(/^@/, ''));

const found = (path: string, text: string): string[] =>
  commandsOf(path, text).flatMap((command) =>
    notPortable.filter(([pattern]) => pattern.test(command)).map(([, why]) => `${path}: ${command}: ${why}`),
  );

describe('the commands of projects', function () {
  this.timeout(120_000);
  it('have no options or tools that only GNU has', () => {
    const texts = new Map<string, string>();
    const seen = new Set<string>();
    for (const choices of everyChoice()) {
      // Neither CI nor the editor has commands of its own.
      const key = [choices.language, choices.kind, choices.host, choices.registry].join();
      if (seen.has(key)) continue;
      seen.add(key);
      for (const { path, text } of render(choices)) if (/(?:^Makefile|\.sh)$/.test(path)) texts.set(text, path);
    }
    assert.ok(texts.size > 50);
    assert.deepEqual([...new Set([...texts].flatMap(([text, path]) => found(path, text)))], []);
  });

  it('are searched for what is not portable', () => {
    for (const line of [
      'x | base64 --decode',
      'sed -i s/a/b/ f',
      'grep -oP x',
      'readlink -f x',
      'date -d @0',
      'echo -n x',
    ])
      assert.equal(found('a.sh', line).length, 1, line);
    assert.deepEqual(found('a.sh', 'timeout=$(git log --format=%H | head -n 1 | sort -V)'), []);
    assert.equal(found('Makefile', 'a:\n\t@stat -c %s x\n').length, 1);
  });
});

const programPath = (name: string): string => ok('sh', ['-c', `command -v ${name}`], scratch).trim();

describe('with the shell and the tools of BusyBox alone', function () {
  this.timeout(120_000);
  let path: string;
  const pushed: Choices = {
    ...plain,
    language: 'c',
    kind: 'command',
    host: 'wasmtime',
    registry: 'ghcr',
    namespace: 'ghcr.io/octo-org',
  };

  /** A folder of programs: BusyBox's, and others by their real paths. */
  const programs = (...others: string[]): string => {
    const folder = mkdtempSync(join(scratch, 'busybox-'));
    const busybox = programPath('busybox');
    for (const name of ok('busybox', ['--list'], scratch).split('\n').filter(Boolean))
      symlinkSync(busybox, join(folder, name));
    for (const name of others) symlinkSync(programPath(name), join(folder, name));
    return folder;
  };
  const written = (choices: Choices): string => {
    const folder = mkdtempSync(join(scratch, 'portable-'));
    for (const { path, text } of render(choices)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    return folder;
  };
  const sh = (folder: string, words: string[], env: NodeJS.ProcessEnv = {}) =>
    run(join(path, 'sh'), words, folder, { PATH: path, ...env });

  before(function () {
    need(this, 'busybox', 'make', 'git', 'clang-22');
    path = programs('git', 'make', 'node', 'wasm-ld-22');
  });

  it('doctor.sh checks versions, and names no package manager that is not there', () => {
    const { code, said } = sh(written(plain), ['scripts/doctor.sh']);
    assert.notEqual(code, 0);
    assert.match(said, /^ok {7}node \d+\./m);
    const without = programs();
    const missing = run(join(without, 'sh'), ['scripts/doctor.sh', 'git'], written(pushed), { PATH: without });
    assert.equal(missing.said, 'missing  git: install git with the package manager of this system\n');
  });

  it('make builds and cleans', () => {
    const folder = written({ ...plain, language: 'c', kind: 'command', host: 'wasmtime' });
    // /bin/sh of this machine is another shell.
    const words = [`SHELL=${join(path, 'sh')}`, `CLANG=${programPath(compilers.CLANG)}`];
    const { code, said } = run('make', [...words, 'clean', 'build'], folder, { PATH: path });
    assert.equal(code, 0, said);
    assert.match(said, /-o build\/hello-wasm\.wasm/);
  });

  it('secret.sh reads a key in base64', () => {
    const key = '-----BEGIN A KEY-----\nAAAA\nBBBB\n-----END A KEY-----';
    const script = '. scripts/secret.sh; secret KEY; pem KEY; printf %s "$KEY"';
    for (const KEY of [key, Buffer.from(key).toString('base64')]) {
      const { stdout } = sh(written(pushed), ['-c', script], { KEY });
      assert.equal(stdout, '-----BEGIN A KEY-----\nAAAABBBB\n-----END A KEY-----');
    }
  });

  it('ship.sh continues where it stopped, also with untracked links and repositories, and starts again after a change', () => {
    const folder = written(pushed);
    const git = (...words: string[]) => ok('git', ['-c', 'user.name=a', '-c', 'user.email=a@b', ...words], folder);
    git('init', '--quiet');
    git('add', '--all');
    git('commit', '--quiet', '--message', 'a');
    symlinkSync('nowhere', join(folder, 'dangling'));
    symlinkSync('.', join(folder, 'loop'));
    writeFileSync(join(folder, '-name with spaces'), '');
    git('init', '--quiet', 'nested');
    writeFileSync(join(folder, 'nested/notes'), '');
    const task = join(scratch, 'task');
    writeFileSync(task, '#!/bin/sh\ntest "$2" != push\n', { mode: 0o755 });
    const ship = () => {
      const { code, said } = sh(folder, ['scripts/ship.sh', 'm', 'v1', 'r:v1', 'here', 'build', 'push'], {
        MAKE: task,
      });
      assert.equal(code, 1);
      return said;
    };
    const stopped = "== push\nStopped at 'push'. Fix the problem and run make ship again: it continues there.\n";
    const again = () => assert.equal(ship(), `== build: already done\n${stopped}`);
    assert.match(ship(), /^== build\n== push\n/);
    again();
    for (const name of ['-name with spaces', 'nested/notes', 'new']) {
      writeFileSync(join(folder, name), 'changed');
      assert.match(ship(), /^== build\n== push\n/, name);
      again();
    }
  });
});
