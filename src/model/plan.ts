/**
 * What a project is made of. Contributors (languages, registries, hosts) return a Contribution; compose() joins contributions
 * into a Plan; renderers print the plan. Contributors and renderers do not import each other.
 */

import type { Choices, Kind } from './choices.ts';

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
