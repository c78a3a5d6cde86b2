/** The difference between two renderings, put into what a user has: each case of each path. */
import assert from 'node:assert/strict';
import { reconcile, resolve } from '../../src/change/reconcile.ts';
import { toJson } from '../../src/lib/json.ts';
import type { File } from '../../src/model/plan.ts';
import type { Present } from '../../src/project/location.ts';

const file = (text: string | undefined): File[] => (text === undefined ? [] : [{ path: 'f', text }]);
const present = (text: string | Buffer | undefined): Present | undefined => {
  if (text === undefined) return undefined;
  const data = Buffer.from(text);
  return { data, text: data.equals(Buffer.from(data.toString())) ? data.toString() : undefined };
};
/** What comes of one path. */
function outcome(base: string | undefined, user: string | Buffer | undefined, generated: string | undefined): string {
  const { edits, conflicts, gone } = reconcile(file(base), file(generated), () => present(user));
  assert.ok(edits.length + conflicts.length + gone.length <= 1);
  if (gone.length > 0) return 'stays deleted';
  if (conflicts[0]) return `conflict: ${conflicts[0].why}`;
  if (!edits[0]) return 'as it is';
  return edits[0].data ? `${edits[0].merged ? 'merged' : 'written'}: ${edits[0].data}` : 'removed';
}

describe('a path that changes', () => {
  const lines = (...words: string[]) => words.map((word) => `${word}\n`).join('');
  const base = lines('a', 'b', 'c', 'd', 'e');
  const cases: [
    what: string,
    base: string | undefined,
    mine: string | Buffer | undefined,
    theirs: string | undefined,
    then: string,
  ][] = [
    ['ours has not changed', 'a\n', 'mine\n', 'a\n', 'as it is'],
    ['ours has not changed, and was deleted', 'a\n', undefined, 'a\n', 'as it is'],
    ['is new', undefined, undefined, 'new\n', 'written: new\n'],
    ['is new and there already', undefined, 'new\n', 'new\n', 'as it is'],
    ['is new, and another is there', undefined, 'mine\n', 'new\n', 'conflict: it already exists'],
    ['nobody has touched', 'a\n', 'a\n', 'b\n', 'written: b\n'],
    ['the user has changed alike', 'a\n', 'b\n', 'b\n', 'as it is'],
    ['the user has deleted', 'a\n', undefined, 'b\n', 'stays deleted'],
    ['is needed no more', 'a\n', 'a\n', undefined, 'removed'],
    ['is needed no more, and gone', 'a\n', undefined, undefined, 'as it is'],
    [
      'is needed no more, and the user has changed',
      'a\n',
      'mine\n',
      undefined,
      'conflict: you changed it, and it is no longer needed',
    ],
    [
      'both have changed, apart',
      base,
      lines('mine', 'a', 'b', 'c', 'd', 'e'),
      lines('a', 'b', 'c', 'd', 'new'),
      `merged: ${lines('mine', 'a', 'b', 'c', 'd', 'new')}`,
    ],
    [
      'both have changed, at one place',
      base,
      lines('a', 'b', 'mine', 'd', 'e'),
      lines('a', 'b', 'new', 'd', 'e'),
      'conflict: your edits overlap with ours',
    ],
    ['has CRLF', 'a\nb\n', 'a\r\nb\r\n', 'a\nc\n', 'written: a\r\nc\r\n'],
    [
      'has CRLF and changes',
      base,
      `mine\r\n${base.replaceAll('\n', '\r\n')}`,
      lines('a', 'b', 'c', 'd', 'new'),
      'merged: mine\r\na\r\nb\r\nc\r\nd\r\nnew\r\n',
    ],
    ['is no text any more', 'a\n', Buffer.from([0xff, 0]), 'b\n', 'conflict: it is not a text file'],
    ['has a NUL, which git does not merge', 'a\n', 'a\n\0', 'b\n', 'conflict: your edits overlap with ours'],
  ];
  for (const [what, base, user, generated, then] of cases)
    it(`that ${what}: ${JSON.stringify(then)}`, () => assert.equal(outcome(base, user, generated), then));

  it('gets its executable bit', () => {
    const [edit] = reconcile([{ path: 'f', text: 'a\n' }], [{ path: 'f', text: 'a\n', executable: true }], () =>
      present('a\n'),
    ).edits;
    assert.ok(edit?.executable);
  });
  it('that is a link cannot be replaced, only kept', () => {
    const [conflict] = reconcile(file('a\n'), file('b\n'), () => ({ blocked: 'a link' })).conflicts;
    assert.ok(conflict);
    assert.deepEqual(
      resolve(conflict, 'keep', () => true),
      [],
    );
    assert.throws(() => resolve(conflict, 'overwrite', () => true), /^UserError: 'f' cannot be replaced: it is a link/);
  });
});

