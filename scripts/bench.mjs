// How long it takes to create a project: the packed command with all answers given, the generator under Yeoman, and create-vite,
// in turns in one run. Whole processes, median and range of ROUNDS (default 15). Then CI for 200 repositories.
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const rounds = Number(process.env.ROUNDS ?? 15);
const folder = mkdtempSync(join(tmpdir(), 'wasm-bench-'));
// yo drops root's rights.
chmodSync(folder, 0o777);
const env = { ...process.env, HOME: folder };
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));

const npm = (...args) => execFileSync('npm', args, { stdio: ['ignore', 'ignore', 'inherit'] });
npm('pack', '--silent', '--pack-destination', folder);
const tarball = readdirSync(folder).find((name) => name.endsWith('.tgz'));
npm(
  'install',
  '--silent',
  '--no-fund',
  '--no-audit',
  '--prefix',
  folder,
  join(folder, tarball),
  'create-vite@9.3.0',
  'yo@7.0.1',
);
const bin = (name) => join(folder, 'node_modules', '.bin', name);

const peers = {
  'generator-wasm --yes': [bin('generator-wasm'), 'hello', '--yes', '--no-git'],
  'create-vite': [bin('create-vite'), 'hello', '--template', 'vanilla', '--no-interactive'],
  'yo wasm --yes': [bin('yo'), 'wasm', 'hello', '--yes', '--no-git', '--no-insight'],
};
const times = Object.fromEntries(Object.keys(peers).map((name) => [name, []]));

for (let round = 0; round < rounds; round++)
  for (const [name, [command, ...args]] of Object.entries(peers)) {
    const cwd = mkdtempSync(join(folder, 'run-'));
    chmodSync(cwd, 0o777);
    const start = process.hrtime.bigint();
    const { status, stderr } = spawnSync(command, args, {
      cwd,
      env,
      stdio: ['ignore', 'ignore', 'pipe'],
      encoding: 'utf8',
    });
    times[name].push(Number(process.hrtime.bigint() - start) / 1e6);
    if (status !== 0) throw new Error(`${name} failed:\n${stderr}`);
  }

console.log(`${rounds} rounds, milliseconds of a whole process\n`);
console.log('                         median      min      max');
for (const [name, all] of Object.entries(times)) {
  all.sort((a, b) => a - b);
  const figures = [all[Math.floor(all.length / 2)], all[0], all.at(-1)];
  console.log(`${name.padEnd(22)}${figures.map((value) => value.toFixed(0).padStart(9)).join('')}`);
}

// CI for many repositories, as a platform team adds it: by a shell loop, and by one call.
const count = Number(process.env.REPOSITORIES ?? 200);
const repositories = mkdtempSync(join(folder, 'repositories-'));
for (let index = 0; index < count; index++) {
  const place = join(repositories, `crate-${index}`);
  mkdirSync(join(place, 'src'), { recursive: true });
  writeFileSync(join(place, 'Cargo.toml'), `[package]\nname = "crate-${index}"\nversion = "1.0.0"\nedition = "2024"\n`);
  writeFileSync(join(place, 'src', 'main.rs'), 'fn main() {}\n');
  execFileSync('git', ['init', '--quiet', '--template=', place]);
}
console.log(`\nCI into ${count} repositories, seconds\n`);
for (const [name, script] of Object.entries({
  'a loop of the shell': 'for folder in */; do "$0" ci github --short "$folder" || exit; done',
  'one call': '"$0" ci github */',
})) {
  const start = process.hrtime.bigint();
  execFileSync('sh', ['-c', script, bin('generator-wasm')], {
    cwd: repositories,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  console.log(`${name.padEnd(22)}${(Number(process.hrtime.bigint() - start) / 1e9).toFixed(1).padStart(9)}`);
  execFileSync(bin('generator-wasm'), ['ci', '--remove', '--force', ...readdirSync(repositories)], {
    cwd: repositories,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}
