/**
 * What a project is made of. Contributors (languages, registries, hosts) return a Contribution; compose() joins contributions
 * into a Plan; renderers print the plan. Contributors and renderers do not import each other.
 */

import type { Choices, Kind } from './choices.ts';

/** Every possible task, in the order in which they run, and of the Makefile and the README. */
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
  /** Sets the executable bit. */
  executable?: true;
  /** `text` has a byte in each character. */
  binary?: true;
}

/** A file that does not depend on a single module. A project of several modules has it once, at the root. */
export interface SharedFile extends Omit<File, 'text'> {
  /** A function gets the kinds of all modules that share the file. */
  text: string | ((kinds: readonly Kind[]) => string);
  /** The path at the root, if modules can have different files at `path`. */
  rootPath?: string;
}

/** A program that tasks call. */
export interface Tool {
  /** The command on PATH. */
  command: string;
  /** The shell word that the tasks use, if the user can override the command: `${HOST_CC:-cc}`. */
  instead?: string;
  /** The oldest version that works; absent if any version does. */
  atLeast?: string;
  /** The argument that prints the version. Default: `--version`. */
  probe?: string;
  /** A script of the project that prints one line and exits 1 if the tool is installed but unusable. */
  check?: string;
  /** Lines of scripts/doctor.sh that define a function for `probe`. */
  define?: string;
  /** How to install it, as a command or a sentence. Default: `make setup` for mise tools, else the system's package. */
  get?: string;
  /** The name of the system package, if it differs from the command. */
  package?: string;
  /** Key and value in mise.toml. Absent if mise does not install it. */
  mise?: [key: string, version: string | { version: string; [option: string]: string }];
  /** The tool is optional; says what is lost without it. */
  optional?: string;
  /** `push`, `sign` or `verify` call it: the publish job installs only these. */
  publishes?: true;
}

/** A value that a task reads from the environment. */
export interface Setting {
  name: string;
  /** What it is, and where to get it. */
  help: string;
  /** Filled in by the CI where possible; otherwise a setting, needed only for keyless signing. */
  fromCi?: CiContext;
  /** Needed only if the CI has an identity that the task can use, or only if it has none. */
  where?: 'identity' | 'no identity';
}

/**
 * What CI knows about its own run: its URL, the tag that started it, the URL of its workflow, and the signer identity and OIDC
 * issuer of keyless signatures. `keyless`: this CI signs without a key, in a project where another one signs with a key.
 */
export type CiContext = 'run' | 'tag' | 'workflow' | 'signer' | 'issuer' | 'keyless';

/** A setting that must never be printed or stored. */
export interface Secret extends Setting {
  /** The platform whose own CI gives it to every job, in what form, and the write permission that the job needs. */
  own?: {
    platform: string;
    as: 'user' | 'token';
    permission?: { scope: string; purpose: string };
    /** The namespace that the jobs of a repository `OWNER/NAME` may write to, with everything below it. */
    below?(repository: string): string;
  };
}

/** An OpenID Connect token of the CI for this audience, in this variable. */
export interface Identity {
  variable: string;
  audience: string;
  /** The purpose, to end a line: `to sign without a key`. */
  purpose: string;
}

/** Shell variables of the project: `$NAME` in a task's lines. The Makefile defines them. */
export interface Variable {
  name: string;
  value: string;
  /** Printed with `?=`: the environment wins. */
  overridable?: true;
  /** The value is the output of this shell command. */
  shell?: true;
  /** Exported to the programs that tasks call. */
  exported?: true;
  /** The error of make if the command prints nothing. */
  orElse?: string;
}

/**
 * Dependencies in the module, by the start of their package URL: `cargo` with a command that prints one per line, `name@1.0` or
 * `name v1.0`; or a single one, `generic/wasi-libc`, with a command that prints its version, or none if it is unknown.
 */
export interface Contents {
  type: string;
  /** POSIX shell, with variables of the project. */
  run?: string;
}

/** A file that make builds from other files. */
export interface Rule {
  target: string;
  /** Paths or globs of the prerequisites. */
  from: string[];
  /** POSIX shell lines. */
  run: string[];
}

