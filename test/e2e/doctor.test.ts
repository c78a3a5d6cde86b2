/** A tool that is missing or too old is told in one line, with what to do, before anything is compiled. */
import assert from 'node:assert/strict';
import { chmodSync, cpSync, mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { plain } from '../examples.ts';
import { exists, need, project, run, scratch } from './world.ts';

describe('make build where a tool is not as it should be', function () {
  this.timeout(120_000);
  let folder: string;
  before(function () {
    need(this, 'make');
    folder = mkdtempSync(join(scratch, 'doctor-'));
    cpSync(project({ ...plain, language: 'c' }), folder, { recursive: true });
  });
  const build = (compiler: string) => run('make', ['--silent', 'build'], folder, { CC: compiler });

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
  it('names the command of this system’s package manager', () => {
    const { said } = run('sh', ['scripts/doctor.sh', '/nowhere/cc'], folder, { HOST_CC: '/nowhere/cc' });
    assert.match(said, /^missing {2}\/nowhere\/cc: (?:brew|sudo (?:apt-get|dnf|pacman|apk)) .*gcc$/m);
  });
});
