/** Tells a person at a terminal that a program works. */

/** Shows a line in the terminal for as long as `work` runs; nothing without a terminal. */
export function during<T>(line: string, work: () => T): T {
  const { stderr } = process;
  if (!stderr.isTTY) return work();
  stderr.write(`${line}…`);
  try {
    return work();
  } finally {
    // Back to the start of the line, and erase it: ECMA-48, CR and EL.
    stderr.write('\r\u001b[K');
  }
}
