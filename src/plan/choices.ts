/** Answers become choices that go together: those of a command line, an answers file, prompts, or a project's saved state. */
import { axes, find } from '../catalog/axes.ts';
import { inLine, isObject } from '../lib/json.ts';
import { UserError } from '../lib/user-error.ts';
import type { Choices } from '../model/choices.ts';
import { conflict } from './compose.ts';
import { moduleKeys, moduleOf, parseModule } from './modules.ts';
import { type Answers, type Defaults, type Key, type PromptedQuestion, type Question, questions } from './questions.ts';
import { choiceOf, knownValue } from './values.ts';

/** Asks one question and returns the answer. */
export type Ask = (
  question: PromptedQuestion,
  known: Partial<Choices>,
  fallback: string | string[] | undefined,
) => Promise<string | string[]>;

/**
 * Turns answers into choices that go together. Without `ask` there is no prompt.
 * @param yes take the default of every question that is not answered
 * Throws a UserError on a value that is wrong, missing or in conflict with another.
 */
export async function choose(
  { answers, yes }: { answers: Answers; yes: boolean },
  defaults: Defaults,
  ask: Ask | undefined,
): Promise<Choices> {
  const known = readAnswers(answers);
  const missing = questions.filter((question) => known[question.key] === undefined);
  if (!yes && !ask && missing.length > 0) {
    const needed = missing.filter(({ key, applies }) => applies(known) && !(key === 'name' && defaults.folder));
    if (needed.length > 0)
      throw new UserError(
        `Not running in a terminal. Missing: ${needed.map(({ key }) => `--${key}`).join(' ')}. Pass them, or --yes to accept the defaults.`,
      );
  }
  for (const question of missing) {
    const fallback = question.fallback(known, defaults);
    if (question.kind === 'one' && fallback === undefined) throw new UserError(noneFits(question, known));
    const isAsked = ask && !yes && question.applies(known);
    setAnswer(known, question, (isAsked ? await ask(question, known, fallback) : fallback) ?? '');
  }
  return complete(known);
}

/** Why no value of a question goes with the choices so far. */
function noneFits({ key, options }: Question, known: Partial<Choices>): string {
  const given = [...moduleKeys, 'registry' as const, 'namespace' as const].flatMap((one) =>
    known[one] ? [`--${one} ${known[one]}`] : [],
  );
  // The sentence of the value that fits most of them says the most.
  const likely: Partial<Record<Key, string | undefined>> = {
    kind: find(axes.language, known.language)?.kinds[0],
    host: axes.host.find(({ kinds }) => known.kind && kinds.includes(known.kind))?.id,
    registry: 'oci',
  };
  const why = conflict({ ...known, [key]: likely[key] ?? options[0]?.id });
  return `No ${key} goes with ${given.join(' ')}. ${why}`;
}

/**
 * Reads the choices of a file. Throws a UserError whose message continues after the name of the file: `has no choices.`
 * @param mayLack what is not there has its default
 */
export function parseChoices(value: unknown, mayLack = false): Choices {
  if (!isObject(value)) throw new UserError('has no choices.');
  const answers: Answers = {};
  for (const [key, answer] of Object.entries(value)) {
    const question = questions.find((one) => one.key === key);
    if (!question) throw new UserError(`has an unknown choice '${key.slice(0, 80)}'.`);
    const isList = question.kind === 'many' || question.kind === 'list';
    if ((typeof answer !== 'string' && !isTexts(answer)) || isList !== Array.isArray(answer))
      throw new UserError(`has an invalid ${key}: ${inLine(answer)}.`);
    answers[question.key] = answer;
  }
  const lacking = questions.filter(({ key, absent }) => answers[key] === undefined && absent === undefined);
  if (lacking.length > 0 && !mayLack) throw new UserError(`has no ${lacking.map(({ key }) => key).join(', ')}.`);
  try {
    const known = readAnswers(answersOf(answers));
    for (const question of questions)
      if (known[question.key] === undefined)
        setAnswer(known, question, question.fallback(known, { folder: '', author: () => '' }) ?? '');
    return complete(known);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw new UserError(`is not valid: ${error.message}`);
  }
}

const isTexts = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((text) => typeof text === 'string');

/** Choices as answers. With several modules, language, kind and host are in `module`. */
export function answersOf(choices: Answers): Answers {
  const answers = { ...choices };
  if (choices.module) for (const key of moduleKeys) delete answers[key];
  return answers;
}

function readAnswers(answers: Answers): Partial<Choices> {
  const known: Partial<Choices> = {};
  for (const question of questions) {
    const answer = answers[question.key];
    if (answer !== undefined) setAnswer(known, question, answer);
  }
  if (known.module?.length) setModules(known);
  checkChoices(known);
  return known;
}

/** The choices in the order of the questions, and of their values, so that the same choices are the same bytes. */
function complete(known: Partial<Choices>): Choices {
  checkChoices(known);
  const choices: Partial<Choices> = {};
  for (const { key, kind, options, absent } of questions) {
    const value = known[key];
    if (absent !== undefined && String(value) === String(absent)) continue;
    const ordered = kind === 'many' ? options.map(({ id }) => id).filter((id) => value?.includes(id)) : value;
    Object.assign(choices, { [key]: ordered });
  }
  return choices as Choices;
}

/** Stores an answer. Throws a UserError if it is not valid. */
export function setAnswer(known: Partial<Choices>, question: Question, answer: string | string[]): void {
  const { key, kind, options } = question;
  if (kind === 'text') {
    const problem = question.check(String(answer), known);
    if (problem) throw new UserError(problem);
    Object.assign(known, { [key]: answer });
    return;
  }
  const value = (word: string): string => {
    if (kind === 'list') return moduleOf(word);
    const id = knownValue(options, word);
    if (id !== undefined) return id;
    throw new UserError(
      word === ''
        ? `--${key} is empty. ${choiceOf(options, '')}`
        : `Unknown ${key} '${word}'. ${choiceOf(options, word)}`,
    );
  };
  Object.assign(known, { [key]: Array.isArray(answer) ? answer.map(value) : value(answer) });
}

/** With several modules, the first one gives language, kind and host. */
function setModules(known: Partial<Choices>): void {
  for (const key of moduleKeys)
    if (known[key] !== undefined)
      throw new UserError(
        `--${key} '${known[key]}' and --module were both given. Each module has its own ${key}: remove --${key}.`,
      );
  const first = parseModule(known.module?.[0] ?? '');
  if (typeof first === 'string') throw new UserError(first);
  Object.assign(known, { language: first.language, kind: first.kind, host: first.host });
}

/** Throws a UserError if these choices do not go together. */
export function checkChoices(known: Partial<Choices>): void {
  const problem = conflict(known);
  if (problem) throw new UserError(problem);
}
