/** Functions of WASI that a module calls. */
import { Errno, errno, errnoOf } from './errno.ts';

/** An imported function. Returns an error number; no value means success. */
// biome-ignore lint/suspicious/noExplicitAny: the parameters, numbers and bigints, differ by function
// biome-ignore lint/suspicious/noConfusingVoidType: most give nothing
export type Call = (...values: any[]) => number | void;
export type Calls = Record<string, Call>;

/** Makes a call return the error number that it throws. */
export const guarded =
  (call: Call): Call =>
  (...values) => {
    try {
      return call(...values) ?? errno.success;
    } catch (error) {
      if (error instanceof Errno) return error.code;
      const code = errnoOf(error);
      if (code === undefined) throw error;
      return code;
    }
  };
