/** A folder that all processes of one test run share, gone when they end: mocha runs the files of tests side by side. */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

let folder: string;

export function mochaGlobalSetup(): void {
  folder = mkdtempSync(join(tmpdir(), 'generator-wasm-tests-'));
  // yo becomes another user where root starts it.
  chmodSync(folder, 0o755);
  process.env.GENERATOR_WASM_TESTS = folder;
}

export function mochaGlobalTeardown(): void {
  rmSync(folder, { recursive: true, force: true });
}
