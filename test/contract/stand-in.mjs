// Stands in for `wasmtime run`: its modules are the eight bytes that every module begins with, and JavaScript.
import { readFileSync } from 'node:fs';

const [run, argv0, ...rest] = process.argv.slice(2);
if (run !== 'run' || !argv0.startsWith('--argv0=')) throw new Error(`Unknown call: ${process.argv.join(' ')}`);
const env = {};
while (rest[0].startsWith('--env=')) {
  const [, name, value] = /^--env=([^=]+)=(.*)$/s.exec(rest.shift());
  env[name] = value;
}
const module = readFileSync(rest.shift());
process.env = env;
process.argv = [process.execPath, argv0.slice('--argv0='.length), ...rest];
await import(`data:text/javascript,${encodeURIComponent(module.toString('utf8', 8))}`);
