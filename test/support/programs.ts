/**
 * Shared by tests that run real programs. A missing tool skips its tests and prints the command that installs it; with E2E=required
 * the tests fail.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, symlinkSync } from 'node:fs';
import { createServer } from 'node:net';
import { homedir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import type { Context } from 'mocha';
import { runFolder } from './shared.ts';

export const root = resolve(import.meta.dirname, '../..');
/** Where scripts/toolchains.sh puts what it installs. */
export const toolsFolder = join(root, '.cache', 'tools');
const toolsBin = join(toolsFolder, 'bin');

/** A temporary folder, removed when the tests end. */
export const scratch = mkdtempSync(join(runFolder, 'e2e-'));

/**
 * The environment of a user who has installed the tools. mise installs no tool from release pages: scripts/toolchains.sh gets the
 * same ones from package registries.
 */
export const environment: NodeJS.ProcessEnv = {
  ...process.env,
  PATH: [toolsBin, process.env.PATH].join(delimiter),
  HOME: scratch,
  GIT_CONFIG_NOSYSTEM: '1',
  RUSTUP_HOME: process.env.RUSTUP_HOME ?? join(homedir(), '.rustup'),
  // Go's caches stay between runs; they are writable, so they can be deleted.
  GOMODCACHE: join(root, '.cache', 'go', 'mod'),
  GOCACHE: join(root, '.cache', 'go', 'build'),
  GOFLAGS: '-modcacherw',
  ZIG_GLOBAL_CACHE_DIR: join(root, '.cache', 'zig'),
  MISE_DATA_DIR: join(scratch, 'mise'),
  MISE_DISABLE_TOOLS: [
    'node,go,python,rust,swift,zig,wasmtime,wasm-tools,http:wasi-adapter',
    'github:WebAssembly/wasi-sdk,github:tetratelabs/wazero,spin-framework,wash',
    'oras,cosign,kubectl,helm,kind,k3d,cmake',
  ].join(),
  // The check of a package's age fails with mirrors that do not have publication dates.
  MISE_NPM_PACKAGE_MANAGER: 'npm',
  npm_config_cache: process.env.npm_config_cache ?? join(root, '.cache', 'npm'),
};

/** The Swift SDK of scripts/swift.sh, which replaces the one of swift.org, installed for the home of the tests. */
const swiftFolder = join(root, '.cache', 'swift');
export const swiftRoot = join(swiftFolder, 'root');
const swiftBundle = exists(swiftFolder)
  ? readdirSync(swiftFolder).find((name) => name.endsWith('.artifactbundle'))
  : '';
const swiftSdk = swiftBundle?.replace('.artifactbundle', '') ?? '';
if (swiftBundle) {
  const installed = join(scratch, '.swiftpm/swift-sdks');
  mkdirSync(installed, { recursive: true });
  symlinkSync(join(swiftFolder, swiftBundle), join(installed, swiftBundle));
}

for (const name of ['npm_config_prefix', 'npm_package_json', 'INIT_CWD']) delete environment[name];

/** Whether a command is on the PATH of the tests. */
export const has = (command: string): boolean =>
  spawnSync('sh', ['-c', `command -v ${command}`], { env: environment }).status === 0;

/** The PATH of the tests without some commands: a folder of links. */
export function pathWithout(...commands: string[]): string {
  const links = mkdtempSync(join(scratch, 'links-'));
  for (const path of (environment.PATH ?? '').split(delimiter))
    for (const name of existsSync(path) ? readdirSync(path) : [])
      if (!commands.includes(name) && !existsSync(join(links, name)))
        try {
          symlinkSync(join(path, name), join(links, name));
        } catch {
          // A link that leads nowhere has the name already.
        }
  return links;
}

/** Skips the test if one of these commands is missing; fails it with E2E=required. */
export function need(test: Context, ...commands: string[]): void {
  needFrom('scripts/toolchains.sh', test, commands);
}

/** The same for commands that another script installs. */
export function needFrom(script: string, test: Context, commands: string[]): void {
  const missing = commands.filter((command) => !has(command));
  if (missing.length === 0) return;
  const reason = `${missing.join(', ')} not found. Get it with: bash ${script}`;
  if (process.env.E2E === 'required') throw new Error(reason);
  console.log(`      skipped: ${reason}`);
  test.skip();
}

/** The commands besides Node that the tasks of a language's projects call on the test machine. */
export const needed = (language: string): string[] => compilersOf[language] ?? [];
const compilersOf: Record<string, string[]> = {
  c: ['clang-22', 'clang-format-22', 'clang-tidy-22', 'mise'],
  cpp: ['clang++-22', 'clang-format-22', 'clang-tidy-22', 'mise'],
  go: ['go', 'mise', 'wasm-tools', 'wasi_snapshot_preview1.reactor.wasm'],
  javascript: ['mise'],
  python: ['python3', 'mise'],
  typescript: ['mise'],
  zig: ['zig', 'mise'],
  swift: ['swift', 'mise'],
  rust: ['cargo', '/usr/bin/rustc', 'wasm-component-ld', 'mise'],
};

/** What a command printed and how it ended. */
export interface Result {
  code: number | null;
  /** Standard output and standard error, in that order. */
  said: string;
  stdout: string;
}

export function run(command: string, args: string[], cwd: string, env: NodeJS.ProcessEnv = {}): Result {
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    cwd,
    env: { ...environment, ...env },
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  if (error) throw error;
  return { code: status, said: stdout + stderr, stdout };
}

/** Runs a command that must succeed. */
export function ok(command: string, args: string[], cwd: string, env: NodeJS.ProcessEnv = {}): string {
  const { code, said } = run(command, args, cwd, env);
  assert.equal(code, 0, `${command} ${args.join(' ')} in ${cwd}:\n${said.slice(-6000)}`);
  return said;
}

/** The compilers of this machine, as tasks of a project read them from their environment. */
export const compilers = {
  CLANG: 'clang-22',
  CLANGXX: 'clang++-22',
  CLANG_FORMAT: 'clang-format-22',
  CLANG_TIDY: 'clang-tidy-22',
  // The tests do not compare start times.
  RUNS: '1',
  // A Swift SDK fits only the compiler of its release, which is Debian's here.
  SWIFT_SDK: swiftSdk,
  WASI_ADAPTER: join(toolsBin, 'wasi_snapshot_preview1.reactor.wasm'),
};

export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  return typeof address === 'object' && address ? address.port : 0;
}

export function exists(...path: string[]): boolean {
  return existsSync(join(...path));
}
