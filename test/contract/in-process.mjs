// Replaces `node:child_process` and `console` for a runner in the process of the tests. Its modules are those of stand-in.mjs.
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';

const printed = [];
export const console = { log: (text) => printed.push(`${text}\n`) };
/** What the runner has printed since the last call. */
export const taken = () => printed.splice(0).join('');

export const spawnSync = () => ({ stdout: 'wasmtime 1.2.3 (in this process)\n' });
export const spawn = () => {
  throw new Error('A component needs a process: see run() in world.ts');
};
export function execFile() {
  throw new Error('The runner calls this as a promise');
}
execFile[promisify.custom] = (_, [, argv0, ...rest]) => {
  const { promise, resolve, reject } = withResolvers();
  const end = (input = Buffer.alloc(0)) => {
    const ended = execute(argv0, rest, input);
    (ended.code === 0 ? resolve : reject)(ended);
  };
  return Object.assign(promise, { child: { stdin: { on: () => ({ end }) } } });
};

function withResolvers() {
  const all = {};
  all.promise = new Promise((resolve, reject) => Object.assign(all, { resolve, reject }));
  return all;
}

/** Runs a program with a `process` and the functions of `node:fs` that it imports: `readSync` and `writeSync`. */
function execute(argv0, rest, input) {
  const env = {};
  while (rest[0].startsWith('--env=')) {
    const [, name, value] = /^--env=([^=]+)=(.*)$/s.exec(rest.shift());
    env[name] = value;
  }
  const text = readFileSync(rest.shift())
    .toString('utf8', 8)
    .replaceAll(/^import .* from 'node:fs';$|^export /gm, '');
  const written = [undefined, [], []];
  const writeSync = (fd, bytes) => written[fd].push(Buffer.from(bytes)) && bytes.length;
  const stream = (fd) => ({ write: (bytes) => writeSync(fd, bytes) });
  const process = {
    ...{ argv: ['node', argv0.slice('--argv0='.length), ...rest], env, exitCode: 0 },
    ...{ stdout: stream(1), stderr: stream(2) },
  };
  let at = 0;
  const readSync = (_, buffer, offset = 0, length = buffer.length - offset) => {
    const got = input.copy(buffer, offset, at, at + length);
    at += got;
    return got;
  };
  try {
    new Function('process', 'readSync', 'writeSync', text)(process, readSync, writeSync);
  } catch (error) {
    process.exitCode = 1;
    writeSync(2, `${error.stack}\n`);
  }
  const [, stdout, stderr] = written.map((parts) => parts && Buffer.concat(parts));
  return { code: process.exitCode, stdout, stderr };
}
