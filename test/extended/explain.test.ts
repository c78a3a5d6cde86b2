/** The pages of `explain` in Debian's Chromium: axe, three widths, light, dark and print, the keyboard, and the policy. */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { explain } from '../../src/explain/explain.ts';
import { render } from '../../src/print/render.ts';
import { plain } from '../support/examples.ts';
import { needFrom, ok, run, toolsFolder } from '../support/programs.ts';
import { repository, scratch } from '../support/repositories.ts';

const script = 'scripts/toolchains-extended.sh';

const crates = ['greet', '<img src=x onerror=alert(1)>'].flatMap((name, at) => [
  { path: `${name}/Cargo.toml`, text: `[package]\nname = "crate${at}"\nversion = "1.0.0"\n` },
  { path: `${name}/.cargo/config.toml`, text: '[build]\ntarget = "wasm32-wasip1"\n' },
  { path: `${name}/src/main.rs`, text: 'fn main() {}\n' },
]);

const projects = {
  default: render(plain),
  three: render({
    ...plain,
    name: 'shop',
    module: ['api:rust:wagi', 'web:typescript:http:spin', 'jobs:go:command:runwasi'],
    ci: ['github', 'gitlab'],
    registry: 'ghcr',
    namespace: 'ghcr.io/octo-org',
  }),
  krustlet: render({
    ...plain,
    language: 'rust',
    kind: 'command',
    host: 'krustlet',
    registry: 'acr',
    namespace: 'octoteam.azurecr.io/team',
    ci: ['azure'],
  }),
  found: [...crates, { path: '.gitlab-ci.yml', text: 'lint:\n  script: true\n' }],
};

describe('the page of explain in a browser', function () {
  this.timeout(600_000);
  const folder = scratch();

  it('is whole, reachable and readable in every width and look', async function () {
    needFrom(script, this, ['chromium']);
    const browser = ok('sh', ['-c', 'command -v chromium'], folder()).trim();
    if (!existsSync(join(toolsFolder, 'browser/node_modules/axe-core'))) needFrom(script, this, ['axe-core']);
    const pictures = join(toolsFolder, '../explain');
    mkdirSync(pictures, { recursive: true });
    const pages: string[] = [];
    for (const [name, files] of Object.entries(projects)) {
      const place = repository(join(folder(), name), files);
      mkdirSync(join(place, 'build'), { recursive: true });
      if (name === 'default') writeFileSync(join(place, 'build/hello-wasm.wasm'), 'x'.repeat(9000));
      const page = join(folder(), `${name}.html`);
      await explain(['-o', page], place);
      pages.push(page);
    }
    const { said } = run(
      'node',
      [join(import.meta.dirname, 'explain-in-browser.mjs'), browser, pictures, ...pages],
      folder(),
    );
    assert.equal(said.trim(), `looked at ${pages.length * 9} pages`);
  });
});
