/** What the runner says: of its arguments, of broken cases, of programs that do not do as they should. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import { createServer as createRawServer } from 'node:net';
import { join } from 'node:path';
import { toJson } from '../../src/lib/json.ts';
import {
  casesOf,
  changed,
  everyKind,
  file,
  hosting,
  judge,
  type Kind,
  listening,
  moduleOf,
  nowhere,
  pathWith,
  run,
  runnerOf,
  scratch,
  source,
} from './world.ts';

const cases = (...all: unknown[]) => file('cases.json', JSON.stringify({ cases: all }));
const greeting = { id: 'greets', args: ['Ada'], stdout: 'Hello, Ada!\n' };
const page = { id: 'answers', method: 'GET', path: '/', status: 200, response: 'hello' };

/** Modules, as Base64. */
const bytes = (base64: string) => file('module.wasm', Buffer.from(base64, 'base64'));
/** `(call $proc_exit (i32.const 0))` */
const exiting =
  'AGFzbQEAAAABCAJgAX8AYAAAAiQBFndhc2lfc25hcHNob3RfcHJldmlldzEJcHJvY19leGl0AAADAgEBBQMBAAEHEwIGbWVtb3J5AgAGX3N0YXJ0AAEKCAEGAEEAEAAL';
/** Writes `said` to standard output. */
const saying =
  'AGFzbQEAAAABDAJgBH9/f38Bf2AAAAIjARZ3YXNpX3NuYXBzaG90X3ByZXZpZXcxCGZkX3dyaXRlAAADAgEBBQMBAAEHEwIGbWVtb3J5AgAGX3N0YXJ0AAEKDwENAEEBQQBBAUEIEAAaCwsXAgBBAAsIEAAAAAQAAAAAQRALBHNhaWQ=';
/** Writes `said` to standard output, for ever. */
const chattering =
  'AGFzbQEAAAABDAJgBH9/f38Bf2AAAAIjARZ3YXNpX3NuYXBzaG90X3ByZXZpZXcxCGZkX3dyaXRlAAADAgEBBQMBAAEHEwIGbWVtb3J5AgAGX3N0YXJ0AAEKFQETAANAQQFBAEEBQQgQABoMAAsACwsXAgBBAAsIEAAAAAQAAAAAQRALBHNhaWQ=';
/** `(loop $again (br $again))` */
const looping = 'AGFzbQEAAAABBAFgAAADAgEABQMBAAEHEwIGbWVtb3J5AgAGX3N0YXJ0AAAKCgEIAANADAALAAs=';

/** The runner with less patience. */
const hasty = (from: string, to: string) =>
  file('run.mjs', changed(readFileSync(everyKind, 'utf8'), `const ${from};`, `const ${to};`));
const soon = () => hasty('seconds = 20', 'seconds = 1');

