/** Runs modules, one at a time, away from the thread that accepts requests: an endless module is ended with its worker. */
import { parentPort } from 'node:worker_threads';
import { Exit, type Output, type Program, runProgram } from './wasi.ts';

/** What the worker is told to do; a module comes once, and is meant by its number from then on. */
export interface Job {
  index: number;
  module?: WebAssembly.Module;
  program: Program;
}

/** What the module wrote, or why it did not come to its end. */
export type Outcome = (Output & { failure?: undefined }) | { failure: string; stderr: Uint8Array };

const modules = new Map<number, WebAssembly.Module>();

parentPort?.on('message', async ({ index, module = modules.get(index), program }: Job) => {
  if (!module) throw new Error(`module ${index} was never sent`);
  modules.set(index, module);
  parentPort?.postMessage(await run(module, program));
});

async function run(module: WebAssembly.Module, program: Program): Promise<Outcome> {
  try {
    return await runProgram(module, program);
  } catch (error) {
    const failure = error instanceof Exit ? exited(error.code) : String((error as Error).message);
    return { failure, stderr: (error as { stderr?: Uint8Array }).stderr ?? new Uint8Array() };
  }
}

const exited = (code: number) =>
  code === 0
    ? 'exited by itself, with 0, which WAGI takes for a failure: return from _start instead'
    : `exited with ${code}`;
