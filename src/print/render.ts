/** Choices → files. Checks that each path has one owner. */

import { stringify as toToml } from 'smol-toml';
import { axes, find } from '../catalog/axes.ts';
import { updates } from '../catalog/ci/updates.ts';
import { licenseFiles } from '../catalog/licenses.ts';
import { version } from '../catalog/templates.ts';
import { toJson } from '../lib/json.ts';
import type { Choices } from '../model/choices.ts';
import { call } from '../model/pipeline.ts';
import type { File, Plan, Tool } from '../model/plan.ts';
import { compose } from '../plan/compose.ts';
import { fileFor, joinPlans, moduleChoices, sharedFiles, sharedFolders, sharing } from '../plan/modules.ts';
import { agents, agentsOfModules } from './agents.ts';
import { doctor } from './doctor-script.ts';
import { makefile } from './makefile.ts';
import { readme, readmeOfModules } from './readme.ts';
import { releaseSetup } from './release-page.ts';

/** The file with a project's saved state. */
export const stateFile = '.yo-rc.json';

/** The plan of each module. */
export const plansOf = (choices: Choices): Plan[] => (choices.module ? moduleChoices(choices) : [choices]).map(compose);

/** Every file of the project, sorted by path. Pure: the same choices give the same bytes. */
export function render(choices: Choices, plans = plansOf(choices)): File[] {
  const files = [
    ...(choices.module ? severalModules(choices, plans.map(sharing)) : plans.flatMap((plan) => oneModule(plan))),
    ...licenseFiles(choices),
    { path: stateFile, text: toJson({ 'generator-wasm': { version, choices } }) },
  ];
  const owners = new Set<string>();
  for (const { path } of files) {
    const key = path.toLowerCase();
    if (owners.has(key)) throw new Error(`Two shares write ${path}`);
    owners.add(key);
  }
  return files.sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** The files of a project, or of the folder of one of several modules. */
function oneModule(plan: Plan, isModule = false): File[] {
  const editor = find(axes.editor, plan.choices.editor);
  const once = isModule ? [] : (editor?.root(plan.choices, [plan]) ?? []);
  return [
    ...plan.files,
    ...(isModule
      ? []
      : [
          ...plan.shared.map((file) => fileFor([plan.choices.kind], file)),
          { path: '.gitattributes', text: attributes('') },
          ...mise(plan),
        ]),
    makefile(plan),
    doctor(plan),
    readme(plan, isModule),
    ...(isModule ? [] : releaseSetup(plan)),
    agents(plan, isModule),
    ...gitignore(plan),
    ...ciFiles(plan, once),
    ...(editor?.render(plan) ?? []),
    ...once,
  ];
}

function severalModules(choices: Choices, plans: Plan[]): File[] {
  const root = joinPlans(choices, plans);
  const shared = sharedFolders(plans).map((folder) => `\`${folder}\``);
  const once = find(axes.editor, choices.editor)?.root(choices, plans) ?? [];
  return [
    ...plans.flatMap((plan) =>
      oneModule(plan, true).map((file) => ({ ...file, path: `${plan.choices.name}/${file.path}` })),
    ),
    // The tools are on the PATH of each module's own tasks.
    makefile({ ...root, tools: [] }),
    ...mise(root),
    readmeOfModules(root, plans, shared),
    agentsOfModules(
      root,
      plans.map((plan) => plan.choices.name),
      shared,
    ),
    ...gitignore(root),
    ...releaseSetup(root),
    { path: '.gitattributes', text: attributes('**/') },
    ...sharedFiles(plans),
    ...once,
    ...ciFiles(root, once),
  ];
}

const ciProviders = ({ choices }: Plan) => choices.ci.flatMap((id) => find(axes.ci, id) ?? []);

/** The files of every CI provider and of the dependency bot. @param others files in which the bot finds versions too */
export function ciFiles(plan: Plan, others: readonly File[] = []): File[] {
  const files = ciProviders(plan).flatMap((provider) => provider.render(plan));
  return [...files, ...(files.length > 0 ? updates(plan, ciProviders(plan), [...files, ...others]) : [])];
}

function gitignore(plan: Plan): File[] {
  const lines = [...plan.ignore, ...ciProviders(plan).flatMap(({ ignore }) => ignore ?? [])];
  return lines.length > 0 ? [{ path: '.gitignore', text: `${lines.join('\n')}\n` }] : [];
}

/** Shell and make need LF on Windows too, and the contract compares bytes. */
const attributes = (below: string): string => `* text=auto eol=lf
${below}contract/*.json -text
*.wasm binary
`;

/** mise.toml, if mise installs a tool. Modules may ask for different options of the same tool. */
export function mise(plan: Plan): File[] {
  const tools = new Map<string, MisePin>();
  for (const { mise } of plan.tools) if (mise) tools.set(mise[0], joined(tools.get(mise[0]), mise[1]));
  if (tools.size === 0) return [];
  const text = `# The tools of this project: \`${call(plan, 'setup')}\` installs them, https://mise.jdx.dev reads them.\n\n${toToml({ tools: Object.fromEntries(tools) })}`;
  return [{ path: 'mise.toml', text }];
}

type MisePin = NonNullable<Tool['mise']>[1];

/** Joins two pins of one tool: list options, such as `targets`, are merged. */
function joined(one: MisePin | undefined, other: MisePin): MisePin {
  if (typeof one !== 'object' || typeof other !== 'object') return other;
  const lists = Object.entries(other).map(([name, value]) => [
    name,
    name === 'version' ? value : [...new Set([...(one[name]?.split(',') ?? []), ...value.split(',')])].join(),
  ]);
  return { ...one, ...Object.fromEntries(lists) };
}
