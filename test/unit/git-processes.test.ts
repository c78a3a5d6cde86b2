/** Counts the git processes of one command: to start them takes most of the time of `ci`. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { change } from '../../src/change/change.ts';
import { childProcess } from '../../src/lib/builtin.ts';
import { foreign } from '../support/foreign.ts';
import { commit, repository, scratch } from '../support/repositories.ts';

describe('the calls of git', function () {
  this.timeout(120_000);
  const folder = scratch();
  const at = (...path: string[]) => join(folder(), ...path);
  const { spawnSync } = childProcess();
  afterEach(() => {
    childProcess().spawnSync = spawnSync;
  });

  /** The commands of git that a call of `ci` runs, without `git version`, which each process runs once. */
  async function callsOf(...argv: string[]): Promise<string[]> {
    const calls: string[] = [];
    childProcess().spawnSync = ((program: string, args: string[], options: object) => {
      assert.equal(program, 'git');
      calls.push(args.find((word) => !word.startsWith('-')) ?? '');
      return spawnSync(program, args, options);
    }) as typeof spawnSync;
    const { code, text } = await change('ci', argv, folder(), undefined);
    childProcess().spawnSync = spawnSync;
    assert.equal(code, 0, text);
    assert.ok(calls.filter((name) => name === 'version').length <= 1);
    return calls.filter((name) => name !== 'version');
  }

  it('are three for each repository of a first ci, in any language', async () => {
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
    assert.deepEqual(
      calls,
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
