/** Secrets of a release: whether CI has them, can get them, or leaks them. */

import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { axes } from '../../catalog/axes.ts';
import { isInRepository } from '../../lib/outside.ts';
import { quote } from '../../lib/shell.ts';
import { and } from '../../lib/words.ts';
import type { CiProvider, Lists, Remote } from '../../model/axes.ts';
import { inputs, pipeline, requiredInputs } from '../../model/pipeline.ts';
import { gitOr } from '../../project/git.ts';
import { type Examined, type Finding, outputOf, type ProjectContext } from './finding.ts';

export function examineSecrets(project: ProjectContext): Examined {
  const { plan } = project;
  if (!plan) return { findings: [], seen: '' };
  const providers = axes.ci.filter(({ id }) => id !== 'none' && plan.choices.ci.includes(id));
  const findings = providers.flatMap((provider) => {
    const elsewhere = foreign(project, provider);
    return elsewhere ? [elsewhere] : [...missingInputs(project, provider), ...tokens(project, provider)];
  });
  const needed = new Set(providers.flatMap((provider) => requiredInputs(plan, provider).map(({ name }) => name)));
  return {
    findings: [...findings, ...keys(project), ...open(project)],
    seen: needed.size > 0 ? 'the secrets of a release' : '',
  };
}

/** The remote that a provider runs for, if known. */
const remoteOf = ({ remotes }: ProjectContext, { home }: CiProvider): Remote | undefined =>
  remotes.find(({ host }) => home?.hosts.test(host)) ?? (home?.only ? undefined : remotes[0]);

/** The finding for a provider that runs only on its own platform, if all remotes are on another. */
function foreign({ remotes, plan, command }: ProjectContext, provider: CiProvider): Finding | undefined {
  if (!provider.home?.only || remotes.some(({ host }) => provider.home?.hosts.test(host))) return undefined;
  for (const { host } of remotes) {
    const other = axes.ci.find((one: CiProvider) => one.home?.hosts.test(host));
    if (!other) continue;
    const ids = plan?.choices.ci.map((id) => (id === provider.id ? other.id : id)) ?? [];
    return {
      topic: 'ci',
      what: `${provider.label} only runs for repositories on its own platform, and this one is on ${host}. Use ${other.label}.`,
      command: command(`ci ${[...new Set(ids)].join()}`),
    };
  }
  return undefined;
}

/** Secrets and settings that the provider lacks, or may lack. */
function missingInputs(project: ProjectContext, provider: CiProvider): Finding[] {
  const { plan, root } = project;
  const needed = plan ? requiredInputs(plan, provider) : [];
  const remote = remoteOf(project, provider);
  const lists = remote && isPlain(remote.repository) ? provider.store?.lists?.(remote) : undefined;
  const isLoggedIn = remote && lists && mayAsk(lists, remote, root);
  const ask = (kind: Input['kind']) =>
    isLoggedIn && needed.some((one) => one.kind === kind) ? storedNames(lists, kind, root) : undefined;
  const stored = { secret: ask('secret'), variable: ask('variable') };

  const findings: Finding[] = [];
  const missing = needed.filter(({ kind, name }) => stored[kind] && !stored[kind].has(name));
  if (missing.length > 0)
    findings.push({
      topic: 'secrets',
      what: `A release by ${provider.label} is missing ${namesOf(missing)}. docs/release.md describes each.`,
      command: [...(lists ? commandForNeeds(lists, root) : []), ...commandsToStore(missing, provider, remote)].join(
        '\n',
      ),
    });
  const unchecked = needed.filter(({ kind }) => !stored[kind]);
  if (unchecked.length > 0) {
    const why =
      lists && !isLoggedIn
        ? `They were not checked, because you are not logged in to ${remote?.host}. If you trust it: ${lists.login}.`
        : 'They cannot be checked from here; docs/release.md describes each.';
    findings.push({
      topic: 'secrets',
      what: `A release by ${provider.label} needs ${namesOf(unchecked)}. ${why}`,
      command: commandsToStore(unchecked, provider, remote).join('\n'),
      note: true,
    });
  }
  return findings;
}

type Input = ReturnType<typeof requiredInputs>[number];

const namesOf = (needed: readonly Input[]) => and(needed.map(({ name }) => name));

function commandsToStore(needed: readonly Input[], { store }: CiProvider, remote: Remote | undefined): string[] {
  const commands = needed.flatMap(({ name, kind }) => {
    const command = kind === 'secret' ? store?.secret : store?.setting;
    return command?.(name, remote) ?? [];
  });
  return [...(store?.before ? [store.before] : []), ...new Set(commands)];
}

/** The names that the CI has; undefined if they cannot be listed. */
function storedNames(lists: Lists, kind: Input['kind'], root: string): Set<string> | undefined {
  const queries = kind === 'secret' ? lists.secrets : lists.settings;
  const outputs = queries.map((args) => outputOf(root, lists.program, args, lists.env));
  // The user may lack the right to read one of the lists.
  if (outputs.every((output) => output === undefined)) return undefined;
  const lines = outputs.flatMap((output) => output?.split('\n') ?? []);
  return new Set(lines.flatMap((line) => line.trim().split(/\s/)[0] || []));
}

