/** What a user does first, for every language and kind, on the first host that runs the kind: scaffold, build, test, optimize, run or serve, and look at the answer. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { join } from 'node:path';
import { axes, find } from '../../src/catalog/axes.ts';
import type { Choices } from '../../src/model/choices.ts';
import { compose } from '../../src/plan/compose.ts';
import { cells } from '../support/cells.ts';
import { freePort, need, needed, ok, run } from '../support/programs.ts';
import { bin, make, project, serving, taskEnvironment } from './world.ts';

const sizes: [string, number, number][] = [];
/** The most bytes of an optimized module, where that is promised; else it has no more than as it is built. */
const optimizedAtMost: Record<string, number> = { swift: 60_000 };
const label = ({ language, kind, host }: Choices) => `${language} ${kind} on ${host}`;

/** Asks over one connection; rejects if the server closes it. @returns the status of each answer */
async function overOneConnection(
  url: string,
  calls: [method: string, path: string, bytes: number][],
): Promise<unknown[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const statuses: unknown[] = [];
  for (const [method, path, bytes] of calls)
    statuses.push(
      await new Promise((answered, failed) => {
        const call = request(url + path, { agent, method }, (response) => {
          if (statuses.length > 0 && !call.reusedSocket) failed(new Error(`${method} ${path}: a new connection`));
          response.resume().on('end', () => answered(response.statusCode));
        });
        call.on('error', failed).end(Buffer.alloc(bytes));
      }),
    );
  agent.destroy();
  return statuses;
}

