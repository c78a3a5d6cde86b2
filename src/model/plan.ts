/**
 * The vocabulary that everything else speaks. Contributors (languages, registries, hosts) return
 * a Contribution; compose() joins contributions into a Plan; renderers print the plan. Neither side sees the other.
 */

/**
 * What a module is: a console or batch program, or a CGI handler as WAGI runs it, both WASI 0.1 programs with `_start`;
 * or a web handler that is a component, `wasi:http` of WASI 0.2.
 */
export type Kind = 'command' | 'wagi' | 'http';

/** How a module travels to where it runs: as an artifact of an OCI registry, or as a parcel of a signed bindle. */
export type Protocol = 'oci' | 'bindle';

/** Every task a project may have, in running order, which is also the order of the Makefile and the README. */
export const taskNames = [
  'setup',
  'doctor',
  'format',
  'lint',
  'build',
  'debug',
  'test',
  'optimize',
  'precompile',
  'run',
  'serve',
  'sbom',
  'checksums',
  'intact',
  'login',
  'push',
  'sign',
  'verify',
  'cluster',
  'diff',
  'deploy',
  'smoke',
  'logs',
  'undeploy',
  'ship',
  'clean',
] as const;
export type TaskName = (typeof taskNames)[number];

/** Something that has changed in what is written, for whoever upgrades a project. */
export interface Change {
  /** The first version that writes it so. */
  version: string;
  /** The files where it is seen, as paths of a module. */
  files: string[];
  /** What it is and why, as sentences. */
  why: string;
  /** Only in repositories that somebody else wrote. */
  adopted?: true;
}

/** One value of a question, as the prompt, `--help` and the README show it. */
export interface Option {
  id: string;
  /** The proper name: `AssemblyScript`. */
  label: string;
  /** What it is good for, in one short line. */
  help: string;
  /** `legacy`: its makers have left it. */
  status: 'current' | 'legacy';
  /** What our end-to-end tests do with it, for docs/support.md. */
  ran?: string;
  /** What of it they cannot do, and why. A language or host with this has no end-to-end tests of its projects. */
  notRun?: string;
  /** What has changed in the files of projects that have chosen it, newest first. */
  changes?: Change[];
}

/** What the user chose; with the version, all that a project remembers. */
export interface Choices {
  name: string;
  /** `NAME:LANGUAGE:KIND[:HOST]` of each, where a project has several modules; `language`, `kind`, `host` are the first one's. */
  module?: string[];
  author: string;
  license: string;
  language: string;
  kind: Kind;
  host: string;
  registry: string;
  /** `HOST[:PORT]/PATH`; empty where the registry is `none`. */
  namespace: string;
  /** An option of the registry Bindle. */
  hippofacts?: string;
  ci: string[];
  editor: string;
}

export interface Module {
  name: string;
  /** Relative to the project, `.` for the first module. */
  dir: string;
  kind: Kind;
  language: string;
}

/** A file of the project. The path is relative and uses `/`. */
export interface File {
  path: string;
  text: string;
  /** Gets the executable bit. */
  executable?: true;
  /** `text` has a byte in each character. */
  binary?: true;
}

/** A program that tasks call and that may be missing. */
export interface Tool {
  /** The command on PATH. */
  command: string;
  /** What the tasks really call, as a shell word, where the user may name another: `${HOST_CC:-cc}`. */
  instead?: string;
  /** The oldest version that works; absent where any does. */
  atLeast?: string;
  /** Prints the version somewhere in its output. Default: `--version`. */
  probe?: string;
  /** A script of the project that says in one line why the tool cannot be used as it is, and exits 1; it says nothing where the tool is missing. */
  check?: string;
  /** Lines of scripts/doctor.sh with a function that `probe` names. */
  define?: string;
  /** How to get it, as a command or a sentence. Absent: `make setup` where mise has it, else the system's package. */
  get?: string;
  /** What package managers call it, where not like the command. */
  package?: string;
  /** Key and value of its line in mise.toml. Absent: not installed by mise. */
  mise?: [key: string, version: string | { version: string; [option: string]: string }];
  /** Tasks work without it, less well; says what is lost. */
  optional?: string;
  /** `push`, `sign` or `verify` call it: mise installs these alone in a job that publishes. */
  publishes?: true;
}

