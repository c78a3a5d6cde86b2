/** Counts the git processes of one command, with a `git` on PATH that logs its arguments: to start them takes most of the time of `ci`. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { change } from '../../src/change/change.ts';
import { foreign } from '../support/foreign.ts';
import { commit, repository, scratch } from '../support/repositories.ts';

describe('the calls of git', function () {
  this.timeout(120_000);
  const folder = scratch();
  const at = (...path: string[]) => join(folder(), ...path);
  const before = { ...process.env };
  beforeEach(() => {
    const real = execFileSync('sh', ['-c', 'command -v git'], { encoding: 'utf8' }).trim();
    mkdirSync(at('bin'));
    writeFileSync(at('bin/git'), `#!/bin/sh\necho "$*" >>'${at('calls')}'\nexec '${real}' "$@"\n`);
    chmodSync(at('bin/git'), 0o755);
  });
  afterEach(() => {
    process.env.PATH = before.PATH;
  });

  /** The commands of git that a call of `ci` runs. */
  async function callsOf(...argv: string[]): Promise<string[]> {
    writeFileSync(at('calls'), '');
    process.env.PATH = `${at('bin')}${delimiter}${before.PATH}`;
    const { code, text } = await change('ci', argv, folder(), undefined);
    process.env.PATH = before.PATH;
    assert.equal(code, 0, text);
    const calls = readFileSync(at('calls'), 'utf8').split('\n').filter(Boolean);
    return calls.map((line) => line.replace(/^--\S+ /, '').split(' ')[0] ?? '');
  }

  it('are three for each repository of a first ci, in any language, and one for all', async () => {
    const names = [
      'a Rust crate',
      'AssemblyScript with scripts, and pnpm',
      'C with CMake and tests',
      'C++ with a Makefile for wasi-sdk',
      'a Go module with its program in cmd',
      'a Swift package of two programs',
      'Zig with tests',
      'JavaScript with jco',
      'Python with componentize-py',
      'a monorepo of three languages',
    ];
    for (const [index, name] of names.entries()) {
      const files = Object.entries(foreign[name]?.files ?? {});
      assert.notEqual(files.length, 0, name);
      repository(
        at(`all/${index}`),
        files.map(([path, text]) => ({ path, text })),
      );
    }
    const calls = await callsOf('github', ...names.map((_, index) => at(`all/${index}`)));
    const three = ['for-each-ref', 'ls-files', 'check-ignore'];
    // An earlier test in the same process may have asked for the version.
    assert.deepEqual(
      calls.filter((name, index) => index > 0 || name !== 'version'),
      names.flatMap(() => three),
    );
  });

  it('are two more for a later ci, which compares the files with what is committed', async () => {
    const files = Object.entries(foreign['a Rust crate']?.files ?? {});
    repository(
      at('one'),
      files.map(([path, text]) => ({ path, text })),
    );
    await callsOf('github', 'one');
    commit(at('one'));
    const calls = await callsOf('gitlab', '--add', 'one');
    assert.deepEqual(calls, ['for-each-ref', 'ls-files', 'check-ignore', 'config', 'status']);
  });
});
