/**
 * `generator-wasm doctor`: examines a project's tools, pins, CI files, secrets and repository, and prints what to do with the
 * commands. It changes nothing. Findings make the exit code 1 and come first; notes come last.
 */

import { type Dirent, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { axes, find } from '../catalog/axes.ts';
import { version } from '../catalog/templates.ts';
import { forEachFolder } from '../change/outcome.ts';
import { type CommandResult, type Flags, helpFlag, helpOf, readFlags } from '../cli/command.ts';
import { recognise } from '../legacy/yo-wasm/recognise.ts';
import { moved } from '../legacy/yo-wasm/upgrade.ts';
import { shown } from '../lib/printable.ts';
import { quote } from '../lib/shell.ts';
import { and, count } from '../lib/words.ts';
import type { Remote } from '../model/axes.ts';
import type { Plan } from '../model/plan.ts';
import { compose } from '../plan/compose.ts';
import { joinPlans, moduleChoices } from '../plan/modules.ts';
import { ciFiles } from '../print/render.ts';
import { planAdopted } from '../project/adopted.ts';
import { gitOr, NoGit } from '../project/git.ts';
import { diffOf, folderOf, locate, NoRepository, pathsIn, readPresent } from '../project/location.ts';
import { isNewer, parseState, renderProject, stateText } from '../project/state.ts';
import { edited, examineDrift } from './findings/drift.ts';
import { type Examined, type Finding, type ProjectContext, topics } from './findings/finding.ts';
import { examinePins } from './findings/pins.ts';
import { examineRepository } from './findings/repository.ts';
import { examineDead } from './findings/retired.ts';
import { examineSecrets } from './findings/secrets.ts';
import { examineTools } from './findings/tools.ts';
import { examineGuests } from './findings/unbuilt.ts';

export const doctorFlags: Flags = {
  diff: { help: 'show your edits of CI files, as a diff' },
  short: { help: 'one line for each folder (the default for several folders)' },
  json: { help: 'one line of JSON for each folder' },
  ...helpFlag,
};

export const doctorUsage = (program: string): string =>
  helpOf(
    `${program} [folder…] [flags]`,
    [
      'Checks the tools, pins, CI files, secrets and repository of a project. Reports each problem with the command',
      'that fixes it, and changes nothing. Exits 1 if it found a problem, else 0.',
    ],
    doctorFlags,
  );

/** The result of the doctor in one folder. The keys are those of `--json`. */
interface DoctorResult {
  folder: string;
  outcome: 'fine' | 'problems found' | 'refused';
  /** Whether this program has written something here. */
  ours: boolean;
  findings: Finding[];
  /** What was looked at. */
  seen: string[];
  diff: string;
  code: number;
}

/** Examines each folder. Throws a UserError if the command line is wrong, or if there is one folder and it cannot be examined. */
export async function examine(
  argv: readonly string[],
  cwd: string,
  program = 'generator-wasm doctor',
): Promise<CommandResult> {
  const { positionals, has } = readFlags(argv, doctorFlags);
  if (has('help')) return { text: doctorUsage(program), code: 0 };
  const folders = positionals.length > 0 ? positionals : ['.'];
  const look = (folder: string) => inFolder(cwd, folder, program, has('diff'));
  if (folders.length === 1 && !has('json') && !has('short')) {
    const outcome = await look(folders[0] ?? '.');
    return { text: report(outcome), code: outcome.code };
  }
  return forEachFolder<DoctorResult>(folders, look, {
    json: has('json'),
    summary,
    refused: (folder, what) => ({
      folder,
      outcome: 'refused',
      ours: false,
      findings: [{ topic: 'repository', what }],
      seen: [],
      diff: '',
      code: 1,
    }),
  });
}

async function inFolder(cwd: string, folder: string, program: string, wantsDiff: boolean): Promise<DoctorResult> {
  const project = projectContext(cwd, folder, program);
  const dead = originally(project);
  const stranger: Examined[] = dead
    ? [dead]
    : project.saved
      ? []
      : [
          {
            findings: [
              {
                topic: 'repository',
                what: 'This project was not created by generator-wasm, so only general checks ran.',
                note: true,
              },
            ],
            seen: '',
          },
        ];
  // An upgrade fixes these, so they are not listed one by one.
  const died = dead ? [] : [examineDead];
  const examiners = [
    examineRepository,
    examineTools,
    examinePins,
    ...died,
    examineDrift,
    examineGuests,
    examineSecrets,
  ];
  const examined = [...stranger, ...examiners.map((look) => look(project))];
  const order = Object.keys(topics);
  const findings = examined
    .flatMap((one) => one.findings)
    .sort((a, b) => order.indexOf(a.topic) - order.indexOf(b.topic));
  const wants = findings.some(({ note }) => !note);
  return {
    folder,
    outcome: wants ? 'problems found' : 'fine',
    ours: project.saved !== undefined,
    findings,
    seen: examined.flatMap(({ seen }) => (/^0 |^$/.test(seen) ? [] : [seen])),
    diff: wantsDiff ? diff(project) : '',
    code: wants ? 1 : 0,
  };
}

/** The finding for a project of the original yo-wasm that an upgrade would repair. */
function originally({ paths, text, command }: ProjectContext): Examined | undefined {
  const folder = { paths, text: (path: string) => text(path) ?? '' };
  const original = recognise(folder);
  if (!original || moved(folder, original).texts.size === 0) return undefined;
  const what = `This is a project of the original yo-wasm, ${original.what}. Parts of it no longer work.`;
  return { findings: [{ topic: 'repository', what, command: command('upgrade') }], seen: '' };
}

/** The diff that restoring the edited CI files would apply. */
function diff(project: ProjectContext): string {
  const paths = edited(project);
  const back = project.written.filter(({ path }) => paths.includes(path));
  if (back.length === 0) return '';
  return diffOf(
    project.root,
    back.map(({ path, text }) => ({ path, data: Buffer.from(text) })),
  );
}

/** Reads all that the doctor needs to know about a folder. Throws a UserError if there is none, or its saved state is invalid. */
export function projectContext(cwd: string, shown: string, program: string): ProjectContext {
  const root = folderOf(cwd, shown);
  let location: ProjectContext['location'];
  try {
    location = locate(cwd, shown);
  } catch (error) {
    if (!(error instanceof NoRepository || error instanceof NoGit)) throw error;
  }
  const saved = parseState(stateText(root));
  const command = (words: string) => `${program.replace(/doctor$/, '')}${words}`;
  const parts = saved ? plansOf(saved) : [];
  const plan = saved?.choices?.module
    ? joinPlans(
        saved.choices,
        parts.map((part) => part.plan),
      )
    : parts[0]?.plan;
  const written = saved ? renderProject(saved) : [];
  const user = (path: string) => readPresent(root, path);
  return {
    root,
    command,
    location,
    saved,
    renew: renewal(saved, command),
    plan,
    parts,
    written,
    ci: ciOf(plan, saved?.adopted?.instead ?? {}),
    user,
    text(path) {
      const there = user(path);
      return there && 'data' in there ? (there.text ?? '').replaceAll('\r\n', '\n') : undefined;
    },
    paths: location ? pathsIn(root) : walk(root),
    remotes: location ? remotesOf(root) : [],
  };
}

/** The command that upgrades a project; undefined if this version wrote it. */
function renewal(saved: ProjectContext['saved'], command: ProjectContext['command']): string | undefined {
  return saved && isNewer(version, saved.version) ? command('upgrade') : undefined;
}

/** The plan of a project, or those of its modules. */
function plansOf({ choices, adopted }: NonNullable<ProjectContext['saved']>): ProjectContext['parts'] {
  if (adopted) return [{ plan: planAdopted(adopted), dir: '.' }];
  if (!choices) return [];
  if (!choices.module) return [{ plan: compose(choices), dir: '.' }];
  return moduleChoices(choices).map((one) => ({ plan: compose(one), dir: one.name }));
}

/** The CI files as this version would write them. */
function ciOf(plan: Plan | undefined, instead: Record<string, string>): ProjectContext['ci'] {
  if (!plan) return [];
  const providers = plan.choices.ci.flatMap((id) => (id === 'none' ? [] : (find(axes.ci, id) ?? [])));
  const owners = new Map(
    providers.flatMap((provider) => provider.render(plan).map(({ path }) => [path, provider] as const)),
  );
  return ciFiles(plan)
    .map((file) => ({
      file: { ...file, path: instead[file.path] ?? file.path },
      provider: owners.get(file.path),
    }))
    .filter(({ file }) => file.path !== '');
}

/** The remotes of a repository, `origin` first. */
function remotesOf(root: string): Remote[] {
  const names = gitOr(root, 'remote').split('\n').filter(Boolean);
  return names
    .sort((a, b) => Number(b === 'origin') - Number(a === 'origin'))
    .flatMap((name) => {
      const url = gitOr(root, 'remote', 'get-url', name);
      const [, host, path] =
        /^[a-z+]+:\/\/(?:[^@/]+@)?([^/:]+)(?::\d+)?\/(.+)$/.exec(url) ??
        /^(?:[^@/]+@)?([^/:]+):(?!\/)(.+)$/.exec(url) ??
        [];
      if (!host || !path) return [];
      return [{ host: host.toLowerCase(), repository: path.replace(/\/+$/, '').replace(/\.git$/, '') }];
    });
}

/** The entries of a folder; empty if it cannot be read. */
function entriesOf(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}

/** The files of a folder that is not in a repository, four levels deep. */
function walk(root: string, below = '', depth = 4): string[] {
  return entriesOf(join(root, below)).flatMap((entry) => {
    const path = below === '' ? entry.name : `${below}/${entry.name}`;
    if (entry.isFile()) return [path];
    const isMade = /^(?:\.git|node_modules|vendor|target|build|dist|\.venv)$/.test(entry.name);
    return entry.isDirectory() && !isMade && depth > 0 ? walk(root, path, depth - 1) : [];
  });
}

/** The report of one folder. */
function report({ folder, findings, seen, diff }: DoctorResult): string {
  const wanted = findings.filter(({ note }) => !note);
  const notes = findings.filter(({ note }) => note);
  const blocks = Object.entries(topics).map(([topic, heading]) =>
    block(
      heading,
      wanted.filter((finding) => finding.topic === topic),
    ),
  );
  const looked = seen.length > 0 ? `Checked ${and(seen)}.` : '';
  const where = folder === '.' ? 'here' : `in ${shown(folder)}`;
  const sum =
    wanted.length === 0 ? `No problems found ${where}.` : `${count(wanted.length, 'problem')} found ${where}.`;
  return [
    ...blocks,
    block('Notes', notes),
    ...(diff ? [diff.trimEnd()] : []),
    [
      sum,
      looked,
      ...(folder === '.' || wanted.length === 0 ? [] : [`The commands are for that folder: cd ${quote(folder)}`]),
    ]
      .filter(Boolean)
      .join('\n'),
  ]
    .filter(Boolean)
    .join('\n\n');
}

/** Findings below a heading; those that the same command fixes are grouped above it. */
function block(heading: string, findings: readonly Finding[]): string {
  if (findings.length === 0) return '';
  const lines = findings.flatMap(({ what, command }, index) => [
    ...wrapped(shown(what)).map((part) => `  ${part}`),
    ...(command && command !== findings[index + 1]?.command ? command.split('\n').map((part) => `    ${part}`) : []),
  ]);
  return [heading, ...lines].join('\n');
}

/** Wraps a sentence for a terminal of 100 columns. */
function wrapped(text: string): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const longer = `${lines.at(-1) ?? ''} ${word}`;
    if (lines.length === 0 || longer.length > 96) lines.push(word);
    else lines[lines.length - 1] = longer;
  }
  return lines;
}

/** The result of one folder on one line. */
function summary({ folder, outcome, ours, findings }: DoctorResult): string {
  const wanted = findings.filter(({ note }) => !note);
  if (outcome === 'refused') return `${shown(folder)}: refused (${wanted[0]?.what})`;
  const parts = Object.entries(topics).flatMap(([topic, heading]) => {
    const number = wanted.filter((finding) => finding.topic === topic).length;
    return number > 0 ? [`${heading}: ${number}`] : [];
  });
  if (!ours) parts.unshift('not a project of generator-wasm');
  return `${shown(folder)}: ${outcome}${parts.length > 0 ? ` (${parts.join(', ')})` : ''}`;
}
