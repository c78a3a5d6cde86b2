/** Random edits of a project's files by a user, and the check that none gets lost. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { stateFile } from '../../src/print/render.ts';
import { tree } from './repositories.ts';

interface Edit {
  path: string;
  what: 'insert' | 'replace' | 'cut' | 'delete' | 'crlf';
  where: number;
}

/** Up to six edits, mostly of the first files, which upgrades change most. */
export function editsOf(paths: readonly string[], often: readonly string[]): fc.Arbitrary<Edit[]> {
  const edit = fc.record({
    path: fc.constantFrom(...often, ...paths.filter((path) => path !== stateFile)),
    what: fc.constantFrom<Edit['what']>('insert', 'insert', 'insert', 'replace', 'cut', 'delete', 'crlf'),
    where: fc.nat(400),
  });
  return fc.array(edit, { minLength: 1, maxLength: 6 });
}

/** The user's files after the edits. */
export interface Edited {
  before: Record<string, string>;
  lines: string[];
  deleted: string[];
}

/** Applies the edits, and adds a file of the user. */
export function edit(place: string, edits: readonly Edit[], paths: readonly string[]): Edited {
  for (const [index, { path, what, where }] of edits.entries()) {
    const file = join(place, path);
    if (!existsSync(file)) continue;
    const text = readFileSync(file, 'utf8');
    const all = text.split('\n');
    const at = where % all.length;
    const line = `edit number ${index} of the user`;
    if (what === 'delete') rmSync(file);
    else if (what === 'crlf') writeFileSync(file, text.replaceAll(/\r?\n/g, '\r\n'));
    else {
      if (what === 'insert') all.splice(at, 0, line);
      else if (what === 'replace') all.splice(at, 1, line);
      else all.splice(at, 3);
      writeFileSync(file, all.join('\n'));
    }
  }
  writeFileSync(join(place, 'own.txt'), 'a file of the user\n');
  const before = tree(place);
  const lines = Object.values(before).flatMap((text) => text.match(/edit number \d+ of the user/g) ?? []);
  const deleted = paths.filter((path) => path !== stateFile && !Object.hasOwn(before, path));
  return { before, lines, deleted };
}

/** Throws if an edit is lost, or if a file changed that the output does not name. */
export function keeps(place: string, { before, lines }: Edited, said: string): void {
  const after = tree(place);
  const everything = Object.values(after).join('\n');
  for (const line of lines) assert.ok(everything.includes(line), `${line} is lost:\n${said}`);
  assert.equal(after['own.txt'], 'a file of the user\n');
  for (const path of Object.keys(before))
    if (before[path] !== after[path]) assert.ok(said.includes(path), `${path} changed, and nobody said so`);
}
