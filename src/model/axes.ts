/** What each value of an axis declares: a language, a registry, a host, a CI provider, an editor. */

import type { Choices, Kind, Option, Protocol } from './choices.ts';
import type { Built, CiContext, Contribution, File, Plan } from './plan.ts';

/** A folder of an adopted repository. Paths are relative to it and use `/`. */
export interface Folder {
  /** The files in the folder and below that git does not ignore. */
  paths: readonly string[];
  /** The text of a file; empty if there is none. */
  text(path: string): string;
}

/** What was detected about a project, for `contribute()`. It is part of the saved state. */
export type Facts = Record<string, string>;

/** What a repository states about one of its builds. */
export interface Statement {
  /** The file with the statement. */
  from: string;
  /** `manifest`: a manifest has the build of this module. `task`: of make, just or Task. `hint`: a line of a README or Dockerfile. */
  rank: 'manifest' | 'task' | 'hint';
  /** The component, if the file has several. */
  of: string;
  /** The folder in which the command runs, relative to the repository; empty for its root. */
  dir: string;
  /** One shell line; empty if the statement is the make task `make`. */
  command: string;
  make?: string;
  /** The command with what its scripts call. */
  calls: string;
  /** The module that it builds, relative to the repository. */
  artifact?: string;
}

/** The repository around a folder that a language reads. */
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
  /** Its folder, relative to the project's folder; empty for that folder itself. */
  path: string;
  /**
   * `what` it is, its `artifact` relative to the project's folder, and `from`, the file that states how it is built;
   * `plain`: a program without any sign that it is for WebAssembly. Absent: not a module.
   */
  facts?: Facts & { what: string };
  /** Why it is left out. Without facts and reason it is a part of the others. */
  why?: string;
}

/** How a language detects and builds projects of adopted repositories. */
export interface Existing {
  /** Manifest file names; a project of this language has one of them in its folder. */
  manifests: string[];
  /** What its builds write beside the manifest, of which `read` asks whether git ignores it. A folder ends with `/`. */
  writes?: string[];
  /**
   * Undefined: not a project of this language, or not for WebAssembly. A list: its guests; other folders below with a manifest are
   * projects of their own. Facts alone: everything below is one guest.
   */
  read(folder: Folder, context: RepositoryContext): Guest[] | (Facts & { what: string }) | undefined;
  /** Joins the guests of a folder that one command builds. */
  join?(facts: Facts[]): Facts[];
  /** The tasks `setup`, `lint`, `build` and `test`, which run in the folder, and their tools. */
  contribute(facts: Facts): Pick<Contribution, 'tasks' | 'tools' | 'ecosystems'>;
}

export interface Language extends Option {
  existing?: Existing;
  kinds: Kind[];
  /** The largest module that `make test` accepts, in bytes: a little more than the module of a new project. */
  maxBytes?: { [kind in Kind]?: number };
  /**
   * The most memory that wasmtime takes for the program of a new project under its contract, in MiB. Measured by
   * `npx mocha test/extended/memory.test.ts`, with wasmtime 49.0.3 on two cores, on 28 November 2026.
   */
  memory?: { [kind in Kind]?: number };
  /** Why two builds of the same sources differ; absent if builds are reproducible. */
  differs?: string;
  /** Kinds that the end-to-end tests do not build, with the reason. */
  notRunKinds?: { [kind in Kind]?: string };
  /** Why a package of this language cannot have this name, or undefined. */
  refuses(name: string): string | undefined;
  contribute(module: Built, choices: Choices): Contribution;
}

export interface Registry extends Option {
  protocol?: Protocol;
  /** The error message for a namespace, or undefined. Absent: the registry has no namespaces. */
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
  /** How a module is published for this host, by protocol; has the task `push`. A missing entry is an incompatibility. */
  publish: { [protocol in Protocol]?: (module: Built, choices: Choices) => Contribution };
  /** The host pulls from a registry, so the choice `none` is not possible. */
  needsRegistry?: true;
  /** Where a shipped module runs, in a few words. */
  runsAt(module: Built): string;
  /** Owns `run`, `serve` and `smoke`. */
  contribute(module: Built): Contribution;
}

