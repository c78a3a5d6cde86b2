/**
 * What tests with real programs share: the environment, commands, and what is missing. A missing tool skips its tests with
 * the command that gets it; with E2E=required that is a failure.
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

/** Removed when the tests end. */
export const scratch = mkdtempSync(join(runFolder, 'e2e-'));

/**
 * The environment of a user who has installed the tools. mise installs none of those that it would fetch from release
 * pages: the same tools come from package registries.
 */
export const environment: NodeJS.ProcessEnv = {
  ...process.env,
  PATH: [toolsBin, process.env.PATH].join(delimiter),
  HOME: scratch,
  GIT_CONFIG_NOSYSTEM: '1',
  RUSTUP_HOME: process.env.RUSTUP_HOME ?? join(homedir(), '.rustup'),
  // What Go downloads and compiles stays between runs, and can be removed.
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
  // Its own installer asks for the age of a package, which a mirror may not know.
  MISE_NPM_PACKAGE_MANAGER: 'npm',
  npm_config_cache: process.env.npm_config_cache ?? join(root, '.cache', 'npm'),
};

/** The Swift SDK that scripts/swift.sh makes in place of swift.org's; installed as `swift sdk install` does, for the home of the tests. */
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

/** Skips the test, or fails it where everything is required, unless these commands are there. */
export function need(test: Context, ...commands: string[]): void {
  needFrom('scripts/toolchains.sh', test, commands);
}

/** The same for commands that another script gets. */
export function needFrom(script: string, test: Context, commands: string[]): void {
  const missing = commands.filter((command) => !has(command));
  if (missing.length === 0) return;
  const reason = `${missing.join(', ')} not found. Get it with: bash ${script}`;
  if (process.env.E2E === 'required') throw new Error(reason);
  console.log(`      skipped: ${reason}`);
  test.skip();
}

/** The commands beyond Node that the tasks of a language's projects call here. */
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
  CC: 'clang-22',
  CXX: 'clang++-22',
  CLANG_FORMAT: 'clang-format-22',
  CLANG_TIDY: 'clang-tidy-22',
  // The tests do not look at how long a start takes.
  RUNS: '1',
  // Swift's SDKs are for the compiler of their release, and the one that is here is Debian's.
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
