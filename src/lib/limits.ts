/** Limits for files that are not trusted, so that none uses too much memory or time. */
import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { UserError } from './user-error.ts';

/** Limits of an answers file: bytes, nesting depth, number of values. */
export const limits = { bytes: 1_000_000, depth: 50, values: 10_000 };

/** The most folders with a manifest that are read in an adopted repository. */
export const mostManifests = 1_000;

/** @param what the start of the message: `'x' has 7 bytes` */
export const tooMuch = (what: string, limit: number): UserError => new UserError(`${what}; the limit is ${limit}.`);

/** The text of a file or a pipe. Throws a UserError if it has more than `limit` bytes, and the errors of `openSync`. */
export function readUpTo(path: string, limit: number): string {
  const descriptor = openSync(path, 'r');
  try {
    const chunks: Buffer[] = [];
    for (let size = 0; ; ) {
      const chunk = Buffer.alloc(1 << 16);
      const read = readSync(descriptor, chunk);
      if (read === 0) return Buffer.concat(chunks).toString();
      chunks.push(chunk.subarray(0, read));
      size += read;
      if (size > limit) throw tooMuch(`'${path}' has ${Math.max(size, statSync(path).size)} bytes`, limit);
    }
  } finally {
    closeSync(descriptor);
  }
}

/** Throws a UserError if data of a file exceeds the limits. Data that refers to itself exceeds every depth. */
export function checkShape(data: unknown, path: string): void {
  let values = 0;
  let level = [data];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > limits.depth)
      throw tooMuch(`'${path}' nests lists and objects ${depth} levels deep or more`, limits.depth);
    values += level.length;
    if (values > limits.values) throw tooMuch(`'${path}' has ${values} values or more`, limits.values);
    level = level.flatMap((value) => (typeof value === 'object' && value !== null ? Object.values(value) : []));
  }
}
