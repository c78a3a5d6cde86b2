#!/usr/bin/env node
/** Our own front door: works without yo, as root, without a terminal. Loads the prompts only when it asks. */
import {
  asker,
  binCommands,
  createCommand,
  isTerminal,
  notWritten,
  type Prompt,
  UserError,
} from '../src/commands/program.ts';

const prompt: Prompt = async (question) => (await import('./prompts.ts')).prompt(question);

/** What the system refused, as a sentence: a full disk also refuses temporary files. */
function systemProblem(error: unknown): UserError | undefined {
  const { code, path } = error instanceof Error ? (error as NodeJS.ErrnoException) : {};
  if (code === 'ENOENT' && path === undefined)
    return new UserError('The current folder does not exist any more. Change to another one: cd.');
  return code !== undefined && /^(?:ENOSPC|EDQUOT|EROFS|EACCES|EPERM)$/.test(code)
    ? new UserError(notWritten(path ?? 'The folder for temporary files', error))
    : undefined;
}

/** A function, since a CommonJS module has no `await` outside of one; Node starts CommonJS in 7 ms less. */
async function main([word, ...argv]: readonly string[]): Promise<void> {
  const command = binCommands.find(({ name }) => name === word);
  try {
    const loaded = await (command ?? createCommand(binCommands)).load();
    const { text, code } = await loaded.run(command || word === undefined ? argv : [word, ...argv], {
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
}

void main(process.argv.slice(2));
