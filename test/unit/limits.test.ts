/** What is read of files that a stranger may have written: each limit is a sentence, and the work does not grow with the repository. */
import assert from 'node:assert/strict';
import childProcess from 'node:child_process';
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';
import { change } from '../../src/change/change.ts';
import { readCreateRequest } from '../../src/cli/answers.ts';
import { examine } from '../../src/doctor/doctor.ts';
import { mostManifests } from '../../src/lib/limits.ts';
import { UserError } from '../../src/lib/user-error.ts';
import { render } from '../../src/print/render.ts';
import { plain } from '../support/examples.ts';
import { git, put, repository, scratch } from '../support/repositories.ts';

describe('what is read', function () {
  this.timeout(120_000);
  const folder = scratch();
  const nested = (depth: number, open: string, close: string) => `${open.repeat(depth)}1${close.repeat(depth)}`;
  const isSentence = (sentence: RegExp) => (error: Error) => {
    assert.ok(error instanceof UserError, error.stack);
    assert.match(error.message, sentence);
    assert.ok(error.message.length < 500 && !error.message.includes('\n'), error.message);
    return true;
  };

  const bomb = [
    'a: &a [x,x,x,x,x,x,x,x,x]',
    ...[...'bcdefgh'].map((name, index) => `${name}: &${name} [${`*${'abcdefg'[index]},`.repeat(8)}]`),
  ];
  const answers: [what: string, text: string, sentence: RegExp][] = [
    ['an alias of nothing', 'name: *x\n', /uses the alias '\*x', which is not supported\. Write the value\.$/],
    ['an alias of itself', '&a\nname: *a\n', /uses the alias '\*a'/],
    ['a list in itself', 'ci: &c [*c]\n', /uses the alias '\*c'/],
    ['a bomb', `${bomb.join('\n')}\n`, /uses the alias '\*a'/],
    [
      'lists in lists',
      `ci: ${nested(100, '[', ']')}\n`,
      /nests lists and objects 51 levels deep or more; the limit is 50/,
    ],
    [
      'lists without end',
      `ci: ${nested(100_000, '[', ']')}\n`,
      /too deeply for the parser|cannot be parsed: Maximum call stack/,
    ],
    ['many values', `ci: [${'x,'.repeat(20_000)}]\n`, /has 2000\d values or more; the limit is 10000/],
    ['many bytes', '#'.repeat(2 << 20), /has 2097152 bytes; the limit is 1000000/],
  ];
  for (const [what, text, sentence] of answers)
    it(`an answers file with ${what} is a sentence`, () => {
      const path = join(folder(), 'answers.yaml');
      fs.writeFileSync(path, text);
      assert.throws(() => readCreateRequest(['--answers', path]), isSentence(sentence));
    });
  it('an answers file of any length below the limit is read', () => {
    const path = join(folder(), 'answers.yaml');
    fs.writeFileSync(path, `${'# a comment\n'.repeat(50_000)}name: hello\n`);
    assert.deepEqual(readCreateRequest(['--answers', path]).answers, { name: 'hello' });
  });

  it('manifests of a stranger that are too many are a sentence', async () => {
    const root = repository(folder(), [{ path: 'README.md', text: '' }]);
    put(
      root,
      Array.from({ length: mostManifests + 1 }, (_, index) => ({ path: `m${index}/package.json`, text: '{}' })),
    );
    await assert.rejects(
      change('ci', ['github', '--force'], root, undefined),
      isSentence(/^1001 folders or more have a manifest; the limit is 1000\.$/),
    );
  });
  /** Calls of the file system below a folder, and programs started, while something is done. */
  async function counted(root: string, act: () => Promise<unknown>): Promise<{ files: number; programs: number }> {
    const count = { files: 0, programs: 0 };
    const calls = [
      'statSync',
      'lstatSync',
      'readFileSync',
      'openSync',
      'readdirSync',
      'existsSync',
      'realpathSync',
      'readlinkSync',
    ] as const;
    const starts = ['spawnSync', 'execFileSync', 'spawn', 'execFile'] as const;
    const real = new Map<string, unknown>();
    const replace = (of: object, name: string, seen: (first: unknown) => void) => {
      const own = Reflect.get(of, name) as (...args: unknown[]) => unknown;
      real.set(name, own);
      Reflect.set(
        of,
        name,
        Object.assign((...args: unknown[]) => {
          seen(args[0]);
          return own(...args);
        }, own),
      );
    };
    for (const name of calls)
      replace(fs, name, (path) => {
        if (String(path).startsWith(root)) count.files++;
      });
    for (const name of starts) replace(childProcess, name, () => count.programs++);
    syncBuiltinESMExports();
    try {
      await act();
    } finally {
      for (const name of calls) Reflect.set(fs, name, real.get(name));
      for (const name of starts) Reflect.set(childProcess, name, real.get(name));
      syncBuiltinESMExports();
    }
    return count;
  }

  it('does not grow with the number of files', async () => {
    const kinds = {
      ours: render(plain),
      foreign: [
        { path: 'Cargo.toml', text: '[package]\nname = "a"\nversion = "0.1.0"\n' },
        { path: 'src/main.rs', text: 'fn main() {}\n' },
      ],
    };
    for (const [kind, files] of Object.entries(kinds)) {
      const counts = [];
      for (const more of [10, 2000]) {
        const root = repository(join(folder(), `${kind}-${more}`), [
          ...files,
          ...Array.from({ length: more }, (_, index) => ({ path: `lib/d${index % 50}/f${index}.txt`, text: '' })),
        ]);
        const done = async () => {
          await examine([], root);
          await change('ci', ['gitlab'], root, undefined);
          await change('ci', ['--abort'], root, undefined);
        };
        counts.push(await counted(root, done));
        assert.equal(git(root, 'status', '--porcelain'), '');
      }
      const [few, many] = counts;
      assert.ok(few && few.files > 50 && few.programs > 5, JSON.stringify(few));
      assert.deepEqual(many, few, kind);
    }
  });
});
