/**
 * Sends requests to a small module before the first client connects: V8 compiles only code that has run often, so the first hundreds
 * of responses would take several times as long. Modules of the user do not run here, since their effects may be visible.
 */
import { duplexPair } from 'node:stream';
import { Caller, parseRoute } from './cgi.ts';
import type { Pool } from './pool.ts';
import { prepare } from './prepare.ts';
import { sender } from './sender.ts';
import { type Handler, wagiServer } from './server.ts';
import type { Program } from './worker-protocol.ts';

/** The module as text. `binary` is compiled from it, and a test checks that. */
export const text = `(module
  (import "wasi_snapshot_preview1" "environ_sizes_get" (func $sizes (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "environ_get" (func $environ (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 2)
  (data (i32.const 16) "content-type: text/plain\\n\\nwarm")
  (func (export "_start")
    (drop (call $sizes (i32.const 0) (i32.const 4)))
    (drop (call $environ (i32.const 1024) (i32.const 8192)))
    (i32.store (i32.const 0) (i32.const 16)) (i32.store (i32.const 4) (i32.const 30))
    (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))))`;
export const binary = Buffer.from(
  'AGFzbQEAAAABEgNgAn9/AX9gBH9/f38Bf2AAAAJzAxZ3YXNpX3NuYXBzaG90X3ByZXZpZXcxEWVudmlyb25fc2l6ZXNfZ2V0AAAWd2FzaV9z' +
    'bmFwc2hvdF9wcmV2aWV3MQtlbnZpcm9uX2dldAAAFndhc2lfc25hcHNob3RfcHJldmlldzEIZmRfd3JpdGUAAQMCAQIFAwEAAgcTAgZtZW1v' +
    'cnkCAAZfc3RhcnQAAwouASwAQQBBBBAAGkGACEGAwAAQARpBAEEQNgIAQQRBHjYCAEEBQQBBAUEIEAIaCwskAQBBEAseY29udGVudC10eXBl' +
    'OiB0ZXh0L3BsYWluCgp3YXJt',
  'base64',
);
export const warmUpProgram = (): Program => ({ ...prepare(binary, 2), volumes: [], maxResponses: 0 });

const requests = 400;
/** The longest time that the start of the server waits for it, in milliseconds. */
const limit = 300;

/** `program`: the index of `warmUpProgram` in the pool. */
export async function warmUp(pool: Pool, program: number): Promise<void> {
  const route = parseRoute('/...');
  const handler: Handler = {
    ...{ ...route, name: 'warm-up', program },
    caller: new Caller(route, '_start', undefined, new Map()),
    send: sender(undefined),
    errors() {},
  };
  const site = { handlers: [handler], pool };
  const server = wagiServer({
    ...{ site: () => site, defaultHost: 'localhost', tls: undefined, answered: undefined },
    log() {},
  });
  const [there, here] = duplexPair();
  server.emit('connection', there);
  const start = performance.now();
  await new Promise<void>((done) => {
    let left = requests;
    const ask = () => {
      if (left-- > 0 && performance.now() - start < limit)
        here.write('GET /warm?up HTTP/1.1\r\nhost: localhost\r\nuser-agent: warm-up\r\naccept: */*\r\n\r\n');
      else done();
    };
    here.on('data', ask).on('error', () => done());
    ask();
  });
  here.destroy();
  there.destroy();
}
