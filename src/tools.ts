/** Every tool that a generated project calls, with the version it was tried with: the one place for these versions. */
import type { Tool } from './plan.ts';

/** The major version of Node that CI uses; the contract's runner needs 20.17 or newer. */
// renovate: datasource=node-version depName=node
export const nodeMajor = '24';

// renovate: datasource=npm depName=@jdxcode/mise
export const miseVersion = '2026.9.15';

// renovate: datasource=npm depName=binaryen
const binaryenVersion = '132.0.0';

// renovate: datasource=github-releases depName=bytecodealliance/wasmtime
const wasmtimeVersion = '49.0.3';

// renovate: datasource=github-releases depName=bytecodealliance/wasm-tools extractVersion=^v(?<version>.+)$
const wasmToolsVersion = '1.262.0';

// renovate: datasource=github-releases depName=WebAssembly/wasi-sdk extractVersion=^wasi-sdk-(?<version>.+)$
const wasiSdkVersion = '33';

// renovate: datasource=github-releases depName=oras-project/oras
const orasVersion = '1.3.6';

// renovate: datasource=github-releases depName=sigstore/cosign
const cosignVersion = '3.1.3';

// renovate: datasource=github-releases depName=anchore/syft
const syftVersion = '1.57.0';

// renovate: datasource=github-releases depName=kubernetes/kubernetes
const kubectlVersion = '1.34.4';

export const node: Tool = { command: 'node', atLeast: '20.17', get: 'install Node 24 from https://nodejs.org' };

export const getMise = `npm install --global @jdxcode/mise@${miseVersion}`;

/** Installs what has a line in mise.toml. */
export const mise: Tool = { command: 'mise', optional: 'make setup calls it', get: getMise };

/** clang, clang-format, clang-tidy and wasi-libc. */
export const wasiSdk: NonNullable<Tool['mise']> = ['github:WebAssembly/wasi-sdk', wasiSdkVersion];

/** For languages that do not bring binaryen with their own package manager. */
export const wasmOpt: Tool = { command: 'wasm-opt', atLeast: '116', mise: ['npm:binaryen', binaryenVersion] };

export const wasmtime: Tool = { command: 'wasmtime', atLeast: '30', mise: ['wasmtime', wasmtimeVersion] };

export const wasmTools: Tool = { command: 'wasm-tools', atLeast: '1.230', mise: ['wasm-tools', wasmToolsVersion] };

const adapter = 'wasi_snapshot_preview1.reactor.wasm';

/** Stands between a library for WASI 0.1 and WASI 0.2: a module of wasmtime's releases, which mise puts on PATH as it does programs. */
export const wasiAdapter: Tool = {
  command: adapter,
  instead: `\${WASI_ADAPTER:-${adapter}}`,
  probe: 'true',
  mise: [
    'http:wasi-adapter',
    {
      version: wasmtimeVersion,
      url: `https://github.com/bytecodealliance/wasmtime/releases/download/v${wasmtimeVersion}/${adapter}`,
    },
  ],
};

export const oras: Tool = { command: 'oras', atLeast: '1.2', probe: 'oras version', mise: ['oras', orasVersion] };

export const cosign: Tool = {
  command: 'cosign',
  atLeast: '3',
  probe: 'cosign version',
  mise: ['cosign', cosignVersion],
};

export const syft: Tool = { command: 'syft', atLeast: '1', mise: ['syft', syftVersion] };

export const kubectl: Tool = {
  command: 'kubectl',
  atLeast: '1.23',
  probe: 'kubectl version --client',
  mise: ['kubectl', kubectlVersion],
};
