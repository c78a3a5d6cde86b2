// Checks the program against its contract: every case of a file, with the built module or a running server.
// Usage: node contract/run.mjs CASES MODULE [--runtime wasmtime|wazero|node] [--max-bytes N] [--filter TEXT] [--verbose]
//        node contract/run.mjs CASES --url BASE [--filter TEXT] [--verbose]
// A module runs under wasmtime if that is on PATH, else under Node's own WASI, each case in a process of its own.
// A component is served by `wasmtime serve`.
import { isUtf8 } from 'node:buffer';
import { execFile, spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { connect } from 'node:net';
import { availableParallelism } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';

/** Limits of a case, so that an endless program ends. */
const seconds = 20;
const mebibytes = 16;

/** A wrong argument or a broken case: printed without a stack. */
class UsageError extends Error {}

async function main(args) {
  const { file, module, runtime, url, filter, verbose } = readArguments(args);
  const cases = readCases(file, filter);
  const server = runtime?.serve && (await runtime.serve(module));
  const base = url ?? server?.url;
  if (url) await reach(url);
  const lanes = Array(availableParallelism()).fill(Promise.resolve());
  const results = cases.map((one, index) => {
    const play = async () => compare(one, await (base ? overHttp(base, one) : runCase(module, runtime.run, one)));
    lanes[index % lanes.length] = lanes[index % lanes.length].then(play).catch(({ message }) => [message]);
    return lanes[index % lanes.length];
  });
  let failed = 0;
  for (const [index, one] of cases.entries()) {
    const problems = await results[index];
    if (problems.length > 0) console.log(`FAIL ${one.id}: ${[inputOf(one), ...problems].join('\n     ')}\n`);
    else if (verbose) console.log(`ok   ${one.id}`);
    if (problems.length > 0) failed++;
  }
  server?.stop();
  console.log(`${cases.length - failed} of ${cases.length} cases pass: ${url ?? `${module} under ${runtime.label}`}`);
  return failed === 0 ? 0 : 1;
}

function readArguments(args) {
  const text = { type: 'string' };
  const options = { url: text, runtime: text, 'max-bytes': text, filter: text, verbose: { type: 'boolean' } };
  const { values, positionals } = parseArgs({ args, options, allowPositionals: true });
  const { url, runtime, 'max-bytes': maxBytes, filter, verbose } = values;
  const [file, module] = positionals;
  if (positionals.length !== (url === undefined ? 2 : 1))
    throw new UsageError(`Give CASES and MODULE, or CASES and --url BASE, instead of: ${args.join(' ') || 'nothing'}.`);
  if (runtime !== undefined && !Object.hasOwn(runtimes, runtime))
    throw new UsageError(`Unknown runtime '${runtime}'. Choose one of: ${Object.keys(runtimes).join(', ')}.`);
  if (url === undefined) return { file, module, runtime: chooseRuntime(module, runtime, maxBytes), filter, verbose };
  if (!/^http:\/\/[^/?#@]+\/?$/.test(url) || !URL.canParse(url))
    throw new UsageError(`'${url}' is not a URL such as http://127.0.0.1:3000. Give scheme, host and port.`);
  return { file, url: url.replace(/\/$/, ''), filter, verbose };
}

function chooseRuntime(module, asked, maxBytes) {
  let bytes;
  try {
    bytes = readFileSync(module);
  } catch ({ code }) {
    throw new UsageError(`The module '${module}' cannot be read (${code}). Build it: make build`);
  }
  if (bytes.length > Number(maxBytes ?? Number.POSITIVE_INFINITY))
    throw new UsageError(
      `'${module}' has ${bytes.length} bytes; the limit is ${maxBytes}. Make it smaller, or raise MAX_BYTES in the Makefile.`,
    );
  const head = bytes.toString('latin1', 0, 8);
  const isComponent = head === '\0asm\x0d\0\x01\0';
  if (head !== '\0asm\x01\0\0\0' && !isComponent)
    throw new UsageError(`'${module}' is not a WebAssembly module. Build it again: make clean build`);
  const said = (command, flag) => spawnSync(command, [flag], { encoding: 'utf8' }).stdout?.trim();
  const versions = {
    wasmtime: () => said('wasmtime', '--version')?.split(' ').slice(0, 2).join(' '),
    wazero: () => said('wazero', 'version')?.replace(/^/, 'wazero '),
    node: () => `Node ${process.versions.node}`,
  };
  const name = asked ?? (isComponent || versions.wasmtime() ? 'wasmtime' : 'node');
  const label = versions[name]();
  if (isComponent && name !== 'wasmtime') throw new UsageError(`'${module}' is a component, which ${name} cannot run.`);
  if (!label) throw new UsageError(`${name} is not on PATH. To get it: make doctor`);
  return isComponent ? { serve, label } : { run: runtimes[name], label };
}

const keys = {
  command: ['id', 'args', 'env', 'stdin', 'stdinBase64', 'stdinRepeat', 'stdout', 'stdoutBase64', 'stderr', 'exit'],
  web: [
    ...['id', 'method', 'path', 'headers', 'env', 'body', 'bodyBase64', 'bodyRepeat'],
    ...['status', 'responseHeaders', 'response', 'responseBase64', 'responseIsBody', 'log'],
  ],
};

/** The cases of a file. An unknown key is refused: nothing would check it. */
function readCases(file, filter = '') {
  let data;
  try {
    data = JSON.parse(readFileSync(file, 'utf8'));
  } catch ({ message }) {
    throw new UsageError(`The cases '${file}' cannot be read: ${message}.`);
  }
  const all = data?.cases;
  if (!(all?.length > 0)) throw new UsageError(`'${file}' has no cases. Write { "cases": [ … ] }.`);
  const ids = new Set();
  for (const one of all) {
    const refuse = (why) => {
      throw new UsageError(`Case ${JSON.stringify(one?.id ?? one).slice(0, 60)} of '${file}' ${why}.`);
    };
    if (!one?.id || ids.size === ids.add(one.id).size) refuse('needs an id that no other case has');
    if (!one.args === !one.method) refuse("needs 'args' or 'method'");
    const known = one.args ? keys.command : keys.web;
    const unknown = Object.keys(one).find((key) => !known.includes(key));
    if (unknown) refuse(`has an unknown key '${unknown}'. Known keys: ${known.join(', ')}`);
    for (const name of ['stdin', 'stdout', 'body', 'response']) {
      const both = ['', 'Base64', 'Repeat', 'IsBody'].map((form) => name + form).filter((key) => key in one);
      if (both.length > 1) refuse(`has ${both.join(' and ')}; keep one`);
      try {
        bytesOf(one, name);
      } catch {
        refuse(`has an invalid '${both[0]}': ${JSON.stringify(one[both[0]])}`);
      }
    }
  }
  const cases = all.filter(({ id }) => id.includes(filter));
  if (cases.length === 0) throw new UsageError(`No case of '${file}' has '${filter}' in its id.`);
  return cases;
}

/** The bytes of `name`, `nameBase64` or `nameRepeat`; undefined if the case has none of them. */
function bytesOf(one, name) {
  const { [name]: text, [`${name}Base64`]: base64, [`${name}Repeat`]: repeat } = one;
  if (text !== undefined) return Buffer.from(text, 'utf8');
  if (base64 !== undefined) return Buffer.from(base64, 'base64');
  if (repeat === undefined) return undefined;
  const unit = Buffer.from(repeat.text ?? [repeat.byte]);
  return Buffer.alloc(unit.length * repeat.times, unit);
}

const runtimes = {
  wasmtime(module, { argv0, args, env }, input) {
    const variables = Object.entries(env).map(([name, value]) => `--env=${name}=${value}`);
    return runProcess('wasmtime', ['run', `--argv0=${argv0}`, ...variables, module, ...args], input);
  },
  // wazero names the program after the module's file, and removes the first `--`.
  wazero(module, { args, env }, input) {
    const variables = Object.entries(env).map(([name, value]) => `-env=${name}=${value}`);
    const cache = `-cachedir=${join(dirname(module), 'wazero')}`;
    return runProcess('wazero', ['run', cache, ...variables, module, '--', ...args], input);
  },
  node(module, how, input) {
    const here = fileURLToPath(import.meta.url);
    return runProcess(process.execPath, ['--no-warnings', here, '--module', module, JSON.stringify(how)], input);
  },
};

/** Node's own WASI, in this process. Ends with 70 if the module calls proc_exit(0). */
async function runModule(module, { argv0, args, env }) {
  const { WASI } = await import('node:wasi');
  const wasi = new WASI({ version: 'preview1', args: [argv0, ...args], env, returnOnExit: true });
  const imports = {};
  let left;
  // Node 20 and 22 crash if the module gets these functions themselves.
  for (const [name, call] of Object.entries(wasi.wasiImport))
    imports[name] = (...values) => {
      if (name === 'proc_exit') left = values[0];
      return call(...values);
    };
  const { instance } = await WebAssembly.instantiate(readFileSync(module), { wasi_snapshot_preview1: imports });
  process.exitCode = wasi.start(instance);
  if (left === 0) {
    console.error('The module calls proc_exit(0): WAGI answers 500, Krustlet reports Failed. Return from _start.');
    process.exitCode = 70;
  }
}

/** Runs a program without a shell: its exit code, and the bytes of its standard output and error. */
async function runProcess(command, args, input) {
  const limits = { timeout: seconds * 1000, maxBuffer: mebibytes << 20, killSignal: 'SIGKILL' };
  const running = promisify(execFile)(command, args, { encoding: 'buffer', ...limits });
  // A program may end before it has read all of its input.
  running.child.stdin?.on('error', () => {}).end(input);
  const { code = 0, killed, signal, stdout, stderr, message } = await running.catch((error) => error);
  if (code === 'ERR_CHILD_PROCESS_STDIO_MAXBUFFER') throw new Error(`wrote more than ${mebibytes} MiB`);
  if (killed) throw new Error(`did not end within ${seconds} seconds`);
  if (signal) throw new Error(`was ended by ${signal}`);
  if (typeof code === 'string') throw new Error(message);
  return { exit: code, stdout, stderr };
}

/** Serves a component on a free port; resolves when it listens. */
function serve(module) {
  const child = spawn('wasmtime', ['serve', '-Scli', '--addr=127.0.0.1:0', module]);
  const stop = () => child.kill('SIGKILL');
  process.on('exit', stop);
  let said = '';
  return new Promise((resolve, reject) => {
    child.on('exit', () => reject(new UsageError(`wasmtime does not serve '${module}': ${said.replace(/\s+/g, ' ')}`)));
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk) => {
        said = (said + chunk).slice(-10_000);
        const url = /Serving HTTP on (http:\/\/[^\s/]+)\/\s/.exec(said)?.[1];
        if (url) resolve({ url, stop });
      });
  });
}

/** Throws a UsageError if no server listens at a URL. */
function reach(url) {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port || 80), hostname.replace(/^\[|\]$/g, ''), () => resolve(socket.destroy()));
    const refused = ({ code }) => new UsageError(`Nothing listens at ${url} (${code}). Start the server first: make serve.`);
    socket.on('error', (error) => reject(refused(error)));
  });
}