describe('a conflict', () => {
  const conflictOf = (base: string | undefined, user: string, generated: string | undefined) => {
    const [conflict] = reconcile(file(base), file(generated), () => present(user)).conflicts;
    assert.ok(conflict);
    return conflict;
  };
  const settled = (conflict: ReturnType<typeof conflictOf>, policy: Parameters<typeof resolve>[1]) =>
    resolve(conflict, policy, (path) => path !== 'f.orig').map(({ path, data }) => [path, data?.toString()]);

  it('where both have changed', () => {
    const conflict = conflictOf('a\n', 'mine\n', 'new\n');
    assert.deepEqual(settled(conflict, 'keep'), []);
    assert.deepEqual(settled(conflict, 'overwrite'), [['f', 'new\n']]);
    assert.deepEqual(settled(conflict, 'backup'), [
      ['f.orig2', 'mine\n'],
      ['f', 'new\n'],
    ]);
    assert.deepEqual(settled(conflict, 'merge'), [
      ['f', '<<<<<<< yours\nmine\n=======\nnew\n>>>>>>> generator-wasm, now\n'],
    ]);
  });
  it('where it is needed no more', () => {
    const conflict = conflictOf('a\n', 'mine\n', undefined);
    assert.deepEqual(settled(conflict, 'merge'), [], 'as git does');
    assert.deepEqual(settled(conflict, 'overwrite'), [['f', undefined]]);
    assert.deepEqual(settled(conflict, 'backup'), [
      ['f.orig2', 'mine\n'],
      ['f', undefined],
    ]);
  });
});

describe('the cases of a contract', () => {
  const [greets, counts, asks] = ['greets', 'counts', 'asks'].map((id) => ({ id, args: [id], stdout: `${id}\n` }));
  const cases = (...all: unknown[]): string => toJson({ cases: all });
  const merged = (user: string, path = 'api/contract/command.json') => {
    const [base, generated] = [cases(greets, counts), cases({ ...greets, exit: 0 })].map((text) => [{ path, text }]);
    return reconcile(base ?? [], generated ?? [], () => present(user));
  };
  const textOf = (user: string) => merged(user).edits[0]?.data?.toString();

  it('lose those that are not generated any more', () => {
    assert.equal(textOf(cases(greets, counts)), cases({ ...greets, exit: 0 }));
  });
  it('keep those that the user added or changed', () => {
    const changed = { ...counts, stdout: 'changed\n' };
    assert.equal(textOf(cases(asks, greets, changed)), cases(asks, { ...greets, exit: 0 }, changed));
    assert.equal(textOf(cases({ ...greets, stdout: 'Hi\n' }, counts)), cases({ ...greets, stdout: 'Hi\n' }));
  });
  it('do not bring back those that the user removed', () => {
    assert.equal(textOf(cases(asks)), undefined, 'the file stays');
    assert.equal(textOf(cases(asks, counts)), cases(asks));
  });
  it('are merged by lines if they are no cases', () => {
    assert.equal(merged('{"cases": [1]}').conflicts.length, 1);
  });
});
