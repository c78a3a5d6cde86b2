/** Each question once: its prompt, flag, help line, default, values and validation. In the order in which people are asked. */
import { axes } from '../catalog/axes.ts';
import { checkName, nameFor } from '../lib/names.ts';
import type { Choices, Option } from '../model/choices.ts';
import { conflict } from './compose.ts';

/** Facts about the machine that defaults use. */
export interface Defaults {
  /** The name of the destination folder; empty if none was given. */
  folder: string;
  /** git's `user.name`, or empty. */
  author(): string;
}

export type Key = keyof Choices;

/** Answers from flags, a file or prompts. */
export type Answers = Partial<Record<Key, string | string[]>>;

export interface Question {
  key: Key;
  /** The prompt. */
  message: string;
  /** The line of `--help`. */
  help: string;
  /** `list`: texts that only flags and answers files give. */
  kind: 'text' | 'one' | 'many' | 'list';
  /** The values of `one` and `many`. */
  options: readonly Option[];
  /** Undefined: there is no default, so an answer is required. */
  fallback(known: Partial<Choices>, defaults: Defaults): string | string[] | undefined;
  /** The valid text that is nearest to one that is not, for the prompt. */
  nearest?(value: string): string | undefined;
  /** An example for the prompt. */
  example?(known: Partial<Choices>): string | undefined;
  /** The error message for a text, or undefined. */
  check(value: string, known: Partial<Choices>): string | undefined;
  /** Whether the question applies to the choices so far. */
  applies(known: Partial<Choices>): boolean;
  /** The value that is not kept in the choices. */
  absent?: string | [];
}

/** What a prompt shows and checks; a question whose answer is not a choice has a key of its own. */
export type PromptedQuestion = Pick<Question, 'message' | 'kind' | 'options' | 'check' | 'nearest' | 'example'> & {
  key: string;
};

const text = (question: Pick<Question, 'key' | 'message' | 'help' | 'fallback'> & Partial<Question>): Question => ({
  kind: 'text',
  options: [],
  check: () => undefined,
  applies: () => true,
  ...question,
});

/** A question with a list of values; its default is the first that has no conflict with the choices so far. */
const choice = (
  key: Key,
  message: string,
  help: string,
  options: readonly Option[],
  first: string | undefined = options[0]?.id,
): Question => ({
  key,
  message,
  help,
  kind: 'one',
  options,
  fallback: (known) =>
    [first, ...options.map((option) => option.id)].find((id) => id !== undefined && !conflict({ ...known, [key]: id })),
  check: () => undefined,
  applies: () => true,
});

/** Control characters and line separators, without `\p`, whose tables take 1 ms to build. */
const ofSeveralLines = /[^ -~\u00a0-\u2027\u202a-\uffff]/;

function checkAuthor(author: string): string | undefined {
  if (ofSeveralLines.test(author))
    return `Author ${JSON.stringify(author)} has control characters. Write it on one line.`;
  if (author.length > 200) return `The author is ${author.length} characters long. Use at most 200.`;
  return undefined;
}

export const questions: readonly Question[] = [
  text({
    key: 'name',
    message: 'Project name',
    help: "the project's name (default: the folder's name)",
    fallback: (_, defaults) => defaults.folder || 'hello-wasm',
    nearest: nameFor,
    check: (name, known) => checkName(name) ?? conflict({ ...known, name }),
  }),
  {
    ...text({
      key: 'module',
      message: 'Modules',
      help: 'several modules, instead of language, kind and host; repeat it: NAME:LANGUAGE:KIND[:HOST]',
      fallback: () => [],
      applies: () => false,
    }),
    kind: 'list',
    absent: [],
  },
  choice('language', 'Guest language', 'the guest language: the language of the module', axes.language),
  choice('kind', 'Kind of program', 'the kind of program', axes.kind, 'wagi'),
  choice('host', 'Host', 'where the module runs', axes.host),
  choice('registry', 'Registry', 'where the module is pushed', axes.registry, 'none'),
  text({
    key: 'namespace',
    message: 'Path in the registry',
    help: 'registry host and path in lower case: HOST[:PORT]/PATH',
    fallback: (known) => (known.registry === 'none' ? '' : undefined),
    check: (namespace, known) => conflict({ ...known, namespace }),
    example: ({ registry }) => axes.registry.find(({ id }) => id === registry)?.example,
    applies: (known) => axes.registry.some((registry) => registry.id === known.registry && registry.checkNamespace),
  }),
  ...axes.registry.flatMap(({ options = [] }) =>
    options.map(({ key, label, help, values }) => ({
      ...choice(key, label, help, values),
      applies: () => false,
      absent: values[0].id,
    })),
  ),
  {
    ...choice('ci', 'CI', 'the CI providers, separated by commas or repeated', axes.ci),
    kind: 'many',
    fallback: () => ['github'],
  },
  choice('editor', 'Editor', 'the editor to write settings for', axes.editor),
  choice('license', 'Licence', 'the licence of the project', axes.license),
  text({
    key: 'author',
    message: 'Author',
    help: "the copyright holder (default: git's user.name)",
    fallback: (_, defaults) => defaults.author(),
    check: checkAuthor,
  }),
];
