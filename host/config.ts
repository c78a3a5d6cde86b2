/** Reads modules.toml and the modules that it names, and refuses at the start what WAGI refuses at the start. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse } from 'smol-toml';
import { parseRoute, type Route } from './cgi.ts';
import { Refusal } from './refusal.ts';
import { functions } from './wasi.ts';

export interface Handler extends Route {
  /** The module's path, as modules.toml has it. */
  path: string;
  module: WebAssembly.Module;
}

/** Keys of a module that WAGI has and this host has not. */
const wagiOnly = ['entrypoint', 'argv', 'volumes', 'environment', 'allowed_hosts', 'http_max_concurrency'];

/** The handlers of a modules.toml, in order; module paths start at the working directory, as WAGI's do. */
export function readConfig(file: string): Handler[] {
  const refuse = (why: string) => new Refusal(`${file} ${why}`);
  let data: Record<string, unknown>;
  try {
    data = parse(readFileSync(file, 'utf8'));
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw refuse(
      code ? `cannot be read (${code}). Name another with --config.` : `is no TOML: ${message.split('\n')[0]}`,
    );
  }
  const { module: entries, ...rest } = data;
  const [unknown] = Object.keys(rest);
  if (unknown !== undefined) throw refuse(`has an unknown key '${unknown}'. It holds [[module]] tables only.`);
  if (!Array.isArray(entries) || entries.length === 0)
    throw refuse("names no module. Add a [[module]] table with 'route' and 'module'.");

  const compiled = new Map<string, WebAssembly.Module>();
  return entries.map((entry: Record<string, unknown>, index) => {
    const what = `[[module]] number ${index + 1}`;
    for (const key of Object.keys(entry)) {
      if (wagiOnly.includes(key)) throw refuse(`asks in ${what} for '${key}', which only WAGI itself can do.`);
      if (key !== 'route' && key !== 'module')
        throw refuse(`has an unknown key '${key}' in ${what}. Known are: route, module.`);
    }
    const { route, module: path } = entry;
    if (typeof route !== 'string' || !route.startsWith('/'))
      throw refuse(`has no route in ${what} that begins with a slash. Write route = "/".`);
    if (typeof path !== 'string') throw refuse(`has no module in ${what}. Write module = "path/to/module.wasm".`);
    const module = compiled.get(path) ?? load(path);
    compiled.set(path, module);
    return { ...parseRoute(route), path, module };
  });
}

function load(reference: string): WebAssembly.Module {
  const refuse = (why: string) => new Refusal(`The module '${reference}' ${why}`);
  const scheme = /^([a-z]+):/.exec(reference)?.[1];
  if (scheme && scheme !== 'file') throw refuse(`is in a place that only WAGI itself can reach. Name a file.`);
  let bytes: Buffer;
  try {
    bytes = readFileSync(scheme ? fileURLToPath(reference) : reference);
  } catch (error) {
    throw refuse(`cannot be read (${(error as NodeJS.ErrnoException).code}). Build it first.`);
  }
  if (bytes.toString('latin1', 0, 4) !== '\0asm') throw refuse('is no WebAssembly module. Build it again.');
  if (bytes.readUInt32LE(4) !== 1)
    throw refuse('is a component, which WAGI cannot run. Compile for WASI preview 1, as a core module.');

  let module: WebAssembly.Module;
  try {
    module = new WebAssembly.Module(new Uint8Array(bytes));
  } catch (error) {
    throw refuse(`does not compile: ${(error as Error).message.replace(/^WebAssembly\.Module\(\): /, '')}.`);
  }
  const imports = WebAssembly.Module.imports(module);
  const names = imports.map(({ module: from, name }) => `${from}::${name}`);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice)
    throw refuse(
      `imports ${twice} twice, with which WAGI does not start. Run wasm-opt --duplicate-import-elimination.`,
    );
  const alien = imports.find(
    ({ module: from, name, kind }) =>
      from !== 'wasi_snapshot_preview1' || kind !== 'function' || !functions.includes(name),
  );
  if (alien)
    throw refuse(`imports ${alien.module}::${alien.name}, which is not in WASI preview 1. Compile for wasm32-wasip1.`);
  const exports = WebAssembly.Module.exports(module);
  for (const [name, kind] of [
    ['_start', 'function'],
    ['memory', 'memory'],
  ])
    if (!exports.some((one) => one.name === name && one.kind === kind))
      throw refuse(`exports no ${kind} '${name}'. Build a program, not a library.`);
  return module;
}
