/** What every command of our own door ends with: its text, or the sentence of its error, and the exit code. */
import { notWritten } from '../lib/not-written.ts';
import { print } from '../lib/output.ts';
import { UserError } from '../lib/user-error.ts';
import type { CommandResult } from './command.ts';

/** What the system refused, as a sentence: a full disk also refuses temporary files. */
function systemProblem(error: unknown): UserError | undefined {
  const { code, path } = error instanceof Error ? (error as NodeJS.ErrnoException) : {};
  if (code === 'ENOENT' && path === undefined)
    return new UserError('The current folder does not exist any more. Change to another one: cd.');
  return code !== undefined && /^(?:ENOSPC|EDQUOT|EROFS|EACCES|EPERM)$/.test(code)
    ? new UserError(notWritten(path ?? 'The folder for temporary files', error))
    : undefined;
}

export async function answered(run: () => Promise<CommandResult>): Promise<void> {
  try {
    const { text, code } = await run();
    if (text) print('stdout', text);
    process.exitCode = code;
  } catch (error) {
    const problem = error instanceof UserError ? error : systemProblem(error);
    if (!problem) throw error;
    print('stderr', problem.message);
    process.exitCode = problem.code;
  }
}
