/** What the checks of a workshop share. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { packageRoot } from '../../src/catalog/templates.ts';

describe('a check of a workshop', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'check-'));
    const workshop = { locale: 'en', lessons: [], tools: [], makes: {} };
    writeFileSync(join(folder, 'workshop.json'), JSON.stringify(workshop));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('builds again a file that was saved while the compiler ran', () => {
    const project = join(folder, 'web');
    mkdirSync(join(project, 'build'), { recursive: true });
    writeFileSync(join(project, 'source'), 'first\n');
    // The compiler reads its source, the participant saves, the compiler writes.
    const compile = 'text=$$(cat source); echo second >source; echo $$text >$@';
    writeFileSync(join(project, 'Makefile'), `build: build/web.wasm\nbuild/web.wasm: source\n\t${compile}\n`);
    const library = pathToFileURL(join(packageRoot, 'templates/workshop/machinery/lib.mjs')).href;
    const built = () => {
      const script = `import { build } from '${library}'; build('web');`;
      const { status, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', script], {
        cwd: folder,
        encoding: 'utf8',
      });
      assert.equal(status, 0, stderr);
      return readFileSync(join(project, 'build/web.wasm'), 'utf8');
    };
    assert.equal(built(), 'first\n');
    assert.equal(built(), 'second\n');
  });
});
