/** Names that a repository brings are data in all that is written: they are run in no shell, by no make, and stay what they are. */
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import fc from 'fast-check';
import { parse } from 'yaml';
import { axes } from '../../src/catalog/axes.ts';
import { change } from '../../src/change/change.ts';
import { asker } from '../../src/cli/prompt.ts';
import { examine } from '../../src/doctor/doctor.ts';
import { isInside } from '../../src/lib/paths.ts';
import { isPrintable, printed, shown } from '../../src/lib/printable.ts';
import { quote, quotePath } from '../../src/lib/shell.ts';
import { UserError } from '../../src/lib/user-error.ts';
import type { Choices } from '../../src/model/choices.ts';
import { emptyPlan, type Plan } from '../../src/model/plan.ts';
import { questions } from '../../src/plan/questions.ts';
import { makefile } from '../../src/print/makefile.ts';
import { render } from '../../src/print/render.ts';
import { plain } from '../support/examples.ts';
import { git, repository, scratch, tree } from '../support/repositories.ts';

/** Words that a shell or make would act on, each with the file that it would make. */
const hostile = [
  'my guest',
  "it's",
  '$(touch canary)',
  '`touch canary`',
  '; touch canary #',
  'x; touch canary #$MAKE',
  'x; touch canary #$(MAKE)',
  'x; touch canary #${MAKE}',
  '$(shell touch canary)',
  '${shell touch canary}',
  '$$(touch canary)',
  '" && touch canary && "',
  "' ; touch canary ; '",
  '\\',
  'a\\',
  '-x',
  '~',
  '#',
  'a:b=c%d',
  '*?[a]{b,c}',
  '${{ github.token }}',
  '<< pipeline.id >>',
  '!x',
  '&a | b > c < d',
  'ünïcödé 名',
];

const all = axes.ci.map(({ id }) => id).filter((id) => id !== 'none');

const planOf = (lines: string[]): Plan => ({
  ...emptyPlan,
  choices: { ci: ['none'] } as unknown as Choices,
  keyless: false,
  modules: [],
  tasks: { build: { help: 'Compile', run: lines, secrets: [], settings: [] } },
  variables: [{ name: 'IMAGE', value: 'example.org/a' }],
  tools: [],
  ecosystems: [],
});