/** A repository at a remote: `github.com`, `octo-org/hello`. */
export interface Remote {
  host: string;
  repository: string;
}

/** Where a CI provider stores the secrets of a release. */
export interface Store {
  /** The command that stores a secret or a setting, or the page for it. */
  secret(name: string, remote: Remote | undefined): string;
  setting(name: string, remote: Remote | undefined): string;
  /** A line before the commands. */
  before?: string;
  lists?(remote: Remote): Lists;
}

/** The program that lists stored secrets and settings. It sends the user's token to the host. */
export interface Lists {
  program: string;
  env: Record<string, string>;
  /** The host that may be queried without a check of the login. */
  home: string;
  /** The files with the hosts that the user is logged in to, and their table; without one, the keys of the file. */
  hosts: { files: string[]; table?: string };
  /** The command that logs in to a host. */
  login: string;
  /** The arguments that print the names, each as the first word of a line. */
  secrets: string[][];
  settings: string[][];
  /** What must exist before a value can be stored: arguments that fail if it does not, and the command that creates it. */
  needs?: { args: string[]; command: string };
}

/** Where a version stands in the files of a CI provider. */
export interface PinnedLine {
  /** The name of what is pinned; without one, the group `name` of the pattern. */
  name?: string;
  /** Matches one line; its group `version` is the version. */
  line: RegExp;
  /** The source of new versions, if Renovate does not find the line without being told. */
  datasource?: 'docker' | 'npm';
}

/** The other name of a generated file whose path the user's repository has taken. */
export interface Beside {
  /** The generated file. */
  path: string;
  /** The user's files that take its place, if others than the path itself do. */
  taken?: RegExp;
  /** Its other name; empty to leave the file out. */
  instead: string;
  /** What the user has to do before a CI provider reads the file under its other name. */
  next?: string;
}

/** A CI provider: everything that this program knows about one. `undefined` and `[]` say that the provider has none. */
export interface CiProvider extends Option {
  /** The paths that the provider reads, to detect the CI of a repository. */
  reads: RegExp[];
  /** The files for changes that can have another name in a repository with a pipeline of its own. */
  beside: Beside[];
  /** Where versions stand in its files. */
  pins: PinnedLine[];
  /** The ecosystem of Dependabot that reads all these versions. */
  dependabot: string | undefined;
  /** Where it keeps the secrets and settings of a release, as a sentence of docs/release.md. */
  secrets: string;
  /** The same, as commands. */
  store: Store;
  /** If it belongs to a platform: the hosts of its repositories, and whether it runs for those alone. */
  home: { hosts: RegExp; only?: true } | undefined;
  /**
   * If a job gets identity tokens that are the same for every release: issuer and subject, what must be done first, the only
   * audience that they can have (absent: any), and whether the public Sigstore accepts them.
   */
  identity: { issuer: string; subject: string; before?: string; audience?: string; sigstore: boolean } | undefined;
  /** The values that it knows about its own run, in its own syntax for values of the environment. */
  context: { [what in CiContext]?: string } & { tag: string };
  /** What it calls a part of a pipeline that has its own environment, if not a job. */
  unit?: string;
  /** What `Secret.own` calls its platform. */
  platform?: string;
  /** Lines of .gitignore for what it keeps in the project's folder. */
  ignore?: string[];
  /** What it gives to the job that builds, and cannot keep from it, as a sentence of docs/release.md. */
  limits?: string;
  /** What has to be set up outside of its files: for changes, as a sentence of the README, and for releases, of docs/release.md. */
  outside?: { changes: string; releases?: string };
  render(plan: Plan): File[];
}

/** An editor: prints its own files from the plan. */
export interface Editor extends Option {
  /** Its files call the tasks. */
  callsTasks?: true;
  /** A paragraph for the start of the README. */
  start?: string;
  /** The files in the folder of each module. */
  render(plan: Plan): File[];
  /** The files that a project has once, at its root. @param plans those of its modules */
  root(choices: Choices, plans: readonly Plan[]): File[];
}
