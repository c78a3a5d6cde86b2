/** Functions of WASI that a module calls. */
import { Errno, errno, errnoOf } from './errno.ts';

/** A function that the host gives to a module. Returns the number of an error; nothing means success. */
// biome-ignore lint/suspicious/noExplicitAny: the parameters, numbers and bigints, differ by function
// biome-ignore lint/suspicious/noConfusingVoidType: most give nothing
export type Call = (...values: any[]) => number | void;
export type Calls = Record<string, Call>;

/** Returns the number of an error that the call throws. */
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
