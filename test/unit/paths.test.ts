/** Paths by the rules of each system, and what Windows and macOS refuse in them. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { posix, win32 } from 'node:path';
import { packageRoot, templateFiles } from '../../src/catalog/templates.ts';
import { below, insideBy, isWithin, withinAny } from '../../src/lib/paths.ts';
import { render } from '../../src/print/render.ts';
import { everyChoice, plain } from '../support/examples.ts';

describe('a path', () => {
  it('of a project has slashes, and keeps a backslash that belongs to a name', () => {
    assert.equal(below('C:\\work\\hello', 'C:\\work\\hello\\src\\main.c', win32), 'src/main.c');
    assert.equal(below('c:\\Work', 'C:\\work\\README.md', win32), 'README.md');
    assert.equal(below('C:\\', 'C:\\a', win32), 'a');
    assert.equal(below('/work/hello', '/work/hello/src/a\\b.c', posix), 'src/a\\b.c');
    assert.equal(below('/work', '/work', posix), '');
  });
  it('of a project leads out of no folder, also not by a drive of Windows', () => {
    for (const rules of [win32, posix])
      for (const path of ['/a', '\\a', '..', 'a/../b', 'a\\..\\b', 'C:/a', 'C:\\a', 'a\nb', 1])
        assert.equal(insideBy(rules)(path), false, String(path));
    assert.deepEqual(
      [win32, posix].map((rules) => insideBy(rules)('C:a')),
      [false, true],
    );
    assert.ok(insideBy(win32)('ab:c/..d'));
  });
  for (const [name, rules, inside, outside] of [
    [
      'Windows',
      win32,
      [
        ['C:\\work', 'C:\\work'],
        ['C:\\work', 'c:\\WORK\\a'],
        ['C:\\', 'C:\\a'],
        ['C:\\work', 'C:\\work\\..a'],
        ['\\\\server\\share', '\\\\server\\share\\a'],
      ],
      [
        ['C:\\work', 'C:\\workshop'],
        ['C:\\work', 'D:\\work'],
        ['C:\\work', 'C:\\'],
        ['\\\\server\\share', '\\\\server\\other\\a'],
      ],
    ],
    [
      'POSIX',
      posix,
      [
        ['/work', '/work'],
        ['/work', '/work/a'],
        ['/', '/a'],
        ['/work', '/work/..a'],
      ],
      [
        ['/work', '/workshop'],
        ['/work', '/'],
        ['/work', '/WORK/a'],
      ],
    ],
  ] as const)
    it(`is in a folder or not, by the rules of ${name}`, () => {
      for (const [folder, path] of inside) assert.equal(isWithin(folder, path, rules), true, path);
      for (const [folder, path] of outside) assert.equal(isWithin(folder, path, rules), false, path);
    });
  for (const rules of [win32, posix])
    it(`is in one of many folders, as it is in each: ${rules.sep}`, () => {
      const names = ['a', 'A', '..a', 'ab'];
      const below = (depth: number): string[] =>
        depth === 0 ? [''] : names.flatMap((name) => below(depth - 1).map((rest) => `${name}${rules.sep}${rest}`));
      const roots = rules === win32 ? ['C:\\', 'c:\\', 'D:\\', '\\\\server\\share\\'] : ['/'];
      const all = roots.flatMap((root) => [0, 1, 2].flatMap((depth) => below(depth).map((path) => root + path)));
      for (const [index, one] of all.entries()) {
        const other = all.at(-1 - index * 2) ?? one;
        const isInside = withinAny([one, other], rules);
        for (const path of all) {
          const expected = isWithin(one, path, rules) || isWithin(other, path, rules);
          assert.equal(isInside(path), expected, `${one} ${other} ${path}`);
        }
      }
    });
});

/** What Windows refuses: https://learn.microsoft.com/windows/win32/fileio/naming-a-file */
const refused = /[<>:"\\|?*]|[. ](?:\/|$)|(?:^|\/)(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|\/|$)/i;

describe('the files of projects', () => {
  const every = new Set<string>();
  before(() => {
    const seen = new Set<string>();
    for (const choices of everyChoice('a'.repeat(50))) {
      const key = [choices.language, choices.kind, choices.host, choices.registry].join();
      if (seen.has(key)) continue;
      seen.add(key);
      for (const { path } of render(choices)) every.add(path);
    }
    for (const { path } of render({ ...plain, module: ['api:rust:wagi', 'jobs:swift:command'] })) every.add(path);
    for (const { path } of templateFiles('.', 'a')) every.add(path);
  });
  it('can be checked out on Windows and macOS', () => {
    assert.ok(every.size > 300);
    for (const path of every) {
      assert.doesNotMatch(path, refused);
      // Windows allows 260 characters, of which 100 are left for the folder.
      assert.ok(path.length < 160, path);
    }
    const names = new Map([...every].map((path) => [path.toLowerCase(), path]));
    for (const path of every) assert.equal(names.get(path.toLowerCase()), path);
  });
  it('have the line ends of git in every checkout, and so has this repository', () => {
    for (const choices of [plain, { ...plain, module: ['api:rust:wagi', 'jobs:c:command'] }])
      assert.match(render(choices).find(({ path }) => path === '.gitattributes')?.text ?? '', /eol=lf/);
    const git = (...words: string[]) => execFileSync('git', words, { cwd: packageRoot, encoding: 'utf8' });
    const paths = git('ls-files', '-z').split('\0').filter(Boolean);
    const asked = execFileSync('git', ['check-attr', '-z', '--stdin', 'text', 'eol'], {
      cwd: packageRoot,
      encoding: 'utf8',
      input: paths.join('\0'),
    }).split('\0');
    for (let at = 0; at + 2 < asked.length; at += 3) {
      const [path = '', name = '', value = ''] = asked.slice(at, at + 3);
      if (name === 'eol' && !path.endsWith('.tgz')) assert.equal(value, 'lf', path);
      if (name === 'text' && path.endsWith('.tgz')) assert.equal(value, 'unset', path);
    }
  });
});