for (const cell of cells.filter(({ notRun }) => !notRun)) {
  const choices: Choices = { ...cell.choices, ci: ['github', 'gitlab'] };
  const language = find(axes.language, choices.language);
  describe(label(choices), function () {
    this.timeout(600_000);
    const {
      modules: [module],
      tasks,
    } = compose(choices);
    assert.ok(module);
    let folder: string;
    const artifact = () => join(folder, module.artifact);
    const optimized = () => join(folder, module.optimized);

    before(function () {
      need(this, 'make', 'wasmtime', 'wazero', ...needed(choices.language));
      folder = project(choices);
      make(folder, 'setup');
    });

    it('is formatted and linted as it comes', () => {
      make(folder, 'lint');
      const before = readFileSync(join(folder, '.yo-rc.json'));
      make(folder, 'format');
      // What clang-tidy looks at is as it was, but for where lines end.
      make(folder, 'lint', 'CLANG_TIDY=true');
      assert.deepEqual(readFileSync(join(folder, '.yo-rc.json')), before);
    });

    it('is formatted whatever its name', () => {
      for (const name of ['a', 'a'.repeat(50)]) {
        const other = project({ ...choices, name });
        // What setup makes is the same whatever the name.
        for (const made of ['node_modules', '.venv'])
          if (existsSync(join(folder, made))) symlinkSync(join(folder, made), join(other, made));
        // What clang-tidy looks at has no names in it.
        make(other, 'lint', 'CLANG_TIDY=true');
      }
    });

    it('builds, the same bytes twice, and not again without a change', () => {
      make(folder, 'build');
      const first = readFileSync(artifact());
      // Fails if something would be made again.
      make(folder, '--question', 'build');
      make(folder, 'clean', 'build');
      if (!language?.differs) assert.deepEqual(readFileSync(artifact()), first);
    });

    it('passes its unit tests and the whole contract', () => {
      const said = make(folder, 'test');
      assert.match(said, /(\d+) of \1 cases pass: build\/[\w-]+\.wasm under wasmtime/);
      const all = choices.kind === 'command' ? 56 : choices.kind === 'wagi' ? 102 : 95;
      assert.match(
        ok(bin(), ['contract', module.artifact], folder),
        new RegExp(`^${all} of ${all} cases pass: \\S+ under wasmtime`, 'm'),
      );
      if (choices.kind === 'http') return;
      for (const runtime of ['node', 'wazero'])
        assert.match(
          ok(bin(), ['contract', module.artifact, '--runtime', runtime], folder),
          new RegExp(`(\\d+) of \\1 cases pass: .* under ${runtime}`, 'i'),
        );
    });

    it('fails its tests when the contract asks for something else', () => {
      const path = join(folder, `contract/${choices.kind}.json`);
      const good = readFileSync(path, 'utf8');
      try {
        writeFileSync(path, good.replace('Hello, world!', 'Goodbye, world!'));
        const { code, said } = run('make', ['test'], folder, taskEnvironment());
        assert.notEqual(code, 0);
        assert.match(said, /Goodbye, world!/);
      } finally {
        writeFileSync(path, good);
      }
    });

    if (choices.kind !== 'http')
      it('says what it cannot write or read, and ends with another status than 0', () => {
        const program = `wasmtime run --env REQUEST_METHOD=POST --env PATH_INFO=/echo ${module.artifact}`;
        const count = choices.kind === 'command' ? ' --count' : '';
        for (const [line, reason] of [
          [`${program} </dev/null >/dev/full`, /NOSPC|No space left|WASI error 51/i],
          [`${program}${count} <.`, /ISDIR|Is a directory|WASI error 31/i],
        ] as const) {
          const { code, said } = run('sh', ['-c', line], folder);
          assert.notEqual(code, 0, line);
          assert.match(said, reason, line);
        }
      });

    if (tasks.optimize)
      it('optimizes, tells the bytes, and still keeps the contract', () => {
        const said = make(folder, 'optimize');
        assert.match(said, new RegExp(`^ *${statSync(artifact()).size} ${module.artifact}$`, 'm'));
        assert.match(said, new RegExp(`^ *${statSync(optimized()).size} ${module.optimized}$`, 'm'));
        assert.ok(statSync(optimized()).size <= (optimizedAtMost[choices.language] ?? statSync(artifact()).size));
        sizes.push([label(choices), statSync(artifact()).size, statSync(optimized()).size]);
      });

    if (choices.kind !== 'http')
      it('imports nothing twice', () => {
        for (const path of [artifact(), optimized()]) {
          const imports = WebAssembly.Module.imports(new WebAssembly.Module(readFileSync(path)));
          const names = imports.map(({ module, name }) => `${module}::${name}`);
          assert.ok(names.length > 2);
          assert.deepEqual(names, [...new Set(names)]);
          for (const { module } of imports) assert.equal(module, 'wasi_snapshot_preview1');
        }
      });

    it('names what is missing in make doctor, and nothing else', () => {
      const { said } = run('make', ['--silent', 'doctor'], folder, taskEnvironment());
      assert.match(said, /^ok {7}node \d+/m);
      assert.doesNotMatch(said, /too old/);
    });

    if (tasks.serve)
      it('answers requests, and ends with make', async () => {
        const listen = `127.0.0.1:${await freePort()}`;
        const url = `http://${listen}`;
        const stop = await serving('make', ['--silent', 'serve', `LISTEN=${listen}`], folder, `${url}/healthz`);
        let said: string;
        try {
          const response = await fetch(`${url}/?name=Gr%C3%A8ta`);
          assert.equal(response.status, 200);
          assert.equal(response.headers.get('content-type'), 'text/plain; charset=utf-8');
          assert.equal(await response.text(), 'Hello, Grèta!\n');
          assert.match(make(folder, 'smoke', `URL=${url}`), /(\d+) of \1 cases pass/);
          const unread: [string, string, number][] = [
            ['POST', '/nowhere', 300_000],
            ['PUT', '/', 300_000],
            ['POST', '/echo', 3_000_000],
          ];
          const calls = unread.flatMap((call): typeof unread => [call, ['GET', '/', 0]]);
          assert.deepEqual(await overOneConnection(url, calls), [404, 200, 405, 200, 413, 200]);
        } finally {
          said = (await stop('SIGTERM')).said;
        }
        assert.match(said, /Serving (?:HTTP on )?http:\/\/127\.0\.0\.1/);
        assert.match(said, /GET \/ 200/, 'the log line of the module');
        await assert.rejects(fetch(url));
      });
    else
      it('runs on its host', () => {
        assert.match(make(folder, '--silent', 'run'), /^Hello, world!\n$/);
        assert.match(make(folder, '--silent', 'run', 'ARGS=Ada Grace'), /^Hello, Ada!\nHello, Grace!\n$/);
        assert.match(make(folder, 'smoke'), /(\d+) of \1 cases pass.*wasmtime/);
      });
  });
}

after(() => {
  if (sizes.length === 0) return;
  console.log('\n  bytes of the module, as built and after make optimize\n');
  for (const [what, built, small] of sizes)
    console.log(`  ${what.padEnd(40)}${String(built).padStart(10)}${String(small).padStart(10)}`);
});

describe('the cells', () => {
  it('cover every language and kind', () => {
    for (const language of axes.language)
      for (const kind of language.kinds)
        assert.ok(cells.some(({ choices }) => choices.language === language.id && choices.kind === kind));
  });
});