/** A value that a task reads from the environment. */
export interface Setting {
  name: string;
  /** What it is and where to get it. */
  help: string;
  /** What a CI provider may know by itself; where it signs without a key and does not know it, it has to be told. */
  fromCi?: CiContext;
  /** Asked for only where the CI has an identity that the task can use, or only where it has none. */
  where?: 'identity' | 'no identity';
}

/**
 * Of a run of CI: its address, the tag that started it, its workflow as an address, who its keyless signatures say that they
 * are of, and who vouches for that. `keyless`: the run signs without a key, in a project where another CI signs with one.
 */
export type CiContext = 'run' | 'tag' | 'workflow' | 'signer' | 'issuer' | 'keyless';

/** A setting that must never be printed or stored. */
export interface Secret extends Setting {
  /** The platform whose own CI hands it to every job, as what, and what the job has to be permitted to write for it there. */
  own?: {
    platform: string;
    as: 'user' | 'token';
    permission?: { scope: string; purpose: string };
    /** Where the jobs of a repository of that platform, `OWNER/NAME`, may write: a namespace, and all below it. */
    below?(repository: string): string;
  };
}

/** A proof of who the CI is, for a service that trusts it: an OpenID Connect token for this audience, in this variable. */
export interface Identity {
  variable: string;
  audience: string;
  /** What the task does with it, to end a line: `to sign without a key`. */
  purpose: string;
}

/** Shell variables of the project: `$NAME` in a task's lines. The Makefile defines them. */
export interface Variable {
  name: string;
  value: string;
  /** `?=`: the environment and the command line win. */
  overridable?: true;
  /** The value is a shell command whose output counts. */
  shell?: true;
  /** Programs that tasks call find it in their environment. */
  exported?: true;
  /** How make stops where that command prints nothing. */
  orElse?: string;
}

/**
 * Parts of the module, by the start of a package URL: `cargo` with a command that prints them, a line each, `name@1.0` or
 * `name v1.0`; or one, `generic/wasi-libc`, with a command that prints its version, or none where it cannot be known.
 */
export interface Contents {
  type: string;
  /** POSIX shell, with variables of the project. */
  run?: string;
}

/** A file that is made from other files. */
export interface Rule {
  target: string;
  /** Paths or globs it is made from. */
  from: string[];
  /** POSIX shell lines. */
  run: string[];
}

export interface Task {
  /** For `make`, the README and the editor: what it does, as an order. */
  help: string;
  /** Tasks or rule targets that must be done before. */
  needs?: string[];
  /** POSIX shell lines; each runs in a shell of its own and stops the task when it fails. */
  run?: string[];
  /** What the task reads from the environment, and nothing else may see. */
  secrets?: Secret[];
  /** The same for what is no secret. */
  settings?: Setting[];
  identity?: Identity;
  /** It asks a server that somebody has to start first. */
  wantsServer?: true;
}
export type Tasks = { [name in TaskName]?: Task };

/** A way to start or debug the program, as VS Code's launch.json has it. */
export type Launch = { name: string; type: string; request: 'launch' } & Record<string, unknown>;

/** What one contributor gives to the plan; compose() appends contributions in axis order. */
export interface Contribution {
  tasks?: Tasks;
  rules?: Rule[];
  variables?: Variable[];
  files?: File[];
  tools?: Tool[];
  /** Folders of the project that come first on PATH in every task. */
  path?: string[];
  /** Lines of .gitignore. */
  ignore?: string[];
  /** VS Code extension ids. */
  extensions?: string[];
  /** VS Code settings. */
  settings?: Record<string, unknown>;
  launch?: Launch[];
  /** VS Code problem matchers by task: a name, or a matcher of one's own. */
  matchers?: { [name in TaskName]?: unknown[] };
  /** Ecosystems whose versions a bot proposes besides the CI's own, as Dependabot or Renovate call them: `npm`. */
  ecosystems?: string[];
  /** What is compiled into the module besides its sources, for the SBOM. */
  contents?: Contents[];
  /** Paragraphs of the README, Markdown without a heading of level 1. */
  notes?: string[];
  /** What a coding agent has to know before it changes something, a sentence or two each. */
  advice?: string[];
}

/** A module and where its build puts it. */
export interface Built extends Module {
  /** What the compiler writes: `build/hello.wasm`. */
  artifact: string;
  /** What `make optimize` writes and `make push` ships; the artifact itself where a build leaves nothing to optimize. */
  optimized: string;
  /** Where the registry keeps it, without a tag: `registry.example.com/team/hello`. Empty without a registry. */
  image: string;
}

