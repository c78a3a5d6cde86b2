/** The README says what the lists say; `npm run golden` writes its tables anew. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { choicesTable, supportTables } from '../../scripts/support-tables.ts';
import { axes } from '../../src/catalog/axes.ts';
import { version } from '../../src/catalog/templates.ts';
import { changelog } from '../../src/change/changelog.ts';
import { questions } from '../../src/plan/questions.ts';
import { render } from '../../src/print/render.ts';
import { plain } from '../support/examples.ts';

const path = new URL('../../README.md', import.meta.url);

/** Holds what stands between the marks of a file to a table, or writes it. */
function heldTo(path: URL, name: string, table: string): void {
  const text = readFileSync(path, 'utf8');
  const marks = new RegExp(`(<!-- ${name}: made by npm run golden -->\\n)[\\s\\S]*?(<!-- /${name} -->)`);
  assert.match(text, marks);
  const right = text.replace(marks, (_, before, after) => `${before}\n${table}\n\n${after}`);
  if (process.env.UPDATE) writeFileSync(path, right);
  else assert.equal(text, right);
}

describe('the README', () => {
  it('has the choices of the lists', () => {
    heldTo(path, 'choices', choicesTable());
  });
  it('goes with a docs/support.md that has the support tables of the lists', () => {
    heldTo(new URL('../../docs/support.md', import.meta.url), 'support', supportTables());
  });
  it('links to files that exist, as do the pages of docs/', () => {
    const docs = readdirSync(new URL('../../docs', import.meta.url)).filter((name) => name.endsWith('.md'));
    for (const page of [path, ...docs.map((name) => new URL(`../../docs/${name}`, import.meta.url))])
      for (const [, link] of readFileSync(page, 'utf8').matchAll(/\]\(([^):]+?)(?:#[^)]*)?\)/g))
        assert.ok(existsSync(new URL(String(link), page)), `${page.pathname}: ${link}`);
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

describe('the README of several modules', () => {
  const modules = ['api:rust:http:spin', 'web:c:wagi:wagi'];
  for (const more of [{}, { registry: 'oci', namespace: 'registry.example.com/team' }])
    it(`names shared folders that exist, ${more.registry ? 'with' : 'without'} a registry`, () => {
      const files = render({ ...plain, module: modules, ...more });
      for (const page of ['README.md', 'AGENTS.md']) {
        const text = files.find(({ path }) => path === page)?.text ?? '';
        const [line = ''] = /^.*files that all modules use.*$/m.exec(text) ?? [];
        const folders = [...line.matchAll(/`(\w+)`/g)].map(([, folder]) => `${folder}/`);
        assert.ok(folders.length > 0, page);
        for (const folder of folders)
          assert.ok(
            files.some(({ path }) => path.startsWith(folder)),
            `${page}: ${folder}`,
          );
      }
    });
});