describe('the runner refuses', () => {
  const wasm = bytes(saying);
  const good = cases(greeting);
  // biome-ignore format: a table
  const component = file('component.wasm', Buffer.from('\0asm\x0d\0\x01\0', 'latin1'));
  const table: [what: string, args: string[], sentence: RegExp][] = [
    ['no arguments', [], /^Give CASES and MODULE, or CASES and --url BASE, instead of: nothing\.$/],
    ['cases alone', [good], /^Give CASES and MODULE/],
    ['a third argument', [good, wasm, 'x'], /^Give CASES and MODULE/],
    ['a module and a server', [good, wasm, '--url', 'http://localhost:1'], /^Give CASES and MODULE/],
    [
      'an unknown flag',
      [good, wasm, '--verbos'],
      /^Unknown option '--verbos'\. The head of run\.mjs shows its usage\.$/,
    ],
    ['a flag without its value', [good, wasm, '--filter'], /^Option '--filter <value>' argument missing\. The head/],
    [
      'a runtime it does not know',
      [good, wasm, '--runtime', 'deno'],
      /^Unknown runtime 'deno'\. Choose one of: wasmtime, wazero, node\.$/,
    ],
    ['a runtime by the name of a method', [good, wasm, '--runtime', 'toString'], /^Unknown runtime 'toString'\./],
    [
      'a base with a path',
      [good, '--url', 'http://localhost:1/app'],
      /^'http:\/\/localhost:1\/app' is not a URL such as http:\/\/127\.0\.0\.1:3000\. Give scheme, host and port\.$/,
    ],
    ['a base without a scheme', [good, '--url', 'localhost:1'], /^'localhost:1' is not a URL/],
    ['an empty base', [good, '--url', ''], /^'' is not a URL/],
    ['a port that is none', [good, '--url', 'http://localhost:99999'], /^'http:\/\/localhost:99999' is not a URL/],
    [
      'a module that is missing',
      [good, 'build/none.wasm'],
      /^The module 'build\/none\.wasm' cannot be read \(ENOENT\)\. Build it: make build$/,
    ],
    ['a folder for a module', [good, scratch], /^The module '.*' cannot be read \(EISDIR\)\. Build it: make build$/],
    ['a module that is none', [good, good], /^'.*' is not a WebAssembly module\. Build it again: make clean build$/],
    [
      'a component without wasmtime',
      [good, component, '--runtime', 'node'],
      /^'.*' is a component, which node cannot run\.$/,
    ],
    ['a component that is none', [good, component], /^wasmtime does not serve '.*component\.wasm': .*Unknown call/],
    [
      'a module that is too large',
      [good, wasm, '--max-bytes', '10'],
      /^'.*' has \d+ bytes; the limit is 10\. Make it smaller, or raise MAX_BYTES in the Makefile\.$/,
    ],
    [
      'a wazero that is missing',
      [good, wasm, '--runtime', 'wazero'],
      /^wazero is not on PATH\. To get it: make doctor$/,
    ],
    ['cases that are missing', ['none.json', wasm], /^The cases 'none\.json' cannot be read: ENOENT.*\.$/],
    [
      'cases that are no JSON',
      [file('cases.json', '{"cases": ['), wasm],
      /^The cases '.*' cannot be read: .*JSON.*\.$/,
    ],
    ['a filter that nothing passes', [good, wasm, '--filter', 'nope'], /^No case of '.*' has 'nope' in its id\.$/],
  ];
  for (const [what, args, sentence] of table)
    it(what, async () => {
      const { code, said, refused } = await run(args);
      assert.match(refused.trimEnd(), sentence);
      assert.equal(refused.trimEnd().includes('\n'), false, 'one line');
      assert.equal(said, '');
      assert.equal(code, 1);
    });

  // biome-ignore format: a table
  const broken: [what: string, text: unknown, sentence: RegExp][] = [
    ['a list', [greeting], /has no cases\. Write \{ "cases": \[ … \] \}\.$/],
    ['null', null, /has no cases/],
    ['no cases', { cases: [] }, /has no cases/],
    ['null for a case', { cases: [null] }, /^Case null of '.*' needs an id that no other case has\.$/],
    ['a case without an id', { cases: [{ args: [], stdout: '' }] }, /^Case \{"args":\[\],"stdout":""\} of '.*' needs an id/],
    ['an id that comes twice', { cases: [greeting, greeting] }, /^Case "greets" of '.*' needs an id that no other case has\.$/],
    ['an unknown key', { cases: [{ ...greeting, stdot: '' }] }, /^Case "greets" of '.*' has an unknown key 'stdot'\. Known keys: id, args, .*\.$/],
    ['an expectation of the other kind', { cases: [{ ...greeting, status: 200 }] }, /unknown key 'status'/],
    ['a call without arguments', { cases: [{ id: 'greets', stdout: '' }] }, /^Case "greets" of '.*' needs 'args' or 'method'\.$/],
    ['two inputs', { cases: [{ ...greeting, stdin: '', stdinBase64: '' }] }, /has stdin and stdinBase64; keep one\.$/],
    ['two answers', { cases: [{ ...page, body: '', responseIsBody: true }] }, /has response and responseIsBody; keep one\.$/],
    ['a number for an input', { cases: [{ ...greeting, stdin: 5 }] }, /has an invalid 'stdin': 5\.$/],
    ['a repetition without times', { cases: [{ ...greeting, stdinRepeat: { text: 'a' } }] }, /has an invalid 'stdinRepeat'/],
  ];
  for (const [what, content, sentence] of broken)
    it(`cases that are broken: ${what}`, async () => {
      const { code, said, refused } = await run([file('cases.json', JSON.stringify(content)), wasm]);
      assert.match(refused.trimEnd(), sentence);
      assert.equal(said, '');
      assert.equal(code, 1);
    });

  it('wasmtime where there is none', async () => {
    const { code, refused } = await run([good, wasm, '--runtime', 'wasmtime'], { path: nowhere });
    assert.match(refused, /^wasmtime is not on PATH\. To get it: make doctor\n$/);
    assert.equal(code, 1);
  });
});