/** A folder of a repository that somebody else wrote. Paths are relative to it, with `/`. */
export interface Folder {
  /** What git knows of, in the folder and below. */
  paths: readonly string[];
  /** The text of a file; empty where there is none. */
  text(path: string): string;
}

/** What was found out about a project in a folder, for `contribute()`: all that is remembered of it. */
export type Facts = Record<string, string>;

/** What a repository says of one of its builds. */
export interface Statement {
  /** The file that says it. */
  from: string;
  /** A manifest names the module's own build; a task is one of make, just or Task; a hint is a line for people or for an image. */
  rank: 'manifest' | 'task' | 'hint';
  /** The component that it is about, where the file has several. */
  of: string;
  /** Where the command runs, relative to the repository; empty for its root. */
  dir: string;
  /** One line of a shell; empty where it is a task of a Makefile, `make`. */
  command: string;
  make?: string;
  /** All that the command calls in the end. */
  calls: string;
  /** The module that it makes, relative to the repository. */
  artifact?: string;
}

/** The repository around a folder that is looked at. */
export interface RepositoryContext {
  /** The folder, relative to the repository; empty for its root. */
  dir: string;
  root: Folder;
  stated: readonly Statement[];
  /** Whether git ignores a path of the folder. */
  ignores(path: string): boolean;
}

/** A part of a project that may become a module. */
export interface Guest {
  /** Its folder, relative to the project's; empty for that. */
  path: string;
  /**
   * `what` it is, its `artifact`, relative to the project's folder, and what says how it is built, `from`;
   * `plain`: it is a program of which nothing says that it is for WebAssembly. Absent: no module.
   */
  facts?: Facts & { what: string };
  /** Why it is left out. Absent, without facts too: it belongs to the others. */
  why?: string;
}

/** How a language knows and builds projects that somebody else wrote. */
export interface Existing {
  /** Names of files, one of which a project of this language has in its folder. */
  manifests: string[];
  /**
   * Undefined: it is none of this language, or makes no WebAssembly. A list: its guests, where other folders below with a
   * manifest are projects of their own; facts alone: all that is below is one guest.
   */
  read(folder: Folder, context: RepositoryContext): Guest[] | (Facts & { what: string }) | undefined;
  /** Several guests of one folder as one project, where one command builds them. */
  join?(facts: Facts[]): Facts[];
  /** Tasks of the names `setup`, `lint`, `build` and `test`, whose lines run in the folder, and their tools. */
  contribute(facts: Facts): Pick<Contribution, 'tasks' | 'tools' | 'ecosystems'>;
}

export interface Language extends Option {
  existing?: Existing;
  kinds: Kind[];
  /** The most bytes that the module may have as it is built, which `make test` holds; a little more than it has. */
  maxBytes?: { [kind in Kind]?: number };
  /** Why two builds of the same sources differ in their bytes; absent where they do not. */
  differs?: string;
  /** Kinds that our end-to-end tests leave out, and why. */
  notRunKinds?: { [kind in Kind]?: string };
  /** A sentence why a package of this language cannot have this name, or undefined. */
  refuses(name: string): string | undefined;
  contribute(module: Built, choices: Choices): Contribution;
}

export interface Registry extends Option {
  protocol?: Protocol;
  /** What is wrong with this namespace, or undefined. Absent: the registry takes none. */
  checkNamespace?(namespace: string): string | undefined;
  /** An example for the prompt and for error sentences. */
  example?: string;
  /** Owns `login`. */
  contribute(choices: Choices, module: Built): Contribution;
  options?: RegistryOption[];
}

/** A choice that only one registry has. It has a flag, and no prompt. */
export interface RegistryOption {
  key: 'hippofacts';
  label: string;
  help: string;
  /** The first one is the default, and is not kept in the choices. */
  values: [Option, ...Option[]];
  /** Why another registry cannot have another value than the default. */
  refused(registry: Registry): string;
}

export interface Host extends Option {
  kinds: Kind[];
  /** How a module gets to this host, by protocol: owns `push`. A missing entry is an incompatibility. */
  publish: { [protocol in Protocol]?: (module: Built, choices: Choices) => Contribution };
  /** The host pulls from a registry, so one has to be chosen. */
  needsRegistry?: true;
  /** Where a module runs once it is shipped, in a few words. */
  runsAt(module: Built): string;
  /** Owns `run`, `serve` and `smoke`. */
  contribute(module: Built): Contribution;
}

