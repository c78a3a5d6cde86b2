/**
 * An adopted repository: its projects, and the CI that it gets with what that CI needs. No file of the user is replaced: where a
 * path is taken, the generated file has another name or is left out.
 */
import { axes, find, keyless } from '../catalog/axes.ts';
import { preparation } from '../catalog/existing/preparation.ts';
import { resolveDir } from '../catalog/existing/statements.ts';
import { calledBy, namedTools } from '../catalog/existing/tools.ts';
import { mise, miseInstall } from '../catalog/tools.ts';
import { isInside } from '../lib/paths.ts';
import { isPrintable, shown } from '../lib/printable.ts';
import { quotePath } from '../lib/shell.ts';
import type { Beside, CiProvider, Facts, Folder } from '../model/axes.ts';
import type { Choices } from '../model/choices.ts';
import { type Contribution, emptyPlan, type Fetches, type File, type Plan, type TaskName } from '../model/plan.ts';
import { makefile } from '../print/makefile.ts';
import { ciFiles, mise as miseFile } from '../print/render.ts';

/** A project in a folder of an adopted repository. */
export interface Project {
  language: string;
  /** Relative to the repository, `.` for its root. */
  dir: string;
  facts: Facts;
}

/** The saved state of an adopted repository. */
export interface Adopted {
  ci: string[];
  /** The default branch. */
  branch: string;
  projects: Project[];
  /** Other names of generated files whose usual path is taken; an empty name leaves the file out. */
  instead: Record<string, string>;
  /** The folders of the chosen modules; absent means every detected one. */
  modules?: string[];
  fetches?: Fetches;
}

/** The longest path or name, in characters. Linux allows paths of 4,096 bytes. */
const longest = 1000;

/**
 * Why a project gets no CI, or undefined. A Makefile cannot name a file with a line feed in its name, and control characters in
 * CI files make them read differently than they are.
 */
export function unsupported({ language, dir, path = dir, facts }: Project & { path?: string }): string | undefined {
  const all = [dir, ...Object.values(facts)];
  const long = all.find((text) => text.length > longest);
  if (long !== undefined)
    return `Left out a project (${language}) in '${shown(dir.slice(0, 100))}': '${shown(long.slice(0, 100))}…' has ${long.length} characters; the limit is ${longest}. Use a shorter name.`;
  const name =
    all.find((text) => !isPrintable(text) || text.includes('\uFFFD')) ?? [dir, path].find((one) => !isInside(one));
  if (name === undefined) return undefined;
  return `Left out ${facts.what && shown(facts.what)} in '${shown(dir)}': '${shown(name)}' has characters that are not allowed in a Makefile or a CI file. Rename it, and run the command again.`;
}

/** The CI that this program detects in a repository: its own providers, and others that it writes no files for. */
const detected: Pick<CiProvider, 'label' | 'reads'>[] = [
  ...axes.ci,
  { label: 'Travis CI', reads: [/^\.travis\.yml$/] },
];

export const knownCi = (paths: readonly string[]): string[] =>
  detected.flatMap(({ label, reads }) => (paths.some((path) => reads.some((file) => file.test(path))) ? [label] : []));

/** The configuration files of dependency bots. A repository needs only one. */
const bots = /^(?:\.github\/dependabot\.ya?ml|.*renovate(?:rc)?(?:\.json5?)?)$/;

/** The generated files that have another name, or none, if the user's file has the path. */
const alternatives: Beside[] = [
  { path: 'Makefile', taken: /^(?:GNUm|m|M)akefile$/, instead: 'wasm.mk' },
  {
    path: 'mise.toml',
    taken: /^(?:\.?mise\.toml|\.?mise\/config\.toml|\.config\/mise\.toml|\.config\/mise\/config\.toml)$/,
    instead: '.config/mise/conf.d/wasm.toml',
  },
  ...axes.ci.flatMap(({ beside }) => beside),
  { path: '.github/dependabot.yml', taken: bots, instead: '' },
  { path: 'renovate.json', taken: bots, instead: '' },
];

/** What the owner of a repository has to do for these generated files. */
export const nextSteps = (written: readonly string[]): string[] =>
  alternatives.flatMap(({ instead, next }) => (next && written.includes(instead) ? [`${instead}: ${next}`] : []));

/** Whether generated files have only names that `insteadOf()` returns, because commands of CI contain them. */
export const isInstead = (instead: Record<string, string>): boolean =>
  Object.entries(instead).every(([path, name]) =>
    alternatives.some((one) => one.path === path && one.instead === name),
  );

/** Every path that a generated file may have. */
export const generatedPaths: readonly string[] = alternatives
  .flatMap(({ path, instead }) => [path, instead])
  .filter(Boolean);

