// What it takes to create a project: the packed command with all answers given, the generator under Yeoman, and others, in turns in one
// run of ROUNDS (default 15). Where other programs load the machine, compare the processor time. Then CI for 200 repositories.
// cargo-generate is measured if it is on PATH.
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const rounds = Number(process.env.ROUNDS ?? 15);
const outer = mkdtempSync(join(tmpdir(), 'wasm-bench-'));
// yo drops root's rights, and also looks for generators beside the folder that it is installed in.
const folder = join(outer, 'all');
mkdirSync(folder);
for (const path of [outer, folder]) chmodSync(path, 0o777);
const env = { ...process.env, HOME: folder };
// Node reads these certificates at each start, for 40 ms.
delete env.NODE_EXTRA_CA_CERTS;
process.on('exit', () => rmSync(outer, { recursive: true, force: true }));

const npm = (...args) => execFileSync('npm', args, { stdio: ['ignore', 'ignore', 'inherit'] });
npm('pack', '--silent', '--pack-destination', folder);
const tarball = readdirSync(folder).find((name) => name.endsWith('.tgz'));
const others = { 'create-vite': '9.3.0', 'create-next-app': '16.4.3', sv: '0.17.1', yo: '7.0.1' };
npm(
  ...['install', '--silent', '--no-fund', '--no-audit', '--prefix', folder, join(folder, tarball)],
  ...Object.entries(others).map((pair) => pair.join('@')),
);
const bin = (name) => join(folder, 'node_modules', '.bin', name);
const copier = 'copier==9.19.1';
const python = join(folder, 'python', 'bin');
const quiet = { stdio: ['ignore', 'ignore', 'inherit'] };
execFileSync('python3', ['-m', 'venv', join(folder, 'python')], quiet);
execFileSync(join(python, 'pip'), ['install', '--quiet', copier], quiet);
// What create-vite copies, as a template of the others.
const template = join(folder, 'node_modules/create-vite/template-vanilla-ts');
const cargoGenerate = spawnSync('cargo-generate', ['--version'], { encoding: 'utf8' }).stdout?.trim();

const answers = '--kind wagi --host wagi --editor vscode --license MIT --author Ada --no-git --yes'.split(' ');
const peers = {
  'create-vite, vanilla-ts': [bin('create-vite'), 'hello', '--template', 'vanilla-ts', '--no-interactive'],
  'node -e 0': [process.execPath, '-e', '0'],
  'generator-wasm, the default project': [
    ...[bin('generator-wasm'), 'hello', '--language', 'assemblyscript', '--registry', 'none', '--ci', 'github'],
    ...answers,
  ],
  'generator-wasm, Rust, two CIs and a registry': [
    ...[bin('generator-wasm'), 'hello', '--language', 'rust', '--registry', 'ghcr', '--namespace', 'ghcr.io/ada/x'],
    ...['--ci', 'github,gitlab', ...answers],
  ],
  'sv, minimal': [
    ...[bin('sv'), 'create', 'hello', '--template', 'minimal', '--types', 'ts', '--no-add-ons', '--no-install'],
  ],
  'create-next-app, --app': [
    ...[bin('create-next-app'), 'hello', '--yes', '--ts', '--app', '--no-eslint', '--no-tailwind', '--no-src-dir'],
    ...['--skip-install', '--disable-git'],
  ],
  'copier, the template of create-vite': [join(python, 'copier'), 'copy', '--quiet', '--defaults', template, 'hello'],
  ...(cargoGenerate && {
    'cargo-generate, the template of create-vite': [
      ...['cargo-generate', 'generate', '--silent', '--vcs', 'none', '--path', template, '--name', 'hello'],
    ],
  }),
  'yo wasm': [bin('yo'), 'wasm', 'hello', '--yes', '--no-git', '--no-insight'],
};
const runs = Object.fromEntries(Object.keys(peers).map((name) => [name, []]));

// Python gives the processor time and the peak memory of a process and its children; Node does not.
const timed = `
import json, os, sys, time
start = time.monotonic()
output = (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)
child = os.posix_spawnp(sys.argv[1], sys.argv[1:], os.environ, file_actions=[output])
_, status, used = os.wait4(child, 0)
wall = time.monotonic() - start
print(json.dumps({'status': status, 'cpu': (used.ru_utime + used.ru_stime) * 1e3, 'wall': wall * 1e3, 'memory': used.ru_maxrss}))
`;
for (let round = 0; round < rounds; round++)
  for (const [name, command] of Object.entries(peers)) {
    const cwd = mkdtempSync(join(folder, 'run-'));
    chmodSync(cwd, 0o777);
    const { stdout, stderr } = spawnSync('python3', ['-c', timed, ...command], {
      cwd,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
      encoding: 'utf8',
    });
    const run = JSON.parse(stdout || '{}');
    if (run.status !== 0) throw new Error(`${name} failed:\n${stderr}`);
    runs[name].push(run);
  }

const median = (all) => all.slice().sort((a, b) => a - b)[all.length >> 1];
const versionOf = (name) =>
  JSON.parse(readFileSync(join(folder, 'node_modules', name, 'package.json'), 'utf8')).version;
console.log(
  `${new Date().toISOString().slice(0, 10)}: Node ${process.versions.node}, ${['generator-wasm', ...Object.keys(others)].map((name) => `${name} ${versionOf(name)}`).join(', ')}, ${copier}${cargoGenerate ? `, ${cargoGenerate}` : ''}. Whole processes, medians of ${rounds} rounds in turns; the ratios are medians of the ratios of each round.\n`,
);
console.log(
  `| command | processor ms | of create-vite | wall ms | of create-vite | memory MB | of create-vite |\n| ---${' | ---:'.repeat(6)} |`,
);
const [first] = Object.values(runs);
for (const [name, all] of Object.entries(runs)) {
  const units = { cpu: 1, wall: 1, memory: process.platform === 'darwin' ? 2 ** 20 : 2 ** 10 };
  const figures = Object.entries(units).flatMap(([key, unit]) => [
    (median(all.map((run) => run[key])) / unit).toFixed(0),
    `${median(all.map((run, round) => run[key] / first[round][key])).toFixed(2)} ×`,
  ]);
  console.log(`| ${[name, ...figures].join(' | ')} |`);
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
