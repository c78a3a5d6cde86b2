/** Asks the questions in a terminal, with the inquirer of the caller. */

import { UserError } from '../lib/user-error.ts';
import type { Option } from '../model/choices.ts';
import type { Ask } from '../plan/choices.ts';
import { conflict, shortReason } from '../plan/compose.ts';

/** A question in the format of inquirer and Yeoman. */
export interface PromptQuestion {
  type: 'input' | 'select' | 'checkbox';
  name: 'answer';
  message: string;
  default?: string | string[];
  /** The number of choices shown at once. */
  pageSize?: number;
  choices?: {
    name: string;
    value: string;
    short: string;
    description: string;
    disabled: string | false;
    checked?: boolean;
  }[];
  validate?: (value: unknown) => string | true;
}
export type Prompt = (question: PromptQuestion) => Promise<{ answer: string | string[] }>;

/** Whether prompts are possible. Standard output comes first: it is printed to anyway, and opening standard input takes 3 ms. */
export const isTerminal = (): boolean => Boolean(process.stdout.isTTY && process.stdin.isTTY);

const label = (option: Option) => (option.ended ? `${option.label} (${option.ended})` : option.label);

/** A text in one line of the terminal: the mark of the choice, the reason and a space stand beside it. */
function fitting(text: string, reason = ''): string {
  const width = (process.stdout.columns || 80) - 4 - (reason === '' ? 0 : reason.length + 3);
  return text.length > width ? `${text.slice(0, Math.max(width - 1, 8))}…` : text;
}

export function asker(prompt: Prompt): Ask {
  return async (question, known, fallback) => {
    const example = question.example?.(known);
    const message = example ? `${question.message}, such as ${example}` : question.message;
    const asked: PromptQuestion = { type: 'input', name: 'answer', message };
    // An invalid default is not offered: git's user.name may have control characters.
    const isOffered = question.kind !== 'text' || question.check(String(fallback), known) === undefined;
    const offered = isOffered ? fallback : question.nearest?.(String(fallback));
    if (offered !== undefined) asked.default = offered;
    if (question.kind === 'text') asked.validate = (value) => question.check(String(value), known) ?? true;
    else {
      const many = question.kind === 'many';
      asked.type = many ? 'checkbox' : 'select';
      asked.pageSize = 20;
      asked.choices = question.options.map((option) => {
        const isClosed = conflict({ ...known, [question.key]: many ? [option.id] : option.id }) !== undefined;
        const reason = isClosed ? shortReason(question.key, option, known) : undefined;
        return {
          name: reason ? fitting(option.label, reason) : fitting(label(option)),
          value: option.id,
          short: option.label,
          description: option.help,
          disabled: reason ? `(${reason})` : false,
          ...(many ? { checked: fallback?.includes(option.id) ?? false } : {}),
        };
      });
      if (many)
        asked.validate = (chosen) => {
          const ids = (chosen as (string | { value: string })[]).map((item) =>
            typeof item === 'string' ? item : item.value,
          );
          return conflict({ ...known, [question.key]: ids }) ?? true;
        };
    }
    try {
      const { answer } = await prompt(asked);
      // An empty selection means `none`.
      return Array.isArray(answer) && answer.length === 0 ? ['none'] : answer;
    } catch (error) {
      if (error instanceof Error && error.name === 'ExitPromptError')
        throw new UserError('Cancelled. Nothing was written.', 130);
      throw error;
    }
  };
}