describe('the runner', () => {
  it('takes the cases that the filter names, and tells them when asked', async () => {
    const module = moduleOf("process.stdout.write('Hello, Ada!\\n');");
    const path = cases(greeting, { ...greeting, id: 'waves' }, { ...greeting, id: 'greets-again' });
    const { code, said } = await run([path, module, '--filter', 'greets', '--verbose']);
    assert.equal(said, `ok   greets\nok   greets-again\n2 of 2 cases pass: ${module} under wasmtime 1.2.3\n`);
    assert.equal(code, 0);
  });

  it('keeps the order of the file, whichever case ends first', async () => {
    const slow = moduleOf(
      "setTimeout(() => process.stdout.write(process.argv[2]), process.argv[2] === '0' ? 300 : 0);",
    );
    const all = [0, 1, 2, 3].map((n) => ({ id: `case-${n}`, args: [`${n}`], stdout: n === 2 ? 'no' : `${n}` }));
    const { said } = await run([cases(...all), slow, '--verbose']);
    assert.deepEqual(said.match(/case-\d/g), ['case-0', 'case-1', 'case-2', 'case-3']);
    assert.match(said, /^3 of 4 cases pass/m);
  });

  it('gives arguments, variables and input as they are, without a shell', async () => {
    const args = ['-', '--', '--env=A=B', '-x', '', 'a b', '$(touch x)', '"\'`', 'a\nb', 'é'];
    const told =
      "process.stdout.write(JSON.stringify([process.argv.slice(2), process.env, require('fs').readFileSync(0, 'hex')]));";
    const module = moduleOf(`import { createRequire } from 'node:module'; const require = createRequire('/'); ${told}`);
    const env = { A: 'b=c\nd', E: '' };
    const stdout = JSON.stringify([args, env, '00ff']);
    const { said, code } = await run([cases({ id: 'all', args, env, stdinBase64: 'AP8=', stdout }), module]);
    assert.equal(code, 0, said);
  });

  it('runs a module whose path a shell would take apart', async () => {
    const module = file(
      "it's $(touch oops); a.wasm",
      readFileSync(moduleOf("process.stdout.write('Hello, Ada!\\n');")),
    );
    const { code } = await run([cases(greeting), module]);
    assert.equal(code, 0);
    assert.equal(existsSync(join(process.cwd(), 'oops')), false);
  });

  it('gives what WAGI gives', async () => {
    const teller = moduleOf(
      "const text = JSON.stringify([process.argv.slice(1), process.env]); process.stdout.write('content-type: a/b\\n\\n' + text);",
    );
    const headers = { 'Content-Type': 'text/css', 'X-A-b': '1', Authorization: 'secret', Connection: 'close' };
    const request = {
      id: 'tells',
      method: 'POST',
      path: '/a%20b/%zz?q=1&r=2%20x?',
      headers,
      body: 'héllo',
      status: 200,
    };
    const response = JSON.stringify([
      ['/a%20b/%zz', 'q=1', 'r=2%20x?'],
      {
        AUTH_TYPE: '',
        CONTENT_LENGTH: '6',
        CONTENT_TYPE: '',
        GATEWAY_INTERFACE: 'CGI/1.1',
        PATH_INFO: '/a b/%zz',
        PATH_TRANSLATED: '/a b/%zz',
        QUERY_STRING: 'q=1&r=2%20x?',
        REMOTE_ADDR: '127.0.0.1',
        REMOTE_HOST: '127.0.0.1',
        REMOTE_USER: '',
        REQUEST_METHOD: 'POST',
        SCRIPT_NAME: '/',
        SERVER_NAME: '127.0.0.1',
        SERVER_PORT: '3000',
        SERVER_PROTOCOL: 'HTTP/1.1',
        SERVER_SOFTWARE: 'WAGI/1',
        X_FULL_URL: 'http://127.0.0.1:3000/a%20b/%zz?q=1&r=2%20x?',
        X_MATCHED_ROUTE: '/...',
        X_RAW_PATH_INFO: '/a%20b/%zz',
        HTTP_HOST: '127.0.0.1:3000',
        HTTP_CONTENT_LENGTH: '6',
        HTTP_CONTENT_TYPE: 'text/css',
        HTTP_X_A_B: '1',
      },
    ]);
    const { code, said } = await run([cases({ ...request, response }), teller]);
    assert.equal(code, 0, said);
  });
});

