// Holds the program to its contract: every case of a file, against the built module or against a server.
// Usage: node contract/run.mjs CASES MODULE [--runtime wasmtime|wazero|node] [--max-bytes N] [--filter TEXT] [--verbose]
//        node contract/run.mjs CASES --url BASE [--filter TEXT] [--verbose]
// A module runs under wasmtime where that is on PATH, else under Node's own WASI, each case in a process of its own.
// A component is served by `wasmtime serve` while its cases are asked.
import { isUtf8 } from 'node:buffer';
import { spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { availableParallelism } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

/** The most that a case may take, so that an endless program ends. */
const seconds = 20;
const mebibytes = 16;

/** A mistake of the caller, or a broken case: a sentence or two, no stack. */
class Refusal extends Error {}

async function main(argv) {
  const { file, module, runtime, url, filter, verbose } = readArguments(argv);
  const { kind, cases } = readCases(file, filter);
  const server = runtime?.serve && (await runtime.serve(module));
  const base = url ?? server?.url;
  const play = base ? (one) => overHttp(base, one) : (one) => plays[kind](module, runtime.run, one);
  const results = inTurns(cases, async (one) => compare(one, await play(one)));
  let failed = 0;
  for (const [index, one] of cases.entries()) {
    const problems = await results[index];
    if (problems.length > 0) {
      failed++;
      console.log(`FAIL ${one.id}: ${[describe(one), ...problems].join('\n     ')}\n`);
    } else if (verbose) console.log(`ok   ${one.id}`);
  }
  server?.stop();
  const what = url ? `${file} at ${url}` : `${module} under ${runtime.label}`;
  console.log(`${cases.length - failed} of ${cases.length} cases pass: ${what}`);
  return failed === 0 ? 0 : 1;
}

function readArguments(argv) {
  const text = { type: 'string' };
  const options = { url: text, runtime: text, 'max-bytes': text, filter: text, verbose: { type: 'boolean' } };
  let parsed;
  try {
    parsed = parseArgs({ args: argv, options, allowPositionals: true });
  } catch (error) {
    throw new Refusal(`${error.message.split('. ')[0]}. Usage: run.mjs CASES MODULE, or run.mjs CASES --url BASE.`);
  }
  const { url, runtime, ...rest } = parsed.values;
  const [file, module] = parsed.positionals;
  if (parsed.positionals.length !== (url === undefined ? 2 : 1))
    throw new Refusal(`Give CASES and MODULE, or CASES and --url BASE; given were: ${argv.join(' ') || 'nothing'}.`);
  if (runtime !== undefined && !Object.hasOwn(runtimes, runtime))
    throw new Refusal(`Unknown runtime '${runtime}'. Choose one of: ${Object.keys(runtimes).join(', ')}.`);
  if (url === undefined) return { ...rest, file, module, runtime: chooseRuntime(module, runtime, rest['max-bytes']) };
  if (runtime) throw new Refusal(`The server at '${url}' has its own runtime. Leave out --runtime ${runtime}.`);
  if (!/^http:\/\/[^/?#@]+\/?$/.test(url) || !URL.canParse(url))
    throw new Refusal(`'${url}' is no base such as http://127.0.0.1:3000. Give scheme, host and port.`);
  return { ...rest, file, url: url.replace(/\/$/, '') };
}

function chooseRuntime(module, asked, most) {
  let bytes;
  try {
    bytes = readFileSync(module);
  } catch (error) {
    throw new Refusal(`The module '${module}' cannot be read (${error.code}). Build it: make build`);
  }
  if (most !== undefined && !(bytes.length <= Number(most)))
    throw new Refusal(
      `'${module}' has ${bytes.length} bytes, and ${most} are the most. Make it smaller, or raise MAX_BYTES in the Makefile.`,
    );
  const head = bytes.toString('latin1', 0, 8);
  const component = head === '\0asm\x0d\0\x01\0';
  if (head !== '\0asm\x01\0\0\0' && !component)
    throw new Refusal(`'${module}' is no WebAssembly module. Build it again: make clean build`);
  const versionOf = (runtime, argument) => spawnSync(runtime, [argument], { encoding: 'utf8' }).stdout?.trim() ?? '';
  if (asked === 'wazero' && !component) {
    const version = versionOf('wazero', 'version');
    if (version) return { run: runtimes.wazero, label: `wazero ${version}` };
    throw new Refusal('There is no wazero on PATH. Get it from https://wazero.io, or say --runtime node.');
  }
  const version = asked === undefined || asked === 'wasmtime' ? versionOf('wasmtime', '--version') : '';
  const label = version.split(' ').slice(0, 2).join(' ');
  if (version) return component ? { serve, label } : { run: runtimes.wasmtime, label };
  if (component)
    throw new Refusal(`'${module}' is a component, which only wasmtime runs here. Get it from https://wasmtime.dev.`);
  if (asked === 'wasmtime')
    throw new Refusal('There is no wasmtime on PATH. Get it from https://wasmtime.dev, or say --runtime node.');
  return { run: runtimes.node, label: `Node ${process.versions.node}` };
}

const keys = {
  command: ['id', 'args', 'env', 'stdin', 'stdinBase64', 'stdinRepeat', 'stdout', 'stdoutBase64', 'stderr', 'exit'],
  wagi: [
    ...['id', 'method', 'path', 'headers', 'env', 'body', 'bodyBase64', 'bodyRepeat'],
    ...['status', 'responseHeaders', 'response', 'responseBase64', 'responseIsBody', 'log'],
  ],
};
const needed = { command: ['args', 'stdout'], wagi: ['method', 'path', 'status'] };

/** The cases of a file, checked: a key that nobody reads would be a promise that nobody holds. */
function readCases(file, filter = '') {
  let data;
  try {
    data = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new Refusal(`The cases '${file}' cannot be read: ${error.message}.`);
  }
  const all = data?.cases;
  if (!Array.isArray(all) || all.length === 0 || Object.keys(data).length > 1)
    throw new Refusal(`'${file}' has no cases, or more than cases. Write { "cases": [ … ] }.`);
  const kind = all[0]?.method === undefined ? 'command' : 'wagi';
  const ids = new Set();
  for (const one of all) {
    const given = Object.keys(one ?? {});
    const refuse = (why) => {
      throw new Refusal(`Case ${JSON.stringify(one?.id ?? one).slice(0, 60)} of '${file}' ${why}.`);
    };
    if (!one?.id || ids.has(one.id)) refuse('needs an id that no other case has');
    ids.add(one.id);
    const unknown = given.find((key) => !keys[kind].includes(key));
    if (unknown) refuse(`has an unknown key '${unknown}'; known are: ${keys[kind].join(', ')}`);
    const missing = needed[kind].find((key) => !given.includes(key) && !given.includes(`${key}Base64`));
    if (missing) refuse(`lacks '${missing}'`);
    for (const name of ['stdin', 'stdout', 'body', 'response']) {
      const both = given.filter((key) => key.replace(/(Base64|Repeat|IsBody)$/, '') === name);
      if (both.length > 1) refuse(`has ${both.join(' and ')}; keep one`);
      try {
        bytesOf(one, name);
      } catch {
        refuse(`has ${JSON.stringify(one[both[0]])} as '${both[0]}'; write it as the other cases do`);
      }
    }
    if ('responseIsBody' in one && !(one.responseIsBody && bytesOf(one, 'body'))) refuse('has no body to respond with');
  }
  const cases = all.filter(({ id }) => id.includes(filter));
  if (cases.length === 0) throw new Refusal(`No case of '${file}' has '${filter}' in its id. Choose another --filter.`);
  return { kind, cases };
}

/** Starts each case, as many at once as there are cores; what goes wrong is a problem of the case. */
function inTurns(cases, play) {
  const lanes = Array(availableParallelism()).fill(Promise.resolve());
  return cases.map((one, index) => {
    const lane = index % lanes.length;
    lanes[lane] = lanes[lane].then(() => play(one)).catch((error) => [error.message]);
    return lanes[lane];
  });
}

/** The bytes that a case gives as `name`, `nameBase64` or `nameRepeat`; undefined where it gives none. */
function bytesOf(one, name) {
  const { [name]: text, [`${name}Base64`]: base64, [`${name}Repeat`]: repeat } = one;
  if (text !== undefined) return Buffer.from(text, 'utf8');
  if (base64 !== undefined) return Buffer.from(base64, 'base64');
  if (repeat === undefined) return undefined;
  const { text: part, byte, times, ...more } = repeat;
  if (Object.keys(more).length > 0 || (part === undefined) === (byte === undefined))
    throw new Error('not a repetition');
  const unit = Buffer.from(part ?? [byte]);
  return Buffer.alloc(unit.length * times, unit);
}

const runtimes = {
  wasmtime(module, { argv0, args, env }, input) {
    const variables = Object.entries(env).map(([name, value]) => `--env=${name}=${value}`);
    return runProcess('wasmtime', ['run', `--argv0=${argv0}`, ...variables, module, ...args], input);
  },
  // It names the program after the module's file, and takes the first two dashes for its own.
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

/** Node's own WASI, in this process. Ends with 70 where the module leaves by proc_exit(0). */
async function runModule(module, { argv0, args, env }) {
  const { WASI } = await import('node:wasi');
  const wasi = new WASI({ version: 'preview1', args: [argv0, ...args], env, returnOnExit: true });
  const imports = {};
  let left;
  // Node 20 and 22 crash when these functions are handed over as they are.
  for (const [name, call] of Object.entries(wasi.wasiImport))
    imports[name] = (...values) => {
      if (name === 'proc_exit') left = values[0];
      return call(...values);
    };
  const { instance } = await WebAssembly.instantiate(readFileSync(module), { wasi_snapshot_preview1: imports });
  process.exitCode = wasi.start(instance);
  if (left === 0) {
    console.error('The module exits by itself, with 0: WAGI answers 500, Krustlet says Failed. Return from _start.');
    process.exitCode = 70;
  }
}

/** Runs a program without a shell: its exit code, and the bytes of its standard output and error. */
function runProcess(command, args, input) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args);
    const stop = (why) => {
      reject(new Error(why));
      child.kill('SIGKILL');
      // A program that it started may hold them open.
      for (const stream of child.stdio) stream.destroy();
    };
    const timer = setTimeout(stop, seconds * 1000, `did not end within ${seconds} seconds`);
    const written = { stdout: [], stderr: [] };
    let left = mebibytes * 1024 * 1024;
    for (const [name, chunks] of Object.entries(written))
      child[name].on('data', (chunk) => {
        chunks.push(chunk);
        left -= chunk.length;
        if (left < 0) stop(`wrote more than ${mebibytes} MiB`);
      });
    // A program may end without reading what it is given.
    child.stdin.on('error', () => {});
    child.stdin.end(input);
    child.on('error', reject);
    child.on('close', (exit, signal) => {
      clearTimeout(timer);
      if (signal) reject(new Error(`was ended by ${signal}`));
      else resolve({ exit, stdout: Buffer.concat(written.stdout), stderr: Buffer.concat(written.stderr) });
    });
  });
}

