/** Tarballs of packages named generator-wasm, in the form of `npm pack`, which takes longer to start than the tests that need one. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { put } from './repositories.ts';

/** The path of a new tarball in `folder`, of a package whose program is `main.js` with this text. */
export function tarballOf(folder: string, version: string, program: string): string {
  const place = mkdtempSync(join(folder, 'package-'));
  const manifest = { name: 'generator-wasm', version, bin: { 'generator-wasm': 'main.js' } };
  put(place, [
    { path: 'package/package.json', text: JSON.stringify(manifest) },
    { path: 'package/main.js', text: program, executable: true },
  ]);
  execFileSync('tar', ['-czf', 'package.tgz', 'package'], { cwd: place });
  return join(place, 'package.tgz');
}
