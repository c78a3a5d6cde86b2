/** The README says what the lists say; `npm run golden` writes its tables anew. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { axes } from '../../src/catalog/axes.ts';
import { version } from '../../src/catalog/templates.ts';
import { changelog } from '../../src/change/changelog.ts';
import { questions } from '../../src/plan/questions.ts';
import { supportTables } from '../support/support.ts';

const path = new URL('../../README.md', import.meta.url);
const marks = /(<!-- support: made by npm run golden -->\n)[\s\S]*?(\n<!-- \/support -->)/;

describe('the README', () => {
  it('has the support tables of the lists', () => {
    const text = readFileSync(path, 'utf8');
    assert.match(text, marks);
    const right = text.replace(marks, (_, before, after) => `${before}\n${supportTables()}\n${after}`);
    if (process.env.UPDATE) writeFileSync(path, right);
    else assert.equal(text, right);
  });
  it('goes with a CHANGELOG.md that says what the lists say', () => {
    const path = new URL('../../CHANGELOG.md', import.meta.url);
    if (process.env.UPDATE) writeFileSync(path, changelog());
    else assert.equal(readFileSync(path, 'utf8'), changelog());
    assert.match(changelog(), new RegExp(`^# Changelog\n\n## ${version}\n`), 'begins with this version');
  });
  it('names every flag', () => {
    const text = readFileSync(path, 'utf8');
    for (const { key } of questions) assert.ok(text.includes(`--${key}`), key);
  });
  it('says of every host, registry, CI provider and editor what was run', () => {
    for (const option of [...axes.host, ...axes.registry, ...axes.ci, ...axes.editor])
      assert.ok(option.id === 'none' || option.ran || option.notRun, option.id);
  });
});
