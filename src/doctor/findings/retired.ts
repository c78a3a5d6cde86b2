/** Actions, runner images and targets that were retired, in any workflow and any Rust project. */
import { action } from '../../catalog/actions.ts';
import { quote } from '../../lib/shell.ts';
import { count } from '../../lib/words.ts';
import type { Examined, Finding, ProjectContext } from './finding.ts';
import { isOlder } from './versions.ts';

interface Dead {
  action: RegExp;
  /** Only versions before this one; absent means all. */
  before?: string;
  /** The end of a sentence that begins with the action and its version. */
  why: string;
  /** The replacement: a pinned action, or a line. */
  instead: string | { line: string };
}

/** GitHub ended the service behind these actions: a run that uses one fails. */
const fails = 'is refused by GitHub, so the run fails';
/** Actions for Node 12 and 16: since 2024 the runners start them with a newer Node. */
const unmade = 'needs a Node.js version that the runners no longer have';

/** Retired on GitHub. Some still work elsewhere, such as artifacts of v3 on Forgejo. */
const actions: Dead[] = [
  // https://github.blog/changelog/2024-02-13-deprecation-notice-v1-and-v2-of-the-artifact-actions and 2024-04-16 for v3.
  { action: /^actions\/upload-artifact$/, before: '4', why: fails, instead: 'actions/upload-artifact' },
  { action: /^actions\/download-artifact$/, before: '4', why: fails, instead: 'actions/download-artifact' },
  // https://github.com/actions/cache/releases/tag/v4.2.0: all but v3.4.0, v4.2.0 and newer; the tags v3 and v4 are newer.
  { action: /^actions\/cache(?:\/.*)?$/, before: '3', why: fails, instead: 'actions/cache' },
  // https://github.blog/changelog/2023-09-22-github-actions-transitioning-from-node-16-to-node-20
  { action: /^actions\/cache(?:\/.*)?$/, before: '4', why: unmade, instead: 'actions/cache' },
  { action: /^actions\/checkout$/, before: '4', why: unmade, instead: 'actions/checkout' },
  { action: /^actions\/setup-node$/, before: '4', why: unmade, instead: 'actions/setup-node' },
  // https://github.com/actions-rs/toolchain/issues/216; the repositories are archived since 2023.
  {
    action: /^actions-rs\/toolchain$/,
    why: 'has had no maintainer since 2020. The runners have rustup',
    instead: { line: 'run: rustup toolchain install stable --profile minimal' },
  },
  {
    action: /^actions-rs\//,
    why: 'has had no maintainer since 2020. Call cargo itself',
    instead: { line: 'run: cargo build --release' },
  },
];

/** Releases of actions/cache that GitHub refuses, although it accepts newer ones of the same major version. */
const refusedCache = (version: string) =>
  /\./.test(version) &&
  ((/^3/.test(version) && isOlder(version, '3.4')) || (/^4/.test(version) && isOlder(version, '4.2')));

/** Removed runner images of GitHub, with their replacement: https://github.com/actions/runner-images/issues/6002, 9255, 10721, 11101, 12045, 13046. */
const machines: Record<string, string> = {
  'ubuntu-18.04': 'ubuntu-24.04',
  'ubuntu-20.04': 'ubuntu-24.04',
  'macos-11': 'macos-15',
  'macos-12': 'macos-15',
  'macos-13': 'macos-15',
  'windows-2019': 'windows-2022',
};

const workflow = /^\.github\/(?:workflows\/[^/]+|actions\/(?:.+\/)?action)\.ya?ml$/;
/** Files that set the target of cargo or rustup, and files that may call them. */
const forCargo = /(?:^|\/)(?:\.cargo\/config(?:\.toml)?|rust-toolchain(?:\.toml)?)$/;
const mayCall =
  /(?:^|\/)(?:Cargo\.toml|(?:GNUm|m|M)akefile|[^/]*\.mk|[jJ]ustfile|Dockerfile[^/]*|[^/]*\.(?:sh|ya?ml|toml)|HIPPOFACTS|Jenkinsfile|\.vscode\/[^/]+\.json)$/;
/** Rust 1.84 removed it: https://github.com/rust-lang/rust/pull/132562. clang and Zig still have a target of that name. */
const oldTarget = /wasm32-wasi(?![\w-])/;
const ofRust = /cargo|rustc|rustup|target\/wasm32-wasi\/|\btargets?\s*[:=]\s*["'[]*wasm32-wasi(?![\w-])/i;
const ofOthers = /clang|zig|tinygo/;

export function examineDead({ paths, text }: ProjectContext): Examined {
  const workflows = paths.filter((path) => workflow.test(path));
  const findings = [...workflows.flatMap((path) => inWorkflow(path, text(path) ?? '')), ...oldTargets(paths, text)];
  return { findings, seen: count(workflows.length, 'workflow') };
}

function inWorkflow(path: string, text: string): Finding[] {
  const findings = new Map<string, Finding>();
  const add = (what: string, command: string) =>
    findings.set(what, { topic: 'ci', path, what: `${path}: ${what}`, command });
  for (const line of text.split('\n')) {
    const [, name = '', ref = '', comment] =
      /^[\s-]*uses:\s*['"]?([\w.-]+\/[\w./-]+)@([\w./-]+)['"]?(?:\s+#\s*(\S+))?/.exec(line) ?? [];
    const version = /^v?\d+(?:\.\d+)*$/.test(ref) ? ref : (comment ?? '');
    const dead = actions.find(
      ({ action, before }) =>
        action.test(name) && (before === undefined || (version !== '' && isOlder(version, before))),
    );
    const instead = (name: string) => {
      const { uses, version } = action(name);
      return `uses: ${uses} # ${version}`;
    };
    if (/^actions\/cache(?:\/|$)/.test(name) && refusedCache(version.replace(/^v/, '')))
      add(`${name}@${version} ${fails}. Write:`, instead('actions/cache').replace('actions/cache', name));
    else if (dead) {
      const line =
        typeof dead.instead === 'string' ? instead(dead.instead).replace(dead.instead, name) : dead.instead.line;
      add(`${name}${version ? `@${version}` : ''} ${dead.why}. Write:`, line);
    }
    const [, machine = ''] = /^[\s-]*runs-on:\s*['"]?([\w.-]+)/.exec(line) ?? [];
    const newer = machines[machine];
    if (newer) add(`GitHub removed the runner image ${machine}, so the job never starts. Write:`, `runs-on: ${newer}`);
  }
  return [...findings.values()];
}

/** Places where a Rust project still names the target `wasm32-wasi`. */
function oldTargets(paths: readonly string[], text: ProjectContext['text']): Finding[] {
  if (!paths.some((path) => /(?:^|\/)Cargo\.toml$/.test(path))) return [];
  return paths
    .filter((path) => {
      if (!forCargo.test(path) && !mayCall.test(path)) return false;
      const lines = (text(path) ?? '').split('\n');
      return lines.some(
        (line) => oldTarget.test(line) && (forCargo.test(path) || (ofRust.test(line) && !ofOthers.test(line))),
      );
    })
    .map((path) => ({
      topic: 'pins',
      path,
      what: `${path} uses the target wasm32-wasi, which Rust 1.84 removed. Its new name is wasm32-wasip1.`,
      command: `perl -pi -e 's/wasm32-wasi(?![\\w-])/wasm32-wasip1/g' ${quote(path)}`,
    }));
}
