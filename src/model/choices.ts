/** What a user chooses, and how a value of a question is shown. */

/**
 * What a module is: a console or batch program, or a CGI handler as WAGI runs it, both WASI 0.1 programs with `_start`;
 * or a web handler that is a component, `wasi:http` of WASI 0.2.
 */
export type Kind = 'command' | 'wagi' | 'http';

/** How a module travels to where it runs: as an artifact of an OCI registry, or as a parcel of a signed bindle. */
export type Protocol = 'oci' | 'bindle';

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
