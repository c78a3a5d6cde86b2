// A workshop without a network: SYSTEMS="linux-x64 macos-arm64" node offline.mjs fill; node offline.mjs install
// The leader fills the folder offline/ with all that setup downloads. `make` installs mise's tools from it, before anything else, by the
// real mise, which takes a server on loopback for all others; npm finds its packages in a cache.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join, resolve } from 'node:path';
import { exec, Problem, runMain, sentence, tail, temporary, workshop } from './lib.mjs';

const root = 'offline';
const [npm, downloads] = [join(root, 'npm'), join(root, 'downloads')];
const index = join(downloads, 'index.json');

/** By the names that mise gives to systems: those of npm. */
const systems = {
  'linux-x64': { os: 'linux', cpu: 'x64' },
  'linux-arm64': { os: 'linux', cpu: 'arm64' },
  'macos-arm64': { os: 'darwin', cpu: 'arm64' },
};
const miseOf = (system) => join(root, 'mise', system);

/** Signatures are looked up in the network. What was downloaded is compared with checksums of the releases in any case. */
const unsigned = {
  MISE_AQUA_COSIGN: 'false',
  MISE_AQUA_GITHUB_ATTESTATIONS: 'false',
  MISE_AQUA_MINISIGN: 'false',
  MISE_AQUA_SLSA: 'false',
  MISE_GITHUB_ATTESTATIONS: 'false',
  MISE_GITHUB_SLSA: 'false',
};
const settings = {
  npm_config_audit: 'false',
  npm_config_cache: '${PWD}/offline/npm',
  npm_config_fund: 'false',
  npm_config_prefer_offline: 'true',
  npm_config_update_notifier: 'false',
  MISE_DATA_DIR: '${PWD}/.workshop/tools',
  MISE_NPM_PACKAGE_MANAGER: 'npm',
  // rustup brings it.
  ...(workshop.miseTools.includes('rust') && { MISE_DISABLE_TOOLS: 'rust' }),
};

await runMain(() => ({ fill, install })[process.argv[2]]());

function must(command, args, options) {
  const { code, said } = exec(command, args, options);
  if (code !== 0) throw new Problem('makeFailed', { command: [command, ...args].join(' '), said: tail(said) });
}

/** Downloads everything for some systems. */
function fill() {
  const named = (process.env.SYSTEMS ?? '').split(/[ ,]+/).filter(Boolean);
  const unknown = named.find((system) => !(system in systems));
  if (named.length === 0 || unknown) throw new Problem('offlineHow', { systems: Object.keys(systems).join(', ') });
  rmSync(root, { recursive: true, force: true });
  mkdirSync(downloads, { recursive: true });
  mkdirSync(temporary, { recursive: true });
  const work = resolve(temporary);
  const env = { ...process.env, npm_config_cache: resolve(npm), MISE_DATA_DIR: join(work, 'data'), MISE_NPM_PACKAGE_MANAGER: 'npm', ...unsigned };

  for (const [project, { flags }] of Object.entries(workshop.makes)) {
    must('generator-wasm', [join(work, project), '--yes', '--no-git', ...flags]);
    if (!existsSync(join(work, project, 'package-lock.json'))) continue;
    for (const system of named) {
      console.log(sentence('offlineFor', { what: `${project}/package-lock.json`, system }));
      const { os, cpu } = systems[system];
      must('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', `--os=${os}`, `--cpu=${cpu}`], { cwd: join(work, project), env });
    }
  }

  copyFileSync('mise.toml', join(work, 'mise.toml'));
  const tools = workshop.miseTools.filter((tool) => tool !== 'rust');
  const fromNpm = tools.filter((tool) => tool.startsWith('npm:'));
  if (fromNpm.length > 0) must('mise', ['install', ...fromNpm], { cwd: work, env });
  must('mise', ['lock', '--platform', named.join(), ...tools], { cwd: work, env });
  copyFileSync(join(work, 'mise.lock'), 'mise.lock');
  const files = {};
  for (const [, url, api] of readFileSync('mise.lock', 'utf8').matchAll(/^url = "(.+)"\n(?:url_api = "(.+)"\n)?/gm)) {
    console.log(url);
    const file = createHash('sha256').update(url).digest('hex');
    must('curl', ['--fail', '--silent', '--show-error', '--location', '--output', join(downloads, file), mirrored(url)]);
    for (const address of [url, api]) if (address) files[address] = file;
  }
  writeFileSync(index, JSON.stringify({ systems: named, files }));

  const version = workshop.getMise.split('@').at(-1);
  for (const system of named) {
    const { os, cpu } = systems[system];
    const name = `@jdxcode/mise-${os}-${cpu}@${version}`;
    console.log(name);
    // Not every registry has the package of every system.
    if (exec('npm', ['pack', '--silent', '--pack-destination', work, name], { env }).code !== 0) {
      console.log(sentence('offlineMise', { system }));
      continue;
    }
    mkdirSync(miseOf(system), { recursive: true });
    must('tar', ['-xzf', join(work, `jdxcode-mise-${os}-${cpu}-${version}.tgz`), '-C', miseOf(system), '--strip-components', '2', 'package/bin/mise']);
  }
  const lines = Object.entries(settings).map(([name, value]) => `${name}=${value}\nexport ${name}\n`);
  writeFileSync(join(root, 'env'), `# make and . ./activate read this file.\n${lines.join('')}`);
  console.log(sentence('offlineReady', { systems: named.join(', ') }));
  if (workshop.miseTools.includes('rust')) console.log(sentence('offlineRust'));
}

