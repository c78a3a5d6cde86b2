/** Describes a project: from its plan if this program has written it, else from what `ci` finds in it. */
import { lstatSync } from 'node:fs';
import { basename, join } from 'node:path';
import { axes, find } from '../catalog/axes.ts';
import { version } from '../catalog/templates.ts';
import { withValues } from '../catalog/variables.ts';
import { change } from '../change/change.ts';
import type { ChangeResult } from '../change/outcome.ts';
import { projectContext } from '../doctor/doctor.ts';
import type { ProjectContext } from '../doctor/findings/finding.ts';
import { isObject } from '../lib/json.ts';
import { UserError } from '../lib/user-error.ts';
import type { CiProvider, Language } from '../model/axes.ts';
import { call, inputs, pipeline, requiredInputs } from '../model/pipeline.ts';
import { type Plan, type TaskName, taskNames } from '../model/plan.ts';
import { adopt } from '../project/adopt.ts';
import { generatedPaths, type Project, planAdopted, unsupported } from '../project/adopted.ts';
import { type Candidate, detect, foundModule, joinCandidates, sentence, writtenIn } from '../project/detect.ts';
import { ignoring, textAt } from '../project/location.ts';
import type {
  ExplainedCi,
  ExplainedModule,
  ExplainedTask,
  Explanation,
  FileReference,
  Preview,
} from './explanation.ts';

/**
 * Describes the project in a folder. It changes nothing. Throws a UserError if there is no WebAssembly project.
 * @param ci the CI providers that an existing project would get; undefined: that of its platform
 */
export async function describe(
  cwd: string,
  shown: string,
  program: string,
  ci: string[] | undefined,
): Promise<Explanation> {
  const project = projectContext(cwd, shown, program.replace(/explain$/, 'doctor'));
  const { saved, root, plan } = project;
  const base = {
    generator: 'generator-wasm explain',
    version,
    name: saved?.choices?.name ?? basename(root),
    root,
    writtenBy: saved?.version ?? null,
    notes: project.renew
      ? [
          `generator-wasm ${saved?.version} wrote this project, and this is how ${version} would write it: ${project.renew}`,
        ]
      : [],
  } as const;
  if (!plan) return { ...base, ...(await found(project, cwd, shown, ci)) };
  if (ci)
    throw new UserError(
      `'${shown}' has CI of generator-wasm, and --ci is for projects without it. Run ${project.command(`ci ${ci.join()} --dry-run`)}.`,
    );
  const providers = providersOf(plan);
  const owned = providers.map((provider) => current(project, plan, provider));
  const adopted = saved?.adopted;
  return {
    ...base,
    origin: adopted ? 'adopted' : 'created',
    modules: adopted
      ? adopted.projects.map((one) => adoptedModule(project, one, plan))
      : project.parts.map((part) => created(project, part)),
    tasks: tasksOf(project, plan, providers),
    ci: adopted ? [...owned, ...foreignCi(project, owned)] : owned,
    preview: null,
  };
}

/** Of a project to which this program has written nothing. */
async function found(
  project: ProjectContext,
  cwd: string,
  shown: string,
  wanted: string[] | undefined,
): Promise<Omit<Explanation, 'generator' | 'version' | 'name' | 'root' | 'writtenBy'>> {
  const { root, paths, location } = project;
  const folder = { paths, text: (path: string) => textAt(root, path) };
  const ignores = location ? ignoring(root, [...generatedPaths, ...writtenIn(paths)]) : () => false;
  const candidates = detect(folder, ignores);
  const taken = candidates.filter((one) => !one.why && !unsupported(one));
  if (candidates.length === 0)
    throw new UserError(
      `No WebAssembly project found in '${shown}'. Recognised files: ${[...new Set(axes.language.flatMap(({ existing }) => existing?.manifests ?? []))].join(', ')}.`,
    );
  const ids = wanted ?? [usualCi(project)];
  const planned =
    taken.length > 0
      ? planAdopted(adopt({ branch: location?.branch ?? 'main', folder, ignores }, ids, taken))
      : undefined;
  return {
    origin: 'found',
    modules: candidates.map((one) => foundIn(project, one, planned)),
    tasks: planned ? tasksOf(project, planned, providersOf(planned)) : [],
    ci: [
      ...foreignCi(project, []),
      ...(planned ? providersOf(planned).map((provider) => wouldRun(planned, provider)) : []),
    ],
    preview: await previewOf(cwd, shown, ids, project.command(`ci ${ids.join()}`)),
    notes: [],
  };
}

