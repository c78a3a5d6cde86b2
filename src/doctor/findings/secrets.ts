/** Secrets of a release: whether CI has them, can get them, or leaks them. */

import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
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
  const all = plan ? requiredInputs(plan, provider) : [];
  if (all.length === 0) return [];
  const remote = remoteOf(project, provider);
  const program = remote && isPlain(remote.repository) ? provider.store?.lists?.(remote) : undefined;
  const isTrusted = remote && program && mayAsk(program, remote, root);
  const lists = isTrusted ? program : undefined;
  const names = (which: 'secrets' | 'settings'): Set<string> | undefined => {
    if (!lists) return undefined;
    const outputs = lists[which].map((args) => outputOf(root, lists.program, args, lists.env));
    // The user may lack the right to read one of the lists.
    if (outputs.every((output) => output === undefined)) return undefined;
    return new Set(
      outputs.flatMap((output) => (output ?? '').split('\n').flatMap((line) => line.trim().split(/\s/)[0] || [])),
    );
  };
  const there = {
    secret: names('secrets'),
    variable: all.some(({ kind }) => kind === 'variable') && names('settings'),
  };
  const findings: Finding[] = [];
  const report = (these: typeof all, what: (names: string) => string, note: boolean) => {
    if (these.length === 0) return;
    const { store } = provider;
    const commands = these.flatMap(
      ({ name, kind }) => store?.[kind === 'secret' ? 'secret' : 'setting'](name, remote) ?? [],
    );
    const lacks = lists?.needs && !note && outputOf(root, lists.program, lists.needs.args, lists.env) === undefined;
    findings.push({
      topic: 'secrets',
      what: what(and(these.map(({ name }) => name))),
      command: [
        ...(lacks && lists.needs ? [lists.needs.command] : []),
        ...(store?.before ? [store.before] : []),
        ...new Set(commands),
      ].join('\n'),
      ...(note && { note }),
    });
  };
  report(
    all.filter(({ kind, name }) => there[kind] && !there[kind].has(name)),
    (names) => `A release by ${provider.label} is missing ${names}. The README describes each.`,
    false,
  );
  report(
    all.filter(({ kind }) => !there[kind]),
    (names) =>
      `A release by ${provider.label} needs ${names}. ${
        program && !isTrusted
          ? `They were not checked, because you are not logged in to ${remote?.host}. If you trust it: ${program.login}.`
          : 'They cannot be checked from here; the README describes each.'
      }`,
    true,
  );
  return findings;
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
  const signing = parts.filter((part) => part.plan.tasks.sign).map(({ dir }) => (dir === '.' ? '' : `${dir}/`));
  const [first] = signing;
  if (first === undefined) return [];
  const having = signing.filter((dir) => text(`${dir}cosign.pub`) !== undefined);
  if (plan.keyless && having.length > 0 && !ci.some(({ file }) => text(file.path)?.includes('COSIGN_PRIVATE_KEY')))
    return [
      {
        topic: 'secrets',
        path: `${having[0]}cosign.pub`,
        what: 'cosign.pub exists, so releases must be signed with its key, but this CI signs without a key. A release fails.',
        command: `git rm ${having.map((dir) => quote(`${dir}cosign.pub`)).join(' ')}`,
      },
    ];
  const lacking = signing.filter((dir) => !having.includes(dir));
  if (plan.keyless || lacking.length === 0) return [];
  const [from] = having;
  const make =
    first === '' ? 'cosign generate-key-pair' : `(cd ${quote(dirname(`${first}x`))} && cosign generate-key-pair)`;
  const source = from ?? first;
  return [
    {
      topic: 'secrets',
      path: `${lacking[0]}cosign.pub`,
      what: `A release is signed with a key, but ${and(lacking.map((dir) => `${dir}cosign.pub`))} ${lacking.length > 1 ? 'are' : 'is'} missing. Commit ${lacking.length > 1 ? 'them' : 'it'}; keep cosign.key out of git, and store its text as COSIGN_PRIVATE_KEY.`,
      command: [
        ...(from === undefined ? [make] : []),
        ...lacking.filter((dir) => dir !== source).map((dir) => `cp ${quote(`${source}cosign.pub`)} ${quote(dir)}`),
      ].join('\n'),
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
