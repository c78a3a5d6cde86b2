/** What a component imports, from the text of its WIT, and who can run that. */
import type { Facts } from '../../model/axes.ts';

/** Packages of WASI that wasmtime has behind a flag: `wasmtime run -S help`. All others that are here it has without. */
const flags: Record<string, string> = {
  'wasi:http': 'http',
  'wasi:config': 'config',
  'wasi:keyvalue': 'keyvalue',
  'wasi:nn': 'nn',
  'wasi:tls': 'tls',
};
const plain = ['wasi:cli', 'wasi:clocks', 'wasi:filesystem', 'wasi:io', 'wasi:random', 'wasi:sockets'];

/** The interfaces that worlds import: `wasi:http/types`. What a world has in it by `include` of WASI is WASI's. */
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

/** How tests run that import these: with options of wasmtime, or not at all. */
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