async function runCase(module, run, one) {
  if (one.args) return run(module, { argv0: basename(module), args: one.args, env: one.env ?? {} }, bytesOf(one, 'stdin'));
  const body = bytesOf(one, 'body');
  const { exit, stdout, stderr } = await run(module, cgi(one, body), body);
  if (exit !== 0) throw new Error(`ended with ${exit}: ${stderr.toString().trim() || 'no message'}`);
  return { ...readResponse(stdout), log: stderr };
}

/** Arguments and environment as WAGI 0.8.1 makes them for a request on the route `/...`. */
function cgi(one, body) {
  const [rawPath, ...rest] = one.path.split('?');
  const query = rest.join('?');
  // A malformed `%` stays, and U+FFFD replaces what is not UTF-8.
  const decoded = rawPath.replace(/%([0-9A-Fa-f]{2})/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)));
  const path = Buffer.from(decoded, 'latin1').toString();
  const env = {
    AUTH_TYPE: '',
    CONTENT_LENGTH: body?.length ?? 0,
    // Always empty: HTTP_CONTENT_TYPE has the type.
    CONTENT_TYPE: '',
    GATEWAY_INTERFACE: 'CGI/1.1',
    PATH_INFO: path,
    PATH_TRANSLATED: path,
    QUERY_STRING: query,
    REMOTE_ADDR: '127.0.0.1',
    REMOTE_HOST: '127.0.0.1',
    REMOTE_USER: '',
    REQUEST_METHOD: one.method,
    SCRIPT_NAME: '/',
    SERVER_NAME: '127.0.0.1',
    SERVER_PORT: '3000',
    SERVER_PROTOCOL: 'HTTP/1.1',
    SERVER_SOFTWARE: 'WAGI/1',
    X_FULL_URL: `http://127.0.0.1:3000${one.path}`,
    X_MATCHED_ROUTE: '/...',
    X_RAW_PATH_INFO: rawPath,
  };
  const sent = { host: '127.0.0.1:3000', ...(body && { 'content-length': body.length }), ...one.headers };
  for (const [name, value] of Object.entries(sent))
    if (!/^(authorization|connection)$/i.test(name)) env[`HTTP_${name.toUpperCase().replaceAll('-', '_')}`] = value;
  Object.assign(env, one.env);
  for (const [name, value] of Object.entries(env)) if (value === null) delete env[name];
  return { argv0: rawPath, args: query ? query.split('&') : [], env };
}

