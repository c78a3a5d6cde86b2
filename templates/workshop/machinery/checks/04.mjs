import { existsSync, readFileSync, statSync } from 'node:fs';
import { build, exec, make, numbersIn, Problem } from '../lib.mjs';
import { takesLeave } from '../cases.mjs';

const notes = 'web/sizes.txt';

/** The module was optimized and compiled ahead of time, and the participant knows its sizes. */
export default async function check() {
  const built = build('web');
  const optimized = 'web/build/web.opt.wasm';
  const numbers = numbersIn(notes);
  if (!existsSync(optimized)) throw new Problem('noArtifact', { path: optimized, command: 'make -C web optimize' });
  make('web', optimized.slice('web/'.length));
  await takesLeave(optimized);
  const sizes = { built: statSync(built).size, optimized: statSync(optimized).size };
  for (const [key, size] of Object.entries(sizes))
    if (numbers[key] !== size) throw new Problem('wrongNumber', { path: notes, key, got: numbers[key] ?? '–' }, notes);
  const ahead = 'hello/build/hello.cwasm';
  if (!existsSync(ahead)) throw new Problem('noArtifact', { path: ahead, command: 'wasmtime compile hello/build/hello.wasm -o hello/build/hello.cwasm' });
  const { stdout } = exec('wasmtime', ['run', '--allow-precompiled', ahead, 'Noor']);
  if (!stdout.includes('Noor') || readFileSync(ahead).subarray(0, 4).equals(Buffer.from('\0asm'))) throw new Problem('notPrecompiled', { path: ahead });
}
