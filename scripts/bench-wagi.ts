/**
 * Compares the embedded server, in turns in one run, with a plain Node server that sends the same answers, lighttpd with
 * `wasmtime run` as CGI, `wasmtime serve` with a component, and WAGI itself if the variable WAGI names its program. Two and fifty
 * concurrent requests, each on a new connection (`ab`) and on kept connections (`wrk`).
 * Needs what scripts/toolchains.sh installs, and: apt-get install wrk apache2-utils lighttpd
 * `npm run bench:wagi` takes less than five minutes; ROUNDS=5 SECONDS=4 takes longer, and differs less from run to run.
 * ONLY='rust$|WAGI' measures only servers with such a name, and plain Node.
 * Rates and percentiles say little where other programs load the machine. With `chrt -r 1 npm run bench:wagi`, as root, the kernel
 * runs the servers and the clients first; other programs then stand still.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join, resolve } from 'node:path';
import { stringify } from 'smol-toml';
import wabt from 'wabt';
import type { Kind } from '../src/model/choices.ts';
import { bin, make, project } from '../test/e2e/world.ts';
import { environment, freePort, has, ok, scratch } from '../test/support/programs.ts';

const rounds = Number(process.env.ROUNDS ?? 3);
const seconds = process.env.SECONDS ?? '1';
const only = new RegExp(process.env.ONLY ?? '');
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
  'rust with 25 MB': await padded(built('rust'), 25_000_000),
  go: built('go'),
  ...(has('swift') && { swift: built('swift') }),
};

function built(language: string, kind: Kind = 'wagi', host = 'wagi'): string {
  const common = { author: 'Ada', license: 'MIT', registry: 'none', namespace: '', ci: [], editor: 'none' };
  const name = `hello-${language}`;
  const path = project({ name, language, kind, host, ...common });
  make(path, 'setup');
  make(path, 'build');
  return join(path, 'build', `${name}.wasm`);
}

/** The module with many unused functions, like a large program. */
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
  const padded = join(folder, `padded-${size}.wasm`);
  writeFileSync(padded, bytes(Math.round((size - none) / ((some - none) / 10))));
  return padded;
}

const plain = 'plain Node, no module';

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
  if (name !== plain && !only.test(name)) return;
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
await serve(plain, process.execPath, (port) => ['plain.mjs', String(port)]);
for (const [name, module] of Object.entries(modules)) {
  const config = join(folder, `${name}.toml`);
  writeFileSync(config, stringify({ module: [{ route: '/...', module }] }));
  await serve(`embedded host, ${name}`, process.execPath, (port) => [
    realpathSync(bin()),
    ...['serve', '--config', config, '--listen', `127.0.0.1:${port}`],
  ]);
}
const component = built('rust', 'http', 'wasmtime');
await serve('wasmtime serve, rust component', 'wasmtime', (port) => [
  'serve',
  '-Scli',
  `--addr=127.0.0.1:${port}`,
  component,
]);
const wagi = process.env.WAGI;
if (wagi)
  await serve('WAGI, rust', wagi, (port) => ['--config', join(folder, 'rust.toml'), '--listen', `127.0.0.1:${port}`]);
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
  const right = (said: string) => said === body || (name.startsWith('wasmtime') && said !== '');
  let said = '';
  for (let tries = 0; !right(said) && tries < 100; tries++) {
    said = await fetch(url).then(
      (response) => response.text(),
      () => '',
    );
    await new Promise((done) => setTimeout(done, 100));
  }
  if (!right(said)) throw new Error(`${name} answers ${JSON.stringify(said)}`);
}

/** The 99th percentile in milliseconds, of two thousand requests on each of two connections without the first hundred. */
async function early({ url }: Served): Promise<number> {
  const times: number[] = [];
  const client = async () => {
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    socket.setNoDelay();
    for (let left = 2000; left > 0; left--) {
      const start = performance.now();
      socket.write('GET / HTTP/1.1\r\nhost: localhost\r\n\r\n');
      // Each server sends head and body in one or two pieces.
      for (let said = ''; !said.endsWith(body); ) said += String(await once(socket, 'data'));
      times.push(performance.now() - start);
    }
    socket.destroy();
  };
  await Promise.all([client(), client()]);
  const sorted = times.slice(100).sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length * 0.99)] ?? Number.NaN;
}
const earlies = new Map<string, number>();
for (const served of all)
  if (/^(?:plain|embedded|WAGI)/.test(served.name)) earlies.set(served.name, await early(served));