describe('names of a repository', function () {
  this.timeout(120_000);
  const folder = scratch();
  const ci = (...argv: string[]) => change('ci', argv, folder(), undefined);

  it('are one word of a shell and of a line of make, whatever they are', () => {
    const word = fc.string({
      unit: fc.oneof(
        fc.constantFrom(
          '$',
          '(',
          ')',
          '{',
          '}',
          "'",
          '"',
          '`',
          '\\',
          '#',
          ' ',
          ':',
          ';',
          '%',
          '=',
          'MAKE',
          'IMAGE',
          '-',
        ),
        fc.string({ unit: 'grapheme', minLength: 1, maxLength: 1 }).filter(isPrintable),
      ),
      minLength: 1,
    });
    const words = [...hostile, ...fc.sample(word, 400).filter(isPrintable)];
    const put = (text: string) => `printf '%s\\n' ${text}`;
    writeFileSync(join(folder(), 'Makefile'), makefile(planOf(words.map((one) => put(quote(one))))).text);
    const byMake = execFileSync('make', ['--silent', 'build'], { cwd: folder(), encoding: 'utf8' });
    assert.deepEqual(byMake.split('\n').slice(0, -1), words);
    const byShell = execFileSync('sh', ['-c', words.map((one) => put(quote(one))).join('\n')], { encoding: 'utf8' });
    assert.deepEqual(byShell.split('\n').slice(0, -1), words);
    // `make -n` runs a line that has this in its text.
    assert.doesNotMatch(words.map(quote).join('\n'), /\$[({]MAKE[)}]/);
  });

  it('with control characters are one word of bash, as a command to copy', () => {
    for (const word of ['a\nb', '\u001b[2J', "it's\u202e\\n", 'a\tb', '\u{e0041}']) {
      assert.ok(isPrintable(quote(word)), quote(word));
      const said = execFileSync('bash', ['-c', `printf %s ${quote(word)}`], {
        encoding: 'utf8',
        env: { ...process.env, LC_ALL: 'C.UTF-8' },
      });
      assert.equal(said, word);
    }
  });

  it('are no options', () => {
    assert.equal(quotePath('--help'), './--help');
    assert.equal(quotePath('-'), './-');
  });

  it('reach a terminal as text', () => {
    assert.equal(shown('a\u001b[31m\r\n\u202eb\u009b'), 'a\\u001b[31m\\u000d\\u000a\\u202eb\\u009b');
    assert.equal(printed('one\n\ttwo\u0007'), 'one\n\ttwo\\u0007');
    const json = JSON.stringify({ name: '\u001b\u009b\u202e\u{e0041}\n' });
    assert.deepEqual(JSON.parse(printed(json)), JSON.parse(json));
    assert.ok(isPrintable(printed(json)));
    assert.ok(isPrintable('ünïcödé 名 😀'));
  });

  /** Programs that tell in which folder they were called. */
  function standIns(): { path: string; calls(): string[] } {
    const bin = mkdtempSync(join(tmpdir(), 'names-'));
    for (const name of ['mise', 'cargo', 'go', 'tinygo', 'npm', 'npx', 'cmake', 'ctest', 'python3', 'swift', 'zig']) {
      writeFileSync(join(bin, name), `#!/bin/sh\nprintf '%s\\n' "$(pwd)|${name} $*" >>${bin}/calls\n`);
      chmodSync(join(bin, name), 0o755);
    }
    after(() => rmSync(bin, { recursive: true, force: true }));
    return {
      path: bin,
      calls: () => (existsSync(join(bin, 'calls')) ? readFileSync(join(bin, 'calls'), 'utf8').split('\n') : []),
    };
  }

  /** Everything of make that runs or shows tasks, with stand-ins for what they call. */
  function runAll(programs: ReturnType<typeof standIns>): void {
    const path = [programs.path, '/usr/bin', '/bin'].join(delimiter);
    const env = { ...process.env, PATH: path, MISE_DATA_DIR: programs.path };
    const make = (...argv: string[]) => execFileSync('make', argv, { cwd: folder(), env, stdio: 'pipe' });
    make('help');
    const tasks = ['setup', 'lint', 'build', 'test'].filter((task) =>
      new RegExp(`^${task}:`, 'm').test(readFileSync(join(folder(), 'Makefile'), 'utf8')),
    );
    make('-n', ...tasks);
    assert.deepEqual(programs.calls(), [], 'make -n runs nothing');
    make(...tasks.filter((task) => task !== 'test'));
  }

  const noCanary = () => {
    const found = Object.keys(tree(folder())).filter((path) => path.endsWith('canary'));
    assert.deepEqual(found, []);
  };

  it('of folders: each task runs in its folder', async () => {
    const programs = standIns();
    repository(
      folder(),
      hostile.map((name, index) => ({ path: `${name}/Cargo.toml`, text: `[package]\nname = "a${index}"\n` })),
    );
    const { text, code } = await ci(all.join());
    assert.equal(code, 0, text);
    runAll(programs);
    noCanary();
    // On Windows, `\\` is not a folder of the repository.
    assert.match(text, /^Left out the crate a\d+ in '\\': /m);
    for (const name of hostile.filter(isInside))
      assert.ok(
        programs.calls().some((call) => call.startsWith(`${join(folder(), name)}|cargo build`)),
        `${name}\n${programs.calls().join('\n')}`,
      );
  });

  it('of folders in what the bots read', async () => {
    repository(folder(), [
      ...['a # b', "x: 'y' &z"].map((name) => ({
        path: `${name}/package.json`,
        text: '{"scripts":{"build":"jco componentize a.js -o a.wasm"},"devDependencies":{"@bytecodealliance/jco":"1"}}',
      })),
    ]);
    await ci('github');
    const { updates } = parse(readFileSync(join(folder(), '.github/dependabot.yml'), 'utf8'));
    assert.deepEqual(
      updates.map(({ directory }: { directory: string }) => directory),
      ['/', '/a # b', "/x: 'y' &z"],
    );
  });

  for (const [what, files] of Object.entries({
    'a module of Go': { 'go.mod': 'module example.com/x;touch${IFS}canary\n', 'main.go': 'package main\n' },
    'the main folder of Go': {
      'go.mod': 'module example.com/x\n',
      '$(touch canary)/main.go': 'package main\n',
    },
    TinyGo: {
      'go.mod': 'module example.com/`touch${IFS}canary`\n',
      '-o;touch canary/main.go': 'package main\n',
      'build.sh': 'tinygo build\n',
    },
    'an entry of AssemblyScript': {
      'asconfig.json': '{"entries":"$(touch canary); touch canary;.ts","targets":{}}',
      '$(touch canary); touch canary;.ts': '',
    },
    'a channel of Rust': {
      'Cargo.toml': '[package]\nname = "a"\n',
      'rust-toolchain.toml': '[toolchain]\nchannel = "{{ exec(command=\'touch canary\') }}"\n',
    },
    'a version of Zig': {
      'build.zig': 'pub fn build() void {}\n',
      'build.zig.zon': `.{ .minimum_zig_version = "{{ exec(command='touch canary') }}" }`,
    },
  }))
    it(`of ${what}`, async () => {
      const programs = standIns();
      repository(
        folder(),
        Object.entries(files).map(([path, text]) => ({ path, text })),
      );
      const { text, code } = await ci(all.join());
      assert.equal(code, 0, text);
      runAll(programs);
      noCanary();
      assert.doesNotMatch(tree(folder())['mise.toml'] ?? '', /\{\{/);
    });

  it('that no Makefile can hold are left out, with a sentence', async () => {
    mkdirSync(folder(), { recursive: true });
    const bad = 'h\ninclude evil.mk\n#';
    repository(folder(), [
      { path: `${bad}/Cargo.toml`, text: '[package]\nname = "a"\n' },
      { path: 'evil.mk', text: 'X := $(shell touch canary)\n' },
      { path: 'asconfig.json', text: JSON.stringify({ entries: 'a\u202eb' }) },
      { path: 'a\u202eb', text: '' },
    ]);
    await assert.rejects(ci('github'), /Left out the crate a in 'h\\u000ainclude evil\.mk\\u000a#'/);
    writeFileSync(join(folder(), 'go.mod'), 'module example.com/x\n');
    writeFileSync(join(folder(), 'main.go'), 'package main\n');
    const { text } = await ci('github');
    assert.match(text, /^Found the Go module example\.com\/x/m);
    assert.match(
      text,
      /^Left out the crate a in 'h\\u000ainclude evil\.mk\\u000a#': .* Rename it, and run the command again\.$/m,
    );
    assert.match(text, /^Left out a project in AssemblyScript in '\.': 'a\\u202eb' has characters/m);
    assert.doesNotMatch(readFileSync(join(folder(), 'Makefile'), 'utf8'), /evil|cargo|asc/);
  });

  it('of a branch is a word of the command that the doctor names', async () => {
    repository(folder(), render({ ...plain, ci: ['github'] }));
    git(folder(), 'symbolic-ref', 'refs/remotes/origin/HEAD', 'refs/remotes/origin/x;touch${IFS}canary');
    const { text } = await examine([], folder());
    const command = text.split('\n').find((line) => line.includes('git branch --move')) ?? text;
    assert.match(command, /x;touch/);
    spawnSync('sh', ['-c', command], { cwd: folder() });
    noCanary();
  });

  it('are one line of what is told', async () => {
    const name = 'a\n\u001b[2JNo problems found here.';
    const rust = 'build --target wasm32-wasi\n';
    repository(folder(), [
      ...render({ ...plain, ci: ['github'] }),
      { path: `assembly/${name}.ts`, text: '' },
      { path: `${name}/Cargo.toml`, text: rust },
      { path: `${name}/.cargo/config.toml`, text: rust },
    ]);
    const moved = await change('language', ['c', '--dry-run'], folder(), undefined);
    assert.match(moved.text, /^ {2}move to hello-wasm\/assembly\/a\\u000a\\u001b\[2JNo problems/m);
    const found = await examine([], folder());
    assert.match(found.text, /^ {2}a\\u000a\\u001b\[2JNo problems .* uses the target wasm32-wasi/m);
    for (const { text } of [moved, found]) {
      assert.ok(text.split('\n').every(isPrintable), text);
      assert.doesNotMatch(text, /^Nothing problems found here/m);
    }
    assert.equal(new UserError(name).message, shown(name));
  });

  it('of a user that git knows are offered only where they are text', async () => {
    const author = questions.find(({ key }) => key === 'author');
    assert.ok(author);
    const offered: unknown[] = [];
    const ask = asker(async ({ default: one }) => {
      offered.push(one);
      return { answer: '' };
    });
    for (const name of ['Ada', 'A\u001b[2J', 'A\u009bm']) await ask(author, {}, name);
    assert.deepEqual(offered, ['Ada', undefined, undefined]);
  });

  it('of any length are told in a line', async () => {
    repository(folder(), [{ path: 'Cargo.toml', text: `[package]\nname = "${'a'.repeat(1_000_000)}"\n` }]);
    await assert.rejects(ci('github'), ({ message }: Error) => {
      assert.match(
        message,
        /^Left out a project \(rust\) in '\.': 'the crate a+…' has \d+ characters; the limit is 1000\./,
      );
      return message.length < 1_000;
    });
  });

  for (const [path, unit] of [
    ['wit/a.wit', '\n'],
    ['.github/workflows/release.yml', '\n'],
    ['.github/workflows/ci.yml', 'make -f '],
    ['Makefile', '%'],
  ] as const)
    it(`in ${path} are searched in a text of nothing but ${JSON.stringify(unit)}`, async () => {
      const written = render({ ...plain, language: 'rust', ci: ['github'] });
      repository(
        folder(),
        [
          ...written.filter((file) => file.path !== path),
          { path: 'requirements.txt', text: 'componentize-py\n' },
          { path: 'app.py', text: '' },
          { path, text: unit.repeat(1_000_000 / unit.length) },
        ],
        false,
      );
      await examine([], folder());
      rmSync(join(folder(), '.yo-rc.json'));
      await ci('gitlab', '--dry-run').catch((error) => assert.ok(error instanceof UserError, error));
    });

  it('of our own files, that `.yo-rc.json` gives, are those that this program gives', async () => {
    for (const instead of [
      { Makefile: 'x; touch canary #' },
      { Makefile: '../Makefile' },
      { 'mise.toml': '.git/config' },
      { '.github/workflows/ci.yml': '.bashrc' },
    ]) {
      rmSync(folder(), { recursive: true });
      mkdirSync(folder());
      repository(folder(), [
        { path: 'Cargo.toml', text: '[package]\nname = "a"\n' },
        {
          path: '.yo-rc.json',
          text: JSON.stringify({
            'generator-wasm': {
              version: '0.2.0',
              adopted: { ci: ['github'], branch: 'main', projects: [], instead },
            },
          }),
        },
      ]);
      await assert.rejects(ci('gitlab'), /has an invalid 'adopted'/);
    }
  });
});
