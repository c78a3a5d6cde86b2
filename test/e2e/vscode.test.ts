/** What VS Code does with a project: every task run as tasks.json says, problems found in what compilers really print. */
import assert from 'node:assert/strict';
import { appendFileSync, cpSync, existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { axes, find } from '../../src/catalog/axes.ts';
import { samples } from '../support/cells.ts';
import { mistakes } from '../support/mistakes.ts';
import { freePort, need, needed, ok, run, scratch } from '../support/programs.ts';
import { findsMistakesOnly, servers } from './language-servers.ts';
import { answering, make, project, serving, taskEnvironment } from './world.ts';

interface Pattern {
  regexp: string;
  file?: number;
  line?: number;
  message?: number;
}
type Matcher = string | { pattern: Pattern | Pattern[] };
interface Task {
  label: string;
  command: string;
  dependsOn?: string;
  isBackground?: true;
  problemMatcher: Matcher[];
}

/** The matcher of TypeScript, which VS Code has without extensions. */
const tsc: Pattern = {
  regexp: '^([^\\s].*)[\\(:](\\d+)[,:](\\d+)(?:\\):\\s+|\\s+-\\s+)(error|warning|info)\\s+TS(\\d+)\\s*:\\s*(.*)$',
  file: 1,
  line: 2,
  message: 6,
};

interface Problem {
  file: string;
  line: number;
  message: string;
}

/** The entries of VS Code's Problems panel: each pattern of a matcher takes a line, one after another, and equal entries are one. */
function problems(matchers: Matcher[], printed: string): Problem[] {
  const lines = printed.split('\n');
  const entries = matchers.flatMap((matcher) => {
    if (typeof matcher === 'string') assert.equal(matcher, '$tsc');
    const patterns = typeof matcher === 'string' ? [tsc] : [matcher.pattern].flat();
    return lines.flatMap((_, start) => {
      const found: Problem = { file: '', line: 0, message: '' };
      for (const [index, { regexp, file, line, message }] of patterns.entries()) {
        const match = new RegExp(regexp).exec(lines[start + index] ?? '');
        if (!match) return [];
        if (file) found.file = match[file] ?? '';
        if (line) found.line = Number(match[line]);
        if (message) found.message = match[message] ?? '';
      }
      return [found];
    });
  });
  return [...new Map(entries.map((entry) => [JSON.stringify(entry), entry])).values()];
}

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
    const tasks = () => JSON.parse(readFileSync(join(folder, '.vscode/tasks.json'), 'utf8')).tasks as Task[];
    /** Runs a task as VS Code does, after the one that it depends on; its exit code, problems and output. */
    function runTask(label: string, place: string): { code: number | null; found: Problem[]; said: string } {
      const task = tasks().find((one) => one.label === label);
      assert.ok(task);
      const first = task.dependsOn ? runTask(task.dependsOn, place) : undefined;
      if (first?.code) return first;
      const { code, said: coloured } = run('sh', ['-c', `${task.command} 2>&1`], place, taskEnvironment());
      // asc prints colours where CI is set. A terminal takes them for colours, and its matchers do not see them.
      const said = stripVTControlCharacters(coloured);
      return { code, found: [...(first?.found ?? []), ...problems(task.problemMatcher, said)], said };
    }

    // The tasks of all languages are printed alike, and call the same make.
    if (samples.find(({ kind }) => kind === choices.kind) === choices) it('runs every task', runsEveryTask);
    async function runsEveryTask(): Promise<void> {
      // vscode-task-runner starts no background task: this one is started in a terminal, as VS Code does.
      const url = `http://127.0.0.1:${await freePort()}`;
      const env = { ...taskEnvironment(), URL: url };
      const [serve] = tasks().filter(({ isBackground }) => isBackground);
      assert.equal(serve?.label, 'serve');
      const first = join(mkdtempSync(join(scratch, 'terminal-')), 'pid');
      const terminal = ['--quiet', '--command', `echo $$ >${first}; exec bash -c '${serve.command}'`, '/dev/null'];
      const listen = { LISTEN: url.slice('http://'.length) };
      const stop = await serving('script', terminal, folder, `${url}/healthz`, listen);
      try {
        for (const { label } of tasks()) if (label !== 'serve') ok('vtr', [label], folder, env);
        // How VS Code ends a terminal.
        process.kill(Number(readFileSync(first, 'utf8')), 'SIGHUP');
        while (await answering(url)) await new Promise((done) => setTimeout(done, 100));
      } finally {
        await stop();
      }
    }

    for (const { task, file, text, message } of mistakes[language.id] ?? [])
      it(`shows where ${task} fails`, () => {
        const copy = join(mkdtempSync(join(scratch, 'broken-')), choices.name);
        cpSync(folder, copy, { recursive: true, verbatimSymlinks: true });
        const line = readFileSync(join(copy, file), 'utf8').split('\n').length;
        appendFileSync(join(copy, file), `${text}\n`);
        const { code, found, said } = runTask(task, copy);
        assert.notEqual(code, 0);
        const last = line + text.split('\n').length;
        const [one, ...more] = found;
        assert.ok(
          one?.file.endsWith(file) && one.line >= line && one.line <= last && message.test(one.message),
          `${JSON.stringify(found)} from\n${said.slice(-3000)}`,
        );
        assert.deepEqual(more, [], 'one mistake is one entry');
      });

    if (language.id === 'assemblyscript')
      it('shows the first of many syntax errors, and each error in types', () => {
        const copy = join(mkdtempSync(join(scratch, 'broken-')), choices.name);
        cpSync(folder, copy, { recursive: true, verbatimSymlinks: true });
        const path = join(copy, 'assembly/handler.ts');
        const text = readFileSync(path, 'utf8');
        writeFileSync(path, text.replace(/^}\n/m, ''));
        const syntax = runTask('build', copy);
        assert.ok((syntax.said.match(/^ERROR /gm) ?? []).length > 4, syntax.said);
        assert.equal(syntax.found.length, 1);
        writeFileSync(path, `${text}export const one: i32 = "1";\nexport const two: i32 = missing;\n`);
        assert.deepEqual(
          runTask('build', copy).found.map(({ message }) => message),
          ["Type '~lib/string/String' is not assignable to type 'i32'.", "Cannot find name 'missing'."],
        );
      });

    it('finds no problem in what a good build prints', () => {
      make(folder, 'clean');
      for (const label of ['build', 'test', 'lint']) {
        const { code, found, said } = runTask(label, folder);
        assert.equal(code, 0, said);
        assert.deepEqual(found, [], label);
      }
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

    for (const server of servers[language.id] ?? [])
      if (!server.extended)
        it(`opens without a false error in ${server.name}`, async function () {
          need(this, ...(server.program ? [server.program] : []));
          if (server.name !== 'clangd') return findsMistakesOnly(server, language.id, folder);
          // Its files are many in C++, and the settings the same.
          for (const task of language.id === 'c' ? ['build', 'clean'] : ['build']) {
            make(folder, task);
            assert.equal(existsSync(join(folder, 'build/compile_commands.json')), task === 'build');
            await findsMistakesOnly(server, language.id, folder);
          }
        });
  });
}
