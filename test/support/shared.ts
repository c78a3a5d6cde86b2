/** What the processes of a test run make once and share. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/** Of the run, as test/support/setup.ts has made it; of a bench, which is one process, its own. */
export const runFolder = process.env.GENERATOR_WASM_TESTS ?? mkdtempSync(join(tmpdir(), 'generator-wasm-tests-'));
if (!process.env.GENERATOR_WASM_TESTS) process.on('exit', () => rmSync(runFolder, { recursive: true, force: true }));

/** A folder that all processes of a test run share, made by the first that asks for it, and found by the others. */
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

/** Builds dist/, which nothing else may build meanwhile. */
export const built = (): string =>
  shared('built', () => {
    execFileSync('node', ['scripts/build.mjs'], { cwd: resolve(import.meta.dirname, '../..') });
  });
