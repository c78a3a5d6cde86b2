/** `yo wasm:ci` and its like through Yeoman's own environment. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type Generator from 'yeoman-generator';
import helpers from 'yeoman-test';
import ci from '../../generators/ci/index.ts';
import doctor from '../../generators/doctor/index.ts';
import explain from '../../generators/explain/index.ts';
import host from '../../generators/host/index.ts';
import language from '../../generators/language/index.ts';
import registry from '../../generators/registry/index.ts';
import upgrade from '../../generators/upgrade/index.ts';
import vscode from '../../generators/vscode/index.ts';
import workshop from '../../generators/workshop/index.ts';
import { render } from '../../src/print/render.ts';
import { plain } from '../support/examples.ts';
import { asTree, repository, scratch, tree } from '../support/repositories.ts';

describe('yo wasm:…', () => {
  const folder = scratch();
  beforeEach(() => {
    repository(folder(), render(plain), true);
  });
  const run = (generator: typeof Generator, name: string, args: string[], options: object = {}) =>
    helpers
      .run(generator, { namespace: `wasm:${name}` }, { cwd: folder() })
      .withArguments(args)
      .withOptions({ force: false, ...options } as object);

  it('ci', async () => {
    await run(ci, 'ci', ['gitlab']);
    assert.deepEqual(tree(folder()), asTree(render({ ...plain, ci: ['gitlab'] })));
    await run(ci, 'ci', [], { abort: true });
    assert.deepEqual(tree(folder()), asTree(render(plain)));
  });
  it('host, registry, vscode, with flags', async () => {
    await run(host, 'host', ['spin']);
    await run(registry, 'registry', ['ghcr', '--namespace=ghcr.io/octo'], { force: true });
    await run(vscode, 'vscode', [], { force: true, remove: true });
    assert.deepEqual(
      tree(folder()),
      asTree(render({ ...plain, host: 'spin', registry: 'ghcr', namespace: 'ghcr.io/octo', editor: 'none' })),
    );
  });
  it('language', async () => {
    await run(language, 'language', ['c'], { like: 'hello-wasm' });
    assert.ok(Object.hasOwn(tree(folder()), 'hello-wasm-c/main.c'));
  });
  it('upgrade', async () => {
    await run(upgrade, 'upgrade', [], { check: true });
    assert.deepEqual(tree(folder()), asTree(render(plain)));
  });
  it('explain, with its page in a file', async () => {
    await run(explain, 'explain', [], { output: 'page.html' });
    assert.match(readFileSync(join(folder(), 'page.html'), 'utf8'), /<h1>hello-wasm<\/h1>/);
  });
  it('doctor, which changes nothing, and fails with the list of problems found', async () => {
    const makefile = join(folder(), 'Makefile');
    writeFileSync(makefile, readFileSync(makefile, 'utf8').replace(/^lint:/m, 'linting:'));
    const before = tree(folder());
    await assert.rejects(run(doctor, 'doctor', []), (error: Error & { code?: number }) => {
      assert.match(error.message, /CI calls make lint, which the Makefile no longer has/);
      assert.match(error.message, /\n {4}yo wasm:upgrade --restore Makefile\n/);
      assert.equal(error.code, 1);
      return true;
    });
    await assert.rejects(run(doctor, 'doctor', [], { json: true }), /\{"folder":"\."/);
    assert.deepEqual(tree(folder()), before);
  });
  it('workshop, with the sentence of what it cannot write', async () => {
    const options = { yes: true, git: false, language: 'go' };
    await assert.rejects(run(workshop, 'workshop', ['room'], options), /A workshop in Go is not available/);
  });
  it('refuses with the same sentence, and changes nothing', async () => {
    writeFileSync(join(folder(), 'README.md'), 'mine');
    const before = tree(folder());
    await assert.rejects(run(ci, 'ci', ['gitlab']), /uncommitted changes: README\.md/);
    await assert.rejects(run(ci, 'ci', ['gitlab'], { force: true }), /Nothing was changed/);
    await assert.rejects(run(host, 'host', []), /Not running in a terminal\. Pass the HOST/);
    assert.deepEqual(tree(folder()), before);
  });
});
