/** Lists and counts in sentences. */

/** `a, b and c`. */
export const and = (words: readonly string[]): string => words.join(', ').replace(/, ([^,]*)$/, ' and $1');

/** `1 pin`, `2 pins`. */
export const count = (number: number, what: string): string => `${number} ${what}${number === 1 ? '' : 's'}`;
