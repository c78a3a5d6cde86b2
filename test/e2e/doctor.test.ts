/** A tool that is missing or too old is told in one line, with what to do, before anything is compiled. */
import assert from 'node:assert/strict';
import { chmodSync, cpSync, mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { plain } from '../support/examples.ts';
import { compilers, exists, has, need, run, scratch } from '../support/programs.ts';
import { project } from './world.ts';

describe('make build where a tool is not as it should be', function () {
  this.timeout(120_000);
  let folder: string;
  before(function () {
    need(this, 'make');
    folder = mkdtempSync(join(scratch, 'doctor-'));
    cpSync(project({ ...plain, language: 'c' }), folder, { recursive: true });
  });
  const build = (compiler: string) => run('make', ['--silent', 'build'], folder, { CLANG: compiler });

  it('says that it is missing', () => {
    const { code, said } = build('/nowhere/clang');
    assert.notEqual(code, 0);
    assert.match(said, /^missing {2}\/nowhere\/clang: make setup$/m);
    assert.doesNotMatch(said, /No such file|not found/);
    assert.equal(exists(folder, 'build/hello-wasm.wasm'), false);
  });
  it('says that it is too old', () => {
    const old = join(folder, 'old-clang');
    writeFileSync(old, "#!/bin/sh\necho 'clang version 14.0.6'\n");
    chmodSync(old, 0o755);
    const { code, said } = build(old);
    assert.notEqual(code, 0);
    assert.match(said, /^too old {2}\S+old-clang 14\.0\.6, 20 or newer is needed: make setup$/m);
  });
  it('runs nothing that a path in rust-toolchain.toml names', () => {
    const rust = mkdtempSync(join(scratch, 'rust-'));
    cpSync(project({ ...plain, language: 'rust' }), rust, { recursive: true });
    const bin = mkdtempSync(join(scratch, 'bin-'));
    const program = (path: string, script: string) => writeFileSync(path, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    // As rustup chooses: the variable, then the file.
    program(
      join(bin, 'cargo'),
      `[ "\${RUSTUP_TOOLCHAIN:-}" ] && echo "cargo 1.96.1 $RUSTUP_TOOLCHAIN" && exit
path=$(sed -n 's/^path = "\\(.*\\)"$/\\1/p' rust-toolchain.toml 2>/dev/null)
[ "$path" ] && exec "$path/cargo"
echo cargo 1.97.2`,
    );
    program(join(rust, 'cargo'), `touch ${join(rust, 'canary')}; echo cargo 99.9.9`);
    const asked = (shell: string) =>
      run(shell, ['scripts/doctor.sh'], rust, { PATH: `${bin}:${process.env.PATH}`, RUSTUP_TOOLCHAIN: '' }).said;
    const shells = ['sh', 'dash', 'bash'].filter(has);
    for (const shell of shells) assert.match(asked(shell), /^ok {7}cargo 1\.96\.1$/m, shell);
    writeFileSync(join(rust, 'rust-toolchain.toml'), `[toolchain]\npath = "${rust}"\n`);
    for (const shell of shells) assert.match(asked(shell), /^ok {7}cargo 1\.97\.2$/m, shell);
    assert.equal(exists(rust, 'canary'), false);
  });
  it('takes no number in an error for a version', () => {
    const shim = join(folder, 'shim');
    writeFileSync(shim, "#!/bin/sh\necho 'No version is set, 12.0.1 is installed' >&2\nexit 126\n", { mode: 0o755 });
    const { code, said } = run('sh', ['scripts/doctor.sh', shim], folder, { CLANG: shim });
    assert.equal(code, 0, said);
  });
  it('compiles for WebAssembly with its own compiler, whatever CC and CXX are', function () {
    need(this, 'clang-22');
    const { code, said } = run('make', ['build'], folder, { ...compilers, CC: '/nowhere/cc', CXX: '/nowhere/c++' });
    assert.equal(code, 0, said);
    assert.doesNotMatch(said, /nowhere/);
  });
  it('names the command of this system’s package manager', () => {
    const { said } = run('sh', ['scripts/doctor.sh', '/nowhere/cc'], folder, { HOST_CC: '/nowhere/cc' });
    assert.match(said, /^missing {2}\/nowhere\/cc: (?:brew|sudo (?:apt-get|dnf|pacman|apk)) .*gcc$/m);
  });
});