describe('of a program that fails, the runner tells', () => {
  const failing = async (program: string, one: object) => {
    const { code, said } = await run([cases(one), moduleOf(program)]);
    assert.equal(code, 1);
    assert.match(said, /^0 of 1 cases pass/m);
    return said.slice(0, said.indexOf('\n\n'));
  };
  const answering = (text: string) => `process.stdout.write(${JSON.stringify(text)});`;

  it('the arguments, the input, and what differs', async () => {
    const said = await failing("process.stdout.write('Hi\\n'); process.exitCode = 3; console.error('oh');", {
      ...greeting,
      stdin: 'x\n',
      env: { A: 'b' },
    });
    assert.equal(
      said,
      `FAIL greets: arguments ["Ada"], environment {"A":"b"}, standard input "x\\n"
     exit code: expected "0", got "3"
     standard output: expected "Hello, Ada!\\n", got "Hi\\n"
     standard error: expected "", got "oh\\n"`,
    );
  });

  it('the request, and what differs', async () => {
    const said = await failing(answering('status: 404 Not Found\nx-b: 1\ncontent-type: a/b\n\nhullo'), {
      ...page,
      headers: { Accept: '*/*' },
      body: 'x',
      responseHeaders: { 'content-type': 'a/c', 'x-b': '1', 'x-c': '2' },
      log: 'GET / 200\n',
    });
    assert.equal(
      said,
      `FAIL answers: GET /, headers {"Accept":"*/*"}, body "x"
     status: expected "200", got "404"
     header content-type: expected "a/c", got "a/b"
     header x-c: expected "2", got none
     body: expected "hello", got "hullo"
     order of headers: expected "content-type,x-b", got "x-b,content-type"
     log: expected "GET / 200\\n", got ""`,
    );
  });

  it('the place where long ones differ', async () => {
    const program = "const b = Buffer.alloc(1048576, 'a'); b[1000000] = 255; process.stdout.write(b);";
    const said = await failing(program, { ...greeting, stdout: 'a'.repeat(1048576) });
    const a = (n: number) => 'a'.repeat(n);
    const line = `standard output: expected …"${a(100)}"… (1048576 bytes), got …0x${'61'.repeat(30)}ff${'61'.repeat(69)}… (1048576 bytes), first difference at byte 1000000`;
    assert.ok(said.endsWith(line), said);
  });

  it('where a long one ends too soon', async () => {
    const said = await failing("process.stdout.write('a'.repeat(200));", { ...greeting, stdout: 'a'.repeat(300) });
    assert.match(said, /got …"a{30}", first difference at byte 200$/);
  });

  it('that a response has no headers', async () => {
    assert.match(await failing(answering('hello'), page), /wrote no empty line after its headers: "hello"$/);
  });

  it('that it ends with an error, and its last words', async () => {
    const program = `${answering('content-type: a/b\n\nhello')} process.exitCode = 7; console.error('oh');`;
    assert.match(await failing(program, page), /ended with 7: oh$/);
  });

  it('that a signal ended it', async () => {
    const path = pathWith('kill -SEGV $$');
    const { said, code } = await run([cases(greeting), bytes(saying)], { path });
    assert.match(said, /^FAIL greets: arguments \["Ada"\]\n {5}was ended by SIGSEGV$/m);
    assert.equal(code, 1);
  });

  it('that it does not end, even if a child of it lives on', async () => {
    const path = pathWith('sleep 30 & wait');
    const before = Date.now();
    const { said, code } = await run([cases(greeting), bytes(saying)], { path, runner: soon() });
    assert.match(said, /^ {5}did not end within 1 seconds$/m);
    assert.equal(code, 1);
    assert.ok(Date.now() - before < 10_000);
  });
});