/** The command that creates what must exist before a value can be stored, if it does not. */
function commandForNeeds({ program, env, needs }: Lists, root: string): string[] {
  return needs && outputOf(root, program, needs.args, env) === undefined ? [needs.command] : [];
}

/** Whether a repository name has only characters that GitHub and GitLab allow, so that it is safe as an argument. */
const isPlain = (repository: string) => /^[\w.~-]+(?:\/[\w.~-]+)+$/.test(repository);

/** Whether a program may send the user's token to the host of a remote: only if the user is logged in there. */
function mayAsk({ home, hosts: { files, table } }: Lists, { host }: Remote, root: string): boolean {
  const isKnown = (path: string) => {
    if (isInRepository(path, root)) return false;
    try {
      const config: unknown = parse(readFileSync(path, 'utf8'));
      const hosts = table === undefined ? config : (config as Record<string, unknown> | null)?.[table];
      return typeof hosts === 'object' && hosts !== null && Object.hasOwn(hosts, host);
    } catch {
      return false;
    }
  };
  return host === home || files.some(isKnown);
}

/** The finding for a namespace that the job's own token cannot push to. */
function tokens(project: ProjectContext, provider: CiProvider): Finding[] {
  const { plan, command } = project;
  const remote = remoteOf(project, provider);
  if (!plan || !remote) return [];
  const { registry, namespace } = plan.choices;
  for (const task of pipeline(plan, 'publish'))
    for (const { own } of inputs(plan, task, provider).secrets) {
      const below = own?.platform === provider.platform && own?.below?.(remote.repository);
      if (!below || namespace === below || namespace.startsWith(`${below}/`)) continue;
      return [
        {
          topic: 'secrets',
          what: `${provider.label} pushes with the job's own token, which can write to ${below} but not to ${namespace}. Push there, or set another token in the release file.`,
          command: command(`registry ${registry} --namespace ${below}`),
        },
      ];
    }
  return [];
}

/** Whether the signing key of releases and the committed cosign.pub match. */
function keys({ plan, parts, text, ci }: ProjectContext): Finding[] {
  if (!plan || plan.choices.ci.includes('none')) return [];
  const folders = parts.filter((part) => part.plan.tasks.sign).map(({ dir }) => dir);
  const keyIn = (dir: string) => (dir === '.' ? 'cosign.pub' : `${dir}/cosign.pub`);
  const withKey = folders.filter((dir) => text(keyIn(dir)) !== undefined);
  const [source] = withKey;
  if (plan.keyless) {
    const usesKey = ci.some(({ file }) => text(file.path)?.includes('COSIGN_PRIVATE_KEY'));
    if (source === undefined || usesKey) return [];
    return [
      {
        topic: 'secrets',
        path: keyIn(source),
        what: 'cosign.pub exists, so releases must be signed with its key, but this CI signs without a key. A release fails.',
        command: `git rm ${withKey.map((dir) => quote(keyIn(dir))).join(' ')}`,
      },
    ];
  }
  const missing = folders.filter((dir) => !withKey.includes(dir));
  const [first] = missing;
  if (first === undefined) return [];
  // One key pair signs every module.
  const create = first === '.' ? 'cosign generate-key-pair' : `(cd ${quote(first)} && cosign generate-key-pair)`;
  const copies = missing
    .filter((dir) => dir !== (source ?? first))
    .map((dir) => `cp ${quote(keyIn(source ?? first))} ${quote(`${dir}/`)}`);
  const [are, them] = missing.length > 1 ? ['are', 'them'] : ['is', 'it'];
  return [
    {
      topic: 'secrets',
      path: keyIn(first),
      what: `A release is signed with a key, but ${and(missing.map(keyIn))} ${are} missing. Commit ${them}; keep cosign.key out of git, and store its text as COSIGN_PRIVATE_KEY.`,
      command: [...(source === undefined ? [create] : []), ...copies].join('\n'),
    },
  ];
}

/** Secret files that the generated .gitignore names but that are committed. */
function open({ root, location, written }: ProjectContext): Finding[] {
  if (!location) return [];
  const named = written
    .filter(({ path }) => /(?:^|\/)\.gitignore$/.test(path))
    .flatMap(({ path, text }) =>
      text
        .split('\n')
        .filter((line) => line.startsWith('/') && !line.endsWith('/'))
        .map((line) => `${path.slice(0, -'/.gitignore'.length)}${line}`.replace(/^\//, '')),
    );
  return named
    .filter((path) => gitOr(root, 'ls-files', '--', path) !== '')
    .map((path) => ({
      topic: 'secrets',
      path,
      what: `${path} is a secret and is committed: everyone with access to the repository can read it. Remove it, and replace the secret, since the old one stays in the history.`,
      command: `git rm --cached ${quote(path)}`,
    }));
}