/** The CI provider of the platform that a remote is on; without one, the first of the list. */
function usualCi({ remotes }: ProjectContext): string {
  const usual = axes.ci.find(({ home }) => home && remotes.some(({ host }) => home.hosts.test(host)));
  return (usual ?? axes.ci[0])?.id ?? '';
}

/** What `ci` itself says that it would do. */
async function previewOf(cwd: string, shown: string, ids: string[], command: string): Promise<Preview> {
  const { text } = await change('ci', ['--dry-run', '--json', '--', ids.join(), shown], cwd, undefined);
  const result: ChangeResult = JSON.parse(text);
  const conflicts = result.conflicts.map(({ path, why }) => `${path}: ${why}.`);
  return {
    command,
    writes: result.written,
    merges: result.merged,
    refused: result.outcome === 'refused' ? result.notes.join(' ') : null,
    notes: [...conflicts, ...(result.outcome === 'refused' ? [] : result.notes)],
  };
}

const providersOf = ({ choices }: Plan): CiProvider[] =>
  choices.ci.flatMap((id) => (id === 'none' ? [] : (find(axes.ci, id) ?? [])));

/** A path in the folder of a module, relative to the project. */
const inFolder = (folder: string, path: string): string => (folder === '.' ? path : `${folder}/${path}`);

/** A file, with the first line that a pattern matches. */
function reference(project: ProjectContext, path: string, pattern?: RegExp): FileReference {
  const index = pattern ? (project.text(path) ?? '').split('\n').findIndex((line) => pattern.test(line)) : -1;
  const exists = project.user(path) !== undefined;
  return { path, ...(index >= 0 && { line: index + 1 }), exists };
}

/** The size of a regular file; null without one. */
function bytesOf(path: string): number | null {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  return stat?.isFile() ? stat.size : null;
}

/** Source files of programs; manifests and configuration have other names. */
const isSource = (path: string): boolean =>
  /\.(?:ts|js|rs|c|cpp|go|py|swift|zig)$/.test(path) && !/(?:^|\/)(?:tests?|Tests)\/|test(?:able|s)?\.\w+$/.test(path);

const isEntry = (path: string): boolean => /(?:^|\/)(?:main|index|lib|Program)\.\w+$/.test(path);

/** The line of a task in the Makefile. */
const taskLine = (name: string): RegExp => new RegExp(`^${name}:`);

/** A module of a project that this program created. */
function created(project: ProjectContext, { plan, dir }: ProjectContext['parts'][number]): ExplainedModule {
  const { choices, tasks, rules } = plan;
  const [module] = plan.modules;
  const language = find(axes.language, choices.language);
  const host = find(axes.host, choices.host);
  if (!module || !language || !host) throw new Error('A plan of a created project has a module, a language and a host');
  const at = (path: string, pattern?: RegExp) => reference(project, inFolder(dir, path), pattern);
  const sources = (language.contribute(module, choices).files ?? []).map(({ path }) => path).filter(isSource);
  const limit = plan.variables.find(({ name }) => name === 'MAX_BYTES');
  const deployed = (host.contribute(module).files ?? [])
    .map(({ path }) => path)
    .filter((path) => /\.(?:toml|ya?ml)$/.test(path));
  const shows = deployed[0] ?? makefileOf(plan);
  const published = tasks.push;
  return {
    name: choices.name,
    folder: dir,
    language: language.label,
    kind: find(axes.kind, choices.kind)?.label ?? choices.kind,
    sources: [...sources].sort((a, b) => Number(isEntry(b)) - Number(isEntry(a))).map((path) => at(path)),
    build: {
      command: call(plan, 'build'),
      runs: (rules.find(({ target }) => target === module.artifact)?.run ?? tasks.build?.run ?? []).filter(
        (line) => !line.startsWith('@'),
      ),
      file: at(makefileOf(plan), taskLine('build')),
    },
    artifacts: [...new Set([module.artifact, module.optimized])].map((path) => ({
      path: inFolder(dir, path),
      bytes: bytesOf(join(project.root, dir, path)),
      maxBytes: limit && path === module.artifact ? Number(limit.value) : null,
    })),
    contract: contractOf(project, at(`contract/${choices.kind}.json`)),
    publish: published
      ? {
          registry: find(axes.registry, choices.registry)?.label ?? choices.registry,
          image: module.image,
          isSigned: Boolean(tasks.sign),
          file: at(makefileOf(plan), taskLine('push')),
        }
      : null,
    host: {
      name: host.label,
      isLegacy: host.status === 'legacy',
      runsAt: published ? host.runsAt(module) : null,
      isDeployed: Boolean(tasks.deploy),
      file: at(shows, deployed[0] ? undefined : taskLine(tasks.serve ? 'serve' : 'run')),
    },
    leftOut: null,
  };
}