describe("the runner under Node's WASI", () => {
  const under = (module: string, stdout: string, more = {}) =>
    run([cases({ id: 'says', args: [], stdout }), bytes(module)], { path: nowhere, ...more });

  it('runs a module', async () => {
    const { said, code } = await under(saying, 'said');
    assert.match(said, new RegExp(`^1 of 1 cases pass: \\S+ under Node ${process.versions.node}\n$`));
    assert.equal(code, 0);
  });

  it('tells what it wrote', async () => {
    assert.match((await under(saying, 'nothing')).said, /standard output: expected "nothing", got "said"$/m);
  });

  it('tells that it leaves by proc_exit(0)', async () => {
    const { said, code } = await under(exiting, '');
    assert.match(said, /exit code: expected "0", got "70"$/m);
    assert.match(
      said,
      /The module calls proc_exit\(0\): WAGI answers 500, Krustlet reports Failed\. Return from _start\./,
    );
    assert.equal(code, 1);
    const web = await run([cases(page), bytes(exiting), '--runtime', 'node']);
    assert.match(web.said, /^ {5}ended with 70: The module calls proc_exit/m);
  });

  it('stops one that never ends', async () => {
    const { said, code } = await under(looping, '', { runner: soon() });
    assert.match(said, /did not end within 1 seconds/);
    assert.equal(code, 1);
  });

  it('stops one that never stops writing', async () => {
    const { said, code } = await under(chattering, '', { runner: hasty('mebibytes = 16', 'mebibytes = 1') });
    assert.match(said, /wrote more than 1 MiB/);
    assert.equal(code, 1);
  });

  it('tells of one that cannot be compiled', async () => {
    const { said, code } = await run([cases(greeting), moduleOf('no module'), '--runtime', 'node']);
    assert.match(said, /standard error: expected "", got .*CompileError/);
    assert.equal(code, 1);
  });
});

describe('the runner over HTTP', () => {
  const asking = (listener: RequestListener, one: object, more = {}) =>
    listening(createServer(listener), (base) => run([cases(one), '--url', base], more));

  it('sends method, path, headers and body as they stand', async () => {
    const request = { id: 'sends', method: 'PROPFIND', path: '/a%0A/../b//?c=%zz&&d', headers: { 'X-A': 'b' } };
    const said = await asking(
      (got, response) => {
        const parts: Buffer[] = [];
        got.on('data', (part: Buffer) => parts.push(part));
        got.on('end', () =>
          response.end(JSON.stringify([got.method, got.url, got.headers['x-a'], Buffer.concat(parts).toString('hex')])),
        );
      },
      {
        ...request,
        bodyBase64: 'AP8=',
        status: 200,
        response: JSON.stringify(['PROPFIND', request.path, 'b', '00ff']),
      },
    );
    assert.equal(said.code, 0, said.said);
  });

  it('leaves the log to the host', async () => {
    const { code } = await asking((_, response) => response.end('hello'), { ...page, log: 'GET / 200\n' });
    assert.equal(code, 0);
  });

  it('says in one sentence that nothing listens', async () => {
    const base = await listening(createServer(), async (closed) => closed);
    const { said, refused, code } = await run([cases(page), '--url', base]);
    assert.match(refused, /^Nothing listens at http:\S+ \(ECONNREFUSED\)\. Start the server first: make serve\.\n$/);
    assert.equal(said, '');
    assert.equal(code, 1);
  });

  it('tells that the answer does not come, or does not end', async () => {
    const late: RequestListener[] = [
      () => {},
      (_, response) => {
        const timer = setInterval(() => response.write('x'), 50);
        response.on('close', () => clearInterval(timer));
      },
    ];
    for (const listener of late) {
      const { said, code } = await asking(listener, page, { runner: soon() });
      assert.match(said, /^ {5}no answer within 1 seconds$/m);
      assert.equal(code, 1);
    }
  });

  it('tells that an answer is cut off', async () => {
    const { said, code } = await asking((_, response) => {
      response.writeHead(200, { 'content-length': 9 });
      response.write('hello', () => response.destroy());
    }, page);
    assert.match(said, /^ {5}no answer: aborted$/m);
    assert.equal(code, 1);
  });

  it('tells that an answer to HEAD has a body', async () => {
    const server = createRawServer((socket) => {
      socket.on('error', () => {});
      socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello'));
    });
    const { said, code } = await listening(server, (base) =>
      run([cases({ ...page, method: 'HEAD', response: '' }), '--url', base]),
    );
    assert.match(said, /^ {5}no answer: Parse Error/m);
    assert.equal(code, 1);
  });
});

