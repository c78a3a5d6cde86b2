/**
 * Projects in VS Code itself, in a browser and without extensions: what is marked in a fresh project, the build key, a mistake in a
 * source, the test task, `serve` in the background, a breakpoint. Pictures of all that are kept in .cache/vscode.
 */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { bin, make, project, serving } from '../e2e/world.ts';
import { samples } from '../support/cells.ts';
import { mistakes } from '../support/mistakes.ts';
import { environment, freePort, need, needed, needFrom, ok, root, scratch } from '../support/programs.ts';

interface Terminal {
  /** The icon of its tab: `check`, or `error`. */
  mark: string;
  said: string;
}

interface Seen {
  error?: string;
  /** The Problems panel before a file is opened. */
  unopened: string[];
  fresh: string[];
  build: Terminal;
  built: string[];
  failed: Terminal;
  broken: string[];
  test: Terminal;
  after: string[];
  serve?: Terminal;
  answer?: string;
  variables?: string[];
  stack?: string[];
}

/** Where to stop when the unit tests are debugged: the first line with this text, and a variable there. */
const stops: Record<string, { file: string; line: string; variable: RegExp }> = {
  assemblyscript: { file: 'tests/handler.test.js', line: 'assert.equal(body', variable: /^body, value 'Hello, world!/ },
  javascript: { file: 'src/handler.js', line: 'return text(200, ["Hello', variable: /^name, value / },
  typescript: { file: 'src/handler.ts', line: 'return text(200, ["Hello', variable: /^name, value / },
};

/**
 * What VS Code says where the recommended extension is missing: the formatter of a language, which is named so that no other one formats
 * the sources, and the type of a debug configuration with its properties.
 */
const aboutExtensions = [
  /^Warning: Value is not accepted\. Valid values: null, "vscode\./,
  /^Warning: The debug type is not recognized\./,
  /^Warning: Please use type node instead/,
  /^Warning: Property \w+ is not allowed\./,
];

describe('VS Code in a browser', function () {
  this.timeout('20m');
  const pictures = join(root, '.cache/vscode');
  let stop: () => Promise<unknown> = async () => {};
  let url: string;
  let listen: string;

  before(async function () {
    needFrom('scripts/toolchains-extended.sh', this, ['chromium', 'code-server']);
    mkdirSync(pictures, { recursive: true });
    const user = mkdtempSync(join(scratch, 'vscode-'));
    mkdirSync(join(user, 'User'));
    writeFileSync(
      join(user, 'User/settings.json'),
      JSON.stringify({
        'security.workspace.trust.enabled': false,
        'workbench.startupEditor': 'none',
        'extensions.ignoreRecommendations': true,
        // So that the text of a terminal is in the page.
        'terminal.integrated.gpuAcceleration': 'off',
        // Long lines of compilers wrap.
        'terminal.integrated.fontSize': 20,
        // VS Code asks a login shell for PATH, and this home has no profile.
        'terminal.integrated.env.linux': { PATH: environment.PATH },
      }),
    );
    const address = `127.0.0.1:${await freePort()}`;
    listen = `127.0.0.1:${await freePort()}`;
    url = `http://${address}`;
    const options = ['--auth', 'none', '--bind-addr', address, '--disable-telemetry', '--disable-update-check'];
    const folders = ['--user-data-dir', user, '--extensions-dir', join(user, 'extensions')];
    stop = await serving(
      'code-server',
      [...options, ...folders, '--config', join(user, 'config.yaml')],
      scratch,
      `${url}/healthz`,
      { LISTEN: listen },
    );
  });
  after(() => stop());

  /** What VS Code shows of a project. */
  function look(description: object): Seen {
    const projects = join(mkdtempSync(join(scratch, 'look-')), 'projects.json');
    writeFileSync(projects, JSON.stringify([description]));
    const script = join(import.meta.dirname, 'vscode-in-browser.mjs');
    const browser = ok('sh', ['-c', 'command -v chromium'], scratch).trim();
    const [seen] = JSON.parse(ok('node', [script, browser, pictures, url, projects], scratch)) as Seen[];
    assert.ok(seen);
    assert.equal(seen.error, undefined, JSON.stringify(seen, null, 2));
    return seen;
  }

  /** The entries of a panel, without the names of files and what is said of missing extensions. */
  const entries = (rows: string[]) =>
    rows.filter((row) => !/^\d+ problems? in file /.test(row) && !aboutExtensions.some((one) => one.test(row)));

  for (const choices of samples.filter(({ language }) => language !== 'swift'))
    it(`opens, builds, tests, serves and debugs ${choices.language}`, function () {
      need(this, 'make', 'wasmtime', ...needed(choices.language));
      const folder = project({ ...choices, name: `${choices.language}-desk` });
      make(folder, 'setup');
      const mistake = mistakes[choices.language]?.[0];
      assert.ok(mistake);
      const stopAt = stops[choices.language];
      const seen = look({
        name: choices.language,
        folder,
        files: [...readdirSync(join(folder, '.vscode')).map((name) => `.vscode/${name}`), mistake.file],
        mistake,
        serves: `http://${listen}/`,
        ...(stopAt && { stop: { file: stopAt.file, line: lineOf(join(folder, stopAt.file), stopAt.line) } }),
      });

      assert.deepEqual(seen.unopened, []);
      assert.deepEqual(entries(seen.fresh), []);
      assert.equal(seen.build.mark, 'check', seen.build.said);
      assert.deepEqual(entries(seen.built), []);
      assert.equal(seen.failed.mark, 'error', seen.failed.said);
      // The TypeScript in VS Code has its own opinion of an open file.
      const found = entries(seen.broken).filter(
        (row) => !/ generated by ts\.?$/.test(row) || choices.language === 'typescript',
      );
      assert.equal(found.length, 1, found.join('\n'));
      assert.match(found[0] ?? '', mistake.message);
      assert.ok(seen.broken.some((row) => row.includes(` in file ${basename(mistake.file)} of `)));
      const [, line] = / at line (\d+) and character \d+/.exec(found[0] ?? '') ?? [];
      const first = readFileSync(join(folder, mistake.file), 'utf8').split('\n').length;
      assert.ok(
        Number(line) >= first && Number(line) < first + mistake.text.split('\n').length,
        `${found}, not ${first}`,
      );
      assert.equal(seen.test.mark.split(',').at(-1), 'check', seen.test.said);
      assert.deepEqual(entries(seen.after), []);
      assert.equal(seen.serve?.mark, 'check', seen.serve?.said);
      assert.equal(seen.answer, 'Hello, world!\n');
      if (stopAt)
        assert.ok(
          seen.variables?.some((row) => stopAt.variable.test(row)),
          [...(seen.stack ?? []), ...(seen.variables ?? [])].join('\n'),
        );
    });

  it('opens the workspace of three modules', function () {
    need(this, 'make', 'wasmtime', ...needed('c'), ...needed('go'));
    const folder = join(mkdtempSync(join(scratch, 'modules-')), 'desk');
    const modules = ['api:assemblyscript:wagi', 'web:c:wagi', 'jobs:go:command'];
    ok(bin(), [folder, '--yes', '--no-git', '--module', modules.join()], scratch);
    make(folder, 'setup');
    const mistake = mistakes.assemblyscript?.[0];
    const seen = look({
      name: 'workspace',
      workspace: join(folder, 'desk.code-workspace'),
      folder: join(folder, 'api'),
      files: ['desk.code-workspace', 'handler.ts', 'handler.c', 'command.go'],
      mistake,
    });
    assert.deepEqual(seen.unopened, []);
    assert.deepEqual(entries(seen.fresh), []);
    assert.equal(seen.build.mark, 'check', seen.build.said);
    assert.equal(entries(seen.broken).filter((row) => row.includes('generated by asc')).length, 1);
    assert.equal(seen.test.mark.split(',').at(-1), 'check', seen.test.said);
  });
});

/** The number of the first line with this text. */
function lineOf(path: string, text: string): number {
  const line = readFileSync(path, 'utf8')
    .split('\n')
    .findIndex((one) => one.includes(text));
  assert.ok(line >= 0, `${path} has ${text}`);
  return line + 1;
}
