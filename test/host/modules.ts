/** Modules that do one thing each, from the text format, and the built host as a process. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type IncomingHttpHeaders, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { stringify } from 'smol-toml';
import wabt from 'wabt';

const root = resolve(import.meta.dirname, '../..');
const scratch = mkdtempSync(join(tmpdir(), 'host-'));
process.on('exit', () => rmSync(scratch, { recursive: true, force: true }));

const wasi = (name: string, type: string) =>
  `(import "wasi_snapshot_preview1" "${name}" (func $${name} ${type} (result i32)))`;
const program = (imports: string, body: string) =>
  `(module ${imports} (memory (export "memory") 40) (data (i32.const 64) "content-type: text/plain\\n\\n") (func (export "_start") ${body}))`;
const streams = `${wasi('fd_read', '(param i32 i32 i32 i32)')} ${wasi('fd_write', '(param i32 i32 i32 i32)')}`;

/** Writes from an address a number of bytes to a stream. */
const write = (fd: number, address: string, length: string) => `
  (i32.store (i32.const 0) ${address}) (i32.store (i32.const 4) ${length})
  (drop (call $fd_write (i32.const ${fd}) (i32.const 0) (i32.const 1) (i32.const 16)))`;
/** Reads standard input, which it puts at 4096 with its length at 20. */
const read = `
  (i32.store (i32.const 8) (i32.const 4096)) (i32.store (i32.const 12) (i32.const 2000000))
  (drop (call $fd_read (i32.const 0) (i32.const 8) (i32.const 1) (i32.const 20)))`;
const exits = (code: number) =>
  program(
    `${streams} (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))`,
    `${write(1, '(i32.const 64)', '(i32.const 26)')} (call $proc_exit (i32.const ${code}))`,
  );

const texts = {
  /** Writes what it reads: the request's body is the response. */
  cat: program(streams, `${read} ${write(1, '(i32.const 4096)', '(i32.load (i32.const 20))')}`),
  /** Writes what it reads to standard error, and nothing else. */
  complain: program(streams, `${read} ${write(2, '(i32.const 4096)', '(i32.load (i32.const 20))')}`),
  /** Shows its arguments and its environment, each with a NUL after it. */
  show: program(
    `${streams}
     ${wasi('args_get', '(param i32 i32)')} ${wasi('args_sizes_get', '(param i32 i32)')}
     ${wasi('environ_get', '(param i32 i32)')} ${wasi('environ_sizes_get', '(param i32 i32)')}`,
    `(drop (call $args_sizes_get (i32.const 24) (i32.const 28))) (drop (call $args_get (i32.const 1024) (i32.const 8192)))
     (drop (call $environ_sizes_get (i32.const 24) (i32.const 32))) (drop (call $environ_get (i32.const 1024) (i32.const 65536)))
     ${write(1, '(i32.const 64)', '(i32.const 26)')}
     ${write(1, '(i32.const 8192)', '(i32.load (i32.const 28))')}
     ${write(1, '(i32.const 65536)', '(i32.load (i32.const 32))')}`,
  ),
  exit0: exits(0),
  exit3: exits(3),
  trap: program(streams, 'unreachable'),
  endless: program(streams, '(loop (br 0))'),
  /** Waits a second by poll_oneoff and then answers. */
  slow: program(
    `${streams} ${wasi('poll_oneoff', '(param i32 i32 i32 i32)')}`,
    `(i32.store (i32.const 1040) (i32.const 1)) (i64.store (i32.const 1048) (i64.const 1000000000))
     (drop (call $poll_oneoff (i32.const 1024) (i32.const 2048) (i32.const 1) (i32.const 16)))
     ${write(1, '(i32.const 64)', '(i32.const 26)')}`,
  ),
  library: '(module (memory (export "memory") 1))',
  alien: '(module (import "env" "f" (func)) (memory (export "memory") 1) (func (export "_start")))',
  twice: program(`${streams} ${streams.replaceAll('$', '$again_')}`, ''),
};
export type Name = keyof typeof texts;

/** A folder with every module, and what is no module. */
export async function modules(): Promise<string> {
  const { parseWat } = await wabt();
  const folder = mkdtempSync(join(scratch, 'modules-'));
  for (const [name, text] of Object.entries(texts))
    writeFileSync(join(folder, `${name}.wasm`), parseWat(`${name}.wat`, text).toBinary({}).buffer);
  writeFileSync(join(folder, 'component.wasm'), Buffer.from('\0asm\x0d\0\x01\0', 'latin1'));
  writeFileSync(join(folder, 'text.wasm'), 'Hello');
  mkdirSync(join(folder, 'folder.wasm'));
  return folder;
}

/** The text of a modules.toml. */
export const config = (routes: Record<string, string>): string =>
  stringify({ module: Object.entries(routes).map(([route, module]) => ({ route, module })) });

const bin = join(root, 'dist/bin/generator-wasm.js');
let built = false;

/** Starts the built host and waits for it to serve or to end. */
export async function host(folder: string, toml: string, ...args: string[]) {
  if (!built) execFileSync('node', ['scripts/build.mjs'], { cwd: root });
  built = true;
  writeFileSync(join(folder, 'modules.toml'), toml);
  const child = spawn('node', [bin, 'serve', '--listen', '127.0.0.1:0', ...args], { cwd: folder });
  const running = { child, url: '', said: '', complained: '', code: undefined as number | null | undefined };
  const ended = once(child, 'close').then(([code]) => {
    running.code = code;
  });
  child.stderr.on('data', (text) => (running.complained += text));
  const ready = new Promise<void>((done) =>
    child.stdout.on('data', (text) => {
      running.said += text;
      running.url = /^Serving (http:\S+)\n/m.exec(running.said)?.[1] ?? '';
      if (running.url) done();
    }),
  );
  await Promise.race([ready, ended]);
  return {
    ...running,
    said: () => running.said,
    complained: () => running.complained,
    /** Ends it, and gives its exit code. */
    async stop(signal: NodeJS.Signals = 'SIGINT') {
      child.kill(signal);
      await ended;
      return running.code;
    },
    ended: () => ended.then(() => running.code),
  };
}

export interface Answer {
  status: number | undefined;
  headers: IncomingHttpHeaders;
  body: string;
}

/** A request whose path goes out as it stands; headers are names and values by turns. */
export function ask(url: string, path: string, { method = 'GET', headers = [] as string[], body = '' } = {}) {
  return new Promise<Answer>((done, fail) => {
    const { host, hostname, port } = new URL(url);
    const all = ['host', host, ...headers, ...(body ? ['content-length', String(Buffer.byteLength(body))] : [])];
    const call = request({ hostname, port, path, method, headers: all, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('end', () =>
        done({ status: response.statusCode, headers: response.headers, body: Buffer.concat(chunks).toString() }),
      );
    });
    call.on('error', fail);
    call.end(body);
  });
}
