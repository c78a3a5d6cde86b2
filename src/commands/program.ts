/** What the doors import, so that they share one bundle: dist/bin/program.cjs. */
export { asker, isTerminal, type Prompt } from '../cli/prompt.ts';
export { notWritten } from '../lib/not-written.ts';
export { UserError } from '../lib/user-error.ts';
export { binCommands, commands, createCommand } from './commands.ts';
