// Opens pages in Chromium and prints what is wrong with them, a line each, and `looked at N pages` at the end.
// Usage: node explain-in-browser.mjs BROWSER PICTURES PAGE…    Each page at three widths, light, dark and printed, with the rules of axe.
// playwright-core and axe-core are in .cache/tools/browser, where scripts/toolchains-extended.sh puts them.
import { createRequire } from 'node:module';
import { basename, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const require = createRequire(resolve(import.meta.dirname, '../../.cache/tools/browser/package.json'));
const { chromium } = require('playwright-core');
const axe = require('axe-core');

const [executablePath, pictures, ...pages] = process.argv.slice(2);
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
let looked = 0;
for (const path of pages)
  for (const width of [400, 1000, 1600])
    for (const look of ['light', 'dark', 'print']) {
      const name = `${basename(path, '.html')}-${width}-${look}`;
      const say = (what) => console.log(`${name}: ${what}`);
      const colorScheme = look === 'dark' ? 'dark' : 'light';
      const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme, bypassCSP: true });
      const page = await context.newPage();
      page.on('console', (message) => say(message.text()));
      page.on('request', (request) => request.url().startsWith('file:') || say(`asks for ${request.url()}`));
      await page.goto(pathToFileURL(path).href);
      if (look === 'print') await page.emulateMedia({ media: 'print' });
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      if (wide > 0) say(`is ${wide} pixels too wide`);
      await page.screenshot({ path: join(pictures, `${name}.png`), fullPage: true });
      // axe knows no paper.
      if (look !== 'print') {
        await page.evaluate(axe.source);
        const { violations } = await page.evaluate(() => axe.run());
        for (const { id, nodes } of violations) say(`${id}: ${nodes[0].html}`);
        await tab(page, say);
      }
      looked++;
      await context.close();
    }

// Without `bypassCSP`: the policy of the page stops scripts and styles that are put into it.
const page = await browser.newPage();
await page.goto(pathToFileURL(pages[0]).href);
const added = await page.evaluate(() => {
  for (const [name, text] of [
    ['script', 'document.title = "ran"'],
    ['style', 'h1 { display: none }'],
  ])
    document.head.append(Object.assign(document.createElement(name), { textContent: text }));
  return [document.title === 'ran', getComputedStyle(document.querySelector('h1')).display === 'none'];
});
if (added.includes(true)) console.log(`the policy lets through: ${added.join(', ')}`);
await browser.close();
console.log(`looked at ${looked} pages`);

/** The first key goes to the link that skips the head, and each link and scrolled region is reached once, and shows that. */
async function tab(page, say) {
  const count = await page.evaluate(() => document.querySelectorAll('a[href], [tabindex="0"]').length);
  for (let at = 0; at < count; at++) {
    await page.keyboard.press('Tab');
    const { index, outline, isSkip } = await page.evaluate(() => {
      const focus = document.activeElement;
      return {
        index: [...document.querySelectorAll('a[href], [tabindex="0"]')].indexOf(focus),
        outline: getComputedStyle(focus).outlineStyle,
        isSkip: focus.matches('.skip'),
      };
    });
    if (index !== at) return say(`key ${at + 1} goes to element ${index + 1}`);
    if (outline === 'none') return say(`element ${at + 1} shows no focus`);
    if (isSkip !== (at === 0)) return say('the first link does not skip the head');
  }
}
