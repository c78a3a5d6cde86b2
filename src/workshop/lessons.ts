/** The lessons: what each works on, what its solution changes, and its text. */
import { parse } from 'yaml';
import { axes, find } from '../catalog/axes.ts';
import { prose, templateText } from '../catalog/templates.ts';
import { and } from '../lib/words.ts';
import type { Choices } from '../model/choices.ts';
import type { File } from '../model/plan.ts';
import { compose, conflict } from '../plan/compose.ts';
import { flagsOf } from '../plan/flags.ts';
import type { Lesson, Part, ProjectName, Stop, Workshop } from './model.ts';

/** A change of a file. `find` stands once in it; the text shows `example`, which is not what is asked; `solution` is. */
interface Change {
  /** With the project's folder. */
  file: string;
  find: string;
  example?: string;
  solution: string;
}

/** The changes of each lesson, by its id, and the word that names their language to Markdown. */
interface Changes {
  fence: string;
  edits: Record<string, Change[]>;
  /** The stops of the guided tour, by lesson and by the key of their text. */
  tour?: Record<string, Record<string, Stop>>;
}

/** The project that lesson 8 deploys, by host. It has a lesson where the host is a program that runs on the participant's machine. */
const deployed: Record<string, ProjectName> = { wagi: 'web', wasmtime: 'hello' };

/** The languages of lessons: those whose lessons are replayed by test/e2e/workshop.test.ts. */
export const taught = ['assemblyscript', 'c', 'rust'] as const;

const all: Lesson[] = [
  { id: '01', slug: 'hello', minutes: 15, tracks: ['two-hours', 'day', 'offline'], projects: ['hello'] },
  { id: '02', slug: 'web', minutes: 20, tracks: ['two-hours', 'day', 'offline'], projects: ['web'] },
  { id: '03', slug: 'contract', minutes: 15, tracks: ['two-hours', 'day', 'offline'], projects: ['web'] },
  { id: '04', slug: 'small', minutes: 15, tracks: ['two-hours', 'day', 'offline'], projects: ['hello', 'web'] },
  { id: '05', slug: 'other', minutes: 30, tracks: ['day', 'offline'], projects: ['web', 'other'] },
  { id: '06', slug: 'push', minutes: 25, tracks: ['day', 'offline'], projects: ['web'], byCommands: true },
  { id: '07', slug: 'sign', minutes: 25, tracks: ['day', 'offline'], projects: ['web'], byCommands: true },
  { id: '08', slug: 'deploy', minutes: 20, tracks: ['day', 'offline'], projects: [] },
  { id: '09', slug: 'ci', minutes: 15, tracks: ['day', 'offline'], projects: ['web'] },
  { id: '10', slug: 'sandbox', minutes: 15, tracks: ['two-hours', 'day', 'offline'], projects: ['hello'] },
];

/** The lesson that makes a project. */
const makers: Record<ProjectName, string> = { hello: '01', web: '02', other: '05' };

/** The lessons of a workshop, and those that its choices cannot have. */
export function lessonsOf({
  second,
  host,
  registry,
  ci,
}: Pick<Workshop, 'second' | 'host' | 'registry' | 'ci'>): Pick<Workshop, 'lessons' | 'left'> {
  const isOci = registry === 'none' || find(axes.registry, registry)?.protocol === 'oci';
  const project = deployed[host];
  const left = [
    ...(second === 'none' ? [{ id: '05', why: 'noSecond' }] : []),
    ...(isOci ? [] : ['06', '07', '08'].map((id) => ({ id, why: 'noOci' }))),
    ...(isOci && !project ? [{ id: '08', why: 'noDeploy' }] : []),
    ...(ci.includes('none') ? [{ id: '09', why: 'noProvider' }] : []),
  ].sort((a, b) => (a.id < b.id ? -1 : 1));
  // Without a network there is the workshop's own registry alone.
  const isLocal = ({ id }: Lesson) => registry === 'none' || !['06', '07', '08'].includes(id);
  return {
    lessons: all
      .filter(({ id }) => !left.some((one) => one.id === id))
      .map((one) => (one.id === '08' && project ? { ...one, projects: [project] } : one))
      .map((one) => (isLocal(one) ? one : { ...one, tracks: one.tracks.filter((track) => track !== 'offline') })),
    left,
  };
}

