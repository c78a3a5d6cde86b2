/** Several modules in one project, as their owner would use it: everything by the Makefile of the root. */
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { exists, freePort, need, needed, ok, scratch } from '../support/programs.ts';
import { commit } from '../support/repositories.ts';
import { bin, make, serving } from './world.ts';

describe('two modules in one project', function () {
  this.timeout(600_000);
  let folder: string;
  before(function () {
    need(this, 'git', 'make', 'wasmtime', ...needed('rust'), ...needed('c'), ...needed('swift'));
    const place = join(scratch, 'modules');
    mkdirSync(place);
    folder = join(place, 'shop');
    const modules = ['--module', 'api:rust:wagi', '--module', 'jobs:c:command'];
    const said = ok(bin(), ['shop', '--yes', '--no-git', ...modules], place);
    assert.match(said, /make -C api serve/);
    assert.match(said, /--module api:rust:wagi --module jobs:c:command/);
    // The same choices again write nothing.
    assert.match(ok(bin(), ['shop', '--yes', '--no-git', ...modules], place), /^Already up to date/);
  });

  it('are set up, linted, built and tested together', () => {
    const said = make(folder, 'setup', 'lint', 'build', 'test');
    assert.match(said, /(\d+) of \1 cases pass: build\/api\.wasm/);
    assert.match(said, /(\d+) of \1 cases pass: build\/jobs\.wasm/);
    make(folder, 'build');
    const before = readFileSync(join(folder, 'api/build/api.wasm'));
    make(folder, 'clean');
    assert.ok(!exists(folder, 'api/build') && !exists(folder, 'jobs/build'));
    make(folder, 'build');
    assert.deepEqual(readFileSync(join(folder, 'api/build/api.wasm')), before);
  });

  it('get a third in Swift, with the contract of the first', () => {
    ok('git', ['init', '--quiet'], folder);
    commit(folder);
    assert.match(ok(bin(), ['language', 'swift', '--like', 'api'], folder), /write +api-swift\/Package\.swift/);
    const said = make(folder, 'setup', 'lint', 'test', 'optimize');
    for (const module of ['api/build/api', 'jobs/build/jobs', 'api-swift/build/api-swift'])
      for (const ending of ['', '.opt']) assert.ok(exists(folder, `${module}${ending}.wasm`), module);
    assert.match(said, /(\d+) of \1 cases pass: build\/api-swift\.opt\.wasm/);
    const contracts = ['api', 'api-swift'].map((name) =>
      readFileSync(join(folder, name, 'contract/wagi.json'), 'utf8'),
    );
    assert.equal(contracts[0], contracts[1]);
  });

  it('run each on a host of its own', async () => {
    assert.equal(make(folder, '--silent', '-C', 'jobs', 'run', 'ARGS=Ada'), 'Hello, Ada!\n');
    const listen = `127.0.0.1:${await freePort()}`;
    const stop = await serving('make', ['-C', 'api', 'serve', `LISTEN=${listen}`], folder, `http://${listen}/healthz`);
    try {
      assert.equal(await (await fetch(`http://${listen}/?name=Ada`)).text(), 'Hello, Ada!\n');
    } finally {
      await stop();
    }
  });
});
