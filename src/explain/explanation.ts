/** What `explain` shows of a project. The keys are those of `--json`, and stay. */

import type { TaskName } from '../model/plan.ts';

/** A file of the project. */
export interface FileReference {
  /** Relative to the project, with `/`. */
  path: string;
  /** The line to open, from 1. */
  line?: number;
  exists: boolean;
}

export interface ExplainedModule {
  name: string;
  /** Relative to the project, `.` for its root. */
  folder: string;
  /** The proper name: `Rust`. */
  language: string;
  /** `HTTP component`; null in an existing project. */
  kind: string | null;
  /** The entry first. In an existing project, the manifest. */
  sources: FileReference[];
  build: {
    /** `make build`, or `make -f wasm.mk build`. */
    command: string;
    /** The shell lines that it runs. */
    runs: string[];
    /** The file that states them; null for a guess. */
    file: FileReference | null;
  };
  /** What the build writes, and the optimized module. `bytes` is null before a build. */
  artifacts: { path: string; bytes: number | null; maxBytes: number | null }[];
  contract: { file: FileReference; cases: number | null } | null;
  /** Null if the module is not pushed. */
  publish: { registry: string; image: string; isSigned: boolean; file: FileReference | null } | null;
  /** Null in an existing project. */
  host: {
    name: string;
    isLegacy: boolean;
    runsAt: string | null;
    isDeployed: boolean;
    file: FileReference | null;
  } | null;
  /** Why CI does not build it. */
  leftOut: string | null;
}

export interface ExplainedTask {
  name: string;
  /** The folder of its module, `.` for the root. */
  folder: string;
  help: string;
  /** Its line in the Makefile. */
  file: FileReference;
  /** Prerequisites: tasks, or files. */
  needs: string[];
  /** Tasks that its lines call: `ship` calls `push`. In the root of several modules: `api/push`. */
  calls: string[];
  /** Tasks that need or call it, in the same form. */
  calledBy: string[];
  /** The ids of the CI providers that call it. */
  ci: string[];
}

export interface ExplainedStep {
  task: TaskName;
  secrets: string[];
  variables: string[];
  /** The audience of the identity token that the step gets. */
  identity: string | null;
}

export interface ExplainedCi {
  id: string;
  name: string;
  /** `edited`: not as this version writes it. `foreign`: written by others. `planned`: `ci` would write it. */
  state: 'current' | 'edited' | 'foreign' | 'planned';
  files: FileReference[];
  /** `check` for each change; for a tag, `build` without secrets and then `publish`. */
  jobs: { name: 'check' | 'build' | 'publish'; steps: ExplainedStep[] }[];
  /** What a release needs, with the lines that store it. */
  needs: { name: string; help: string; kind: 'secret' | 'variable'; store: string }[];
}

/** What `ci` would do in an existing project. */
export interface Preview {
  command: string;
  writes: string[];
  /** Files that `ci` would merge with the user's. */
  merges: string[];
  /** Why `ci` would not write anything. */
  refused: string | null;
  notes: string[];
}

export interface Explanation {
  generator: 'generator-wasm explain';
  version: string;
  name: string;
  /** The absolute path of the project. */
  root: string;
  /** `created` by generator-wasm; `adopted`: it added CI; `found`: it has written nothing. */
  origin: 'created' | 'adopted' | 'found';
  /** The version that wrote the project. */
  writtenBy: string | null;
  modules: ExplainedModule[];
  tasks: ExplainedTask[];
  ci: ExplainedCi[];
  /** Only if `origin` is `found`. */
  preview: Preview | null;
  notes: string[];
}