/** Starts a component on a port that is free, and waits until it is compiled and listens. */
function serve(module) {
  const child = spawn('wasmtime', ['serve', '-Scli', '--addr=127.0.0.1:0', module]);
  const stop = () => child.kill('SIGKILL');
  process.on('exit', stop);
  let said = '';
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', () => reject(new Refusal(`wasmtime does not serve '${module}': ${said.trim().replace(/\s+/g, ' ')}`)));
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk) => {
        said = (said + chunk).slice(-10_000);
        const url = /Serving HTTP on (http:\/\/[^\s/]+)\/\s/.exec(said)?.[1];
        if (url) resolve({ url, stop });
      });
  });
}

const plays = {
  command(module, run, { args, env = {}, ...one }) {
    return run(module, { argv0: basename(module), args, env }, bytesOf(one, 'stdin'));
  },
  async wagi(module, run, one) {
    const body = bytesOf(one, 'body');
    const { exit, stdout, stderr } = await run(module, cgi(one, body), body);
    if (exit !== 0) throw new Error(`ended with ${exit}: ${stderr.toString().trim() || 'without a word'}`);
    return { ...readResponse(stdout), log: stderr };
  },
};

/** Arguments and environment as WAGI 0.8.1 makes them for a request on the route `/...`. */
function cgi(one, body) {
  const [rawPath, ...rest] = one.path.split('?');
  const query = rest.join('?');
  const path = decodePath(rawPath);
  const sent = { host: '127.0.0.1:3000', ...(body && { 'content-length': body.length }), ...one.headers };
  const env = {
    AUTH_TYPE: '',
    CONTENT_LENGTH: body?.length ?? 0,
    // Empty even where the request has one: HTTP_CONTENT_TYPE tells.
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
  for (const [name, value] of Object.entries(sent))
    if (!/^(authorization|connection)$/i.test(name)) env[`HTTP_${name.toUpperCase().replaceAll('-', '_')}`] = value;
  for (const [name, value] of Object.entries(one.env ?? {}))
    if (value === null) delete env[name];
    else env[name] = value;
  return { argv0: rawPath, args: query ? query.split('&') : [], env };
}

/** Percent-decoding that leaves a malformed `%` as it is, and puts U+FFFD in place of what is no UTF-8. */
function decodePath(path) {
  const decoded = path.replace(/%([0-9A-Fa-f]{2})/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(decoded, 'latin1').toString();
}

/** A CGI response: header lines, the status before all others and only where it is not 200, an empty line, the body. */
function readResponse(stdout) {
  const end = stdout.indexOf('\n\n');
  if (end < 0) throw new Error(`wrote no headers with an empty line after them: ${show(stdout)}`);
  const headers = {};
  for (const [index, line] of stdout.toString('latin1', 0, end).split('\n').entries()) {
    const [, name, value] = /^([a-z0-9-]+): ([^\r]*)$/.exec(line) ?? [];
    const known = name === 'status' ? index === 0 && /^(?!200)[1-5]\d\d [A-Z]/.test(value) : name && !(name in headers);
    if (!known) throw new Error(`wrote a header line that is wrong or in the wrong place: ${JSON.stringify(line)}`);
    headers[name] = value;
  }
  return { status: Number.parseInt(headers.status ?? '200', 10), headers, body: stdout.subarray(end + 2) };
}

/** The path goes out as it stands, which fetch would not do. */
function overHttp(base, one) {
  const body = bytesOf(one, 'body');
  const headers = { ...one.headers, ...(body && { 'content-length': body.length }) };
  const signal = AbortSignal.timeout(seconds * 1000);
  return new Promise((resolve, reject) => {
    const fail = (error) =>
      reject(new Error(signal.aborted ? `no answer within ${seconds} seconds` : `no answer: ${error.message}`));
    const call = request(base, { path: one.path, method: one.method, headers, signal, agent: false }, (response) => {
      const parts = [];
      response.on('data', (chunk) => parts.push(chunk));
      response.on('error', fail);
      response.on('end', () =>
        resolve({ status: response.statusCode, headers: response.headers, body: Buffer.concat(parts) }),
      );
    });
    call.on('error', fail);
    call.end(body);
  });
}

/** What differs from what the case expects, a line each. */
function compare(one, real) {
  const problems = [];
  const same = (what, wanted, got) => {
    if (wanted === undefined) return;
    const [a, b] = [wanted, got].map((value) => (Buffer.isBuffer(value) ? value : Buffer.from(String(value ?? ''))));
    if (got !== undefined && a.equals(b)) return;
    const differing = a.findIndex((byte, index) => byte !== b[index]);
    const at = differing < 0 ? a.length : differing;
    const from = at > 60 ? at - 30 : 0;
    const offset = Math.max(a.length, b.length) > 100 ? `, first difference at byte ${at}` : '';
    problems.push(`${what}: expected ${show(a, from)}, got ${got === undefined ? 'none' : show(b, from)}${offset}`);
  };
  if (one.args) {
    same('exit code', one.exit ?? 0, real.exit);
    same('standard output', bytesOf(one, 'stdout'), real.stdout);
    same('standard error', one.stderr ?? '', real.stderr);
    return problems;
  }
  const names = Object.keys(one.responseHeaders ?? {});
  same('status', one.status, real.status);
  for (const name of names) same(`header ${name}`, one.responseHeaders[name], real.headers[name]);
  same('body', bytesOf(one, one.responseIsBody ? 'body' : 'response'), real.body);
  // A server may change the order of headers; a module that we run ourselves is held to it.
  if (real.log) {
    const order = Object.keys(real.headers).filter((name) => names.includes(name));
    same('order of headers', names.filter((name) => order.includes(name)).join(), order.join());
    same('log', one.log, real.log);
  }
  return problems;
}

/** Bytes as text where they are text, shortened to what can be read. */
function show(bytes, from = 0) {
  const part = bytes.subarray(from, from + 100);
  const shown = isUtf8(bytes) ? JSON.stringify(part.toString()) : `0x${part.toString('hex')}`;
  return `${from > 0 ? '…' : ''}${shown}${from + part.length < bytes.length ? `… (${bytes.length} bytes)` : ''}`;
}

/** What goes in, on one line. */
function describe({ method, path, args, headers, env, ...one }) {
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
    if (!(error instanceof Refusal)) throw error;
    console.error(error.message);
    return 1;
  });
