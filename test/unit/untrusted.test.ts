/** Repositories that are made to be read wrongly: each ends in a sentence, or is read as if the odd file were not there. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { change } from '../../src/change/change.ts';
import { examine } from '../../src/doctor/doctor.ts';
import { render } from '../../src/print/render.ts';
import { plain } from '../support/examples.ts';
import { repository, scratch, tree } from '../support/repositories.ts';

const crate = { path: 'Cargo.toml', text: '[package]\nname = "a"\n' };

describe('a repository that is made to be read wrongly', function () {
  this.timeout(60_000);
  const folder = scratch();
  const ci = (...argv: string[]) => change('ci', ['github', ...argv], folder(), undefined);

  for (const [what, text, says] of [
    [
      'deep',
      `{"generator-wasm":${'['.repeat(50_000)}${']'.repeat(50_000)}}`,
      /more than 50 levels of objects and lists/,
    ],
    [
      'deep in a text',
      JSON.stringify({ 'generator-wasm': ['"[[['.repeat(50)] }),
      /has an invalid 'generator-wasm': \["/,
    ],
    ['long', `{"generator-wasm":"${'a'.repeat(1_000_000)}"}`, /has 1000021 bytes; the limit is 1000000/],
    [
      'of a prototype',
      '{"generator-wasm":{"version":"0.3.0","choices":{"__proto__":{"name":"a"}}}}',
      /has an unknown choice '__proto__'/,
    ],
    ['of a number', '{"generator-wasm":{"version":1e999,"choices":{}}}', /has the version null/],
  ] as const)
    it(`its .yo-rc.json is ${what}`, async () => {
      repository(folder(), [crate, { path: '.yo-rc.json', text }]);
      const upgrade = () => change('upgrade', ['--check'], folder(), undefined);
      for (const run of [ci, () => examine([], folder()), upgrade])
        await assert.rejects(run(), (error: Error) => error.name === 'UserError' && says.test(error.message));
    });

  it('its .yo-rc.json has five gigabytes', async () => {
    repository(folder(), [crate]);
    writeFileSync(join(folder(), '.yo-rc.json'), '');
    truncateSync(join(folder(), '.yo-rc.json'), 5e9);
    await assert.rejects(ci(), /has 5000000000 bytes; the limit is 1000000/);
  });

  it('its Makefile has five gigabytes', async () => {
    repository(folder(), render(plain));
    truncateSync(join(folder(), 'Makefile'), 5e9);
    const { text } = await change('ci', ['gitlab', '--dry-run'], folder(), undefined);
    assert.doesNotMatch(text, /Makefile/);
    await assert.rejects(change('language', ['c', '--force'], folder(), undefined), /'Makefile' is larger than 100 MB/);
  });

  it('its Makefile is larger than what ci reads: the doctor reads as much', async () => {
    const text = `${'#'.repeat(5e6)}\nbuild:\n\tcargo build --target wasm32-wasip2\n`;
    repository(folder(), [crate, { path: 'Makefile', text }]);
    await ci();
    assert.doesNotMatch((await examine([], folder())).text, /CI (?:does not build|builds no)/);
  });

  it('a manifest has five gigabytes: nothing is known of its project', async () => {
    repository(folder(), [crate, { path: 'b/Cargo.toml', text: crate.text }]);
    rmSync(join(folder(), 'Cargo.toml'));
    writeFileSync(join(folder(), 'Cargo.toml'), '');
    truncateSync(join(folder(), 'Cargo.toml'), 5e9);
    const { text } = await ci('--dry-run');
    assert.match(text, /^Found the crate a in b /m);
  });

  for (const target of ['Cargo.toml', 'nowhere', '.github', '../elsewhere'])
    it(`a folder of ours is a link to ${target}`, async () => {
      repository(folder(), [crate]);
      symlinkSync(target, join(folder(), '.github'));
      const before = tree(folder());
      const { text, code } = await ci();
      assert.equal(code, 1);
      assert.match(text, /\.github\/workflows\/ci\.yml: it is below '\.github', which is not a folder of the project/);
      assert.deepEqual(tree(folder()), before);
      await examine([], folder());
    });

  it('a manifest lies behind a link, though git knows it as a file', async () => {
    repository(folder(), [crate, { path: 'b/Cargo.toml', text: '[package]\nname = "known"\n' }]);
    rmSync(join(folder(), 'b'), { recursive: true });
    mkdirSync(join(folder(), '.git/elsewhere'));
    writeFileSync(join(folder(), '.git/elsewhere/Cargo.toml'), '[package]\nname = "secret"\n');
    symlinkSync('.git/elsewhere', join(folder(), 'b'));
    rmSync(join(folder(), 'Cargo.toml'));
    await assert.rejects(ci('--dry-run'), (error: Error) => !error.message.includes('secret'));
  });

  it('a manifest is a named pipe, which nobody writes to', async () => {
    repository(folder(), [crate]);
    rmSync(join(folder(), 'Cargo.toml'));
    execFileSync('mkfifo', [join(folder(), 'Cargo.toml'), join(folder(), '.yo-rc.json'), join(folder(), 'Makefile')]);
    await assert.rejects(ci('--dry-run'), /'\.yo-rc\.json' is not a file/);
    rmSync(join(folder(), '.yo-rc.json'));
    await assert.rejects(ci('--dry-run'), /No WebAssembly project found/);
  });
});
