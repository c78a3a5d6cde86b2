#!/usr/bin/env node
/** Our own front door: works without yo, as root, without a terminal. Loads the prompts only when it asks. */
import { asker, isTerminal, type Prompt } from '../src/cli/prompt.ts';
import { binCommands, createCommand } from '../src/commands/commands.ts';
import { notWritten } from '../src/lib/not-written.ts';
import { UserError } from '../src/lib/user-error.ts';

const prompt: Prompt = async (question) => {
  const { default: inquirer } = await import('inquirer');
  return inquirer.prompt([question]);
};

/** What the system refused, as a sentence: a full disk also refuses temporary files. */
function systemProblem(error: unknown): UserError | undefined {
  const { code, path } = error instanceof Error ? (error as NodeJS.ErrnoException) : {};
  if (code === 'ENOENT' && path === undefined)
    return new UserError('The current folder does not exist any more. Change to another one: cd.');
  return code !== undefined && /^(?:ENOSPC|EDQUOT|EROFS|EACCES|EPERM)$/.test(code)
    ? new UserError(notWritten(path ?? 'The folder for temporary files', error))
    : undefined;
}

const argv = process.argv.slice(2);
const command = binCommands.find(({ name }) => name === argv[0]);
try {
  const loaded = await (command ?? createCommand(binCommands)).load();
  const { text, code } = await loaded.run(command ? argv.slice(1) : argv, {
    cwd: process.cwd(),
    ask: isTerminal() ? asker(prompt) : undefined,
    program: command ? `generator-wasm ${command.name}` : 'generator-wasm',
  });
  if (text) console.log(text);
  process.exitCode = code;
} catch (error) {
  const problem = error instanceof UserError ? error : systemProblem(error);
  if (!problem) throw error;
  console.error(problem.message);
  process.exitCode = problem.code;
}
