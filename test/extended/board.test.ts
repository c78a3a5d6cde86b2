/** The progress board in a real browser, while forty participants report at once. BOARD_SCREENSHOTS names a folder for what it looks like. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { bin, serving } from '../e2e/world.ts';
import { freePort, needFrom, ok, root, scratch, toolsFolder } from '../support/programs.ts';

interface Screen {
  width: number;
  colorScheme: 'light' | 'dark';
  dialogs: number;
  asked: string[];
  names: string[];
  rows: number;
  visible: number;
  clipped: number;
  scrolls: boolean;
  columns: number;
  done: number;
  background: string;
  elements: number;
}

/** Names as people have them, and as those type them who want to see what happens. */
const named = [
  '<script>alert(1)</script>',
  '<img src=http://127.0.0.1:9/x onerror=alert(1)>',
  'W'.repeat(32),
  'Dr. Maximiliane von Hohenstauffen',
  'محمد عبد الله',
  '\u202eeda',
  '王小明',
  'Žofie 🦄',
];

describe('the board in a browser', function () {
  this.timeout('5m');
  let stop: () => Promise<unknown>;
  let url: string;
  let folder: string;

  before(async function () {
    needFrom('scripts/toolchains-extended.sh', this, ['chromium', 'playwright-core']);
    folder = join(mkdtempSync(join(scratch, 'board-')), 'room');
    ok(bin(), ['workshop', folder, '--yes', '--no-git', '--language', 'assemblyscript'], scratch);
    url = `http://127.0.0.1:${await freePort()}/`;
    stop = await serving('make', ['board', `PORT=${new URL(url).port}`], folder, url);
  });
  after(() => stop?.());

  it('shows forty participants who report at once, at every width, light and dark', async () => {
    const code = readFileSync(join(folder, '.workshop/board/code'), 'utf8');
    const lessons = ['01', '02', '03', '04', '05', '06', '07', '09', '10'];
    const participants = Array.from({ length: 40 }, (_, i) => ({
      code,
      id: i.toString(16).padStart(16, '0'),
      name: named[i] ?? `Participant ${i}`,
      done: lessons.slice(0, i % (lessons.length + 1)),
    }));
    const total = participants.reduce((sum, { done }) => sum + done.length, 0);
    const report = async (participant: object) =>
      (await fetch(`${url}report`, { method: 'POST', body: JSON.stringify(participant) })).status;
    assert.deepEqual(new Set(await Promise.all(participants.map(report))), new Set([200]));

    const shots = process.env.BOARD_SCREENSHOTS ?? mkdtempSync(join(scratch, 'shots-'));
    const child = spawn('node', [join(root, 'test/extended/board-in-browser.mjs'), url, shots], {
      env: { ...process.env, PLAYWRIGHT: join(toolsFolder, 'browser') },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let said = '';
    child.stdout.on('data', (text) => (said += text));
    const ended = once(child, 'close');
    // They go on reporting while the page is looked at.
    while (child.exitCode === null) {
      await Promise.all(participants.map(report));
      await new Promise((done) => setTimeout(done, 2000));
    }
    await ended;
    const screens = JSON.parse(said) as Screen[];
    assert.equal(screens.length, 6);
    for (const screen of screens) {
      const where = `${screen.width} ${screen.colorScheme}`;
      assert.deepEqual([screen.rows, screen.done], [40, total], where);
      assert.deepEqual([screen.dialogs, screen.elements, screen.asked], [0, 0, [url]], `${where}: text is text`);
      assert.deepEqual([screen.scrolls, screen.clipped], [false, 0], `${where}: everything fits`);
      assert.equal(screen.columns, screen.width < 1000 ? 1 : 2, where);
      assert.equal(screen.background, screen.colorScheme === 'dark' ? 'rgb(13, 17, 23)' : 'rgb(255, 255, 255)');
      if (screen.width >= 1280) assert.equal(screen.visible, 40, `${where}: forty on one screen`);
      assert.ok(screen.names.includes('<script>alert(1)</script>') && screen.names.includes('eda'), where);
    }
  });
});
