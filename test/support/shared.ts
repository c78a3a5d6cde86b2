/** What the processes of a test run build once and share. */
import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/** The folder that test/support/setup.ts made; a benchmark, which is one process, makes its own. */
export const runFolder = process.env.GENERATOR_WASM_TESTS ?? mkdtempSync(join(tmpdir(), 'generator-wasm-tests-'));
if (!process.env.GENERATOR_WASM_TESTS) {
  // yo drops root's rights, so other users need access.
  chmodSync(runFolder, 0o755);
  process.on('exit', () => rmSync(runFolder, { recursive: true, force: true }));
}

/** A shared folder: the first process that asks for it makes it, the others wait. */
export function shared(name: string, make: (folder: string) => void): string {
  const folder = join(runFolder, name);
  const done = `${folder}.done`;
  if (existsSync(done)) return folder;
  try {
    mkdirSync(folder);
  } catch {
    const failed = `${folder}.failed`;
    while (!existsSync(done)) {
      if (existsSync(failed)) throw new Error(`${name} could not be made: ${readFileSync(failed, 'utf8')}`);
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200);
    }
    return folder;
  }
  try {
    make(folder);
  } catch (error) {
    writeFileSync(`${folder}.failed`, String(error));
    throw error;
  }
  writeFileSync(done, '');
  return folder;
}

/** Builds dist/, one process at a time. */
export const built = (): string =>
  shared('built', () => {
    execFileSync('node', ['scripts/build.mjs'], { cwd: resolve(import.meta.dirname, '../..') });
  });
