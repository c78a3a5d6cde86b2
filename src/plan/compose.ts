/** Choices → Plan, and `conflict()`, which alone decides which choices go together. */
import { axes, find, keyless } from '../catalog/axes.ts';
import { core } from '../catalog/core.ts';
import { licensed } from '../catalog/licenses.ts';
import { shipping, signing } from '../catalog/signing.ts';
import { mise } from '../catalog/tools.ts';
import { checkName } from '../lib/names.ts';
import { or } from '../lib/words.ts';
import type { Choices, Kind, Option } from '../model/choices.ts';
import type { Built, Contribution, Plan, Task, TaskName } from '../model/plan.ts';
import { taskNames } from '../model/plan.ts';
import { parseModule } from './modules.ts';
import { checkingTools } from './tool-checks.ts';

/** Why these choices do not go together, or undefined. Partial choices are allowed: missing ones are not checked. */
export function conflict(choices: Partial<Choices>): string | undefined {
  if (choices.module?.length) return conflictOfModules(choices);
  const language = find(axes.language, choices.language);
  const host = find(axes.host, choices.host);
  const registry = find(axes.registry, choices.registry);
  const { kind, name } = choices;

  if (language && kind && !language.kinds.includes(kind))
    return `Kind '${kind}' is not available for ${language.label}. Choose one of: ${language.kinds.join(', ')}.`;
  if (host && kind && !host.kinds.includes(kind)) {
    const able = axes.host.filter((other) => other.kinds.includes(kind)).map((other) => other.id);
    return `${host.label} does not run kind '${kind}'. Choose host ${or(able)}, or kind ${or(host.kinds)}.`;
  }
  if (host && registry && host.needsRegistry && !registry.protocol)
    return `${host.label} pulls modules from a registry. Choose one of: ${axes.registry
      .filter((other) => other.protocol && host.publish[other.protocol])
      .map((other) => other.id)
      .join(', ')}.`;
  if (host && registry?.protocol && !host.publish[registry.protocol])
    return `${host.label} cannot pull from ${registry.label}. Choose another registry.`;
  const foreign = axes.registry
    .filter((other) => other !== registry)
    .flatMap(({ options = [] }) => options)
    .find(({ key, values }) => ![undefined, values[0].id].includes(choices[key]));
  if (registry && foreign) return foreign.refused(registry);
  if (registry && choices.namespace !== undefined) {
    if (!registry.checkNamespace && choices.namespace)
      return `Registry '${registry.id}' has no namespace, but '${choices.namespace}' was given. Remove it, or choose a registry.`;
    const problem = registry.checkNamespace?.(choices.namespace);
    if (problem) return problem;
  }
  if (choices.ci && choices.ci.length > 1 && choices.ci.includes('none'))
    return `CI 'none' cannot be combined with ${choices.ci.filter((id) => id !== 'none').join(', ')}. Choose one or the other.`;
  if (language && name !== undefined) return language.refuses(name);
  return undefined;
}

/** Why a value is closed in the prompt, in a few words: one line of a narrow terminal has its label and this. */
export function shortReason(key: string, { id }: Option, { language, kind, host }: Partial<Choices>): string {
  const kinds = find(axes.host, key === 'host' ? id : host)?.kinds ?? [];
  if (key === 'kind' && !find(axes.language, language)?.kinds.includes(id as Kind)) return 'not in this language';
  if (key === 'language') return `needs kind ${find(axes.language, id)?.kinds.join('/')}`;
  if (key === 'host' && kind && !kinds.includes(kind)) return `needs kind ${kinds.join('/')}`;
  if (key === 'registry' && !find(axes.registry, id)?.protocol) return 'the host needs one';
  return 'not on this host';
}

/** Folder names that no module may have. */
const taken = ['docs', 'node_modules'];

function conflictOfModules({
  module = [],
  name,
  language,
  kind,
  host,
  ...shared
}: Partial<Choices>): string | undefined {
  const common = conflict(shared);
  if (common) return common;
  const names: string[] = [];
  for (const spec of module) {
    const wanted = parseModule(spec);
    if (typeof wanted === 'string') return wanted;
    const problem = checkName(wanted.name) ?? conflict({ ...shared, ...wanted });
    if (problem) return `Module '${spec}': ${problem}`;
    if (taken.includes(wanted.name))
      return `Module '${spec}' cannot have the folder '${wanted.name}'. Choose another name.`;
    if (names.includes(wanted.name)) return `Two modules are called '${wanted.name}'. Give each a different name.`;
    names.push(wanted.name);
  }
  return undefined;
}