/** A CGI response: header lines, with the status first unless it is 200; an empty line; the body. */
function readResponse(stdout) {
  const end = stdout.indexOf('\n\n');
  if (end < 0) throw new Error(`wrote no empty line after its headers: ${show(stdout)}`);
  const headers = {};
  for (const [index, line] of stdout.toString('latin1', 0, end).split('\n').entries()) {
    const [, name, value] = /^([a-z0-9-]+): ([^\r]*)$/.exec(line) ?? [];
    const isGood = name === 'status' ? index === 0 && /^(?!200)[1-5]\d\d [A-Z]/.test(value) : name && !(name in headers);
    if (!isGood) throw new Error(`wrote a header line that is wrong or in the wrong place: ${JSON.stringify(line)}`);
    headers[name] = value;
  }
  return { status: Number.parseInt(headers.status ?? '200', 10), headers, body: stdout.subarray(end + 2) };
}

/** Sends the path as it is, which fetch would not do. */
function overHttp(base, { method, path, ...one }) {
  const body = bytesOf(one, 'body');
  const headers = { ...one.headers, ...(body && { 'content-length': body.length }) };
  const signal = AbortSignal.timeout(seconds * 1000);
  return new Promise((resolve, reject) => {
    const fail = (error) =>
      reject(new Error(signal.aborted ? `no answer within ${seconds} seconds` : `no answer: ${error.message}`));
    const call = request(base, { path, method, headers, signal, agent: false }, async (response) => {
      const parts = await response.toArray().catch(fail);
      if (parts) resolve({ status: response.statusCode, headers: response.headers, body: Buffer.concat(parts) });
    });
    call.on('error', fail).end(body);
  });
}