/** Where a company's mirror has an address, as mise's setting url_replacements says. */
function mirrored(url) {
  for (const [from, to] of Object.entries(JSON.parse(process.env.MISE_URL_REPLACEMENTS ?? '{}'))) {
    const pattern = from.startsWith('regex:') ? new RegExp(from.slice('regex:'.length)) : from;
    const replaced = url.replace(pattern, to);
    if (replaced !== url) return replaced;
  }
  return url;
}

/** Installs the tools of this machine's system in .workshop/tools. */
async function install() {
  const system = Object.keys(systems).find((name) => systems[name].os === process.platform && systems[name].cpu === process.arch);
  const { systems: held, files } = JSON.parse(readFileSync(index, 'utf8'));
  if (!held.includes(system)) throw new Problem('offlineOther', { systems: held.join(', '), own: `${process.platform}-${process.arch}` });
  const data = resolve('.workshop/tools');
  const mise = join(data, 'bin/mise');
  mkdirSync(join(data, 'bin'), { recursive: true });
  rmSync(mise, { force: true });
  const brought = join(miseOf(system), 'mise');
  if (existsSync(brought)) copyFileSync(brought, mise);
  else if (exec('sh', ['-c', 'ln -s "$(command -v mise)" "$0"', mise]).code !== 0 || !existsSync(mise)) throw new Problem('noMise', { command: workshop.getMise });
  const server = createServer((request, response) => {
    const file = files[`https:/${request.url}`];
    response.writeHead(file ? 200 : 404).end(file && readFileSync(join(downloads, file)));
  });
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address();
  console.log(sentence('offlineInstall'));
  const env = {
    ...process.env,
    ...unsigned,
    PATH: `${join(data, 'bin')}:${process.env.PATH}`,
    MISE_HTTP_RETRIES: '0',
    MISE_URL_REPLACEMENTS: JSON.stringify({ 'regex:^https://([^/]+)/': `http://127.0.0.1:${port}/$1/` }),
  };
  const child = spawn(mise, ['install'], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (said += text));
  const code = await new Promise((closed) => child.on('close', closed));
  server.close();
  if (code !== 0) throw new Problem('makeFailed', { command: 'mise install', said: tail(said) });
  // A folder that is renamed keeps its tools.
  const shims = join(data, 'shims');
  for (const name of existsSync(shims) ? readdirSync(shims) : []) {
    rmSync(join(shims, name));
    symlinkSync('../bin/mise', join(shims, name));
  }
  writeFileSync(join(data, 'installed'), '');
}
