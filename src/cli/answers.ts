/** What a person typed → what they want: the command line, the answers file, the defaults and the prompts become choices. */
import { basename, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { parseDocument, visit } from 'yaml';
import { checkShape, limits, readUpTo, tooMuch } from '../lib/limits.ts';
import { UserError } from '../lib/user-error.ts';
import { type Answers, type Question, questions } from '../plan/questions.ts';

/** The commands that change a project. */
export const changeCommands = ['ci', 'host', 'registry', 'language', 'vscode', 'upgrade'] as const;

/** First words that are commands, and not the name of a folder. */
export const reserved: readonly string[] = [
  'serve',
  'render',
  'contract',
  ...changeCommands,
  'doctor',
  'workshop',
  'explain',
];

export interface CreateRequest {
  /** The destination folder as typed; undefined: a folder named after the project. */
  destination: string | undefined;
  answers: Answers;
  yes: boolean;
  dryRun: boolean;
  /** Undefined: make a repository unless the folder is in one already. */
  git: boolean | undefined;
  help: boolean;
  version: boolean;
}

/** The flags that do not answer a question. */
export const createFlags = {
  answers: { type: 'string', hint: 'FILE', help: 'take answers from a YAML or JSON file' },
  yes: { type: 'boolean', short: 'y', help: 'take the default of every question that is not answered' },
  'dry-run': { type: 'boolean', help: 'list what would be written, touch nothing' },
  git: {
    type: 'boolean',
    help: 'make a repository and a first commit, or not (--no-git); where there is none unless given',
  },
  help: { type: 'boolean', short: 'h', help: 'show this help' },
  version: { type: 'boolean', short: 'v', help: 'show the version' },
} as const;

/** Reads the command line of create. Throws a UserError for unknown flags or extra arguments. */
export function readCreateRequest(argv: readonly string[]): CreateRequest {
  const strings = Object.fromEntries(questions.map(({ key }) => [key, { type: 'string' as const, multiple: true }]));
  const booleans = Object.fromEntries(
    Object.entries(createFlags).map(([name, value]) => [
      name,
      'short' in value ? { type: value.type, short: value.short } : { type: value.type },
    ]),
  );
  const { flags, positionals } = readFlags(
    argv,
    { ...strings, ...booleans, 'no-git': { type: 'boolean' } },
    (name) =>
      questions
        .find(({ key }) => key === name)
        ?.options.map(({ id }) => id)
        .join('|') || 'VALUE',
  );

  const request: CreateRequest = {
    destination: positionals[0],
    answers: {},
    yes: false,
    dryRun: false,
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
    else if (name === 'yes' || name === 'help' || name === 'version') request[name] = true;
  }
  if (positionals.length > 1)
    throw new UserError(
      `There is one destination, and ${positionals.length} were given: ${positionals.map((word) => `'${word}'`).join(', ')}. Give one folder.`,
    );
  if (request.destination === '')
    throw new UserError("The destination is empty (''). Name a folder, or . for this one.");
  if (request.destination !== undefined && reserved.includes(request.destination))
    throw new UserError(
      `'${request.destination}' is kept for a command of this name. For a folder of that name write ./${request.destination}.`,
    );
  if (answersFile !== undefined) readAnswers(answersFile, request);
  return request;
}

/** The flags of a command for `parseArgs`. */
export type Flags = Record<string, { type: 'string' | 'boolean'; short?: string; multiple?: true }>;

/**
 * Reads a command line. Throws a UserError on a flag that it does not know, or a value that is missing or too much.
 * @param hint what the value of a flag looks like
 */
export function readFlags(
  argv: readonly string[],
  options: Flags,
  hint: (name: string) => string,
): { flags: { name: string; raw: string; value: string }[]; positionals: string[] } {
  const { tokens, positionals } = parseArgs({
    args: [...argv],
    options,
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const flags = tokens.flatMap((token) => {
    if (token.kind !== 'option') return [];
    const { name, rawName, value } = token;
    const known = Object.hasOwn(options, name) ? options[name] : undefined;
    if (!known) throw new UserError(`Unknown flag '${rawName}'. ${nearest(rawName, Object.keys(options))}`);
    if (known.type === 'string' && value === undefined)
      throw new UserError(`Flag '${rawName}' needs a value: ${rawName} ${hint(name)}.`);
    if (known.type === 'boolean' && value !== undefined)
      throw new UserError(`Flag '${rawName}' takes no value, and '${value}' was given. Leave the value out.`);
    return [{ name, raw: rawName, value: value ?? '' }];
  });
  return { flags, positionals };
}

function give(given: Answers, question: Question, value: string, flag: string): void {
  const before = given[question.key];
  if (question.kind === 'many' || question.kind === 'list')
    given[question.key] = [...(before ?? []), ...value.split(',').map((part) => part.trim())];
  else if (before !== undefined)
    throw new UserError(`Flag '${flag}' was given twice, '${before}' and '${value}'. Give it once.`);
  else given[question.key] = value;
}

/** Adds the answers of a file to the request. The command line wins. */
function readAnswers(path: string, request: CreateRequest): void {
  let text: string;
  try {
    text = readUpTo(path, limits.bytes);
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError(`Answers file '${path}' cannot be read. Name a YAML or JSON file.`);
  }
  const data = parsed(text, path);
  checkShape(data, path);
  if (typeof data !== 'object' || data === null || Array.isArray(data))
    throw new UserError(`Answers file '${path}' holds no keys. Write lines such as 'language: c'.`);
  for (const [key, value] of Object.entries(data)) {
    const words = Array.isArray(value) ? value : [value];
    const question = questions.find((one) => one.key === key);
    if (!question && key !== 'destination')
      throw new UserError(
        `Answers file '${path}' has an unknown key '${key}'. Known are: destination, ${questions.map((one) => one.key).join(', ')}.`,
      );
    if (
      !words.every((word) => typeof word === 'string') ||
      (Array.isArray(value) && question?.kind !== 'many' && question?.kind !== 'list')
    )
      throw new UserError(
        `Answers file '${path}': '${key}' must be text, and is ${JSON.stringify(value)}. Put it in quotes.`,
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
        `Answers file '${path}' does not parse: ${problem.message.split('\n')[0]?.replace(/ at line .*/, '')}${line ? ` (line ${line})` : ''}.`,
      );
    }
    visit(document, {
      Alias(_, { source }) {
        throw new UserError(
          `Answers file '${path}' has an alias, '*${source}', which is not followed. Write the value.`,
        );
      },
    });
    return document.toJS();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw tooMuch(`'${path}' has more lists and objects in one another than the parser takes`, limits.depth);
  }
}

/** The most similar flag, by edit distance. */
function nearest(flag: string, names: readonly string[]): string {
  const all = names.map((name) => `--${name}`);
  const best = all.map((known) => ({ known, far: distance(flag, known) })).sort((a, b) => a.far - b.far)[0];
  return best && best.far <= 3 ? `Did you mean ${best.known}?` : 'See --help for those there are.';
}

/** Levenshtein's distance. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++)
      next[j] = Math.min(
        (row[j] ?? 0) + 1,
        (next[j - 1] ?? 0) + 1,
        (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1),
      );
    row = next;
  }
  return row[b.length] ?? 0;
}

/** The absolute destination, and the project name that it suggests. */
export function destinationOf(request: CreateRequest, cwd: string): { path: string; folder: string } | undefined {
  if (request.destination === undefined) return undefined;
  const path = resolve(cwd, request.destination);
  return { path, folder: basename(path) };
}

/** The text of `--help`. */
export function helpText(program: string): string {
  const rows: [string, string][] = [
    ...questions.map(({ key, help, options, kind }): [string, string] => {
      const values = options.map(({ id }) => id).join('|');
      return [`--${key} ${values || 'TEXT'}${kind === 'many' ? ',…' : ''}`, help];
    }),
    ...Object.entries(createFlags).map(([name, value]): [string, string] => {
      const short = 'short' in value ? `-${value.short}, ` : '';
      return [`${short}--${name}${'hint' in value ? ` ${value.hint}` : ''}`, value.help];
    }),
  ];
  return [
    `Usage: ${program} [destination] [flags]`,
    '',
    'Writes a complete WebAssembly project into the destination: a folder, or . for this one;',
    'a folder named after the project unless given.',
    '',
    ...rows.map(([flag, help]) => `  ${flag}\n      ${help}`),
  ].join('\n');
}