describe('the runner of a project', () => {
  const all: Kind[] = ['command', 'wagi', 'http'];
  const some = [1, 2, 3, 4, 5, 6, 7].map((bits) => all.filter((_, index) => bits & (1 << index)));
  const component = file('component.wasm', Buffer.from('\0asm\x0d\0\x01\0', 'latin1'));
  const listed = (kind: Kind) => file(`${kind}.json`, JSON.stringify({ cases: casesOf(kind) }));
  for (const kinds of some)
    it(`checks programs of kind ${kinds.join(', ')}, and no other`, async () => {
      const runner = runnerOf(...kinds);
      for (const kind of kinds) {
        const { length } = casesOf(kind);
        const passed = new RegExp(`^${length} of ${length} cases pass: `, 'm');
        if (kind === 'http')
          assert.match((await run([listed(kind), component], { runner })).refused, /^wasmtime does not serve /);
        else {
          const module = moduleOf(source(kind));
          assert.match((await judge([listed(kind), module], runner)).said, passed);
          const [{ id = '' } = {}] = casesOf(kind);
          assert.match(
            (await run([listed(kind), module, '--filter', id], { runner })).said,
            /^(\d+) of \1 cases pass: /,
          );
        }
        if (kind === 'command') continue;
        await listening(await hosting(source('wagi')), async (url) => {
          const { said, refused } = await run([listed(kind), '--url', url], { runner });
          assert.match(said + refused, passed);
        });
      }
      const good = kinds.includes('command') ? cases(greeting) : cases(page);
      if (!kinds.includes('command'))
        assert.match(
          (await run([cases(greeting), bytes(saying)], { runner })).refused,
          /WebAssembly component|'method'/,
        );
      if (kinds.join() === 'command') {
        assert.match((await run([cases(page), bytes(saying)], { runner })).refused, / needs 'args'\.$/m);
        assert.match((await run([good, '--url', 'http://a'], { runner })).refused, /^Unknown option '--url'/);
      }
      if (kinds.join() === 'http')
        assert.match((await run([good, bytes(saying)], { runner })).refused, / is not a WebAssembly component\./);
      else if (!kinds.includes('http'))
        assert.match((await run([good, component], { runner })).refused, / is not a WebAssembly module\./);
    });
  it('has no line that its kinds do not need, and is formatted', () => {
    const folder = mkdtempSync(join(scratch, 'runners-'));
    const unused = { noUnusedVariables: 'error', noUnusedImports: 'error', noUnusedFunctionParameters: 'error' };
    writeFileSync(
      join(folder, 'biome.json'),
      toJson({
        formatter: { indentStyle: 'space', lineWidth: 120 },
        javascript: { formatter: { quoteStyle: 'single' } },
        linter: { rules: { correctness: unused } },
      }),
    );
    for (const kinds of some) writeFileSync(join(folder, `${kinds.join('-')}.mjs`), readFileSync(runnerOf(...kinds)));
    const biome = join(import.meta.dirname, '../../node_modules/.bin/biome');
    const { status, stdout, stderr } = spawnSync(biome, ['ci', '--colors=off'], { cwd: folder, encoding: 'utf8' });
    assert.equal(status, 0, stdout + stderr);
  });
});
