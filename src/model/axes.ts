/** What each value of an axis has to say about itself: a language, a registry, a host, a CI provider, an editor. */

import type { Choices, Kind, Option, Protocol } from './choices.ts';
import type { Built, CiContext, Contribution, File, Plan } from './plan.ts';

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