export interface Task {
  /** What it does, in the imperative: for `make`, the README and the editor. */
  help: string;
  /** Prerequisites: tasks or targets of rules. */
  needs?: string[];
  /** POSIX shell lines. Each runs in its own shell; a failure stops the task. */
  run?: string[];
  /** A shell line that asks the user before anything is done; `ship` asks first, and then no task that it calls. */
  asks?: string;
  /** The tasks that these lines call. */
  calls?: TaskName[];
  /** Secrets that the task reads from the environment. No other task gets them. */
  secrets?: Secret[];
  /** Other variables that the task reads. */
  settings?: Setting[];
  identity?: Identity;
  /** It sends requests to a server that must be running. */
  wantsServer?: true;
}

export type Tasks = { [name in TaskName]?: Task };

/** An entry of VS Code's launch.json. */
export type Launch = { name: string; type: string; request: 'launch' } & Record<string, unknown>;

/** What one value adds to the plan; compose() joins contributions in axis order. */
export interface Contribution {
  tasks?: Tasks;
  rules?: Rule[];
  variables?: Variable[];
  files?: File[];
  shared?: SharedFile[];
  tools?: Tool[];
  /** Folders of the project that are put first on PATH in every task. */
  path?: string[];
  /** Lines of .gitignore. */
  ignore?: string[];
  /** The indentation that the formatter writes, if it is not two spaces: a tab or a number of spaces, by glob. */
  indent?: Record<string, 'tab' | number>;
  /** VS Code extension ids. */
  extensions?: string[];
  /** VS Code settings. */
  settings?: Record<string, unknown>;
  launch?: Launch[];
  /** VS Code problem matchers by task: a name, or a definition. */
  matchers?: { [name in TaskName]?: unknown[] };
  /** Ecosystems that the dependency bot updates, by their Dependabot name: `npm`. */
  ecosystems?: string[];
  /** Dependencies that are compiled into the module, for the SBOM. */
  contents?: Contents[];
  /** Paragraphs of the value's section of the README, Markdown without headings of levels 1 and 2. */
  notes?: string[];
  /** What is set up once before the first release: sections of docs/release.md, with headings of level 2. */
  setup?: string[];
  /** What a coding agent must know before it edits, one or two sentences each. */
  advice?: string[];
}

/** A module and where its build puts it. */
export interface Built extends Module {
  /** What the compiler writes: `build/hello.wasm`. */
  artifact: string;
  /** What `make optimize` writes and `make push` ships; the artifact itself if there is nothing to optimize. */
  optimized: string;
  /** The image name without a tag: `registry.example.com/team/hello`. Empty without a registry. */
  image: string;
  /** What the program of a new project takes, in MiB; absent if it was not measured. */
  memory?: number | undefined;
}

/** What a checkout must fetch besides the repository's own files. */
export interface Fetches {
  submodules?: true;
  /** Files in Git LFS. */
  lfs?: true;
}

/** Everything that a renderer gets. */
export interface Plan {
  choices: Choices;
  /** Whether every CI of the project signs without a key. If one cannot, it signs with the key of cosign.pub. */
  keyless: boolean;
  /** The name of the generated Makefile, if the user has one already. */
  makefile?: string;
  /** GitLab's file is included by the user's own file, so it may define only its job. */
  isIncluded?: true;
  /** The default branch; absent: `main`. */
  branch?: string;
  /** What a checkout has to fetch besides the repository's own files. */
  fetches?: Fetches;
  modules: Built[];
  tasks: Partial<Record<TaskName, Task & { secrets: Secret[]; settings: Setting[] }>>;
  rules: Rule[];
  variables: Variable[];
  files: File[];
  shared: SharedFile[];
  tools: Tool[];
  path: string[];
  ignore: string[];
  indent: Record<string, 'tab' | number>;
  extensions: string[];
  settings: Record<string, unknown>;
  launch: Launch[];
  matchers: { [name in TaskName]?: unknown[] };
  ecosystems: { ecosystem: string; directory: string }[];
  /** The paragraphs of three sections of the README. */
  notes: { code: string[]; release: string[]; host: string[] };
  setup: string[];
  advice: string[];
}

/** The empty parts of a plan that has only tasks, for a Makefile and CI. */
export const emptyPlan = {
  rules: [],
  variables: [],
  files: [],
  shared: [],
  path: [],
  ignore: [],
  indent: {},
  extensions: [],
  settings: {},
  launch: [],
  matchers: {},
  notes: { code: [], release: [], host: [] },
  setup: [],
  advice: [],
} satisfies Partial<Plan>;
