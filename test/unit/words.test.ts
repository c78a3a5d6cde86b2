/** What users read is in plain words: those that CONTRIBUTING.md rules out are in no message, README or page. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';

const root = resolve(import.meta.dirname, '../..');
const read = (path: string): string => readFileSync(resolve(root, path), 'utf8');

/** The words in the first column of the table below a heading of CONTRIBUTING.md. */
const ruledOut = (read('CONTRIBUTING.md').split('\n## Plain words\n')[1] ?? '')
  .split('\n## ')[0]
  ?.split('\n')
  .filter((line) => line.startsWith('| `'))
  .flatMap((line) => [...(line.split(/[(|]/)[1] ?? '').matchAll(/`([^`]+)`/g)].map(([, word]) => String(word)));

/** The files below a folder. */
const below = (folder: string): string[] =>
  readdirSync(resolve(root, folder), { recursive: true, withFileTypes: true }).flatMap((entry) =>
    entry.isFile() ? [resolve(entry.parentPath, entry.name)] : [],
  );

/** A source without its comments, whose words are for contributors. */
const messages = (text: string): string => text.replace(/^\s*(?:\/\/|\/?\*).*$/gm, '').replace(/\s\/\/ .*$/gm, '');

describe('What users read', () => {
  const pages = [
    'README.md',
    'SECURITY.md',
    'CHANGELOG.md',
    'wagi/README.md',
    ...[
      'docs',
      ...'contract hosts project publish registries workshop'.split(' ').map((name) => `templates/${name}`),
    ].flatMap(below),
    // Notes of languages; the programs beside them are for the compilers.
    ...below('templates/languages').filter((path) => path.endsWith('.ejs')),
  ];
  const sources = ['bin', 'generators', 'src', 'wagi'].flatMap(below).filter((path) => path.endsWith('.ts'));

  it('is ruled out by a list', () => assert.ok((ruledOut?.length ?? 0) > 20));
  for (const word of ruledOut ?? [])
    it(`has no '${word}'`, () => {
      const found = [
        ...pages
          .filter((path) => /\.(?:md|ejs|sh|mjs|json)$/.test(path) && !path.includes('/text/de/'))
          .map((path) => [path, read(path)]),
        ...sources.map((path) => [path, messages(read(path))]),
      ].flatMap(([path = '', text = '']) =>
        text
          .split('\n')
          .flatMap((line) =>
            line.replace(/there is no |is no longer /gi, '').includes(word)
              ? [`${path.slice(root.length + 1)}: ${line.trim()}`]
              : [],
          ),
      );
      assert.deepEqual(found, []);
    });
});
