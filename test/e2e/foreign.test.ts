/** Repositories that somebody else wrote, with the CI that they get: each task by make, and a crate's CI by two providers' runners. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { foreign } from '../support/foreign.ts';
import { environment, need, ok, scratch } from '../support/programs.ts';
import { commit, git, repository, tree } from '../support/repositories.ts';
import { act, brought } from './pipelines.ts';
import { bin, taskEnvironment } from './world.ts';

/** The repository as its owner has it. */
function owned(name: string): string {
  const { files, lock } = foreign[name] ?? { files: {} };
  const folder = mkdtempSync(join(scratch, 'foreign-'));
  const all = Object.entries(files).map(([path, text]) => ({ path, text }));
  repository(folder, all, false);
  if (lock) ok('sh', ['-c', lock.by], folder);
  git(folder, 'add', '--all');
  git(folder, 'commit', '--quiet', '--no-gpg-sign', '--message', 'All');
  return folder;
}

/**
 * wasi-sdk is in no package registry. This is laid out as it is, with Debian's clang in it, and the parts of its toolchain file
 * that compile: https://github.com/WebAssembly/wasi-sdk/blob/main/wasi-sdk.cmake. The `mise` beside it says where it is.
 */
function standInForSdk(): string {
  const folder = mkdtempSync(join(scratch, 'sdk-'));
  const program = (path: string, text: string) =>
    writeFileSync(join(folder, path), `#!/bin/sh\n${text}\n`, { mode: 0o755 });
  for (const path of ['bin', 'share/cmake/Platform', 'path']) mkdirSync(join(folder, path), { recursive: true });
  for (const name of ['clang', 'clang++']) program(`bin/${name}`, `exec ${name}-22 --target=wasm32-wasip1 "$@"`);
  // rustc and wasm-ld make the index themselves, which these do not know for WebAssembly.
  for (const name of ['ar', 'ranlib']) symlinkSync(`/usr/bin/${name}`, join(folder, 'bin', `llvm-${name}`));
  writeFileSync(join(folder, 'share/cmake/Platform/WASI.cmake'), 'set(WASI 1)\nset(CMAKE_EXECUTABLE_SUFFIX ".wasm")\n');
  writeFileSync(
    join(folder, 'share/cmake/wasi-sdk.cmake'),
    `list(APPEND CMAKE_MODULE_PATH "\${CMAKE_CURRENT_LIST_DIR}")
set(CMAKE_SYSTEM_NAME WASI)
set(CMAKE_SYSTEM_PROCESSOR wasm32)
set(CMAKE_C_COMPILER "\${CMAKE_CURRENT_LIST_DIR}/../../bin/clang")
set(CMAKE_CXX_COMPILER "\${CMAKE_CURRENT_LIST_DIR}/../../bin/clang++")
`,
  );
  const real = ok('sh', ['-c', 'command -v mise'], folder).trim();
  program('path/mise', `[ "$*" != 'where github:WebAssembly/wasi-sdk' ] || exec echo '${folder}'\nexec '${real}' "$@"`);
  return join(folder, 'path');
}

describe('CI of repositories that somebody else wrote', function () {
  this.timeout(600_000);

  for (const [name, { needs = [], makes = [], notRun }] of Object.entries(foreign)) {
    if (notRun) continue;
    it(`${name}: its tasks build it, and its own files stay`, function () {
      need(this, 'git', 'make', ...needs);
      const folder = owned(name);
      const before = tree(folder);
      ok(bin(), ['ci', 'github,gitlab'], folder);
      commit(folder);
      const makefile = foreign[name]?.files.Makefile ? 'wasm.mk' : 'Makefile';
      const tasks = ['setup', 'lint', 'build', 'test'].filter((task) =>
        new RegExp(`^${task}:`, 'm').test(readFileSync(join(folder, makefile), 'utf8')),
      );
      const path = needs.includes('clang++-22') ? { PATH: [standInForSdk(), environment.PATH].join(delimiter) } : {};
      // Swift's clang would run the wasm-opt that mise has for other projects, and there is no Node where it runs.
      const own = needs.includes('swift') ? { MISE_DATA_DIR: mkdtempSync(join(scratch, 'mise-')) } : {};
      for (const task of tasks) ok('make', ['-f', makefile, task], folder, { ...taskEnvironment(), ...path, ...own });
      for (const module of makes)
        assert.deepEqual([...readFileSync(join(folder, module)).subarray(0, 4)], [0, ...Buffer.from('asm')], module);
      assert.equal(ok('git', ['status', '--porcelain'], folder), '', 'git sees nothing of what the tasks make');
      ok(bin(), ['ci', '--remove', '--force'], folder);
      const left = tree(folder);
      for (const [path, text] of Object.entries(before)) assert.equal(left[path], text, path);
    });
  }

  it('a Go module: beside a GitLab pipeline of its own, which includes it', function () {
    need(this, 'gitlab-ci-local', 'rsync', 'git', 'go', 'mise');
    const folder = owned('a Go module with its program in cmd');
    writeFileSync(join(folder, '.gitlab-ci.yml'), "stages: [test, deploy]\nhello:\n  script: ['echo hello']\n");
    commit(folder);
    ok(bin(), ['ci', 'gitlab'], folder);
    writeFileSync(
      join(folder, '.gitlab-ci.yml'),
      `include: .gitlab/wasm.gitlab-ci.yml\n${readFileSync(join(folder, '.gitlab-ci.yml'), 'utf8')}`,
    );
    commit(folder);
    git(folder, 'remote', 'add', 'origin', 'git@gitlab.example.com:team/tool.git');
    const variables = brought().flatMap(([name, value]) => ['--variable', `${name}=${value}`]);
    const said = ok('gitlab-ci-local', ['--force-shell-executor', '--shell-isolation', ...variables], folder);
    assert.match(said, /PASS.*hello/);
    assert.match(said, /PASS.*wasm/);
    assert.match(said, /go test \.\/\.\.\.[\s\S]*ok\s+example\.com\/team\/tool/);
  });

  it('a Rust crate: green on GitHub Actions and GitLab CI by one command, and as before by another', function () {
    need(this, 'act', 'gitlab-ci-local', 'rsync', 'git', 'wasmtime', 'cargo', 'mise');
    const folder = owned('a Rust crate');
    const before = tree(folder);
    ok(bin(), ['ci', 'github,gitlab'], folder);
    git(folder, 'add', '--all');
    git(folder, 'commit', '--quiet', '--no-gpg-sign', '--message', 'CI');
    git(folder, 'remote', 'add', 'origin', 'git@gitlab.example.com:team/greet.git');
    const github = act(folder, '.github/workflows/ci.yml');
    assert.match(github, /test tests::greets \.\.\. ok[\s\S]*Job succeeded/);
    const variables = brought().flatMap(([name, value]) => ['--variable', `${name}=${value}`]);
    const said = ok('gitlab-ci-local', ['--force-shell-executor', '--shell-isolation', ...variables, 'check'], folder);
    assert.match(said, /test tests::greets \.\.\. ok[\s\S]*PASS.*check/);
    ok('git', ['clean', '--quiet', '-ffdx'], folder);
    ok(bin(), ['ci', '--remove'], folder);
    assert.deepEqual(tree(folder), before);
  });
});
