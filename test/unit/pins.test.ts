/** What `npm run pins` says of a pin, without a registry. */
import assert from 'node:assert/strict';
import { compare, type Fact, judge, type Seen, trusted } from '../../scripts/pins/facts.ts';

const today = '2026-11-28';
const registry = (...versions: string[]): Seen => ({ versions, on: async () => '2026-11-18' });
const line = async (fact: Fact, seen?: Seen, version = '1.34.4') => judge({ name: 'tool', version }, fact, seen, today);

describe('npm run pins', () => {
  it('orders versions by their numbers', () => {
    assert.deepEqual(['1.10.0', '1.9', '1.9.1', '2'].sort(compare), ['1.9', '1.9.1', '1.10.0', '2']);
  });

  it('says what is newest, in the line that is pinned and at all, and how old the pin is', async () => {
    const { cells, wrong } = await line({ line: 2 }, registry('1.34.4', '1.34.11', '1.35.0', '1.36.0-rc.1'));
    assert.deepEqual(cells, ['tool', '1.34.4', '1.34.11, 1.35.0', '10 days', '–']);
    assert.equal(wrong, undefined);
    assert.equal((await line({}, registry('1.34.4', '2.0.0'))).cells[2], '2.0.0');
  });

  it('says that a line has ended, or when it will', async () => {
    const ends = { '1.34': '2026-10-27', '1.35': '2027-02-28' };
    const seen = registry('1.34.4', '1.35.0');
    assert.equal((await line({ line: 2, ends }, seen)).cells[4], 'ended 2026-10-27');
    assert.equal((await line({ line: 2, ends }, seen, '1.35.0')).cells[4], 'ends 2027-02-28');
  });

  it('fails for what no registry shows, once it was looked up too long ago', async () => {
    const seen = (on: string): Fact => ({ seen: { version: '2.0.0', on, source: 'its tags' } });
    const fresh = await line(seen('2026-09-29'));
    assert.match(fresh.cells.join(), /2\.0\.0.*not visible from here, last looked up on 2026-09-29 in its tags/);
    assert.equal(fresh.wrong, undefined);
    assert.match((await line(seen('2026-09-28'))).wrong ?? '', new RegExp(`last looked up ${trusted + 1} days ago`));
    assert.match((await line({})).wrong ?? '', /src\/catalog\/pins\.json does not say/);
  });
});
