// The first minutes of a new user: packs this package, creates a project with it, builds, tests and serves the project, sends it a
// request and prints the answer. In a terminal it serves until Ctrl-C.
// GENERATOR_WASM: an installed program to use, so that nothing is packed.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const folder = mkdtempSync(join(tmpdir(), 'wasm-tour-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));

function run(command, args, cwd, env = {}) {
  console.log(`\n$ ${[command, ...args].join(' ')}`);
  execFileSync(command, args, { cwd, stdio: ['ignore', 'inherit', 'inherit'], env: { ...process.env, ...env } });
}

const bin = process.env.GENERATOR_WASM ?? install();

run(bin, ['hello', '--yes', '--no-git'], folder);
const project = join(folder, 'hello');
const tasks = { GENERATOR_WASM: bin };
for (const task of ['setup', 'build', 'test']) run('make', ['--silent', task], project, tasks);

const listen = `127.0.0.1:${await freePort()}`;
console.log(`\n$ make serve LISTEN=${listen} &`);
const server = spawn('make', ['--silent', 'serve', `LISTEN=${listen}`], {
  cwd: project,
  env: { ...process.env, ...tasks },
  stdio: ['ignore', 'inherit', 'inherit'],
  detached: true,
});
const stop = () => server.exitCode ?? process.kill(-server.pid, 'SIGINT');
process.on('SIGINT', stop);

const url = `http://${listen}/?name=Ada%20Lovelace`;
const answer = await firstAnswer(url);
console.log(`\n$ curl '${url}'\n${answer}`);
if (process.stdout.isTTY) console.log(`Serving http://${listen} until Ctrl-C.`);
else stop();
await once(server, 'exit');
if (answer !== 'Hello, Ada Lovelace!\n') throw new Error(`The module answered ${JSON.stringify(answer)}`);

/** Packs and installs this package; returns its program. */
function install() {
  run('npm', ['pack', '--silent', '--pack-destination', folder], '.');
  run('npm', ['install', '--silent', '--no-fund', '--no-audit', '--prefix', folder, join(folder, packed())], folder);
  return join(folder, 'node_modules', '.bin', 'generator-wasm');
}

function packed() {
  return execFileSync('ls', [folder], { encoding: 'utf8' })
    .split('\n')
    .find((name) => name.endsWith('.tgz'));
}

async function freePort() {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address();
  probe.close();
  await once(probe, 'close');
  return port;
}

/** The first answer of a starting server; fails after 30 seconds. */
async function firstAnswer(address) {
  for (let tries = 0; tries < 300 && server.exitCode === null; tries++) {
    try {
      return await (await fetch(address)).text();
    } catch {
      await new Promise((done) => setTimeout(done, 100));
    }
  }
  throw new Error(`Nothing answered at ${address}`);
}