/** CPU time of a process and its finished children, in milliseconds. */
function time({ child }: Served): number {
  const fields = readFileSync(`/proc/${child.pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks) * 10, 0);
}
/** Resident memory in MiB: all, and what only this process has, which is without the files that it maps, such as its program. */
function memory({ child }: Served): { all: number; own: number } {
  const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
  const find = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1]) / 1024;
  return { all: find('VmRSS'), own: find('RssAnon') };
}

type Figures = { rate: number; slowest: number; processor: number };
function measure(served: Served, command: 'ab' | 'wrk', clients: string): Figures {
  const args = {
    ab: ['-q', `-c${clients}`, '-t', seconds, '-n', '1000000'],
    wrk: ['-t1', `-c${clients}`, `-d${seconds}s`, '--latency'],
  }[command];
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

const ways = (['ab', 'wrk'] as const).flatMap((command) => ['2', '50'].map((clients) => ({ command, clients })));
const found = new Map<string, Figures[]>();
const key = (name: string, { command, clients }: (typeof ways)[number]) => `${name} ${command} ${clients}`;
for (let round = -1; round < rounds; round++)
  for (const way of ways)
    for (const served of all) {
      const figures = measure(served, way.command, way.clients);
      // The first round warms up.
      const at = key(served.name, way);
      if (round >= 0) found.set(at, [...(found.get(at) ?? []), figures]);
    }

const middle = (values: number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
const figures = (name: string, way: (typeof ways)[number], of: keyof Figures): number =>
  middle((found.get(key(name, way)) ?? []).map((one) => one[of]));
const spread = (name: string, way: (typeof ways)[number]): string => {
  const sorted = (found.get(key(name, way)) ?? []).map(({ rate }) => rate).sort((a, b) => a - b);
  return `${middle(sorted).toFixed(0)} (${sorted[0]?.toFixed(0)}–${sorted.at(-1)?.toFixed(0)})`;
};
const row = (cells: string[]) => console.log(`| ${cells.join(' | ')} |`);

const ratio = (name: string, of: string, way: (typeof ways)[number], figure: keyof Figures): number =>
  figures(name, way, figure) / figures(of, way, figure);

console.log(`\nMedians of ${rounds} rounds of ${seconds} seconds, least and most\n`);
const title = ['what answers', 'at once', 'connections', 'requests/s', 'of plain Node', ...(wagi ? ['of WAGI'] : [])];
row([...title, '99 % within, ms', 'processor ms a request', 'of plain Node']);
row(['---', '---:', '---', '---:', '---:', ...(wagi ? ['---:'] : []), '---:', '---:', '---:']);
for (const way of ways)
  for (const { name } of all)
    row([
      ...[name, way.clients, way.command === 'ab' ? 'new' : 'kept', spread(name, way)],
      ratio(name, plain, way, 'rate').toFixed(2),
      ...(wagi ? [ratio(name, 'WAGI, rust', way, 'rate').toFixed(2)] : []),
      figures(name, way, 'slowest').toFixed(1),
      figures(name, way, 'processor').toFixed(3),
      ratio(name, plain, way, 'processor').toFixed(1),
    ]);

console.log(
  '\nMemory after that, and what 99 % of requests took at first, without the first hundred, on two kept connections\n',
);
row(['what answers', 'resident memory, MiB', 'of it its own', 'at first, 99 % within, ms']);
row(['---', '---:', '---:', '---:']);
for (const served of all) {
  if (served.name.startsWith('lighttpd')) continue;
  const { all, own } = memory(served);
  row([served.name, all.toFixed(0), own.toFixed(0), earlies.get(served.name)?.toFixed(1) ?? '–']);
}

const small = all.find(({ name }) => name === 'embedded host, rust');
if (!small) throw new Error('the embedded host was not measured');
console.log('\nThe aims, with the small module\n');
row(['aim', 'measured', 'met']);
row(['---', '---:', '---']);
const aim = (text: string, measured: number, met: boolean) => row([text, measured.toFixed(2), met ? 'yes' : 'no']);
for (const way of ways) {
  const where = `${way.clients} at once, ${way.command === 'ab' ? 'new' : 'kept'} connections`;
  const node = ratio(small.name, plain, way, 'rate');
  aim(`half of the requests of plain Node: ${where}`, node, node >= 0.5);
  if (!wagi) continue;
  const real = ratio(small.name, 'WAGI, rust', way, 'rate');
  aim(`twice the requests of WAGI: ${where}`, real, real >= 2);
}
const slowest = earlies.get(small.name) ?? Number.NaN;
aim('99 % within 2 ms, 2 at once, after the first hundred requests', slowest, slowest <= 2);
const taken = memory(small).all;
aim('at most 60 MiB of resident memory', taken, taken <= 60);
for (const { child } of all) child.kill();
