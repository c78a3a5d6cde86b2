// Prints the size of each module, and the time from the start of wasmtime to the module's first answer: the median of RUNS runs
// (default: 5), without a cache. Usage: node scripts/measure.mjs run|serve MODULE...
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { statSync } from 'node:fs';

const runs = Number(process.env.RUNS ?? 5);
const hasWasmtime = spawnSync('wasmtime', ['--version']).status === 0;

const [how, ...modules] = process.argv.slice(2);
const start = { run: startProgram, serve: startServer }[how];

for (const module of modules) {
  const times = [];
  for (let run = 0; hasWasmtime && run < runs; run++) times.push(await start(module));
  times.sort((a, b) => a - b);
  const time = hasWasmtime ? `${times[runs >> 1].toFixed(0).padStart(6)} ms to start` : '  (wasmtime is not installed)';
  console.log(`${String(statSync(module).size).padStart(10)} bytes${time}  ${module}`);
}

/** A program from its start to its end. */
function startProgram(module) {
  const start = performance.now();
  spawnSync('wasmtime', ['run', '-Ccache=n', '--allow-precompiled', '--env=REQUEST_METHOD=GET', module]);
  return performance.now() - start;
}

/** A component from the start of its server to its first answer. */
async function startServer(module) {
  const start = performance.now();
  const server = spawn('wasmtime', ['serve', '-Scli', '-Ccache=n', '--allow-precompiled', '--addr=127.0.0.1:0', module]);
  let said = '';
  const url = await new Promise((resolve) => {
    for (const stream of [server.stdout, server.stderr])
      stream.on('data', (text) => {
        said += text;
        const [, address] = /Serving HTTP on (http:\S+)\s/.exec(said) ?? [];
        if (address) resolve(address);
      });
  });
  await (await fetch(url)).text();
  const time = performance.now() - start;
  server.kill('SIGKILL');
  await once(server, 'exit');
  return time;
}
