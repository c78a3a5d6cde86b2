/** Modules that do one thing each, from the text format, and the built host as a process. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type Agent, type IncomingHttpHeaders, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { stringify } from 'smol-toml';
import wabt from 'wabt';
import { built } from '../support/shared.ts';
import { scriptModule } from './script.ts';

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
  /** The same, whatever its size. */
  echo: program(
    streams,
    `(i32.store (i32.const 8) (i32.const 4096)) (i32.store (i32.const 12) (i32.const 100000))
     (loop
       (drop (call $fd_read (i32.const 0) (i32.const 8) (i32.const 1) (i32.const 20)))
       ${write(1, '(i32.const 4096)', '(i32.load (i32.const 20))')}
       (br_if 0 (i32.load (i32.const 20))))`,
  ),
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
  /** Writes a head and then without end. */
  spill: program(
    streams,
    `${write(1, '(i32.const 64)', '(i32.const 26)')} (loop ${write(1, '(i32.const 4096)', '(i32.const 65536)')} (br 0))`,
  ),
  /** Writes without end and without a head. */
  noise: program(streams, `(loop ${write(1, '(i32.const 4096)', '(i32.const 65536)')} (br 0))`),
  /** Writes to standard error without end. */
  chatter: program(streams, `(loop ${write(2, '(i32.const 64)', '(i32.const 2000000)')} (br 0))`),
  /** Waits for more than there is room to remember. */
  glutton: `(module ${wasi('poll_oneoff', '(param i32 i32 i32 i32)')} (memory (export "memory") 1000)
    (func (export "_start") (drop (call $poll_oneoff (i32.const 0) (i32.const 0) (i32.const 1300000) (i32.const 0)))))`,
  /** Calls itself without end. */
  deep: program(streams, '(call $down)) (func $down (call $down)'),
  /** Takes memory until there is no more, and tells how many pages it had as a number of four bytes. */
  bomb: program(
    streams,
    `(loop (br_if 0 (i32.ne (memory.grow (i32.const 1)) (i32.const -1))))
     (i32.store (i32.const 32) (memory.size))
     ${write(1, '(i32.const 64)', '(i32.const 26)')} ${write(1, '(i32.const 32)', '(i32.const 4)')}`,
  ),
  /**
   * Says how many bytes of its memory are not as they should be, after growing it by 5 pages, and how many pages it
   * began with; then leaves none of them clean. Ends as the body says: `0` returns, `1` exits, `2` traps.
   */
  dirty: `(module ${streams} (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
    (memory (export "memory") 3)
    (global $count (mut i32) (i32.const 0))
    (data (i32.const 64) "content-type: text/plain\\n\\n") (data (i32.const 131072) "data")
    (func (export "_start") (local $at i32)
      (i32.store (i32.const 36) (memory.size))
      (if (i32.ne (memory.grow (i32.const 5)) (i32.const 3)) (then unreachable))
      (if (i32.ne (memory.size) (i32.const 8)) (then unreachable))
      (if (i32.ne (global.get $count) (i32.const 0)) (then unreachable))
      (global.set $count (i32.const 1))
      (if (i32.ne (i32.load (i32.const 131072)) (i32.const 0x61746164)) (then unreachable))
      (i32.store (i32.const 131072) (i32.const 0))
      (local.set $at (i32.const 256))
      (loop
        (if (i32.load8_u (local.get $at)) (then (i32.store (i32.const 32) (i32.add (i32.load (i32.const 32)) (i32.const 1)))))
        (br_if 0 (i32.lt_u (local.tee $at (i32.add (local.get $at) (i32.const 1))) (i32.const 524288))))
      (i32.store (i32.const 8) (i32.const 40)) (i32.store (i32.const 12) (i32.const 1))
      (drop (call $fd_read (i32.const 0) (i32.const 8) (i32.const 1) (i32.const 20)))
      ${write(1, '(i32.const 64)', '(i32.const 26)')} ${write(1, '(i32.const 32)', '(i32.const 8)')}
      (local.set $at (i32.const 128))
      (loop
        (i32.store8 (local.get $at) (i32.const 170))
        (br_if 0 (i32.lt_u (local.tee $at (i32.add (local.get $at) (i32.const 1))) (i32.const 524288))))
      (if (i32.eq (i32.load8_u (i32.const 40)) (i32.const 49)) (then (call $proc_exit (i32.const 1))))
      (if (i32.eq (i32.load8_u (i32.const 40)) (i32.const 50)) (then unreachable))))`,
  /** Has functions besides its own, and routes to them. */
  routes: `(module ${streams} (memory (export "memory") 1)
    (data (i32.const 64) "content-type: text/plain\\n\\nmainhellobye")
    (data (i32.const 256) "/hello hello\\n/more/... bye\\n/more/hello hello\\n")
    (func $say (param $at i32) (param $length i32)
      ${write(1, '(i32.const 64)', '(i32.const 26)')} ${write(1, '(local.get $at)', '(local.get $length)')})
    (func (export "_start") (call $say (i32.const 90) (i32.const 4)))
    (func (export "hello") (call $say (i32.const 94) (i32.const 5)))
    (func (export "bye") (call $say (i32.const 99) (i32.const 3)))
    (func (export "_routes") ${write(1, '(i32.const 256)', '(i32.const 45)')}))`,
  /** The same without routes. */
  entries: `(module ${streams} (memory (export "memory") 1)
    (data (i32.const 64) "content-type: text/plain\\n\\nmainhello")
    (func (export "_start") ${write(1, '(i32.const 64)', '(i32.const 30)')})
    (func (export "hello") ${write(1, '(i32.const 64)', '(i32.const 26)')} ${write(1, '(i32.const 94)', '(i32.const 5)')}))`,
  badRoutes: `(module ${streams} (memory (export "memory") 1) (data (i32.const 64) "/a b c")
    (func (export "_start")) (func (export "_routes") ${write(1, '(i32.const 64)', '(i32.const 6)')}))`,
  lostRoutes: `(module ${streams} (memory (export "memory") 1) (data (i32.const 64) "/a b")
    (func (export "_start")) (func (export "_routes") ${write(1, '(i32.const 64)', '(i32.const 4)')}))`,
  /** Writes to standard error and waits a second before it declares a route. */
  slowRoutes: `(module ${streams} ${wasi('poll_oneoff', '(param i32 i32 i32 i32)')} (memory (export "memory") 2)
    (data (i32.const 64) "/a _start\\n") (func (export "_start"))
    (func (export "_routes") ${write(2, '(i32.const 1024)', '(i32.const 40000)')}
      (i32.store (i32.const 1040) (i32.const 1)) (i64.store (i32.const 1048) (i64.const 1000000000))
      (drop (call $poll_oneoff (i32.const 1024) (i32.const 2048) (i32.const 1) (i32.const 16)))
      ${write(1, '(i32.const 64)', '(i32.const 10)')}))`,
  /** Declares routes without end. */
  endlessRoutes: `(module ${streams} (memory (export "memory") 2)
    (func (export "_start")) (func (export "_routes") (loop ${write(1, '(i32.const 64)', '(i32.const 65000)')} (br 0))))`,
  tail: '(module (memory (export "memory") 1) (func $f) (func (export "_start") (return_call $f)))',
  throws: '(module (memory (export "memory") 1) (tag $t) (func (export "_start") (throw $t)))',
  typed: '(module (memory (export "memory") 1) (func (export "_start") (param i32) (result i32) (i32.const 0)))',
  huge: '(module (memory (export "memory") 8192) (func (export "_start")))',
  library: '(module (memory (export "memory") 1))',
  alien: '(module (import "env" "f" (func)) (memory (export "memory") 1) (func (export "_start")))',
  twice: program(`${streams} ${streams.replaceAll('$', '$again_')}`, ''),
};

