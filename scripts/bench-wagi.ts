/**
 * How fast the embedded host is, beside a plain Node server that says the same and lighttpd with `wasmtime run` as CGI, in
 * turns in one run: requests a second, the slowest of 100, processor time of a request, memory. Two requests at once, each
 * on a connection of its own (`ab`), as WAGI itself was measured once, and on connections that stay (`wrk`).
 * Needs what scripts/toolchains.sh installs, and: apt-get install wrk apache2-utils lighttpd
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { stringify } from 'smol-toml';
import wabt from 'wabt';
import { bin, make, project } from '../test/e2e/world.ts';
import { environment, freePort, has, ok, scratch } from '../test/support/programs.ts';

const rounds = Number(process.env.ROUNDS ?? 5);
const missing = ['ab', 'wrk', 'lighttpd', 'wasmtime', 'cargo', 'go'].filter((name) => !has(name));
if (missing.length > 0) {
  console.log(`The host is not measured: ${missing.join(', ')} not found.`);
  process.exit();
}

const folder = join(scratch, 'bench-host');
mkdirSync(folder);
const modules: Record<string, string> = {
  rust: built('rust'),
  'rust with 1.7 MB': await padded(built('rust'), 1_700_000),
  go: built('go'),
  ...(has('swift') && { swift: built('swift') }),
};

function built(language: string): string {
  const common = { author: 'Ada', license: 'MIT', registry: 'none', namespace: '', ci: [], editor: 'none' };
  const path = project({ name: language, language, kind: 'wagi', host: 'wagi', ...common });
  make(path, 'setup');
  make(path, 'build');
  return join(path, 'build', `${language}.wasm`);
}

/** The module with functions that nobody calls, as most of a large program is. */
async function padded(path: string, size: number): Promise<string> {
  const { readWasm, parseWat } = await wabt();
  const text = readWasm(readFileSync(path), {}).toText({}).trimEnd().slice(0, -1);
  const steps = Array.from(
    { length: 120 },
    (_, index) => `i32.const ${index * 7919} i32.xor i32.const ${index} i32.rotl`,
  );
  const one = (name: number) =>
    `(func $padding${name} (param i32) (result i32) local.get 0 ${steps.join(' ')} i32.const ${name} i32.add)`;
  const bytes = (count: number) =>
    parseWat('padded', `${text}${Array.from({ length: count }, (_, name) => one(name)).join('\n')})`).toBinary({})
      .buffer;
  const [none, some] = [bytes(0).length, bytes(10).length];
  const padded = join(folder, 'padded.wasm');
  writeFileSync(padded, bytes(Math.round((size - none) / ((some - none) / 10))));
  return padded;
}

interface Served {
  name: string;
  url: string;
  child: ChildProcess;
}
const all: Served[] = [];
process.on('exit', () => {
  for (const { child } of all) child.kill('SIGKILL');
});

async function serve(name: string, command: string, args: (port: number) => string[]): Promise<void> {
  const port = await freePort();
  const child = spawn(command, args(port), { cwd: folder, env: environment, stdio: 'ignore' });
  all.push({ name, url: `http://127.0.0.1:${port}/`, child });
}

const answer = ok('wasmtime', ['run', '--env=REQUEST_METHOD=GET', '--env=PATH_INFO=/', modules.rust ?? ''], folder);
const body = answer.slice(answer.indexOf('\n\n') + 2).split('GET /')[0] ?? '';
writeFileSync(
  join(folder, 'plain.mjs'),
  `import { createServer } from 'node:http';
createServer((_, response) => {
  response.writeHead(200, { 'content-type': 'text/plain; charset=utf-8', 'content-length': ${body.length} });
  response.end(${JSON.stringify(body)});
}).listen(Number(process.argv[2]), '127.0.0.1');`,
);
await serve('plain Node, no module', process.execPath, (port) => ['plain.mjs', String(port)]);
for (const [name, module] of Object.entries(modules)) {
  const config = join(folder, `${name}.toml`);
  writeFileSync(config, stringify({ module: [{ route: '/...', module }] }));
  await serve(`embedded host, ${name}`, process.execPath, (port) => [
    realpathSync(bin()),
    ...['serve', '--config', config, '--listen', `127.0.0.1:${port}`],
  ]);
}
const wasmtime = ok('sh', ['-c', 'command -v wasmtime'], folder).trim();
for (const name of ['rust', 'rust with 1.7 MB']) {
  const ahead = join(folder, `${name}.cwasm`);
  ok('wasmtime', ['compile', modules[name] ?? '', '-o', ahead], folder);
  const script = join(folder, name.replaceAll(/\W/g, '-'), 'module.cgi');
  mkdirSync(resolve(script, '..'));
  writeFileSync(script, `#!/bin/sh\nexec '${wasmtime}' run --allow-precompiled -S inherit-env '${ahead}'\n`);
  chmodSync(script, 0o755);
  await serve(`lighttpd and wasmtime, ${name}`, 'lighttpd', (port) => {
    const file = `${script}.conf`;
    writeFileSync(
      file,
      `server.modules = ("mod_cgi", "mod_rewrite")
server.document-root = "${resolve(script, '..')}"
server.bind = "127.0.0.1"
server.port = ${port}
url.rewrite-once = ("" => "/module.cgi")
cgi.assign = (".cgi" => "/bin/sh")\n`,
    );
    return ['-D', '-f', file];
  });
}

