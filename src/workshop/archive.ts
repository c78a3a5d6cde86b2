/** This package as a tarball that runs where it is unpacked. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { runner } from '../catalog/contract.ts';
import { packageRoot, version } from '../catalog/templates.ts';
import { UserError } from '../lib/user-error.ts';
import type { File } from '../model/plan.ts';

/** It asks questions and talks to Yeoman, which nothing in a workshop does. */
const leftOut = ['package/dist/generators', 'package/dist/bin/prompts.cjs'];

/** The runner of the contract, which the checks of the lessons call. */
const runnerPath = 'package/templates/contract/run.mjs';

/** Where the workshop keeps the tarball. */
export const tarballPath = `.workshop/generator-wasm-${version}.tgz`;

/** The tarball. The same package gives the same bytes. Throws a UserError where the package was not built. */
export function tarball(): File {
  const root = packageRoot;
  if (!existsSync(join(root, 'dist/bin/generator-wasm.cjs')))
    throw new UserError('A workshop carries the built package, and this one is not built. Run npm run build first.');
  const { files } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { files: string[] };
  const entries: [path: string, bytes: Buffer][] = [[runnerPath, Buffer.from(runner(['wagi']))]];
  const add = (path: string, source: string): void => {
    if (leftOut.includes(path)) return;
    if (statSync(source).isFile()) entries.push([path, readFileSync(source)]);
    else for (const name of readdirSync(source)) add(`${path}/${name}`, join(source, name));
  };
  for (const name of ['package.json', 'README.md', 'LICENSE', ...files]) add(`package/${name}`, join(root, name));
  entries.sort(([a], [b]) => (a < b ? -1 : 1));
  const blocks = entries.flatMap(([path, bytes]) => tarEntry(path, bytes));
  const archive = Buffer.concat([...blocks, Buffer.alloc(1024)]);
  return { path: tarballPath, text: gzipSync(archive, { level: 9 }).toString('latin1'), binary: true };
}

/** A file in the ustar format, https://pubs.opengroup.org/onlinepubs/9799919799/utilities/pax.html#tag_20_94_13_06 */
function tarEntry(path: string, bytes: Buffer): Buffer[] {
  const slash = path.length > 100 ? path.indexOf('/', path.length - 101) : -1;
  const header = Buffer.alloc(512);
  const octal = (value: number, length: number) => value.toString(8).padStart(length - 1, '0');
  header.write(path.slice(slash + 1), 0, 100);
  header.write(octal(0o644, 8), 100);
  header.write(octal(0, 8), 108);
  header.write(octal(0, 8), 116);
  header.write(octal(bytes.length, 12), 124);
  // npm's own date for each file of a package: 26 October 1985.
  header.write(octal(499_162_500, 12), 136);
  header.write(' '.repeat(8), 148);
  header.write('0', 156);
  header.write('ustar\x0000', 257);
  if (slash > 0) header.write(path.slice(0, slash), 345, 155);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return [header, bytes, Buffer.alloc((512 - (bytes.length % 512)) % 512)];
}