/** The text of a module that needs no compiler. */
export const text = (name: keyof typeof texts): string => texts[name];

/** A folder with every module, and what is no module. */
export async function modules(): Promise<string> {
  const { parseWat } = await wabt();
  const folder = mkdtempSync(join(scratch, 'modules-'));
  for (const [name, text] of Object.entries(texts))
    writeFileSync(
      join(folder, `${name}.wasm`),
      parseWat(`${name}.wat`, text, { tail_call: true, exceptions: true }).toBinary({}).buffer,
    );
  writeFileSync(join(folder, 'script.wasm'), await scriptModule());
  writeFileSync(join(folder, 'component.wasm'), Buffer.from('\0asm\x0d\0\x01\0', 'latin1'));
  writeFileSync(join(folder, 'text.wasm'), 'Hello');
  mkdirSync(join(folder, 'folder.wasm'));
  return folder;
}

/** The text of a modules.toml, with more keys of each module. */
export const config = (routes: Record<string, string>, more: Record<string, unknown> = {}): string =>
  stringify({ module: Object.entries(routes).map(([route, module]) => ({ route, module, ...more })) });

const bin = join(root, 'dist/bin/generator-wasm.cjs');

/** Starts the built host, by the Node that HOST_NODE names where it is set, and waits for it to serve or to end. */
export async function host(folder: string, toml: string, ...args: string[]) {
  built();
  writeFileSync(join(folder, 'modules.toml'), toml);
  const child = spawn(process.env.HOST_NODE ?? 'node', [bin, 'serve', '--listen', '127.0.0.1:0', ...args], {
    cwd: folder,
  });
  const running = { child, url: '', said: '', complained: '', code: undefined as number | null | undefined };
  const ended = once(child, 'close').then(([code]) => {
    running.code = code;
  });
  child.stderr.on('data', (text) => (running.complained += text));
  const ready = new Promise<void>((done) =>
    child.stdout.on('data', (text) => {
      running.said += text;
      running.url = /^Serving (https?:\S+)\n/m.exec(running.said)?.[1] ?? '';
      if (running.url) done();
    }),
  );
  await Promise.race([ready, ended]);
  return {
    ...running,
    said: () => running.said,
    complained: () => running.complained,
    /** Waits until it complains so: an answer may be here before what is said of it. */
    complains: (pattern: RegExp) => until(() => pattern.test(running.complained)),
    /** Ends it, and gives its exit code. */
    async stop(signal: NodeJS.Signals = 'SIGINT') {
      child.kill(signal);
      await ended;
      return running.code;
    },
    ended: () => ended.then(() => running.code),
  };
}

/** Tries until it holds, some seconds long. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  for (let tries = 0; !(await holds()); tries++) {
    if (tries === 600) throw new Error(`it never was so: ${holds}`);
    await new Promise((done) => setTimeout(done, 50));
  }
}

export interface Answer {
  status: number | undefined;
  headers: IncomingHttpHeaders;
  body: string;
  bytes: Buffer;
}

/** A request whose path goes out as it stands; headers are names and values by turns. */
export function ask(
  url: string,
  path: string,
  { method = 'GET', headers = [] as string[], body = '' as string | Uint8Array, agent = false as Agent | false } = {},
) {
  return new Promise<Answer>((done, fail) => {
    const { host, hostname, port } = new URL(url);
    const all = [
      'host',
      host,
      ...headers,
      ...(body.length > 0 ? ['content-length', String(Buffer.byteLength(body))] : []),
    ];
    const call = request({ hostname, port, path, method, headers: all, agent }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('error', fail);
      response.on('end', () => {
        const bytes = Buffer.concat(chunks);
        done({ status: response.statusCode, headers: response.headers, body: bytes.toString(), bytes });
      });
    });
    call.on('error', fail);
    call.end(body);
  });
}