/** The contract of a module, with the number of its cases; null if the number is unknown. */
function contractOf(project: ProjectContext, file: FileReference): ExplainedModule['contract'] {
  let cases: unknown;
  try {
    cases = JSON.parse(project.text(file.path) ?? '');
  } catch {
    return { file, cases: null };
  }
  const list = isObject(cases) ? cases.cases : cases;
  return { file, cases: Array.isArray(list) ? list.length : null };
}

const makefileOf = ({ makefile }: Plan): string => makefile ?? 'Makefile';

/** A module of an existing project, before this program has written anything. */
function foundIn(project: ProjectContext, candidate: Candidate, planned: Plan | undefined): ExplainedModule {
  const { path, dir } = candidate;
  const [joined] = joinCandidates([candidate]);
  const { artifact, says } = foundModule(candidate);
  const why = unsupported(candidate) ?? (candidate.why && sentence(candidate));
  return {
    ...existingModule(project, joined ?? candidate, path),
    name: nameOf(candidate),
    artifacts: artifactsOf(project, artifact),
    build: {
      command: planned ? call(planned, 'build') : 'make build',
      runs: linesOf(joined ?? candidate),
      // It is relative to the folder of the manifest, or to the repository.
      file: says ? reference(project, project.user(inFolder(dir, says)) ? inFolder(dir, says) : says) : null,
    },
    leftOut: why ?? null,
  };
}

/** A module of an existing project with CI of this program. */
function adoptedModule(project: ProjectContext, one: Project, plan: Plan): ExplainedModule {
  return {
    ...existingModule(project, one, one.dir),
    name: nameOf({ facts: one.facts, path: one.dir }),
    artifacts: artifactsOf(project, one.facts.artifact ? inFolder(one.dir, one.facts.artifact) : ''),
    build: {
      command: call(plan, 'build'),
      runs: linesOf(one),
      file: reference(project, makefileOf(plan), taskLine('build')),
    },
    leftOut: null,
  };
}

/** `crate greet` for `the crate greet`. */
const nameOf = ({ facts, path }: Pick<Candidate, 'facts' | 'path'>): string =>
  (facts.what ?? path).replace(/^(?:the|an?) /, '');

const artifactsOf = (project: ProjectContext, paths: string): ExplainedModule['artifacts'] =>
  paths
    .split(', ')
    .filter(Boolean)
    .map((path) => ({ path, bytes: bytesOf(join(project.root, path)), maxBytes: null }));

const linesOf = ({ language, facts }: Project): string[] =>
  find(axes.language, language)
    ?.existing?.contribute(facts)
    .tasks?.build?.run?.filter((line) => !line.startsWith('@')) ?? [];

function existingModule(
  project: ProjectContext,
  { language, dir }: Project,
  path: string,
): Omit<ExplainedModule, 'name' | 'artifacts' | 'build' | 'leftOut'> {
  const known: Language | undefined = find(axes.language, language);
  const manifests = [path, dir].flatMap((folder) =>
    (known?.existing?.manifests ?? [])
      .map((name) => inFolder(folder, name))
      .filter((one) => project.paths.includes(one)),
  );
  return {
    folder: path,
    language: known?.label ?? '',
    kind: null,
    sources: manifests.slice(0, 1).map((one) => reference(project, one)),
    contract: null,
    publish: null,
    host: null,
  };
}

