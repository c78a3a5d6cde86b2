/** Finds the word that a misspelled one means. */

/** The most similar of these words, if at most one letter in three differs; an abbreviation of one word stands for that word. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  const typed = word.toLowerCase();
  if (typed === '') return undefined;
  const longer = known.filter((one) => one.toLowerCase().startsWith(typed));
  if (longer.length === 1 && typed.length > 1) return longer[0];
  const [best] = known
    .map((one) => ({ one, far: distance(typed, one.toLowerCase()) }))
    .filter(({ one, far }) => far <= Math.max(typed.length, one.length) / 3)
    .sort((a, b) => a.far - b.far);
  return best?.one;
}

/** The edit distance: letters added, left out, replaced, or swapped with the next one. */
export function distance(a: string, b: string): number {
  const rows = [Array.from({ length: b.length + 1 }, (_, index) => index)];
  const at = (i: number, j: number) => rows[i]?.[j] ?? 0;
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    rows.push(row);
    for (let j = 1; j <= b.length; j++) {
      const isSwapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      row[j] = Math.min(
        at(i - 1, j) + 1,
        at(i, j - 1) + 1,
        at(i - 1, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1),
        ...(isSwapped ? [at(i - 2, j - 2) + 1] : []),
      );
    }
  }
  return at(a.length, b.length);
}
