/** What a user chooses, and how a value of a question is shown. */

/**
 * What a module is: `command`, a console or batch program, or `wagi`, a CGI handler for WAGI, both WASI 0.1 programs with
 * `_start`; or `http`, a component with `wasi:http` of WASI 0.2.
 */
export type Kind = 'command' | 'wagi' | 'http';

/** How a module is distributed: as an artifact in an OCI registry, or as a parcel of a signed bindle. */
export type Protocol = 'oci' | 'bindle';

/** A change of generated files, which an upgrade explains. */
export interface Change {
  /** The first version with the change. */
  version: string;
  /** The files that change, as paths of a module. */
  files: string[];
  /** What it is and why, as sentences. */
  why: string;
  /** Only in adopted repositories. */
  adopted?: true;
  /** Only in projects of several modules. */
  modules?: true;
}

/** One value of a question, as the prompt, `--help` and the README show it. */
export interface Option {
  id: string;
  /** The proper name: `AssemblyScript`. */
  label: string;
  /** Other words that people type for the id, in lower case. */
  aliases?: string[];
  /** One short line of help. */
  help: string;
  /** `legacy`: no longer maintained. */
  status: 'current' | 'legacy';
  /** The state of a legacy value in a few words, for the prompt. */
  ended?: string;
  /** What the end-to-end tests do with it, for docs/support.md. */
  ran?: string;
  /** What they cannot test, and why. The projects of a language or host with this have no end-to-end tests. */
  notRun?: string;
  /** Changes in the files of projects with this value, newest first. */
  changes?: Change[];
}

/** What the user chose. It is saved with the version in `.yo-rc.json`. */
export interface Choices {
  name: string;
  /** `NAME:LANGUAGE:KIND[:HOST]` of each of several modules; `language`, `kind` and `host` are then those of the first. */
  module?: string[];
  author: string;
  license: string;
  language: string;
  kind: Kind;
  host: string;
  registry: string;
  /** `HOST[:PORT]/PATH`; empty if the registry is `none`. */
  namespace: string;
  /** An option of the registry Bindle. */
  hippofacts?: string;
  ci: string[];
  editor: string;
}