for (const { name, url } of all) {
  let said = '';
  for (let tries = 0; said !== body && tries < 100; tries++) {
    said = await fetch(url).then((response) => response.text(), String);
    await new Promise((done) => setTimeout(done, 100));
  }
  if (said !== body) throw new Error(`${name} answers ${JSON.stringify(said)}`);
}

/** Milliseconds of processor time that a process and the children that it has waited for have had. */
function time({ child }: Served): number {
  const fields = readFileSync(`/proc/${child.pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks) * 10, 0);
}
const memory = ({ child }: Served): number =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1]) / 1024;

type Figures = { rate: number; slowest: number; processor: number };
function measure(served: Served, command: 'ab' | 'wrk'): Figures {
  const seconds = '4';
  const args = { ab: ['-q', '-c2', '-t', seconds, '-n', '1000000'], wrk: ['-t1', '-c2', `-d${seconds}s`, '--latency'] }[
    command
  ];
  const before = time(served);
  const { stdout } = spawnSync(command, [...args, served.url], { encoding: 'utf8', env: environment });
  const find = (pattern: RegExp) => pattern.exec(stdout)?.[1] ?? 'nothing';
  const count = Number(find(command === 'ab' ? /Complete requests:\s+(\d+)/ : /(\d+) requests in/));
  const failed = command === 'ab' ? find(/Failed requests:\s+(\d+)/) : '0';
  if (failed !== '0' || /Non-2xx/.test(stdout)) throw new Error(`${served.name}:\n${stdout}`);
  const slowest = command === 'ab' ? `${find(/ 99%\s+(\d+)/)}ms` : find(/ 99%\s+(\S+)/);
  const unit = { us: 0.001, ms: 1, s: 1000 }[slowest.replace(/[\d.]+/, '')] ?? Number.NaN;
  return {
    rate: Number(find(command === 'ab' ? /Requests per second:\s+([\d.]+)/ : /Requests\/sec:\s+([\d.]+)/)),
    slowest: Number.parseFloat(slowest) * unit,
    processor: (time(served) - before) / count,
  };
}

const found = new Map<string, Figures[]>();
for (let round = -1; round < rounds; round++)
  for (const served of all)
    for (const command of ['ab', 'wrk'] as const) {
      const figures = measure(served, command);
      // The first round warms up.
      if (round >= 0)
        found.set(`${served.name} ${command}`, [...(found.get(`${served.name} ${command}`) ?? []), figures]);
    }

const spread = (values: number[], digits: number): string => {
  const sorted = values.toSorted((a, b) => a - b);
  const [median, least, most] = [sorted[sorted.length >> 1], sorted[0], sorted.at(-1)].map((one) =>
    one?.toFixed(digits),
  );
  return `${median} (${least}–${most})`;
};
const row = (cells: string[]) => console.log(`| ${cells.join(' | ')} |`);
console.log(
  `\nTwo requests at once; medians of ${rounds} rounds of 4 seconds, least and most; WAGI 0.8.1 made 2,205–2,808 by ab\n`,
);
row(['what answers', 'by', 'requests/s', '99 % within, ms', 'processor ms a request', 'memory MB']);
row(['---', '---', '---:', '---:', '---:', '---:']);
for (const served of all)
  for (const command of ['ab', 'wrk']) {
    const figures = found.get(`${served.name} ${command}`) ?? [];
    row([
      served.name,
      command,
      spread(
        figures.map(({ rate }) => rate),
        0,
      ),
      spread(
        figures.map(({ slowest }) => slowest),
        1,
      ),
      spread(
        figures.map(({ processor }) => processor),
        2,
      ),
      served.name.startsWith('lighttpd') ? '–' : memory(served).toFixed(0),
    ]);
  }
for (const { child } of all) child.kill();
