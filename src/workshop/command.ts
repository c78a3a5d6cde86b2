/** `generator-wasm workshop`: from what was typed to a workshop on the disk. */
import { basename, relative, resolve } from 'node:path';
import { axes, find } from '../catalog/axes.ts';
import { flagOf } from '../cli/answers.ts';
import { type CommandResult, type Flags, helpFlag, helpOf, readFlags, type TypedFlag } from '../cli/command.ts';
import { checkName } from '../lib/names.ts';
import { quote } from '../lib/shell.ts';
import { UserError } from '../lib/user-error.ts';
import type { Choices, Option } from '../model/choices.ts';
import { type Ask, checkChoices, setAnswer } from '../plan/choices.ts';
import { type Question, questions } from '../plan/questions.ts';
import { planGit, survey, write } from '../project/write.ts';
import { tarball } from './archive.ts';
import { lessonsOf, messagesOf, taught } from './lessons.ts';
import { type Locale, locales, type Workshop } from './model.ts';
import { renderWorkshop } from './render.ts';

/** The questions of a project that a workshop asks too. */
const shared = ['language', 'host', 'registry', 'namespace', 'ci'] as const;

const asked = shared.flatMap((key) => questions.filter((question) => question.key === key));

export const workshopFlags: Flags = {
  ...Object.fromEntries(asked.map((question) => [question.key, flagOf({ ...question, options: optionsOf(question) })])),
  second: { hint: [...taught, 'none'].join('|'), help: 'the language of lesson 5 (default: another one)' },
  locale: { hint: locales.join('|'), help: 'the language of the texts (default: en)' },
  yes: { short: 'y', help: 'accept the default for every unanswered question' },
  'dry-run': { help: 'list the files that would be written; write nothing' },
  git: { help: 'create a git repository with a first commit' },
  'no-git': { help: 'do not create a git repository; default: create one outside a repository' },
  ...helpFlag,
};

export const workshopUsage = (program: string): string =>
  helpOf(
    `${program} FOLDER [flags]`,
    ['Writes a workshop: lessons with checks, from a first module to a signed one, and pages for the leader.'],
    workshopFlags,
  );

/** A language that has a workshop, or a sentence on those that have. */
function checkTaught(language: string): void {
  if (taught.some((id) => id === language)) return;
  const label = find(axes.language, language)?.label;
  if (label) throw new UserError(`A workshop in ${label} is not available. Choose one of: ${taught.join(', ')}.`);
}

/**
 * The command. Throws a UserError where no workshop can be written; then nothing is.
 * @param ask asks a question; undefined: without a terminal
 */
export async function workshop(
  argv: readonly string[],
  cwd: string,
  ask: Ask | undefined,
  program = 'generator-wasm workshop',
): Promise<CommandResult> {
  const { flags, positionals, has } = readFlags(argv, workshopFlags);
  if (has('help')) return { text: workshopUsage(program), code: 0 };
  const [destination, ...more] = positionals;
  if (!destination || more.length > 0)
    throw new UserError(`Name one folder for the workshop: ${program} ${quote('my-workshop')}.`);
  const path = resolve(cwd, destination);
  const name = basename(path);
  const problem = checkName(name);
  if (problem) throw new UserError(problem);
  const chosen = await chooseWorkshop(flags, has('yes') ? undefined : ask, has('yes'));
  const made = { name, ...chosen };
  const files = [...renderWorkshop(made), tarball()];
  const english = messagesOf({ ...made, locale: 'en' });
  const missing = survey(path, files);
  const shown = relative(cwd, path) || '.';
  if (missing.length === 0) return { text: `Nothing to do: ${shown} holds this workshop already.`, code: 0 };
  const list = missing.map((file) => `  ${file.path}`).join('\n');
  if (has('dry-run')) return { text: `Would write ${missing.length} files to ${shown}:\n${list}`, code: 0 };
  const git = write(path, missing, planGit(path, has('no-git') ? false : has('git') || undefined));
  return {
    text: [
      `Wrote a workshop of ${chosen.lessons.length} lessons to ${shown}.`,
      ...chosen.left.map(({ id, why }) => `Lesson ${id} is left out: ${english[why]}.`),
      ...(git ? [git] : []),
      '',
      'Next:',
      ...(shown === '.' ? [] : [`  cd ${quote(shown)}`]),
      '  make          # lists the commands',
      '  less README.md',
    ].join('\n'),
    code: 0,
  };
}

/**
 * What the flags, the defaults and the answers say together. Throws a UserError where a value is wrong, missing, or in conflict.
 * @param ask asks a question; undefined: without a terminal
 * @param defaults whether a question that is not answered takes its default
 */
export async function chooseWorkshop(
  given: readonly TypedFlag[],
  ask: Ask | undefined,
  defaults: boolean,
): Promise<Omit<Workshop, 'name'>> {
  const valuesOf = (name: string) => given.filter((flag) => flag.name === name).map(({ value }) => value);
  const one = (name: string, allowed: readonly string[], fallback: string): string => {
    const [value = fallback, again] = valuesOf(name);
    if (again !== undefined) throw new UserError(`Flag '--${name}' was given twice. Give it once.`);
    if (!allowed.includes(value))
      throw new UserError(`Unknown ${name} '${value}'. Choose one of: ${allowed.join(', ')}.`);
    return value;
  };
  const known: Partial<Choices> = {};
  for (const question of asked) {
    const values = valuesOf(question.key);
    if (values.length === 0) continue;
    if (question.key === 'language') for (const value of values) checkTaught(value);
    setAnswer(
      known,
      question,
      question.kind === 'many' ? values.flatMap((value) => value.split(',')) : one(question.key, values, ''),
    );
  }
  checkChoices(known);
  const missing = asked.filter(({ key }) => known[key] === undefined);
  if (!ask && !defaults) {
    const needed = missing.filter(({ applies }) => applies(known));
    if (needed.length > 0)
      throw new UserError(
        `Not running in a terminal. Missing: ${needed.map(({ key }) => `--${key}`).join(' ')}. Pass them, or --yes to accept the defaults.`,
      );
  }
  for (const question of missing) {
    const only = { ...question, options: optionsOf(question) };
    const fallback = only.fallback(known, { folder: '', author: () => '' });
    setAnswer(known, question, ask && question.applies(known) ? await ask(only, known, fallback) : (fallback ?? ''));
  }
  checkChoices(known);
  const { language, host, registry, namespace, ci } = known as Choices;
  const second = one('second', [...taught, 'none'], taught.find((id) => id !== language) ?? 'none');
  if (second === language)
    throw new UserError(`The second language is the first, '${language}'. Choose another for --second, or none.`);
  return {
    locale: one('locale', locales, 'en') as Locale,
    language,
    second,
    host,
    registry,
    namespace,
    ci,
    projects: {
      hello: project('hello', language, 'command'),
      web: project('web', language, 'wagi'),
      other: project('other', second === 'none' ? language : second, 'wagi'),
    },
    ...lessonsOf({ second, host, registry, ci }),
  };
}

/** The values of a question: of the languages, those that have a workshop. */
function optionsOf({ key, options }: Question): readonly Option[] {
  return key === 'language' ? options.filter(({ id }) => taught.some((one) => one === id)) : options;
}

/** A project as a lesson makes it: it runs on the participant's machine. */
const project = (name: string, language: string, kind: 'command' | 'wagi'): Choices => ({
  name,
  language,
  kind,
  host: kind === 'command' ? 'wasmtime' : 'wagi',
  registry: 'none',
  namespace: '',
  ci: ['none'],
  editor: 'vscode',
  license: 'MIT',
  author: '',
});
