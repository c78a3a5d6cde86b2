/**
 * Whole projects, to be read as a diff. A file that is a template with the project's name and licence in it is only listed: its own
 * tests and tools look at it where it stands. `npm run golden` writes these anew.
 */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path/posix';
import { runner } from '../../src/catalog/contract.ts';
import { licensed } from '../../src/catalog/licenses.ts';
import { templateFiles } from '../../src/catalog/templates.ts';
import type { Choices } from '../../src/model/choices.ts';
import { moduleChoices } from '../../src/plan/modules.ts';
import { render } from '../../src/print/render.ts';
import { plain } from '../support/examples.ts';

const oci = { registry: 'oci', namespace: 'registry.example.com/team' };
const projects: Record<string, [why: string, choices: Choices]> = {
  defaults: ['What `--yes` writes: the project that most people see.', plain],
  'c-everything': [
    'C with both CI providers and a registry: mise, secrets, release pipelines.',
    { ...plain, language: 'c', ci: ['github', 'gitlab'], ...oci },
  ],
  'command-bare': [
    'The least there is: no CI, no editor, no licence, no registry.',
    { ...plain, kind: 'command', host: 'wasmtime', ci: ['none'], editor: 'none', license: 'none', author: '' },
  ],
  'command-pushed': [
    'A command that is pushed by GitLab, with an underscore in its name.',
    { ...plain, name: 'word_count', language: 'c', kind: 'command', host: 'wasmtime', ci: ['gitlab'], ...oci },
  ],
  'two-modules': [
    'Two modules of different languages, kinds and hosts, pushed by GitHub.',
    {
      ...plain,
      name: 'shop',
      module: ['api:rust:wagi', 'jobs:c:command'],
      language: 'rust',
      registry: 'ghcr',
      namespace: 'ghcr.io/octo-org',
    },
  ],
};

const kindsOf = (choices: Choices) => (choices.module ? moduleChoices(choices) : [choices]).map(({ kind }) => kind);

function page(why: string, choices: Choices): string {
  const names = [choices.name, ...moduleChoices(choices).map(({ name }) => name)];
  const files = names
    .flatMap((name) => templateFiles('.', name))
    .map((file) => ({ ...file, path: basename(file.path) }));
  const templates = new Set(licensed(files, choices).map(({ text }) => text));
  templates.add(runner(kindsOf(choices)));
  const parts = render(choices).map(({ path, text, executable }) => {
    const mark = executable ? ' (executable)' : '';
    return templates.has(text) ? `=== ${path}${mark}: as its template` : `=== ${path}${mark}\n${text}`;
  });
  return `${why}\n\n${parts.join('\n')}`.replace(/\n?$/, '\n');
}

describe('whole projects', () => {
  for (const [name, [why, choices]] of Object.entries(projects))
    it(`${name}: ${why}`, () => {
      const path = new URL(`${name}.txt`, import.meta.url);
      const now = page(why, choices);
      if (process.env.UPDATE) writeFileSync(path, now);
      assert.equal(now, readFileSync(path, 'utf8'));
    });
  it('are all that is kept here', () => {
    const kept = readdirSync(new URL('.', import.meta.url)).filter((name) => name.endsWith('.txt'));
    assert.deepEqual(
      kept.sort(),
      Object.keys(projects)
        .map((name) => `${name}.txt`)
        .sort(),
    );
  });
});