/** What a repository has that lies elsewhere. */
export interface Fetches {
  submodules?: true;
  /** Files in Git LFS. */
  lfs?: true;
}

/** Everything a renderer may know. */
export interface Plan {
  choices: Choices;
  /** Whether every CI of the project signs without a key. Where one cannot, cosign.pub is the key of that one. */
  keyless: boolean;
  /** What the Makefile is called, where a project has one of its own. */
  makefile?: string;
  /** GitLab's file is a part of the project's own, so that it may set nothing but its one job. */
  isIncluded?: true;
  /** The branch that changes go to; absent: `main`. */
  branch?: string;
  /** What a checkout has to fetch besides the repository's own files. */
  fetches?: Fetches;
  modules: Built[];
  tasks: Partial<Record<TaskName, Task & { secrets: Secret[]; settings: Setting[] }>>;
  rules: Rule[];
  variables: Variable[];
  files: File[];
  tools: Tool[];
  path: string[];
  ignore: string[];
  extensions: string[];
  settings: Record<string, unknown>;
  launch: Launch[];
  matchers: { [name in TaskName]?: unknown[] };
  ecosystems: { ecosystem: string; directory: string }[];
  notes: string[];
  advice: string[];
}

/** A plan that only calls tasks, for a Makefile and CI: what else there could be. */
export const emptyPlan = {
  rules: [],
  variables: [],
  files: [],
  path: [],
  ignore: [],
  extensions: [],
  settings: {},
  launch: [],
  matchers: {},
  notes: [],
  advice: [],
} satisfies Partial<Plan>;

/** A repository at a remote: `github.com`, `octo-org/hello`. */
export interface Remote {
  host: string;
  repository: string;
}

/** Where a CI provider keeps what a release needs and nobody may see. */
export interface Store {
  /** The command that asks for the value of a secret, or a setting, and keeps it; or the page where that is done. */
  secret(name: string, remote: Remote | undefined): string;
  setting(name: string, remote: Remote | undefined): string;
  /** A line that the commands have before them. */
  before?: string;
  lists?(remote: Remote): Lists;
}

/** The program that knows which secrets and settings there are. It sends a token of the user to the host that it asks. */
export interface Lists {
  program: string;
  env: Record<string, string>;
  /** The host that may be asked by all users. */
  home: string;
  /** The files in which the program keeps the hosts that the user has logged in to, and the table of them in each; absent: all. */
  hosts: { files: string[]; table?: string };
  /** The command that adds a host to them. */
  login: string;
  /** With which arguments it prints their names, each the first word of a line. */
  secrets: string[][];
  settings: string[][];
  /** What has to be there before one can be kept: arguments that fail where it is not, and the command that makes it. */
  needs?: { args: string[]; command: string };
}

/** A CI provider or an editor: prints its own files from the plan. */
export interface Renderer extends Option {
  /** Of a CI provider: what `Secret.own` calls its platform. */
  platform?: string;
  /** Of a CI provider: where it keeps the secrets and settings of a release, as a sentence of the README. */
  secrets?: string;
  /** Of a CI provider: the same, as commands. */
  store?: Store;
  /** Of a CI provider that belongs to a platform: the hosts of its repositories, and whether it runs for those alone. */
  home?: { hosts: RegExp; only?: true };
  /** Of a CI provider: lines of .gitignore for what it keeps in the project's folder. */
  ignore?: string[];
  /** Of a CI provider: what it gives to the job that builds, and cannot keep from it, as a sentence of the README. */
  limits?: string;
  /** Of a CI provider: what has to be made outside of its files for changes, and for releases, as sentences of the README. */
  outside?: { changes: string; releases?: string };
  /**
   * Of a CI provider that gives a job identity tokens which say the same of every release: who they say that it is, what has
   * to be done before they do, the one audience that they can have (absent: any), and whether the public Sigstore trusts them.
   */
  identity?: { issuer: string; subject: string; before?: string; audience?: string; sigstore: boolean };
  /** Of a CI provider: what it knows, in its own syntax for values of the environment. */
  context?: { [what in CiContext]?: string };
  render(plan: Plan): File[];
  /** Of an editor: what it needs at the root of a project with these folders. */
  workspace?(name: string, folders: string[]): File;
}
