/** The prompts of our own door: of inquirer, those three that the questions need. */
import checkbox from '@inquirer/checkbox';
import input from '@inquirer/input';
import select from '@inquirer/select';
import type { Prompt } from '../src/commands/program.ts';

const prompts = { input, select, checkbox };

export const prompt: Prompt = async ({ type, name: _, ...question }) => ({
  answer: (await prompts[type](question as never)) as string | string[],
});
