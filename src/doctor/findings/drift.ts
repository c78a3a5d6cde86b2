/**
 * Compares the CI files with the generated ones. Edits and deletions by the user are notes; what makes CI fail, or leaves it
 * without a file, is a finding.
 */

import { version } from '../../catalog/templates.ts';
import { quote } from '../../lib/shell.ts';
import { and, count } from '../../lib/words.ts';
import type { Examined, Finding, ProjectContext } from './finding.ts';

export function examineDrift(project: ProjectContext): Examined {
  const { ci, saved, renew } = project;
  if (!saved) return { findings: [], seen: '' };
  const seen = count(ci.length, 'CI file');
  const stale: Finding[] = renew
    ? [
        {
          topic: 'ci',
          what: `The project was written by generator-wasm ${saved.version}; this is ${version}. --diff shows the changes to the CI files.`,
          command: renew,
        },
      ]
    : compared(project);
  return { findings: [...stale, ...broken(project)], seen };
}

/** The paths of CI files that the user edited. */
export const edited = ({ ci, text }: ProjectContext): string[] =>
  ci.flatMap(({ file }) => {
    const user = text(file.path);
    return user === undefined || user === file.text ? [] : [file.path];
  });

function compared(project: ProjectContext): Finding[] {
  const { ci, user, command } = project;
  const gone = ci.filter(({ file }) => !user(file.path));
  const changed = edited(project);
  const lost = new Set(
    gone
      .map(({ provider }) => provider)
      .filter((provider) => provider && ci.every((one) => one.provider !== provider || gone.includes(one))),
  );
  return [
    ...[...lost].flatMap((provider): Finding[] => {
      const paths = gone.filter((one) => one.provider === provider).map(({ file }) => file.path);
      const [path] = paths;
      if (!provider || !path) return [];
      const what = `${provider.label} is chosen, but its files are missing. Restore them, or remove the provider: ${command(`ci --remove ${provider.id}`)}.`;
      const restore = paths.map((path) => command(`upgrade --restore ${quote(path)}`)).join('\n');
      return [{ topic: 'ci', path, what, command: restore }];
    }),
    ...gone
      .filter(({ provider }) => !lost.has(provider))
      .map(
        ({ file: { path } }): Finding => ({
          topic: 'ci',
          path,
          what: `You deleted ${path}. It stays deleted.`,
          command: command(`upgrade --restore ${quote(path)}`),
          note: true,
        }),
      ),
    ...ci.flatMap(({ file: { path } }): Finding[] => {
      const there = user(path);
      return there && 'blocked' in there
        ? [{ topic: 'ci', path, what: `${path} is ${there.blocked}, so it was not checked.`, note: true }]
        : [];
    }),
    ...changed.map(
      (path): Finding => ({
        topic: 'ci',
        path,
        what: `${path} has your own changes. They are kept.`,
        command: command('doctor --diff'),
        note: true,
      }),
    ),
  ];
}

/** Tasks that CI calls but no Makefile has, and files that a Makefile calls but that do not exist. */
function broken({ ci, parts, plan, text, written, user, command }: ProjectContext): Finding[] {
  if (!plan) return [];
  const root = plan.makefile ?? 'Makefile';
  const wanted = new Map<string, Set<string>>();
  const ask = (makefile: string, tasks: readonly string[]) => {
    const known = wanted.get(makefile) ?? new Set();
    for (const task of tasks) known.add(task);
    wanted.set(makefile, known);
  };
  for (const { file, provider } of ci) {
    const user = provider && text(file.path);
    if (!user) continue;
    const generated = new Set(callsOf(file.text).flatMap(({ tasks }) => tasks));
    // If a file changes folders, its lines do not tell which Makefile a task belongs to.
    const moves = /\bcd\s|working-?directory/i.test(user);
    for (const { file, dir, tasks } of callsOf(user))
      ask(dir ? `${dir}/Makefile` : (file ?? root), moves ? tasks.filter((task) => generated.has(task)) : tasks);
  }
  for (const { dir, tasks } of callsOf(text(root) ?? ''))
    if (dir && wanted.get(root)?.size && parts.some((part) => part.dir === dir)) ask(`${dir}/Makefile`, tasks);
  const findings: Finding[] = [];
  for (const [path, tasks] of wanted) {
    const makefile = text(path);
    if (makefile === undefined && !written.some((file) => file.path === path)) continue;
    const there = targetsOf(makefile ?? '');
    const missing = [...tasks].filter((task) => there && !there.has(task));
    if (missing.length === 0) continue;
    findings.push({
      topic: 'ci',
      path,
      what:
        makefile === undefined
          ? `CI calls ${path}, which does not exist, so its runs fail.`
          : `CI calls ${and(missing.map((task) => `make ${task}`))}, which ${path === 'Makefile' ? 'the Makefile' : path} no longer has, so its runs fail.`,
      command: command(`upgrade --restore ${quote(path)}`),
    });
  }
  for (const { path } of written) {
    const folder = parts.find(({ dir }) => dir !== '.' && path.startsWith(`${dir}/`))?.dir;
    const inside = folder ? path.slice(folder.length + 1) : path;
    if (!/^(?:scripts|contract)\//.test(inside) || user(path)) continue;
    const makefile = folder ? `${folder}/Makefile` : root;
    if (!text(makefile)?.includes(inside)) continue;
    findings.push({
      topic: 'ci',
      path,
      what: `${makefile} calls ${inside}, which does not exist.`,
      command: command(`upgrade --restore ${quote(path)}`),
    });
  }
  return findings;
}

/** Calls of make in a text: `make -f wasm.mk setup`, `$(MAKE) -C api build`. */
function callsOf(text: string): { file?: string; dir?: string; tasks: string[] }[] {
  return text.split('\n').flatMap((line) => {
    // A line this long is not a call of a task, and slow to search.
    if (line.length > 1000) return [];
    // Comments and names are prose; after a `cd`, the task belongs to another folder.
    if (/^\s*#|^[\s-]*(?:name|displayName):|\bcd\s/.test(line)) return [];
    const call = /(?:^|[\s'"&;(])(?:make|\$\(MAKE\))((?:\s+-[fC]\s*\S+)*)((?:\s+[a-z][\w-]*)+)/.exec(line);
    if (!call) return [];
    const [, options = '', tasks = ''] = call;
    const file = /-f\s*(\S+)/.exec(options)?.[1];
    const dir = /-C\s*(\S+)/.exec(options)?.[1];
    return [{ ...(file && { file }), ...(dir && { dir }), tasks: tasks.trim().split(/\s+/) }];
  });
}

/** The targets of a Makefile; undefined if its text does not tell them. */
function targetsOf(text: string): Set<string> | undefined {
  const lines = text.split('\n').filter((line) => !line.startsWith('\t'));
  const isPattern = (line: string) => /^[^#=:]*:/.exec(line)?.[0].includes('%');
  if (lines.some((line) => /^\s*[-s]?include\s|\$\(eval/.test(line) || isPattern(line))) return undefined;
  const rules = lines.map((line) => /^([^\s#:=][^#:=]*):(?![=:]?=)/.exec(line)?.[1] ?? '');
  return new Set(rules.flatMap((targets) => targets.trim().split(/\s+/)));
}