/** What differs from what the case expects, a line each. */
function compare(one, real) {
  const problems = [];
  const same = (what, expected, got) => {
    if (expected === undefined) return;
    const [a, b] = [expected, got].map((value) => (Buffer.isBuffer(value) ? value : Buffer.from(String(value ?? ''))));
    if (got !== undefined && a.equals(b)) return;
    const differing = a.findIndex((byte, index) => byte !== b[index]);
    const at = differing < 0 ? a.length : differing;
    const from = at > 60 ? at - 30 : 0;
    const offset = Math.max(a.length, b.length) > 100 ? `, first difference at byte ${at}` : '';
    problems.push(`${what}: expected ${show(a, from)}, got ${got === undefined ? 'none' : show(b, from)}${offset}`);
  };
  if (one.args) {
    same('exit code', one.exit ?? 0, real.exit);
    same('standard output', bytesOf(one, 'stdout') ?? '', real.stdout);
    same('standard error', one.stderr ?? '', real.stderr);
    return problems;
  }
  const names = Object.keys(one.responseHeaders ?? {});
  same('status', one.status ?? 200, real.status);
  for (const name of names) same(`header ${name}`, one.responseHeaders[name], real.headers[name]);
  same('body', one.responseIsBody ? (bytesOf(one, 'body') ?? '') : bytesOf(one, 'response'), real.body);
  // A server may reorder headers and keeps the log to itself.
  if (real.log) {
    const order = Object.keys(real.headers).filter((name) => names.includes(name));
    same('order of headers', names.filter((name) => order.includes(name)).join(), order.join());
    same('log', one.log, real.log);
  }
  return problems;
}

/** Bytes as text if they are text, shortened. */
function show(bytes, from = 0) {
  const part = bytes.subarray(from, from + 100);
  const shown = isUtf8(bytes) ? JSON.stringify(part.toString()) : `0x${part.toString('hex')}`;
  return `${from > 0 ? '…' : ''}${shown}${from + part.length < bytes.length ? `… (${bytes.length} bytes)` : ''}`;
}

/** The input of a case, on one line. */
function inputOf({ method, path, args, headers, env, ...one }) {
  const stream = bytesOf(one, method ? 'body' : 'stdin');
  const words = [method ? `${method} ${path}` : `arguments ${JSON.stringify(args)}`];
  if (headers) words.push(`headers ${JSON.stringify(headers)}`);
  if (env) words.push(`environment ${JSON.stringify(env)}`);
  if (stream) words.push(`${method ? 'body' : 'standard input'} ${show(stream)}`);
  return words.join(', ');
}

if (process.argv[2] === '--module') await runModule(process.argv[3], JSON.parse(process.argv[4]));
else
  process.exitCode = await main(process.argv.slice(2)).catch((error) => {
    const isUsage = error.code?.startsWith('ERR_PARSE_ARGS');
    if (!isUsage && !(error instanceof UsageError)) throw error;
    console.error(isUsage ? `${error.message.split('. ')[0]}. The head of run.mjs shows its usage.` : error.message);
    return 1;
  });
