/** Pinned versions, which may be partial: `24-bookworm`, `v4`, `49.0.3`. */

/** The leading numbers of a version. */
const numbers = (version: string): number[] =>
  (/^v?(\d+(?:\.\d+)*)/.exec(version)?.[1] ?? '').split('.').filter(Boolean).map(Number);

/** Whether a version is older than another, by the numbers that both have. Other text is never older. */
export function isOlder(one: string, other: string): boolean {
  const [a, b] = [numbers(one), numbers(other)];
  for (const [index, number] of a.entries()) {
    const than = b[index];
    if (than === undefined) return false;
    if (number !== than) return number < than;
  }
  return false;
}
