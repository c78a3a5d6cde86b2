/** Every tool that a generated project calls, with the tested version. The only place for these versions. */
import type { Tool } from '../model/plan.ts';

/** The major version of Node that CI uses; the contract's runner needs 20.17 or newer. */
// renovate: datasource=node-version depName=node
export const nodeMajor = '24';

// renovate: datasource=npm depName=@jdxcode/mise
export const miseVersion = '2026.9.15';

// renovate: datasource=npm depName=binaryen
const binaryenVersion = '132.0.0';

// renovate: datasource=github-releases depName=bytecodealliance/wasmtime
const wasmtimeVersion = '49.0.5';

// renovate: datasource=github-releases depName=bytecodealliance/wasm-tools extractVersion=^v(?<version>.+)$
const wasmToolsVersion = '1.263.0';

// renovate: datasource=github-releases depName=WebAssembly/wasi-sdk extractVersion=^wasi-sdk-(?<version>.+)$
export const wasiSdkVersion = '34';

// renovate: datasource=pypi depName=cmake
const cmakeVersion = '4.4.5';

// renovate: datasource=github-releases depName=oras-project/oras
const orasVersion = '1.3.6';

// renovate: datasource=github-releases depName=sigstore/cosign
const cosignVersion = '3.1.3';

// renovate: datasource=github-releases depName=tetratelabs/wazero
const wazeroVersion = '1.12.0';

// renovate: datasource=github-releases depName=spinframework/spin
const spinVersion = '4.2.1';

// renovate: datasource=github-releases depName=wasmCloud/wasmCloud
const washVersion = '2.10.4';

// renovate: datasource=github-releases depName=kubernetes/kubernetes
const kubectlVersion = '1.36.6';

// renovate: datasource=github-releases depName=helm/helm
const helmVersion = '4.3.1';

// renovate: datasource=github-releases depName=kubernetes-sigs/kind
const kindVersion = '0.33.0';

// renovate: datasource=github-releases depName=k3d-io/k3d
const k3dVersion = '5.9.0';

/** The runner and the image of CI jobs. */
// renovate: datasource=github-runners depName=ubuntu
export const ubuntu = '24.04';
export const nodeImage = `node:${nodeMajor}-bookworm`;

/** Versions that `make cluster` installs and pages name, by their placeholder in the templates of the hosts. */
export const clusterVersions: Record<string, string> = {
  // Of containerd-shim-wasmtime; its digests are in templates/hosts/runwasi-cluster.sh.
  // renovate: datasource=github-releases depName=containerd/runwasi extractVersion=^containerd-shim-wasmtime/v(?<version>.+)$
  RUNWASI_VERSION: '0.6.1',
  // renovate: datasource=github-releases depName=spinframework/containerd-shim-spin
  SPIN_SHIM_VERSION: '0.25.1',
  // renovate: datasource=github-releases depName=spinframework/spin-operator
  SPIN_OPERATOR_VERSION: '0.6.1',
  // renovate: datasource=github-releases depName=cert-manager/cert-manager
  CERT_MANAGER_VERSION: '1.21.2',
  // renovate: datasource=docker depName=ghcr.io/wasmcloud/charts/runtime-operator
  WASMCLOUD_VERSION: '2.10.0',
};

/** The pinned version. */
export const pinned = ({ mise }: Tool): string => (typeof mise?.[1] === 'object' ? mise[1].version : (mise?.[1] ?? ''));

export const node: Tool = {
  command: 'node',
  atLeast: '20.17',
  get: `install Node ${nodeMajor} from https://nodejs.org`,
};

export const getMise = `npm install --global @jdxcode/mise@${miseVersion}`;

// renovate: datasource=github-releases depName=git-lfs/git-lfs extractVersion=^v(?<version>.+)$
const gitLfsVersion = '3.8.1';

/** Installs Git LFS and fetches its files. */
export const getLfs = `npx --yes @jdxcode/mise@${miseVersion} exec git-lfs@${gitLfsVersion} -- git lfs pull`;

/** Installs the tools of mise.toml. */
export const mise: Tool = { command: 'mise', get: getMise };

/** The lines of `make setup` that install them, in a project without scripts/doctor.sh. */
export const miseInstall = [
  `@command -v mise >/dev/null || { echo 'missing  mise: ${getMise}' >&2; exit 1; }`,
  'mise install',
];

/** clang, clang-format, clang-tidy and wasi-libc. mise tries the tags `v33` and `33` by itself, and not `wasi-sdk-33`. */
export const wasiSdk: NonNullable<Tool['mise']> = [
  'github:WebAssembly/wasi-sdk',
  { version: wasiSdkVersion, version_prefix: 'wasi-sdk-' },
];

/** Only repositories with a build of their own call it. */
export const cmake: Tool = { command: 'cmake', mise: ['cmake', cmakeVersion] };

/** For languages whose package manager does not install binaryen. */
export const wasmOpt: Tool = { command: 'wasm-opt', atLeast: '116', mise: ['npm:binaryen', binaryenVersion] };

export const wasmtime: Tool = { command: 'wasmtime', atLeast: '30', mise: ['wasmtime', wasmtimeVersion] };

export const wasmTools: Tool = { command: 'wasm-tools', atLeast: '1.230', mise: ['wasm-tools', wasmToolsVersion] };

const adapter = 'wasi_snapshot_preview1.reactor.wasm';
export const wasiAdapterVersion = wasmtimeVersion;

/** The adapter from WASI 0.1 to 0.2: a module of wasmtime's releases, which mise puts on PATH like a program. */
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

export const oras: Tool = {
  command: 'oras',
  atLeast: '1.2',
  probe: 'oras version',
  mise: ['oras', orasVersion],
  publishes: true,
};

export const cosign: Tool = {
  command: 'cosign',
  atLeast: '3',
  probe: 'cosign version',
  mise: ['cosign', cosignVersion],
  publishes: true,
};

export const kubectl: Tool = {
  command: 'kubectl',
  atLeast: '1.32',
  probe: 'kubectl version --client',
  mise: ['kubectl', kubectlVersion],
};

export const wazero: Tool = {
  command: 'wazero',
  atLeast: '1.8',
  probe: 'wazero version',
  mise: ['github:tetratelabs/wazero', wazeroVersion],
};

export const spin: Tool = { command: 'spin', atLeast: '3.0', mise: ['spin-framework', spinVersion], publishes: true };

export const wash: Tool = { command: 'wash', atLeast: '2.3', mise: ['wash', washVersion] };

/** Not in mise.toml: only `make cluster` needs it, and CI does not run that. */
const forCluster = (command: string, version: string): Tool => ({
  command,
  optional: 'make cluster needs it',
  get: `mise use --global ${command}@${version}`,
});

export const helm: Tool = forCluster('helm', helmVersion);

export const kind: Tool = forCluster('kind', kindVersion);

export const k3d: Tool = forCluster('k3d', k3dVersion);

export const docker: Tool = {
  command: 'docker',
  optional: 'make cluster needs it',
  get: 'see https://docs.docker.com/engine/install',
};