/** Joins the contributions of the chosen values in axis order. The choices must have passed `conflict()`. */
export function compose(choices: Choices): Plan {
  const language = find(axes.language, choices.language);
  const host = find(axes.host, choices.host);
  const registry = find(axes.registry, choices.registry);
  if (!language || !host || !registry) throw new Error('compose() needs choices that conflict() has accepted');

  const module: Built = {
    name: choices.name,
    dir: '.',
    kind: choices.kind,
    language: choices.language,
    artifact: `build/${choices.name}.wasm`,
    // wasm-opt cannot read components.
    optimized: `build/${choices.name}.${choices.kind === 'http' ? '' : 'opt.'}wasm`,
    image: registry.protocol ? `${choices.namespace}/${choices.name}` : '',
    memory: language.memory?.[choices.kind],
  };
  const publish = registry.protocol && host.publish[registry.protocol]?.(module, choices);
  const written = language.contribute(module, choices);
  const registered = registry.contribute(choices, module);
  const released = publish
    ? [
        publish,
        ...(registry.protocol === 'oci' ? [signing(module, choices, written.contents ?? [], language.differs)] : []),
      ]
    : [];
  const hosted = host.contribute(module);
  const contributions: Contribution[] = [
    { ...written, files: licensed(written.files ?? [], choices) },
    core(module, language.maxBytes?.[choices.kind]),
    registered,
    ...released,
    hosted,
  ];
  const task = (name: TaskName) => contributions.find(({ tasks }) => tasks?.[name])?.tasks?.[name];
  const reference = registry.protocol === 'oci' ? '$IMAGE:$TAG' : '$BINDLE/$TAG';
  if (publish) contributions.push(shipping(module, task, reference, host.runsAt(module)));
  if (contributions.some(({ tools }) => tools?.some((tool) => tool.mise))) contributions.unshift(miseContribution);
  const all = <T>(pick: (contribution: Contribution) => T[] | undefined): T[] =>
    contributions.flatMap((contribution) => pick(contribution) ?? []);
  const variables = unique(
    all((contribution) => contribution.variables),
    ({ name }) => name,
  );
  const tools = unique(
    all((contribution) => contribution.tools),
    ({ command }) => command,
  );

  return {
    choices,
    keyless: keyless(choices.ci),
    modules: [module],
    tasks: joinTasks(contributions),
    rules: checkingTools(
      all((contribution) => contribution.rules),
      tools,
      variables,
    ),
    variables,
    files: all((contribution) => contribution.files),
    shared: all((contribution) => contribution.shared),
    tools,
    path: [...new Set(all((contribution) => contribution.path))],
    ignore: [...new Set(all((contribution) => contribution.ignore))],
    indent: Object.assign({}, ...contributions.map((contribution) => contribution.indent)),
    extensions: [...new Set(all((contribution) => contribution.extensions))],
    settings: Object.assign({}, ...contributions.map((contribution) => contribution.settings)),
    launch: all((contribution) => contribution.launch),
    matchers: Object.assign({}, ...contributions.map((contribution) => contribution.matchers)),
    ecosystems: [...new Set(all((contribution) => contribution.ecosystems))].map((ecosystem) => ({
      ecosystem,
      directory: '/',
    })),
    notes: {
      code: written.notes ?? [],
      release: [registered, ...released].flatMap(({ notes = [] }) => notes),
      host: hosted.notes ?? [],
    },
    setup: all((contribution) => contribution.setup),
    advice: all((contribution) => contribution.advice),
  };
}

/** The first of each key, in the place of the last. */
function unique<T>(items: readonly T[], key: (item: T) => string): T[] {
  const kept = new Map<string, T>();
  for (const item of items) {
    const first = kept.get(key(item)) ?? item;
    kept.delete(key(item));
    kept.set(key(item), first);
  }
  return [...kept.values()];
}

/** The contribution of mise, for projects with tools that mise installs. */
const miseContribution: Contribution = {
  tasks: { setup: { help: 'Install the pinned tools', run: ['@sh scripts/doctor.sh mise', 'mise install'] } },
  tools: [mise],
  ecosystems: ['mise'],
};

/** Several contributions to one task run in order; the first one's help is used. */
function joinTasks(contributions: Contribution[]): Plan['tasks'] {
  const joined: Plan['tasks'] = {};
  const contributed = new Map<string, Task[]>();
  for (const { tasks = {} } of contributions)
    for (const [name, task] of Object.entries(tasks)) contributed.set(name, [...(contributed.get(name) ?? []), task]);
  for (const name of taskNames) {
    const parts = contributed.get(name);
    if (!parts?.[0]) continue;
    const identity = parts.find((part) => part.identity)?.identity;
    const asks = parts.find((part) => part.asks)?.asks;
    joined[name] = {
      help: parts[0].help,
      needs: [...new Set(parts.flatMap((part) => part.needs ?? []))],
      run: parts.flatMap((part) => part.run ?? []),
      calls: parts.flatMap((part) => part.calls ?? []),
      secrets: parts.flatMap((part) => part.secrets ?? []),
      settings: parts.flatMap((part) => part.settings ?? []),
      ...(identity && { identity }),
      ...(asks && { asks }),
      ...(parts.some(({ wantsServer }) => wantsServer) && { wantsServer: true }),
    };
  }
  return joined;
}
