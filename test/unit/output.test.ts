/** What a command prints arrives as a whole, whatever is at the other end. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const tsx = new URL('../../node_modules/tsx/dist/loader.mjs', import.meta.url).href;
const output = new URL('../../src/lib/output.ts', import.meta.url).href;

describe('print', function () {
  this.timeout(60_000);
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'output-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  /** A program that prints a text of so many bytes, as a command of a shell. */
  function printing(length: number): string {
    const path = join(folder, 'program.mjs');
    writeFileSync(path, `import { print } from '${output}';\nprint('stdout', 'x'.repeat(${length - 1}) + 'é');\n`);
    return `"${process.execPath}" --import "${tsx}" "${path}"`;
  }

  it('writes a text of one line', () => {
    const { stdout, stderr } = spawnSync(printing(10), { shell: true, encoding: 'utf8' });
    assert.equal(stderr, '');
    assert.equal(stdout, 'xxxxxxxxxé\n');
  });

  it('waits for a slow reader of a pipe that does not block', function () {
    if (process.platform === 'win32') this.skip();
    // Node makes the pipe of its own output non-blocking, and the program inherits it.
    const outer = join(folder, 'outer.mjs');
    writeFileSync(
      outer,
      `import { spawnSync } from 'node:child_process';\nprocess.stdout.write('');\nspawnSync(${JSON.stringify(printing(1_000_000))}, { shell: true, stdio: 'inherit' });\n`,
    );
    const { stdout, stderr } = spawnSync('sh', ['-c', `"${process.execPath}" "${outer}" | (sleep 1; wc -c)`], {
      encoding: 'utf8',
    });
    assert.equal(stderr, '');
    assert.equal(stdout.trim(), '1000002');
  });

  it('ends quietly when the reader has closed the pipe', function () {
    if (process.platform === 'win32') this.skip();
    const { status, stderr } = spawnSync('sh', ['-c', `${printing(1_000_000)} | head -c 1`], { encoding: 'utf8' });
    assert.equal(stderr, '');
    assert.equal(status, 0);
  });
});
