/** What VS Code does with a project: every task run as tasks.json says, problems found in what compilers really print. */
import assert from 'node:assert/strict';
import { appendFileSync, cpSync, existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { axes, find } from '../../src/catalog/axes.ts';
import { samples } from '../support/cells.ts';
import { freePort, need, needed, ok, run, scratch } from '../support/programs.ts';
import { make, project, serving, taskEnvironment } from './world.ts';

interface Pattern {
  regexp: string;
  file?: number;
  line?: number;
  message?: number;
}
type Matcher = string | { base: string } | { pattern: Pattern | Pattern[] };

/** Matchers that an extension brings. VS Code has $gcc itself; $rustc is rust-analyzer's. */
const contributed: Record<string, Pattern[]> = {
  $zig: [{ regexp: '([^\\s]*):(\\d+):(\\d+):\\s+(?:fatal\\s+)?(note|error):\\s+(.*)$', file: 1, line: 2, message: 5 }],
  $tsc: [
    {
      regexp: '^([^\\s].*)[\\(:](\\d+)[,:](\\d+)(?:\\):\\s+|\\s+-\\s+)(error|warning|info)\\s+TS(\\d+)\\s*:\\s*(.*)$',
      file: 1,
      line: 2,
      message: 6,
    },
  ],
  $gcc: [{ regexp: '^(.*?):(\\d+):(\\d*):?\\s+(?:fatal\\s+)?(warning|error):\\s+(.*)$', file: 1, line: 2, message: 5 }],
  $swiftc: [{ regexp: '^(.*?):(\\d+)(?::(\\d+))?:\\s+(warning|error|note):\\s+(.*)$', file: 1, line: 2, message: 5 }],
  $rustc: [
    { regexp: '^(warning|warn|error)(?:\\[(.*?)\\])?: (.*)$', message: 3 },
    { regexp: '^[\\s->=]*(.*?):(\\d*):(\\d*)\\s*$', file: 1, line: 2 },
  ],
};

/** The problems that VS Code would show: each pattern of a matcher takes a line, one after another. */
function problems(matchers: Matcher[], printed: string): { file: string; line: number; message: string }[] {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: what a terminal takes for colours.
  const lines = printed.replace(/\x1b\[[\d;]*m/g, '').split('\n');
  return matchers.flatMap((matcher) => {
    const name = typeof matcher === 'string' ? matcher : 'base' in matcher ? matcher.base : '';
    const named = typeof matcher === 'object' && 'pattern' in matcher ? [matcher.pattern].flat() : contributed[name];
    assert.ok(named, `the matcher ${name} is known`);
    return lines.flatMap((_, start) => {
      const found = { file: '', line: 0, message: '' };
      for (const [index, { regexp, file, line, message }] of named.entries()) {
        const match = new RegExp(regexp).exec(lines[start + index] ?? '');
        if (!match) return [];
        if (file) found.file = match[file] ?? '';
        if (line) found.line = Number(match[line]);
        if (message) found.message = match[message] ?? '';
      }
      return [found];
    });
  });
}

/** A source broken at its end: the task that finds it, and what it says. */
const broken: Record<string, { task: string; file: string; text: string; message: RegExp }[]> = {
  assemblyscript: [
    {
      task: 'build',
      file: 'assembly/handler.ts',
      text: 'export const broken: i32 = "text";',
      message: /not assignable/,
    },
    { task: 'test', file: 'assembly/query.ts', text: 'export const broken: i32 = "text";', message: /not assignable/ },
    { task: 'lint', file: 'assembly/query.ts', text: 'debugger;', message: /debugger/ },
  ],
  c: [
    { task: 'build', file: 'src/handler.c', text: 'int broken(void) { return missing; }', message: /undeclared/ },
    { task: 'test', file: 'test/query_test.c', text: 'int broken(void) { return missing; }', message: /undeclared/ },
    { task: 'lint', file: 'src/query.c', text: 'int  broken;', message: /clang-format/ },
  ],
  cpp: [
    { task: 'build', file: 'src/handler.cpp', text: 'int broken() { return missing; }', message: /undeclared/ },
    {
      task: 'test',
      file: 'test/query_test.cpp',
      text: 'int broken() { return missing; }',
      message: /not declared|undeclared/,
    },
    { task: 'lint', file: 'src/query.cpp', text: 'int  broken;', message: /clang-format/ },
  ],
  go: [
    {
      task: 'build',
      file: 'internal/handler/query.go',
      text: 'func broken() int { return missing }',
      message: /undefined: missing/,
    },
    {
      task: 'test',
      file: 'internal/handler/query_test.go',
      text: 'func broken() int { return missing }',
      message: /undefined: missing/,
    },
    { task: 'lint', file: 'internal/handler/query.go', text: 'func dead() {}', message: /unused/ },
  ],
  javascript: [{ task: 'lint', file: 'src/url.js', text: 'debugger;', message: /debugger/ }],
  python: [{ task: 'lint', file: 'app/handler.py', text: 'import os', message: /reformatted/ }],
  swift: [
    {
      task: 'build',
      file: 'Sources/Logic/Handler.swift',
      text: 'func broken() -> Int { missing }',
      message: /cannot find 'missing'/,
    },
    {
      task: 'test',
      file: 'Tests/LogicTests/QueryTests.swift',
      text: '@Test func broken() { #expect(missing) }',
      message: /cannot find 'missing'/,
    },
    { task: 'lint', file: 'Sources/Logic/Query.swift', text: 'func  broken() {}', message: /remove 1 space/ },
  ],
  typescript: [
    { task: 'build', file: 'src/url.ts', text: 'export const broken: number = "text";', message: /not assignable/ },
    { task: 'lint', file: 'src/url.ts', text: 'debugger;', message: /debugger/ },
  ],
  zig: [
    { task: 'build', file: 'src/handler.zig', text: 'comptime {\n    _ = missing;\n}', message: /undeclared/ },
    {
      task: 'test',
      file: 'src/query.zig',
      text: 'test "fails" {\n    try expectName("Ada", "name=Bob");\n}',
      message: /fails/,
    },
    { task: 'lint', file: 'src/query.zig', text: 'fn unused() void {\n    const one = 1;\n}', message: /unused/ },
  ],
  rust: [
    { task: 'build', file: 'src/handler.rs', text: 'fn broken() -> u32 {\n    "text"\n}', message: /mismatched types/ },
    {
      task: 'test',
      file: 'src/query.rs',
      text: '#[test]\nfn broken() {\n    missing();\n}',
      message: /cannot find function/,
    },
    { task: 'lint', file: 'src/query.rs', text: 'fn unused() {}', message: /never used/ },
  ],
};

for (const choices of samples) {
  const language = find(axes.language, choices.language);
  assert.ok(language);
  describe(`VS Code with ${language.label}`, function () {
    this.timeout(600_000);
    let folder: string;
    before(function () {
      need(this, 'vtr', 'make', 'wasmtime', ...needed(language.id));
      folder = project({ ...choices, ci: ['github', 'gitlab'] });
      make(folder, 'setup');
    });
    const tasks = () =>
      JSON.parse(readFileSync(join(folder, '.vscode/tasks.json'), 'utf8')).tasks as {
        label: string;
        isBackground?: true;
        problemMatcher: Matcher[];
      }[];

    // The tasks of all languages are printed alike, and call the same make.
    if (samples.find(({ kind }) => kind === choices.kind) === choices) it('runs every task', runsEveryTask);
    async function runsEveryTask(): Promise<void> {
      // vscode-task-runner starts no background task: this one is started as VS Code would.
      const url = `http://127.0.0.1:${await freePort()}`;
      const env = { ...taskEnvironment(), URL: url };
      const [serve] = tasks().filter(({ isBackground }) => isBackground);
      assert.equal(serve?.label, 'serve');
      const stop = await serving('make', ['serve'], folder, `${url}/healthz`, { LISTEN: url.slice('http://'.length) });
      try {
        for (const { label } of tasks()) if (label !== 'serve') ok('vtr', [label], folder, env);
      } finally {
        await stop();
      }
    }

    for (const { task, file, text, message } of broken[language.id] ?? [])
      it(`shows where ${task} fails`, function () {
        // Zig now and then prints only a part of what a failed test has said.
        this.retries(2);
        const copy = join(mkdtempSync(join(scratch, 'broken-')), choices.name);
        cpSync(folder, copy, { recursive: true, verbatimSymlinks: true });
        const line = readFileSync(join(copy, file), 'utf8').split('\n').length;
        appendFileSync(join(copy, file), `${text}\n`);
        const { code, said } = run('make', [task], copy, taskEnvironment());
        assert.notEqual(code, 0);
        const found = problems(tasks().find(({ label }) => label === task)?.problemMatcher ?? [], said);
        const last = line + text.split('\n').length;
        assert.ok(
          found.some(
            (one) => one.file.endsWith(file) && one.line >= line && one.line <= last && message.test(one.message),
          ),
          `${JSON.stringify(found)} from\n${said.slice(-3000)}`,
        );
      });

    it('finds no problem in what a good build prints', () => {
      make(folder, 'clean');
      for (const { label, problemMatcher } of tasks().filter(({ label }) => ['build', 'test', 'lint'].includes(label)))
        assert.deepEqual(problems(problemMatcher, make(folder, label)), [], label);
    });

    it('stops in the module under wasmtime, where launch.json can', function () {
      need(this, 'lldb-22');
      const all = JSON.parse(readFileSync(join(folder, '.vscode/launch.json'), 'utf8')).configurations;
      const launch = all.find(({ preLaunchTask }: { preLaunchTask?: string }) => preLaunchTask === 'debug');
      assert.equal(
        Boolean(launch),
        tasks().some(({ label }) => label === 'debug'),
      );
      if (!launch) return;
      make(folder, 'debug');
      const stop = ['breakpoint set --name greet', 'run', 'next', 'frame variable', 'continue'];
      const commands = [...launch.initCommands, ...stop].flatMap((line: string) => ['-o', line]);
      const said = ok(
        'lldb-22',
        ['--batch', ...commands, '--', launch.program, ...launch.args],
        folder,
        taskEnvironment(),
      );
      assert.match(said, /stop reason = breakpoint[\s\S]*greet[\s\S]* at handler\.\w+:\d+/);
      assert.match(said, /\) name = /);
      assert.match(said, /Hello, Ada!/);
    });

    if (language.id === 'assemblyscript')
      it('opens without a false error in TypeScript', () => {
        const own = (place: string) => {
          const tsc = join(import.meta.dirname, '../../node_modules/.bin/tsc');
          const { said } = run(tsc, ['--project', join(place, 'assembly'), '--noEmit', '--pretty', 'false'], place);
          return said.split('\n').filter((line) => line.startsWith('assembly/'));
        };
        assert.deepEqual(own(folder), []);
        const copy = join(mkdtempSync(join(scratch, 'broken-')), choices.name);
        cpSync(folder, copy, { recursive: true, verbatimSymlinks: true });
        appendFileSync(join(copy, 'assembly/handler.ts'), 'missing();\n');
        assert.match(own(copy).join(), /^assembly\/handler\.ts.*Cannot find name 'missing'/);
      });

    if (language.id === 'c' || language.id === 'cpp')
      it('opens without a false error in clangd, before and after a build', function () {
        need(this, 'clangd-22');
        for (const task of ['clean', 'build']) {
          make(folder, task);
          for (const path of ['main', 'src/handler', 'test/handler_test'].map((file) => `${file}.${language.id}`))
            assert.match(
              ok('clangd-22', [`--check=${path}`, '--query-driver=**/clang*'], folder),
              /All checks completed, 0 errors/,
            );
        }
        assert.ok(existsSync(join(folder, 'build/compile_commands.json')));
        const copy = join(mkdtempSync(join(scratch, 'broken-')), 'main.c');
        writeFileSync(copy, 'int main(void) { return missing; }\n');
        assert.doesNotMatch(run('clangd-22', [`--check=${copy}`], scratch).said, /All checks completed, 0 errors/);
      });
  });
}
