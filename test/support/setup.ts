/** A folder that all processes of a test run share, removed at the end: mocha runs test files in parallel. */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

let folder: string;

export function mochaGlobalSetup(): void {
  folder = mkdtempSync(join(tmpdir(), 'generator-wasm-tests-'));
  // yo drops root's rights, so other users need access.
  chmodSync(folder, 0o755);
  process.env.GENERATOR_WASM_TESTS = folder;
}

export function mochaGlobalTeardown(): void {
  rmSync(folder, { recursive: true, force: true });
}
