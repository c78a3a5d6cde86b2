/** The files of cases as files: whole, distinct, and readable. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { casesOfProject, projectCases } from '../../src/catalog/contract.ts';
import { called, hosted, served } from './mutants.ts';
import { casesOf, contract, type Kind } from './world.ts';

const enough = { wagi: 45, http: 45, command: 28 };

for (const kind of ['wagi', 'http', 'command'] as const)
  describe(`${kind}.json`, () => {
    const cases = casesOf(kind);
    const text = readFileSync(contract(`${kind}.json`), 'utf8');

    it('has enough cases', () => assert.ok(cases.length >= enough[kind]));

    it('gives each case a speaking name of its own', () => {
      const ids = cases.map(({ id }) => id);
      assert.deepEqual(ids, [...new Set(ids)]);
      for (const id of ids) assert.match(id, /^[a-z]+(-[a-z0-9]+)+$/);
    });

    it('says nothing twice', () => {
      const said = cases.map(({ id, ...rest }) => JSON.stringify(rest));
      assert.deepEqual(said, [...new Set(said)]);
    });

    it('shows each case in few lines, and hides no character', () => {
      assert.ok(text.endsWith('\n  ]\n}\n'));
      assert.ok(text.split('\n').length <= 8 * cases.length + 4);
      assert.doesNotMatch(text, /[^\P{C}\n]|\u00a0/u, 'control characters are written as escapes');
    });
  });

describe('the cases of a project', () => {
  for (const [kind, ids] of Object.entries(projectCases) as [Kind, string[]][])
    it(`are about 15 of ${kind}.json, and each catches a mistake`, () => {
      const mutants = kind === 'command' ? called : [...served, ...hosted];
      for (const id of ids) {
        assert.ok(casesOf(kind).some((one) => one.id === id) || kind === 'http', id);
        assert.ok(
          mutants.some(([, , , caught]) => caught === id),
          id,
        );
      }
      const { cases } = JSON.parse(casesOfProject(kind, 'hello'));
      assert.ok(cases.length >= 12 && cases.length <= 16, `${cases.length}`);
    });
});

describe('http.json', () => {
  it('is wagi.json without what only CGI has', () => {
    const shared = casesOf('wagi').filter(({ env }) => !env);
    assert.deepEqual(
      casesOf('http'),
      shared.map(({ log, ...one }) => one),
    );
  });
});

describe('wagi.json', () => {
  const cases = casesOf('wagi');

  it('names the form of every answer', () => {
    for (const { id, responseHeaders } of cases) {
      const names = Object.keys(responseHeaders as object);
      assert.deepEqual(names.slice(0, 2), ['content-type', 'content-length'], id);
    }
  });

  it('names what an answer of its status has', () => {
    for (const { id, path, status, responseHeaders } of cases) {
      const more = Object.keys(responseHeaders as object).slice(2);
      const echoed = String(path).startsWith('/echo') && status === 200;
      assert.deepEqual(more, status === 405 ? ['allow'] : echoed ? ['x-body-bytes'] : [], id);
    }
  });

  it('asks every server only what it takes', () => {
    for (const { id, path } of cases) assert.ok(String(path).length <= 8000, id);
  });
});
