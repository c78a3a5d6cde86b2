/** Versions as people pin them, which need not be whole: `24-bookworm`, `v4`, `49.0.3`. */

/** The numbers that a version begins with. */
const numbers = (version: string): number[] =>
  (/^v?(\d+(?:\.\d+)*)/.exec(version)?.[1] ?? '').split('.').filter(Boolean).map(Number);

/** Whether one is older than another, as far as both say; what is no version is not. */
export function isOlder(one: string, other: string): boolean {
  const [a, b] = [numbers(one), numbers(other)];
  for (const [index, number] of a.entries()) {
    const than = b[index];
    if (than === undefined) return false;
    if (number !== than) return number < than;
  }
  return false;
}
