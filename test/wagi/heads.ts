/** Heads of CGI answers for fuzzing: some that modules write, some that are nearly so, some that are noise. */
import fc from 'fast-check';

const names = ['content-type', 'status', 'location', 'content-length', 'trailer', 'set-cookie', 'transfer-encoding'];
const values = ['200', '204 No Content', '304', '101', '599', 'a/b', '/x', '5', '-1', '1e3', 'chunked', '', 'close'];
const more = [
  'connection',
  'upgrade',
  'keep-alive',
  'te',
  'date',
  'expect',
  'x-a',
  '__proto__',
  'constructor',
  ':',
  '',
];

const name = fc.oneof(
  { arbitrary: fc.constantFrom(...names, ...more), weight: 4 },
  fc.string({ unit: 'binary', maxLength: 8 }),
);
const value = fc.oneof(
  { arbitrary: fc.constantFrom(...values), weight: 4 },
  fc.string({ unit: 'binary', maxLength: 12 }),
);
const line = fc.tuple(
  name,
  fc.constantFrom(': ', ':', ' : ', ''),
  value,
  fc.constantFrom('\n', '\r\n', '\r\r\n', '\0\n'),
);

/** Bytes that a module writes to standard output. */
export const headBytes: fc.Arbitrary<Uint8Array> = fc
  .tuple(fc.array(line, { maxLength: 6 }), fc.constantFrom('\n', '\r\n', '', '\n\n'), fc.uint8Array({ maxLength: 8 }))
  .map(([lines, end, body]) => Buffer.concat([Buffer.from(lines.flat().join('') + end), body]));
