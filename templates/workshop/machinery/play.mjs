// Runs a module with arguments, environment and standard streams, and nothing else: node play.mjs MODULE JSON
import { readFileSync } from 'node:fs';
import { WASI } from 'node:wasi';

const [module, how] = process.argv.slice(2);
const { args, env } = JSON.parse(how);
const wasi = new WASI({ version: 'preview1', args: [module, ...args], env, returnOnExit: true });
// Node 20 and 22 crash when these functions are handed over as they are.
const calls = Object.entries(wasi.wasiImport).map(([name, call]) => [name, (...values) => call(...values)]);
const { instance } = await WebAssembly.instantiate(readFileSync(module), { wasi_snapshot_preview1: Object.fromEntries(calls) });
process.exitCode = wasi.start(instance);