/** The registry that lessons push to: the workshop's own, on the participant's machine, where none was chosen. */
export function registryOf({ registry, namespace }: Workshop): {
  local: boolean;
  personal: boolean;
  id: string;
  namespace: string;
} {
  if (registry === 'none') return { local: true, personal: false, id: 'oci', namespace: 'localhost:5050/workshop' };
  // No two participants push the same tag of the same image, where the registry lets them have folders.
  const personal = !conflict({ registry, namespace: `${namespace}/ada` });
  return { local: false, personal, id: registry, namespace: personal ? `${namespace}/$WHO` : namespace };
}

export const changesOf = (file: string): Changes => parse(templateText(`workshop/languages/${file}.yaml`)) as Changes;

/** What a lesson changes, by language: lesson 5 does what lesson 2 does, in another one. */
export function changes(workshop: Workshop, id: string): { fence: string; edits: Change[] } {
  const { fence, edits } = changesOf(workshop.language);
  if (id === '05') {
    const second = changesOf(workshop.second);
    const own = (second.edits['02'] ?? []).map((edit) => ({ ...edit, file: edit.file.replace(/^web\//, 'other/') }));
    return { fence: second.fence, edits: own };
  }
  const shared = changesOf('contract');
  const common = shared.edits[id];
  return common ? { fence: shared.fence, edits: common } : { fence, edits: edits[id] ?? [] };
}

/** A file with changes made. Throws where a change does not fit, which a test holds every language to. */
export function changed(text: string, edits: readonly Change[], part: 'example' | 'solution'): string {
  return edits.reduce((text, edit) => {
    const by = edit[part];
    if (text.split(edit.find).length !== 2) throw new Error(`${edit.file} has not exactly one: ${edit.find}`);
    return by === undefined ? text : text.replace(edit.find, () => by);
  }, text);
}

/** The files of the lessons' solutions, each on top of those before it. */
function solutions(workshop: Workshop): File[] {
  const state = new Map<string, string>();
  for (const [project, choices] of Object.entries(workshop.projects))
    for (const { path, text } of compose(choices).files) state.set(`${project}/${path}`, text);
  return workshop.lessons.flatMap(({ id }) => {
    const { edits } = changes(workshop, id);
    return [...new Set(edits.map(({ file }) => file))].map((file) => {
      const text = changed(
        state.get(file) ?? '',
        edits.filter((edit) => edit.file === file),
        'solution',
      );
      state.set(file, text);
      return { path: `solutions/${id}/${file}`, text };
    });
  });
}

/** The flags with which a lesson makes a project; those that are defaults are left out. */
const creationFlags = (choices: Choices): string[] => {
  const { language, kind, ci } = choices;
  return flagsOf({ language, ...(kind !== 'wagi' && { kind }), ci } as Choices);
};

/** The sentences of the workshop's scripts, and the titles of its lessons. */
export const messagesOf = ({ locale }: Workshop): Record<string, string> =>
  JSON.parse(templateText(`workshop/text/${locale}/messages.json`));

/** What scripts know of the workshop. */
export function facts(workshop: Workshop): object {
  const { projects, lessons, left, ...rest } = workshop;
  const messages = messagesOf(workshop);
  return {
    ...rest,
    left: left.map(({ id, why }) => ({ id, why: messages[why] })),
    makes: Object.fromEntries(
      Object.entries(projects).map(([name, choices]) => [
        name,
        { lesson: makers[name as ProjectName], flags: creationFlags(choices) },
      ]),
    ),
    lessons: lessons.map((lesson) => ({
      ...lesson,
      title: messages[`title${lesson.id}`],
      files: [...new Set(changes(workshop, lesson.id).edits.map(({ file }) => file))],
    })),
  };
}

export function lessons(workshop: Workshop): Part {
  const languages = [workshop.language, workshop.second].map((id) => find(axes.language, id)?.label ?? id);
  return {
    files: [
      ...solutions(workshop),
      ...workshop.lessons.map(({ id, slug, minutes }) => {
        const { fence, edits } = changes(workshop, id);
        const block = (code: string) => `\`\`\`${fence}\n${code}\`\`\``;
        return {
          path: `lessons/${id}-${slug}.md`,
          text: prose(`workshop/text/${workshop.locale}/lessons/${id}.md.ejs`, {
            workshop,
            id,
            minutes,
            language: languages[0],
            second: languages[1],
            create: (project: ProjectName) =>
              ['generator-wasm', project, '--yes', '--git', ...creationFlags(workshop.projects[project])].join(' '),
            edits,
            registry: registryOf(workshop),
            deploys: deployed[workshop.host],
            ci: workshop.ci.join(','),
            providers: and(workshop.ci.map((id) => find(axes.ci, id)?.label ?? id)),
            block,
            title: messagesOf(workshop)[`title${id}`],
          }),
        };
      }),
    ],
  };
}
