/** Reads the command line and the answers file of create into a CreateRequest. */
import { basename, resolve } from 'node:path';
import { parseDocument, visit } from 'yaml';
import { checkShape, limits, readUpTo, tooMuch } from '../lib/limits.ts';
import { UserError } from '../lib/user-error.ts';
import { type Answers, type Question, questions } from '../plan/questions.ts';
import { type Flag, type Flags, helpFlag, readFlags } from './command.ts';

export interface CreateRequest {
  /** The destination folder as typed; undefined: a folder named after the project. */
  destination: string | undefined;
  answers: Answers;
  yes: boolean;
  dryRun: boolean;
  /** How existing files are resolved; undefined: those of a new repository are kept, and others are in the way. */
  onConflict: OnConflict | undefined;
  /** Undefined: make a repository unless the folder is in one already. */
  git: boolean | undefined;
  help: boolean;
  version: boolean;
}

/** What happens to files that exist already. */
const policies = ['keep', 'overwrite', 'abort'] as const;
export type OnConflict = (typeof policies)[number];

/** The flag of a question. */
export const flagOf = ({ help, options, kind }: Pick<Question, 'help' | 'options' | 'kind'>): Flag => ({
  hint: `${options.map(({ id }) => id).join('|') || 'TEXT'}${kind === 'many' ? ',…' : ''}`,
  multiple: true,
  help,
});

export const createFlags: Flags = {
  ...Object.fromEntries(questions.map((question) => [question.key, flagOf(question)])),
  answers: { hint: 'FILE', help: 'read answers from a YAML or JSON file' },
  yes: { short: 'y', help: 'accept the default for every unanswered question' },
  'dry-run': { help: 'list the files that would be written; write nothing' },
  'on-conflict': {
    hint: policies.join('|'),
    help: 'how to resolve files that exist already (default: keep README.md and LICENSE, else abort)',
  },
  git: { help: 'create a git repository with a first commit (--no-git: do not); default: outside a repository' },
  ...helpFlag,
  version: { short: 'v', help: 'show the version' },
};

/**
 * Reads the command line of create. Throws a UserError for unknown flags or extra arguments.
 * @param mistaken why a word is not taken for the name of a folder
 */
export function readCreateRequest(
  argv: readonly string[],
  mistaken: (word: string) => string | undefined = () => undefined,
): CreateRequest {
  const { flags, positionals } = readFlags(argv, { ...createFlags, 'no-git': { help: 'make no repository' } });
  const request: CreateRequest = {
    destination: positionals[0],
    answers: {},
    yes: false,
    dryRun: false,
    onConflict: undefined,
    git: undefined,
    help: false,
    version: false,
  };
  let answersFile: string | undefined;
  for (const { name, raw, value } of flags) {
    const question = questions.find(({ key }) => key === name);
    if (question) give(request.answers, question, value, raw);
    else if (name === 'answers') answersFile = value;
    else if (name === 'git' || name === 'no-git') request.git = name === 'git';
    else if (name === 'dry-run') request.dryRun = true;
    else if (name === 'on-conflict') {
      const policy = policies.find((one) => one === value);
      if (!policy) throw new UserError(`Unknown ${raw} '${value}'. Choose one of: ${policies.join(', ')}.`);
      request.onConflict = policy;
    } else if (name === 'yes' || name === 'help' || name === 'version') request[name] = true;
  }
  if (positionals.length > 1)
    throw new UserError(
      `Only one destination is allowed, but ${positionals.length} were given: ${positionals.map((word) => `'${word}'`).join(', ')}.`,
    );
  if (request.destination === '')
    throw new UserError("The destination is empty (''). Give a folder, or . for the current one.");
  const problem = request.destination === undefined ? undefined : mistaken(request.destination);
  if (problem) throw new UserError(problem);
  if (answersFile !== undefined) readAnswers(answersFile, request);
  return request;
}

function give(given: Answers, question: Question, value: string, flag: string): void {
  const before = given[question.key];
  if (question.kind === 'many' || question.kind === 'list')
    given[question.key] = [...(before ?? []), ...value.split(',').map((part) => part.trim())];
  else if (before !== undefined)
    throw new UserError(`Flag '${flag}' was given twice: '${before}' and '${value}'. Pass it once.`);
  else given[question.key] = value;
}

/** Adds the answers of a file to the request. The command line wins. */
function readAnswers(path: string, request: CreateRequest): void {
  let text: string;
  try {
    text = readUpTo(path, limits.bytes);
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError(`Answers file '${path}' cannot be read. Give the path of a YAML or JSON file.`);
  }
  const data = parsed(text, path);
  checkShape(data, path);
  if (typeof data !== 'object' || data === null || Array.isArray(data))
    throw new UserError(`Answers file '${path}' has no keys. Write lines such as 'language: c'.`);
  for (const [key, value] of Object.entries(data)) {
    const words = Array.isArray(value) ? value : [value];
    const question = questions.find((one) => one.key === key);
    if (!question && key !== 'destination')
      throw new UserError(
        `Answers file '${path}' has an unknown key '${key}'. Known keys: destination, ${questions.map((one) => one.key).join(', ')}.`,
      );
    if (
      !words.every((word) => typeof word === 'string') ||
      (Array.isArray(value) && question?.kind !== 'many' && question?.kind !== 'list')
    )
      throw new UserError(
        `Answers file '${path}': '${key}' must be text, but is ${JSON.stringify(value)}. Put it in quotes.`,
      );
    if (!question) request.destination ??= value;
    else if (request.answers[question.key] === undefined)
      for (const word of words) give(request.answers, question, word, key);
  }
}

/** Parses YAML. Throws a UserError for a syntax error, an alias, or nesting that is too deep for the parser. */
function parsed(text: string, path: string): unknown {
  try {
    const document = parseDocument(text, { prettyErrors: true });
    const problem = document.errors[0];
    if (problem) {
      const line = problem.linePos?.[0].line;
      throw new UserError(
        `Answers file '${path}' cannot be parsed: ${problem.message.split('\n')[0]?.replace(/ at line .*/, '')}${line ? ` (line ${line})` : ''}.`,
      );
    }
    visit(document, {
      Alias(_, { source }) {
        throw new UserError(
          `Answers file '${path}' uses the alias '*${source}', which is not supported. Write the value.`,
        );
      },
    });
    return document.toJS();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw tooMuch(`'${path}' nests lists and objects too deeply for the parser`, limits.depth);
  }
}

/** The absolute destination, and the project name that it suggests. */
export function destinationOf(request: CreateRequest, cwd: string): { path: string; folder: string } | undefined {
  if (request.destination === undefined) return undefined;
  const path = resolve(cwd, request.destination);
  return { path, folder: basename(path) };
}
