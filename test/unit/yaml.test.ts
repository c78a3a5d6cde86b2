/** The YAML that this program prints, compared with the library that parses it. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parse, stringify } from 'yaml';
import { Commented, toYaml } from '../../src/lib/yaml.ts';

/** Texts made of what has a meaning in YAML. */
const marks = [
  ...' \t\n:#-?,[]{}&*!|>\'"%@`~.0e+_a\\\x07\x7f\x85\ue000',
  'true',
  'null',
  '0x',
  '.inf',
  '---',
  '\ud800',
];
const anyText = fc.oneof(
  fc.array(fc.constantFrom(...marks), { maxLength: 6 }).map((parts) => parts.join('')),
  fc.string({ unit: 'grapheme' }),
);
const data = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    anyText,
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(anyText, tie('value'), { maxKeys: 4, noNullPrototype: true }),
  ),
}));
const map = fc.dictionary(anyText, data.value, { minKeys: 1, maxKeys: 5, noNullPrototype: true });

describe('YAML', () => {
  it('is read as what was printed', () => {
    fc.assert(
      fc.property(map, (value) => assert.deepEqual(parse(toYaml(value)), value)),
      { numRuns: 2000 },
    );
  });

  it('is what the library prints', () => {
    const value = {
      name: 'CI',
      on: { push: { branches: ['main'] }, none: {}, nothing: [] },
      quoted: ['', 'true', '1.0', '0x1f', 'a: b', 'a #b', '- a', '-', '*', '@a', 'a:', ' a', "it's: 'b'", 'say: "a"'],
      plain: ["it's", 'a:b', 'a#b', '-a', '1.2.3', 'v1', 'a, b', '$(a) && b', 'C:\\', 'é'],
      lines: { clipped: 'a\nb\n', stripped: 'a\n\n  b', indented: '  a\nb\n', last: 'a \n b ' },
      numbers: [0, -1, 1.5, true, false],
      lists: [[1, [2]], [{ a: 1, b: [{ c: '' }] }]],
    };
    assert.equal(toYaml(value), stringify(value, { lineWidth: 0 }));
  });

  it('has comments, empty lines and anchors', () => {
    const shared = { run: ['a'] };
    const value = {
      on: { push: null },
      jobs: { one: [shared, { env: 'A' }], two: shared },
      uses: new Commented('x@1', 'v1'),
    };
    const comments = { 'jobs.one.1.env': 'Why.', jobs: 'All.' };
    assert.equal(
      toYaml(value, { comments, spaced: true, anchor: 'step' }),
      `on:
  push:

# All.
jobs:
  one:
    - &step
      run:
        - a
    - # Why.
      env: A
  two: *step
uses: x@1 # v1
`,
    );
  });
});
