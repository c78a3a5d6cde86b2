/** What a README says of programs with a slow start, done to the letter: Wizer computes at build time what took long. */
import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { plain } from '../support/examples.ts';
import { need, needed, ok, run, scratch } from '../support/programs.ts';
import { make, project } from './world.ts';

for (const language of ['c', 'cpp'])
  describe(`a program in ${language} that computes a table first`, function () {
    this.timeout(300_000);
    let folder: string;

    before(function () {
      need(this, 'make', 'wasmtime', ...needed(language));
      folder = mkdtempSync(join(scratch, 'slow-'));
      cpSync(project({ ...plain, language, kind: 'command', host: 'wasmtime', name: 'slow' }), folder, {
        recursive: true,
      });
      const main = join(folder, `main.${language}`);
      const source = readFileSync(join(import.meta.dirname, 'slow-start.c'), 'utf8');
      const own = readFileSync(main, 'utf8');
      const head = source.slice(0, source.indexOf('int main'));
      writeFileSync(main, head + own.replace(/(int main\(.*\) \{\n)/, '$1  prepare();\n'));
      const makefile = join(folder, 'Makefile');
      const line = /^\twasmtime wizer .*$/m.exec(readFileSync(join(folder, 'README.md'), 'utf8'))?.[0];
      assert.ok(line, 'the README has the line');
      writeFileSync(
        makefile,
        readFileSync(makefile, 'utf8').replace(
          /^(\twasm-opt .*) build\/slow\.wasm -o/m,
          `${line}\n$1 build/slow.ready.wasm -o`,
        ),
      );
      make(folder, 'setup');
      make(folder, 'optimize', 'MAX_BYTES=60000');
    });

    /** Whether the program ends well within this many of wasmtime's units of work. */
    const within = (fuel: number, module: string) => run('wasmtime', ['run', '-W', `fuel=${fuel}`, module], folder);

    it('does that work each time it starts, as it is built', () => {
      assert.match(within(10_000_000, 'build/slow.wasm').said, /all fuel consumed/);
      assert.match(within(10_000_000_000, 'build/slow.wasm').stdout, /^Hello, world!\n$/);
    });
    it('has done it before, once it is optimized', () => {
      assert.match(within(10_000_000, 'build/slow.opt.wasm').stdout, /^Hello, world!\n$/);
      assert.match(
        ok('node', ['contract/run.mjs', 'contract/command.json', 'build/slow.opt.wasm'], folder),
        /(\d+) of \1 cases pass/,
      );
    });
  });
