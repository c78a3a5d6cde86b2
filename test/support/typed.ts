/**
 * The printed commands that test/extended/published.test.ts types after an installation from a registry, and the reasons why
 * the others are not typed there. A printed command that is in neither list, or in both, fails test/unit/printed.test.ts.
 */

/** Where a command is typed. */
export type Place =
  /** an empty folder */
  | 'empty'
  /** the folder of a new project of the defaults, built, with everything committed */
  | 'project'
  /** the same beside the folder `other`, an existing crate */
  | 'beside a crate'
  /** a project of version 0.2.0 */
  | 'old'
  /** a project for a host on Kubernetes */
  | 'cluster';

export interface Typed {
  place: Place;
  /** As they are printed, in this order. */
  commands: string[];
  /** What is typed for a word in capitals, or for a path, an address or a choice of words. */
  as?: Record<string, string>;
  /** The first command serves at http://127.0.0.1:3000, until the others have run. */
  serves?: true;
}

const withYes = (command: string): Record<string, string> => ({ [command]: `${command} --yes` });
/** The commands that ask in a terminal, with the defaults as answers. */
const asks = [
  'npx generator-wasm workshop my-workshop --language rust --second assemblyscript --locale en',
  'npx generator-wasm workshop my-workshop --language rust',
  'generator-wasm workshop FOLDER',
  'yo wasm:workshop FOLDER',
];

export const typed: Typed[] = [
  { place: 'empty', commands: ['npx generator-wasm hello --yes', 'cd hello', 'make setup', 'make test', 'make'] },
  {
    place: 'empty',
    commands: ['generator-wasm .'],
    as: { 'generator-wasm .': 'mkdir clone && cd clone && git init -q && generator-wasm . --yes' },
  },
  { place: 'empty', commands: ['yo wasm'], as: withYes('yo wasm') },
  { place: 'empty', commands: ['npx generator-wasm'], as: { 'npx generator-wasm': 'npx generator-wasm --help' } },
  ...asks.map(
    (command): Typed => ({ place: 'empty', commands: [command], as: { ...withYes(command), FOLDER: 'room' } }),
  ),
  {
    place: 'empty',
    commands: [
      'generator-wasm list',
      'generator-wasm version',
      'generator-wasm --version',
      'generator-wasm help',
      'generator-wasm help COMMAND',
      'generator-wasm completion bash|zsh|fish',
      'generator-wasm serve --help',
    ],
    as: { COMMAND: 'ci', 'bash|zsh|fish': 'bash' },
  },
  ...[
    '--language rust --kind wagi --host spin',
    '--language rust --kind http --host spin',
    '--language rust --kind http --host runwasi --registry oci --namespace registry.example.com/team',
    '--language c --kind command --host runwasi --registry oci --namespace registry.example.com/team',
    '--language c --kind command --host wasmtime',
  ].map((flags): Typed => ({ place: 'empty', commands: [`npx generator-wasm hello-next --yes ${flags}`] })),

  { place: 'project', commands: ['npx generator-wasm ci github,gitlab'] },
  { place: 'project', commands: ['npx generator-wasm ci gitlab --add', 'npx generator-wasm ci --abort'] },
  { place: 'project', commands: ['npx generator-wasm ci --remove'] },
  { place: 'project', commands: ['npx generator-wasm host spin'] },
  { place: 'project', commands: ['npx generator-wasm registry ghcr --namespace ghcr.io/octo-org'] },
  { place: 'project', commands: ['npx generator-wasm vscode'] },
  { place: 'project', commands: ['npx generator-wasm language rust --like hello'] },
  { place: 'project', commands: ['npx generator-wasm contract build/hello.wasm'] },
  { place: 'project', commands: ['npx generator-wasm explain -o project.html', 'npx generator-wasm explain --json'] },
  { place: 'project', commands: ['npx generator-wasm doctor', 'generator-wasm doctor'] },
  { place: 'project', commands: ['generator-wasm ci github,gitlab'] },
  { place: 'project', commands: ['generator-wasm host spin'] },
  { place: 'project', commands: ['generator-wasm registry ghcr --namespace ghcr.io/octo-org'] },
  { place: 'project', commands: ['generator-wasm vscode', 'generator-wasm explain'] },
  { place: 'project', commands: ['generator-wasm language rust --like hello'] },
  { place: 'project', commands: ['generator-wasm contract URL|MODULE'], as: { 'URL|MODULE': 'build/hello.wasm' } },
  {
    place: 'project',
    commands: ['make build', 'make optimize', 'make lint', 'make format', 'make doctor', 'make clean'],
  },
  { place: 'project', commands: ['make format lint build test', 'make setup test'] },
  {
    place: 'project',
    commands: ['make serve', 'make smoke', 'npx generator-wasm contract http://127.0.0.1:3000'],
    serves: true,
  },
  { place: 'project', commands: ['generator-wasm serve'], serves: true },
  { place: 'project', commands: ['generator-wasm serve --watch'], serves: true },
  {
    place: 'project',
    commands: ['git init', 'git status', 'generator-wasm render < STATE'],
    as: { 'render < STATE': 'render <"$HOME/state"' },
  },

  {
    place: 'beside a crate',
    commands: ['npx generator-wasm explain ../other --ci gitlab', 'generator-wasm ci github path/to/clone'],
    as: { 'path/to/clone': '../other' },
  },
  { place: 'old', commands: ['npx generator-wasm upgrade --diff', 'npx generator-wasm upgrade'] },
  { place: 'old', commands: ['generator-wasm upgrade'] },
  {
    place: 'beside a crate',
    commands: ['generator-wasm ci github */'],
    as: { 'generator-wasm': 'cd .. && generator-wasm' },
  },
  ...Object.entries({
    'generator-wasm ci': 'gitlab',
    'generator-wasm editor': 'vscode',
    'generator-wasm host': 'spin',
    'generator-wasm registry': 'ghcr --namespace ghcr.io/octo-org',
    'generator-wasm language': 'rust',
    'yo wasm:ci': 'gitlab',
    'yo wasm:host': 'spin',
  }).map(
    ([command, value]): Typed => ({ place: 'project', commands: [command], as: { [command]: `${command} ${value}` } }),
  ),
  { place: 'cluster', commands: ['npx generator-wasm host runwasi'] },
  {
    place: 'empty',
    commands: ['npx generator-wasm host wasmcloud'],
    as: {
      'npx generator-wasm host':
        'npx generator-wasm hello-later --yes --language typescript --kind http --host wasmtime --registry ghcr --namespace ghcr.io/octo-org && cd hello-later && npx generator-wasm host',
    },
  },
];

