// Opens a page in Chromium at several widths, light and dark, and prints what is on the screen: node board-in-browser.mjs URL FOLDER
// PLAYWRIGHT is the folder that playwright-core is installed in.
import { createRequire } from 'node:module';
import { join } from 'node:path';

const [url, folder] = process.argv.slice(2);
const { chromium } = createRequire(join(process.env.PLAYWRIGHT, 'package.json'))('playwright-core');
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
const screens = [];
for (const [width, height] of [
  [400, 800],
  [1280, 720],
  [1920, 1080],
])
  for (const colorScheme of ['light', 'dark']) {
    const page = await browser.newPage({ viewport: { width, height }, colorScheme });
    let dialogs = 0;
    page.on('dialog', (dialog) => {
      dialogs++;
      dialog.dismiss();
    });
    const asked = [];
    page.on('request', (request) => asked.push(request.url()));
    await page.goto(url);
    const seen = await page.evaluate(() => {
      const rows = [...document.querySelectorAll('tbody tr')].map((row) => row.getBoundingClientRect());
      const names = [...document.querySelectorAll('tbody th')];
      return {
        names: names.map((name) => name.textContent),
        rows: rows.length,
        visible: rows.filter(({ bottom }) => bottom <= innerHeight).length,
        clipped: names.filter((name) => name.scrollWidth > name.clientWidth).length,
        scrolls: document.documentElement.scrollWidth > innerWidth,
        columns: new Set(rows.map(({ left }) => left)).size,
        done: document.querySelectorAll('.done').length,
        background: getComputedStyle(document.body).backgroundColor,
        elements: document.querySelectorAll('script, img, b').length,
      };
    });
    await page.screenshot({ path: join(folder, `${width}-${colorScheme}.png`) });
    screens.push({ width, colorScheme, dialogs, asked, ...seen });
    await page.close();
  }
await browser.close();
console.log(JSON.stringify(screens));
