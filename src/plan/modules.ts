/** Several modules in one project: each is a project in its own folder; CI, secrets and shared files are at the root. */
import { axes, find, idOf, keyless } from '../catalog/axes.ts';
import { literally } from '../lib/words.ts';
import type { Choices, Kind, Option } from '../model/choices.ts';
import { emptyPlan, type File, type Plan, type SharedFile, type TaskName } from '../model/plan.ts';
import { choiceOf } from './values.ts';

/** What one `--module` says. */
type ModuleSpec = Pick<Choices, 'name' | 'language' | 'kind' | 'host'>;

/** The choices that differ by module. */
export const moduleKeys = ['language', 'kind', 'host'] as const;

const form = 'NAME:LANGUAGE:KIND[:HOST], for example api:rust:wagi';

/** Parses `api:rust:wagi`, or returns an error message. The default host is the first that runs the kind. */
export function parseModule(spec: string): ModuleSpec | string {
  const [name = '', language = '', kind = '', host, ...more] = spec.split(':');
  if (!name || !language || !kind || host === '' || more.length > 0)
    return `Module '${spec}' is not valid. Write ${form}.`;
  const unknown = (key: string, value: string, options: readonly Option[]): string[] =>
    find(options, value) ? [] : [`Module '${spec}' has an unknown ${key} '${value}'. ${choiceOf(options, value)}`];
  const [problem] = [
    ...unknown('language', language, axes.language),
    ...unknown('kind', kind, axes.kind),
    ...(host === undefined ? [] : unknown('host', host, axes.host)),
  ];
  if (problem) return problem;
  const able = axes.host.find(({ kinds }) => kinds.includes(kind as Kind))?.id ?? '';
  return { name, language, kind: kind as Kind, host: host ?? able };
}

/** A typed `NAME:LANGUAGE:KIND[:HOST]` with the ids that its words stand for. */
export const moduleOf = (spec: string): string =>
  spec
    .split(':')
    .map((word, index) => {
      const key = moduleKeys[index - 1];
      return key ? idOf(axes[key], word) : word;
    })
    .join(':');

/** The choices of each module as its own project; empty if the project has a single module at its root. */
export function moduleChoices({ module = [], ...choices }: Choices): Choices[] {
  return module.map((spec) => {
    const wanted = parseModule(spec);
    if (typeof wanted === 'string') throw new Error('moduleChoices() needs choices that conflict() has accepted');
    return { ...choices, ...wanted, ci: ['none'] };
  });
}

/** The path at the root of a file that modules share. */
export const atRoot = ({ path, rootPath = path }: Pick<SharedFile, 'path' | 'rootPath'>): string => rootPath;

/** The files at the root that stand for one in the folder of each module. mise reads its file in the folders below too. */
export const atRootOf = (plan: Plan): Pick<SharedFile, 'path' | 'rootPath'>[] => [
  ...plan.shared,
  { path: 'mise.toml' },
];

/** The plan of one of several modules: it names the shared files at the root from the folder of the module, in which tasks run. */
export function sharing(plan: Plan): Plan {
  const roots = new Map(atRootOf(plan).map((file) => [file.path, `../${atRoot(file)}`]));
  const paths = new RegExp(`(?<![\\w./-])(?:${[...roots.keys()].map(literally).join('|')})(?![\\w/-])`, 'g');
  const place = (text: string): string => text.replace(paths, (path) => roots.get(path) ?? path);
  const lines = <T extends { run?: string[] }>(one: T): T => ({ ...one, ...(one.run && { run: one.run.map(place) }) });
  return {
    ...plan,
    tasks: Object.fromEntries(Object.entries(plan.tasks).map(([name, task]) => [name, lines(task)])),
    rules: plan.rules.map(lines),
    variables: plan.variables.map((variable) => ({ ...variable, value: place(variable.value) })),
    shared: plan.shared.map((file) => (typeof file.text === 'string' ? { ...file, text: place(file.text) } : file)),
    notes: {
      code: plan.notes.code.map(place),
      release: plan.notes.release.map(place),
      host: plan.notes.host.map(place),
    },
    advice: plan.advice.map(place),
  };
}

