// Builds dist/: the program, the Yeoman generators and the WAGI server's worker, with shared code in chunks.
import { chmodSync, existsSync, readdirSync, rmSync } from 'node:fs';
import { build } from 'esbuild';

rmSync('dist', { recursive: true, force: true });
const generators = readdirSync('generators')
  .map((name) => `generators/${name}/index.ts`)
  .filter((path) => existsSync(path));
await build({
  entryPoints: ['bin/generator-wasm.ts', ...generators, 'wagi/worker.ts'],
  outdir: 'dist',
  outbase: '.',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.17',
  packages: 'external',
  chunkNames: 'chunks/[name]-[hash]',
});
chmodSync('dist/bin/generator-wasm.js', 0o755);
