/** Gets the bytes of a module, checks them as WAGI does at its start, and compiles them. */
import { readFileSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Bindles, bindleServer, pullBindle } from './bindle.ts';
import type { Cache } from './cache.ts';
import type { Entry } from './config.ts';
import { maxModule } from './fetching.ts';
import { pullOci } from './oci.ts';
import { httpFunctions, httpModule } from './outbound.ts';
import { FeatureError, MemoryError, type Prepared, prepare, unfit } from './prepare.ts';
import { Refusal } from './refusal.ts';
import { functions } from './wasi.ts';
import type { Program } from './worker-protocol.ts';

export interface Sources {
  cache: Cache;
  /** Registries without TLS. */
  insecure: readonly string[];
  bindles: Bindles | undefined;
}

/** The local file of a reference, or undefined. */
export function fileOf(reference: string): string | undefined {
  const scheme = schemeOf(reference);
  if (scheme === undefined) return reference;
  return scheme === 'file' ? fileURLToPath(reference) : undefined;
}

/** A single letter is a drive, not a scheme. */
const schemeOf = (reference: string): string | undefined =>
  /^([a-z][a-z0-9+.-]+):/i.exec(reference)?.[1]?.toLowerCase();

export async function load({ module, bindleServer: server, place }: Entry, sources: Sources): Promise<Uint8Array> {
  try {
    const scheme = schemeOf(module);
    if (scheme === 'oci') return await pullOci(module, sources.cache, sources.insecure);
    if (scheme === 'bindle') {
      const bindles = server === undefined ? sources.bindles : bindleServer(server);
      if (!bindles) throw new Refusal('is in a bindle, but no Bindle server is set. Set it with --bindle-url.');
      return await pullBindle(module, bindles, sources.cache);
    }
    if (scheme !== undefined && scheme !== 'file')
      throw new Refusal(`has the unknown scheme '${scheme}:'. Use a path, oci: or bindle:.`);
    return read(module);
  } catch (error) {
    throw error instanceof Refusal ? new Refusal(`${place}: the module '${module}' ${error.message}`) : error;
  }
}

function read(module: string): Buffer {
  try {
    const path = fileOf(module) ?? module;
    const stats = statSync(path);
    // A pipe or a device may never end.
    if (!stats.isFile() && !stats.isDirectory())
      throw new Refusal('is not a regular file. Name the file that was built.');
    if (stats.size > maxModule) throw new Refusal(`has more than ${maxModule >> 20} MiB. Build a smaller one.`);
    return readFileSync(path);
  } catch (error) {
    if (error instanceof Refusal) throw error;
    throw new Refusal(`cannot be read (${(error as NodeJS.ErrnoException).code}). Build it first.`);
  }
}

/** A loaded module: what runs need, its exported functions, and those that cannot be a program. */
export type Compiled = Omit<Program, 'volumes' | 'maxResponses'> & {
  exports: readonly string[];
  unfit: readonly string[];
};

/** `limit`: memory limit in pages. Throws a Refusal whose message starts with a verb. */
export async function compile(bytes: Uint8Array, limit: number): Promise<Compiled> {
  const binary = isText(bytes) ? await parseText(bytes) : bytes;
  checkHeader(Buffer.from(binary));
  const { module, ...rest } = tryPrepare(binary, limit);
  checkImports(module);
  const exports = WebAssembly.Module.exports(module);
  if (!exports.some(({ name, kind }) => name === 'memory' && kind === 'memory'))
    throw new Refusal(`does not export the memory 'memory'. Build a program, not a library.`);
  const names = exports.filter(({ kind }) => kind === 'function').map(({ name }) => name);
  return { module, ...rest, exports: names, unfit: unfit(binary) };
}

function tryPrepare(binary: Uint8Array, limit: number): Prepared {
  try {
    return prepare(binary, limit);
  } catch (error) {
    if (error instanceof MemoryError)
      throw new Refusal(`${error.message}. Reduce its memory, or raise the limit with --memory.`);
    if (error instanceof FeatureError)
      throw new Refusal(`uses ${error.message}, which WAGI does not support. Compile it without them.`);
    // The error of the unmodified module is the best message.
    try {
      new WebAssembly.Module(new Uint8Array(binary));
    } catch (wrong) {
      const why = (wrong as Error).message.replace(/^WebAssembly\.Module\(\): /, '');
      throw new Refusal(`does not compile: ${why}.`);
    }
    throw error;
  }
}

const isText = (bytes: Uint8Array): boolean =>
  /^(?:\s|;;[^\n]*\n)*\(/.test(Buffer.from(bytes.subarray(0, 4096)).toString());

async function parseText(text: Uint8Array): Promise<Uint8Array> {
  // Imported only for text modules, because it loads slowly.
  const { wabt } = await import('./wat.ts');
  const { parseWat } = await wabt();
  try {
    // A copy, because wabt reads the whole memory behind an array. Of a string it keeps one byte for each character.
    const parsed = parseWat('text', new Uint8Array(text));
    try {
      return parsed.toBinary({}).buffer;
    } finally {
      parsed.destroy();
    }
  } catch (error) {
    const [first = ''] = String((error as Error).message)
      .split('\n')
      .filter((line) => line.startsWith('text:'));
    throw new Refusal(
      `is not a valid text module: ${first.replace(/^text:(\d+):(\d+): /, 'line $1: ') || 'wabt cannot read it'}.`,
    );
  }
}

function checkHeader(bytes: Buffer): void {
  if (bytes.toString('latin1', 0, 4) !== '\0asm' || bytes.length < 8)
    throw new Refusal('is not a WebAssembly module. Build it again.');
  if (bytes.readUInt32LE(4) !== 1)
    throw new Refusal('is a component, which WAGI cannot run. Compile for WASI preview 1, as a core module.');
}

function checkImports(module: WebAssembly.Module): void {
  // The last import is the memory that prepare.ts added.
  const imports = WebAssembly.Module.imports(module).slice(0, -1);
  const names = imports.map(({ module: from, name }) => `${from}::${name}`);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice)
    throw new Refusal(`imports ${twice} twice, which WAGI refuses. Run wasm-opt --duplicate-import-elimination.`);
  const known: Record<string, readonly string[]> = { wasi_snapshot_preview1: functions, [httpModule]: httpFunctions };
  const alien = imports.find(({ module: from, name, kind }) => kind !== 'function' || !known[from]?.includes(name));
  if (alien)
    throw new Refusal(
      `imports ${alien.module}::${alien.name}, which is not in WASI preview 1. Compile for wasm32-wasip1.`,
    );
}