/** The line in the README of a project that creates it again, and in the messages: each is typed in an empty folder. */
export const creates = /^npx generator-wasm@\d\S* /;

/** The printed commands that are not typed, by the reason; a reason may name the test that runs them. */
export const notTyped: { reason: string; commands: (string | RegExp)[] }[] = [
  { reason: 'needs an account of a cloud', commands: [/^(?:\w+=\$\()?(?:aws|az|gcloud|glab) /, /^policy='/] },
  {
    reason: 'needs a cluster: test/extended/kubernetes.test.ts, test/e2e/hosts.test.ts',
    commands: [
      /^(?:kubectl|helm|docker|KUBECONFIG=\S+ krustlet-wasi) /,
      /^make (?:\w+ )*(?:cluster|deploy|undeploy|diff|logs)(?: |$)/,
      'config=$(mktemp)',
      'rm "$config"',
      /^oras login --registry-config /,
      /^cat >build\/Containerfile /,
      'make smoke URL=http://localhost',
    ],
  },
  {
    reason: 'needs a registry of modules and its login: test/e2e/release.test.ts, test/e2e/push.test.ts',
    commands: [
      ...['login', 'push', 'push TAG=v1.0.0', 'sign', 'verify', 'ship', 'sbom'].map((task) => `make ${task}`),
      /^make verify TAG=/,
      /^export REGISTRY_USER=/,
      'read -rs REGISTRY_PASSWORD && export REGISTRY_PASSWORD',
      'cosign generate-key-pair',
      /^oras push/,
      /^printf '\{"architecture"/,
    ],
  },
  {
    reason: 'needs Bindle: test/extended/bindle.test.ts',
    commands: [/^(?:generator-wasm serve|node|wagi|BINDLE).*bindle/i],
  },
  {
    reason:
      'needs a compiler or a runtime: test/e2e/projects.test.ts, test/e2e/hosts.test.ts, test/e2e/modules.test.ts',
    commands: [
      /^make (?:CLANG|CLANGXX|SWIFT_SDK)=/,
      /^make (?:run|-C )/,
      'make precompile',
      'make setup lint build test optimize',
      'make setup build test',
      'make test serve',
      /^npx generator-wasm contract build\/(?:api|job|hello-wasm)\.wasm$/,
      /^wasmtime run /,
    ],
  },
  {
    reason: 'replayed in a workshop: test/e2e/workshop.test.ts, test/e2e/offline.test.ts',
    commands: [
      '. ./activate',
      /^make (?:check|hint|solution|start)-03$/,
      /^make (?:watch|reset|preflight|offline|board|join|restore|slides)(?: |$)/,
    ],
  },
  {
    reason: 'is for a clone of this repository: test/e2e/doors.test.ts runs the tour, and CI the tests',
    commands: [/^npm (?:ci$|(?:ci && npm )?(?:run|test)(?: |$))/, /^(?:SEED=… RUNS=… )?npx mocha /],
  },
  { reason: 'opens a browser: test/unit/explain.test.ts', commands: [/generator-wasm explain --open$/] },
  { reason: 'installs: the test begins with it', commands: [/^npm install --global (?:yo )?generator-wasm$/] },
  {
    reason: 'installs mise, whose page it is',
    commands: [/^npm install --global @jdxcode\/mise/, /^mise (?:lock|install)$/],
  },
  {
    reason: 'names a command of another program, or several of ours',
    commands: [
      ...['npx', 'yo', 'spin', 'spin up', 'spin registry push', 'wash dev', 'wash build', 'gh', 'cd', 'sh', 'kubectl'],
      ...['generator-wasm', 'git describe', 'npm install', 'make TASK', 'make smoke URL=…'],
    ],
  },
];
