// Opens projects in VS Code in a browser, as a user with a keyboard does, and prints as JSON what VS Code shows.
// Usage: node vscode-in-browser.mjs BROWSER PICTURES URL PROJECTS.json    PROJECTS: see Project in vscode.test.ts.
// playwright-core is in .cache/tools/browser, where scripts/toolchains-extended.sh puts it.
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, join, resolve } from 'node:path';

const require = createRequire(resolve(import.meta.dirname, '../../.cache/tools/browser/package.json'));
const { chromium } = require('playwright-core');

const [executablePath, pictures, url, projects] = process.argv.slice(2);
const minutes = 60_000;
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
const seen = [];
for (const project of JSON.parse(readFileSync(projects, 'utf8'))) seen.push(await look(project));
await browser.close();
console.log(JSON.stringify(seen));

function isUp(address) {
  return fetch(address).then(
    () => true,
    () => false,
  );
}

async function look(project) {
  const context = await browser.newContext({ viewport: { width: 1400, height: 900 } });
  const page = await context.newPage();
  const picture = async (name) => {
    // No tooltip covers what is shown.
    await page.mouse.move(0, 0);
    await page.screenshot({ path: join(pictures, `${project.name}-${name}.png`) });
  };
  const press = (keys) => page.keyboard.press(keys);
  const result = { name: project.name };

  try {
    await page.goto(`${url}/?${project.workspace ? 'workspace' : 'folder'}=${project.workspace ?? project.folder}`);
    await page.waitForSelector('.explorer-folders-view .monaco-list-row', { timeout: 2 * minutes });
    result.unopened = await problems();
    for (const path of project.files) await open(path);
    // Language servers and the checks of JSON have no end that a user sees.
    await page.waitForTimeout(10_000);
    result.fresh = await problems();
    await picture('fresh');
    result.build = await task('build', build);
    await picture('build');
    result.built = await problems();

    const path = join(project.folder, project.mistake.file);
    const text = readFileSync(path, 'utf8');
    writeFileSync(path, `${text}${project.mistake.text}\n`);
    const find = () =>
      task(project.mistake.task, project.mistake.task === 'build' ? build : () => runTask(project.mistake.task));
    result.failed = await find();
    result.broken = await problems();
    await picture('broken');
    writeFileSync(path, text);
    // The entries of a task stay until it runs again. `test` runs `build`.
    if (project.mistake.task !== 'build') await find();

    result.test = await task('test', async () => {
      await command('Tasks: Run Test Task');
      if (project.workspace) await choose('test');
    });
    await picture('test');
    result.after = await problems();

    if (project.serves) {
      result.serve = await task('serve', () => runTask('serve'));
      result.answer = await fetch(project.serves).then((answer) => answer.text());
      await picture('serve');
      await command('Terminal: Kill All Terminals');
      // No server is left behind.
      for (let tries = 0; await isUp(project.serves); tries++) {
        if (tries > 60) throw new Error('the server of a killed terminal still answers');
        await page.waitForTimeout(500);
      }
    }

    if (project.stop) {
      await open(project.stop.file);
      await press('Control+g');
      await choose(String(project.stop.line), 'Go to line');
      await press('F9');
      await press('F5');
      await page.waitForSelector('.debug-top-stack-frame-line', { timeout: 3 * minutes });
      await page.waitForSelector('.debug-variables .monaco-list-row', { timeout: minutes });
      // Scopes open one after another.
      await page.waitForTimeout(2000);
      result.variables = await labels('.debug-variables .monaco-list-row');
      result.stack = await labels('.debug-call-stack .monaco-list-row');
      await picture('debug');
      await press('Shift+F5');
    }
  } catch (error) {
    result.error = String(error);
    await picture('error');
  }
  await context.close();
  return result;

  function labels(selector) {
    return page.evaluate(
      (rows) => [...document.querySelectorAll(rows)].map((row) => row.getAttribute('aria-label') ?? row.textContent),
      selector,
    );
  }

  /** Types into the box at the top and takes the first entry that begins so. */
  async function choose(text, entry = text) {
    await page.waitForSelector('.quick-input-widget:not([style*="display: none"]) input');
    await page.keyboard.type(text);
    await page
      .locator(`.quick-input-list .monaco-list-row[aria-label^="${entry}"]`)
      .first()
      .click({ timeout: minutes });
    await page.waitForTimeout(500);
  }

  async function command(name) {
    await press('F1');
    await choose(name);
  }

  async function open(path) {
    await press('Control+p');
    await choose(path, basename(path));
    await page.waitForSelector(`.tab.active[data-resource-name="${basename(path)}"]`, { timeout: minutes / 2 });
  }

  async function build() {
    await press('Control+Shift+B');
    // The default task of each folder.
    if (project.workspace) await choose('build');
  }

  async function runTask(name) {
    await command('Tasks: Run Task');
    await choose(name);
  }

  /** The entries of the Problems panel. */
  async function problems() {
    await command('Problems: Focus on Problems View');
    await page.waitForSelector('.markers-panel-container');
    return labels('.markers-panel-container .monaco-list-row');
  }

  /** Starts a task and waits for the mark on its terminal. */
  async function task(name, start) {
    await command('Terminal: Kill All Terminals');
    await start();
    const marks = '.single-terminal-tab, .terminal-tabs-entry';
    await page.waitForFunction(
      ([selector, word]) => {
        const tabs = [...document.querySelectorAll(selector)];
        const tab = tabs.find((one) => `${one.getAttribute('aria-label')} ${one.textContent}`.includes(`${word} `));
        return tab?.querySelector('.codicon-check, .codicon-error, .codicon-warning, .codicon-info');
      },
      [marks, name],
      { timeout: 5 * minutes },
    );
    await page.waitForTimeout(500);
    return page.evaluate(
      (selector) => ({
        mark: [...document.querySelectorAll(selector)]
          .map((tab) => /codicon-(check|error|warning|info)/.exec(tab.innerHTML)?.[1] ?? '')
          .join(),
        said: [...document.querySelectorAll('.xterm-rows > div')].map((row) => row.textContent.trimEnd()).join('\n'),
      }),
      marks,
    );
  }
}
