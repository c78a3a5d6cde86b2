/** The imports of a component, from its WIT text, and whether wasmtime can run it. */
import type { Facts } from '../../model/axes.ts';

/** WASI packages that wasmtime enables by a flag: `wasmtime run -S help`. The others need none. */
const flags: Record<string, string> = {
  'wasi:http': 'http',
  'wasi:config': 'config',
  'wasi:keyvalue': 'keyvalue',
  'wasi:nn': 'nn',
  'wasi:tls': 'tls',
};
const plain = ['wasi:cli', 'wasi:clocks', 'wasi:filesystem', 'wasi:io', 'wasi:random', 'wasi:sockets'];

/** The interfaces that worlds import: `wasi:http/types`. An `include` of a WASI world counts as WASI. */
export function imports(wits: readonly string[]): string[] {
  return wits.flatMap((text) => {
    const code = text.replace(/\/\/.*$|\/\*[\s\S]*?\*\//gm, '');
    const own = /^[ \t]*package\s+([\w-]+:[\w-]+)/m.exec(code)?.[1] ?? 'local:package';
    const worlds = [...code.matchAll(/\bworld\s+[\w%-]+\s*\{([^{}]*(?:\{[^{}]*\}[^{}]*)*)\}/g)].map(
      ([, body]) => body ?? '',
    );
    return worlds.flatMap((body) => [
      ...[...body.matchAll(/\b(?:import|include)\s+([\w-]+:[\w-]+(?:\/[\w-]+)?)/g)].flatMap(([, name]) => name ?? []),
      ...[...body.matchAll(/\bimport\s+%?([\w-]+)\s*(?:;|:\s)/g)].map(([, name]) => `${own}/${name}`),
    ]);
  });
}

/** The first world of these texts. */
export const worldIn = (wits: readonly string[]): string | undefined =>
  wits.flatMap((text) => /^[ \t]*world\s+%?([\w-]+)/m.exec(text)?.[1] ?? [])[0];

/** How to run tests with these imports: wasmtime options, or undefined if it cannot. */
export function runnerOf(wanted: readonly string[]): Facts {
  const packages = wanted.map((name) => name.split('/')[0] ?? '');
  const strange = wanted.find((_, index) => {
    const one = packages[index] ?? '';
    return !flags[one] && !plain.includes(one);
  });
  if (strange) return { tests: 'unrunnable', imports: strange };
  const options = [...new Set(packages.flatMap((one) => flags[one] ?? []))].sort().join();
  return { options };
}