/** The other names of generated files whose usual path is taken or ignored by git. */
export const insteadOf = (paths: readonly string[], ignores: (path: string) => boolean): Adopted['instead'] =>
  Object.fromEntries(
    alternatives.flatMap(({ path, taken, instead }) =>
      paths.some((one) => (taken ? taken.test(one) : one === path)) ||
      (instead !== '' && ignores(path) && !ignores(instead))
        ? [[path, instead]]
        : [],
    ),
  );

/** What a checkout of a repository with these files has to fetch. */
export function fetchesOf({ paths, text }: Folder): Fetches {
  const lfs = paths.some((path) => /(?:^|\/)\.gitattributes$/.test(path) && /^[^#\n]*\bfilter=lfs\b/m.test(text(path)));
  const submodules = /^\s*path\s*=/m.test(text('.gitmodules'));
  return { ...(submodules && { submodules }), ...(lfs && { lfs }) };
}

const tasksOf: [TaskName, string][] = [
  ['setup', 'Install the dependencies of the build'],
  ['lint', 'Check formatting and lint'],
  ['build', 'Compile'],
  ['test', 'Run the tests'],
];

/** The files that an adopted repository gets. Pure. */
export function renderAdopted(adopted: Adopted): File[] {
  const { ci, instead } = adopted;
  if (ci.every((id) => id === 'none')) return [];
  const plan = planAdopted(adopted);
  return [makefile(plan), ...miseFile(plan), ...ciFiles(plan)]
    .map((file) => ({ ...file, path: instead[file.path] ?? file.path }))
    .filter(({ path }) => path !== '');
}

/** A shell line that runs in a folder. A leading `cd ..` is resolved against that folder. */
function inFolder(dir: string, line: string): string {
  const hidden = line.startsWith('@') ? '@' : '';
  const [, up, rest] = /^cd ((?:\.\.\/?)+) && (.+)$/.exec(line) ?? [];
  const folder = up === undefined ? dir : (resolveDir(dir, up) ?? dir);
  const command = rest ?? line.slice(hidden.length);
  return folder === '' ? `${hidden}${command}` : `${hidden}cd ${quotePath(folder)} && ${command}`;
}

/** The plan of an adopted repository: the tasks of its projects, and their tools. */
export function planAdopted({ ci, branch, projects, instead, fetches }: Adopted): Plan {
  const contributions = projects.flatMap(({ language, dir, facts }): { contribution: Contribution; dir: string }[] => {
    const existing = find(axes.language, language)?.existing;
    if (!existing) return [];
    const contribution = existing.contribute(facts);
    const prepared = preparation(facts);
    const setup = [...(contribution.tasks?.setup?.run ?? []), ...(prepared?.run ?? [])];
    const called = [facts.command ?? '', ...(prepared?.run ?? [])].flatMap(calledBy);
    return [
      {
        contribution: {
          ...contribution,
          tasks: { ...contribution.tasks, ...(prepared && { setup: { help: '', run: setup } }) },
          tools: [...(contribution.tools ?? []), ...called, ...namedTools(facts.tools ?? '')],
        },
        dir,
      },
    ];
  });
  const tools = [
    ...new Map(
      contributions.flatMap(({ contribution }) => contribution.tools ?? []).map((tool) => [tool.command, tool]),
    ).values(),
  ];
  const usesMise = tools.some((tool) => tool.mise);
  const tasks: Plan['tasks'] = {};
  for (const [name, help] of tasksOf) {
    const run = contributions.flatMap(({ contribution, dir }) =>
      (contribution.tasks?.[name]?.run ?? []).map((line) => inFolder(dir === '.' ? '' : dir, line)),
    );
    // Several modules of one folder share the lines that lint and test.
    const all = [...new Set([...(name === 'setup' && usesMise ? miseInstall : []), ...run])];
    if (all.length > 0) tasks[name] = { help, run: all, secrets: [], settings: [] };
  }
  const makefileName = instead.Makefile;
  return {
    ...emptyPlan,
    choices: { ci } as Choices,
    ...(makefileName && { makefile: makefileName }),
    ...(instead['.gitlab-ci.yml'] && { isIncluded: true }),
    branch,
    ...(fetches && { fetches }),
    keyless: keyless(ci),
    modules: [],
    tasks,
    tools: usesMise ? [mise, ...tools] : tools,
    ecosystems: [
      ...(usesMise ? [{ ecosystem: 'mise', directory: '/' }] : []),
      ...new Map(
        contributions.flatMap(({ contribution, dir }) =>
          (contribution.ecosystems ?? []).map((ecosystem) => {
            const one = { ecosystem, directory: dir === '.' ? '/' : `/${dir}` };
            return [`${ecosystem} ${one.directory}`, one] as const;
          }),
        ),
      ).values(),
    ],
  };
}