/** A shared file at its `path`, for modules of these kinds. */
export const fileFor = (kinds: readonly Kind[], { rootPath: _, text, ...file }: SharedFile): File => ({
  ...file,
  text: typeof text === 'string' ? text : text(kinds),
});

/** The shared files of modules, each once. */
export function sharedFiles(plans: readonly Plan[]): File[] {
  const files = new Map<string, SharedFile>();
  for (const file of plans.flatMap(({ shared }) => shared)) {
    const path = atRoot(file);
    if ((files.get(path) ?? file).text !== file.text) throw new Error(`Two modules share different files at ${path}`);
    files.set(path, { ...file, path });
  }
  const kinds = plans.map(({ choices: { kind } }) => kind);
  return [...files.values()].map((file) => fileFor(kinds, file));
}

/** The folders of the root in which modules share files: `contract` and `scripts`. */
export const sharedFolders = (plans: readonly Plan[]): string[] =>
  [...new Set(sharedFiles(plans).map(({ path }) => path.split('/')[0] ?? ''))]
    .filter((folder) => !folder.startsWith('.'))
    .sort();

/** The tasks of the root Makefile, with their help. */
const rootTasks: { [name in TaskName]?: string } = {
  setup: 'Install the tools of every module',
  doctor: 'List missing tools and how to install them',
  format: 'Format the sources of every module',
  lint: 'Check formatting and lint of every module',
  build: 'Compile every module',
  test: 'Test every module and check it against its contract',
  optimize: 'Shrink every module and check the results against their contracts',
  sbom: 'Write an SBOM (SPDX) for every module',
  checksums: 'Write the checksums of the published files',
  intact: 'Check the published files against these checksums',
  login: 'Log in to the registry',
  push: 'Push every module to the registry',
  sign: 'Sign the pushed images, with SBOMs and provenance',
  verify: 'Verify signature, SBOM and provenance of every image with tag TAG',
  ship: 'Release every module in one step',
  clean: 'Remove the build output',
};

/** The plan of the root: its tasks call those of the modules, each in its folder. */
export function joinPlans(choices: Choices, plans: readonly Plan[]): Plan {
  const folders = plans.map(({ choices: { name } }) => name);
  const tasks: Plan['tasks'] = {};
  for (const [name, help] of Object.entries(rootTasks) as [TaskName, string][]) {
    const having = plans.filter((plan) => plan.tasks[name]);
    if (having.length === 0) continue;
    // All modules use the same registry.
    const called = name === 'login' ? having.slice(0, 1) : having;
    const all = <T extends { name: string }>(pick: (task: Plan['tasks'][TaskName]) => T[] | undefined): T[] => [
      ...new Map(called.flatMap((plan) => pick(plan.tasks[name]) ?? []).map((one) => [one.name, one])).values(),
    ];
    const lines = called.map((plan) => `$MAKE -C ${plan.choices.name} ${name}`);
    // Asked once for all modules.
    const asks = called.find((plan) => plan.tasks[name]?.asks)?.tasks[name]?.asks;
    const identity = called.find((plan) => plan.tasks[name]?.identity)?.tasks[name]?.identity;
    tasks[name] = {
      help,
      run: asks ? [[asks, ...lines].join(' && ')] : lines,
      secrets: all((task) => task?.secrets),
      settings: all((task) => task?.settings),
      ...(identity && { identity }),
    };
  }
  const inFolder = <T>(pick: (plan: Plan) => T[], place: (one: T, folder: string) => T): T[] =>
    plans.flatMap((plan, index) => pick(plan).map((one) => place(one, folders[index] ?? '')));
  return {
    ...emptyPlan,
    choices,
    keyless: keyless(choices.ci),
    modules: inFolder(
      ({ modules }) => modules,
      (module, dir) => ({ ...module, dir }),
    ),
    tasks,
    tools: plans.flatMap(({ tools }) => tools),
    setup: [...new Set(plans.flatMap(({ setup }) => setup))],
    ecosystems: inFolder(
      ({ ecosystems }) => ecosystems,
      ({ ecosystem }, folder) => ({ ecosystem, directory: `/${folder}` }),
    ),
  };
}
