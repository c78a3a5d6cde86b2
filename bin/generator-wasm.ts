#!/usr/bin/env node
/** Our own front door: works without yo, as root, without a terminal. Loads the prompts only when it asks. */
import { asker, isTerminal, type Prompt } from '../src/cli/prompt.ts';
import { binCommands, createCommand } from '../src/commands/commands.ts';
import { UserError } from '../src/lib/user-error.ts';

const prompt: Prompt = async (question) => {
  const { default: inquirer } = await import('inquirer');
  return inquirer.prompt([question]);
};

const argv = process.argv.slice(2);
const command = binCommands.find(({ name }) => name === argv[0]);
try {
  const { text, code } = await (command ?? createCommand(binCommands)).run(command ? argv.slice(1) : argv, {
    cwd: process.cwd(),
    ask: isTerminal() ? asker(prompt) : undefined,
    program: command ? `generator-wasm ${command.name}` : 'generator-wasm',
  });
  if (text) console.log(text);
  process.exitCode = code;
} catch (error) {
  if (!(error instanceof UserError)) throw error;
  console.error(error.message);
  process.exitCode = error.code;
}
