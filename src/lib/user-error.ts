import { shown } from './printable.ts';

/** An error that the user can fix. Its message is one line; no stack trace is shown. */
export class UserError extends Error {
  /** The exit code; `code` is where yo looks for it. */
  readonly code: number;
  constructor(message: string, code = 1) {
    super(shown(message));
    this.name = 'UserError';
    this.code = code;
  }
}
