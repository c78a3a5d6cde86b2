import { readFileSync } from 'node:fs';
import { build, exec, numbersIn, Problem } from '../lib.mjs';

const notes = 'hello/sandbox.txt';
const page = 65_536;

/** The participant has counted what the module asks of its host, and found the least memory that it starts with. */
export default async function check() {
  const module = build('hello');
  const numbers = numbersIn(notes);
  const imports = WebAssembly.Module.imports(new WebAssembly.Module(readFileSync(module))).length;
  if (numbers.imports !== imports) throw new Problem('wrongNumber', { path: notes, key: 'imports', got: numbers.imports ?? '–' }, notes);
  const starts = (bytes) => exec('wasmtime', ['run', '-W', `max-memory-size=${bytes}`, module]).code === 0;
  const { memory } = numbers;
  if (!memory || memory % page !== 0 || !starts(memory)) throw new Problem('tooLittleMemory', { got: memory ?? '–' }, notes);
  if (starts(memory - page)) throw new Problem('tooMuchMemory', { got: memory, less: memory - page }, notes);
}
