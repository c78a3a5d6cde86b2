import { shown } from './printable.ts';

/** A mistake or a wish of the user: its message is one or two sentences in a line, and no stack is shown. */
export class UserError extends Error {
  /** The exit code; `code` is where yo looks for it. */
  readonly code: number;
  constructor(message: string, code = 1) {
    super(shown(message));
    this.name = 'UserError';
    this.code = code;
  }
}