/** The tasks of the root and of each module, in the order in which they run. */
function tasksOf(project: ProjectContext, plan: Plan, providers: readonly CiProvider[]): ExplainedTask[] {
  const several = project.parts.length > 1;
  const parts = several ? [{ plan, dir: '.' }, ...project.parts] : [{ plan, dir: '.' }];
  const key = (folder: string, name: string) => inFolder(folder, name);
  const all = parts.flatMap(({ plan: part, dir }) =>
    taskNames.flatMap((name) => {
      const task = part.tasks[name];
      if (!task) return [];
      // The lines of a root with several modules call the tasks of the modules.
      const below = several && dir === '.' ? project.parts.filter((one) => one.plan.tasks[name]) : [];
      const calls = below.slice(0, name === 'login' ? 1 : undefined).map((one) => key(one.dir, name));
      const runs = ciTasks(part);
      return [
        {
          name,
          folder: dir,
          help: withValues(task.help, part.variables),
          file: reference(project, inFolder(dir, makefileOf(part)), taskLine(name)),
          needs: task.needs ?? [],
          calls: [...(task.calls ?? []), ...calls],
          ci: dir === '.' && runs.includes(name) ? providers.map(({ id }) => id) : [],
        },
      ];
    }),
  );
  return all.map((task) => ({
    ...task,
    calledBy: all
      .filter(
        (other) =>
          other.calls.includes(key(task.folder, task.name)) ||
          (other.folder === task.folder && [...other.needs, ...other.calls].includes(task.name)),
      )
      .map((other) => key(other.folder, other.name)),
  }));
}

const jobNames = ['check', 'build', 'publish'] as const;

const ciTasks = (plan: Plan): TaskName[] => jobNames.flatMap((name) => pipeline(plan, name));

/** The jobs of a provider, from the data that its own files are printed from. */
const jobsOf = (plan: Plan, provider: CiProvider): ExplainedCi['jobs'] =>
  jobNames.flatMap((name) => {
    const steps = pipeline(plan, name).map((task) => {
      const { secrets, settings, fromCi, identity } = inputs(plan, task, provider);
      return {
        task,
        secrets: secrets.map((one) => one.name),
        variables: [...settings, ...fromCi].map((one) => one.name),
        identity: identity?.audience ?? null,
      };
    });
    return steps.length > 0 ? [{ name, steps }] : [];
  });

/** CI that this program has written. */
function current(project: ProjectContext, plan: Plan, provider: CiProvider): ExplainedCi {
  const files = project.ci.filter((one) => one.provider === provider).map(({ file }) => file);
  const remote = project.remotes[0];
  const { before, secret, setting } = provider.store;
  return {
    id: provider.id,
    name: provider.label,
    state: files.some(({ path, text }) => project.text(path) !== text) ? 'edited' : 'current',
    files: files.map(({ path }) => reference(project, path)),
    jobs: jobsOf(plan, provider),
    needs: requiredInputs(plan, provider).map((one) => ({
      ...one,
      store: [before, (one.kind === 'secret' ? secret : setting)(one.name, remote)].filter(Boolean).join('\n'),
    })),
  };
}

/** CI that `ci` would write. Its files are in the preview. */
const wouldRun = (plan: Plan, provider: CiProvider): ExplainedCi => ({
  id: provider.id,
  name: provider.label,
  state: 'planned',
  files: [],
  jobs: jobsOf(plan, provider),
  needs: [],
});

/** CI of the repository's own. */
const foreignCi = (project: ProjectContext, ours: readonly ExplainedCi[]): ExplainedCi[] => {
  const written = new Set([
    ...project.ci.map(({ file }) => file.path),
    ...ours.flatMap(({ files }) => files.map(({ path }) => path)),
  ]);
  return axes.ci.flatMap(({ id, label, reads }) => {
    const files = project.paths.filter((path) => !written.has(path) && reads.some((one) => one.test(path)));
    return files.length > 0
      ? [
          {
            id,
            name: label,
            state: 'foreign' as const,
            files: files.map((path) => reference(project, path)),
            jobs: [],
            needs: [],
          },
        ]
      : [];
  });
};
