/** Asks the questions in a terminal, with the inquirer of the caller. */

import { UserError } from '../lib/user-error.ts';
import type { Option } from '../model/choices.ts';
import type { Ask } from '../plan/choices.ts';
import { conflict } from '../plan/compose.ts';

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

/** Whether prompts are possible. */
export const isTerminal = (): boolean => Boolean(process.stdin.isTTY && process.stdout.isTTY);

const label = (option: Option) => (option.status === 'legacy' ? `${option.label} (legacy)` : option.label);

export function asker(prompt: Prompt): Ask {
  return async (question, known, fallback) => {
    const asked: PromptQuestion = { type: 'input', name: 'answer', message: question.message };
    // An invalid default is not offered: git's user.name may have control characters.
    const isOffered = question.kind !== 'text' || question.check(String(fallback), known) === undefined;
    const offered = isOffered ? fallback : question.nearest?.(String(fallback));
    if (offered !== undefined) asked.default = offered;
    if (question.kind === 'text') asked.validate = (value) => question.check(String(value), known) ?? true;
    else {
      const many = question.kind === 'many';
      asked.type = many ? 'checkbox' : 'select';
      asked.pageSize = 20;
      asked.choices = question.options.map((option) => ({
        name: label(option),
        value: option.id,
        short: option.label,
        description: option.help,
        disabled: conflict({ ...known, [question.key]: many ? [option.id] : option.id }) ?? false,
        ...(many ? { checked: fallback?.includes(option.id) ?? false } : {}),
      }));
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
