/** What the doors import: one file of the package, dist/bin/program.cjs, which they share. */
import { answered } from '../cli/answered.ts';
import { asker, isTerminal, type Prompt } from '../cli/prompt.ts';
import { binCommands, createCommand } from './commands.ts';

export { asker, isTerminal, type Prompt } from '../cli/prompt.ts';
export { UserError } from '../lib/user-error.ts';
export { commands, createCommand } from './commands.ts';

/** Runs a command line of our own door. @param prompt asks a question in the terminal */
export const main = ([word, ...argv]: readonly string[], prompt: Prompt): Promise<void> =>
  answered(async () => {
    const command = binCommands.find(({ name }) => name === word);
    const { run } = await (command ?? createCommand(binCommands)).load();
    return run(command || word === undefined ? argv : [word, ...argv], {
      cwd: process.cwd(),
      // By its first use: to look for a terminal takes 3 ms.
      get ask() {
        return isTerminal() ? asker(prompt) : undefined;
      },
      program: command ? `generator-wasm ${command.name}` : 'generator-wasm',
    });
  });
