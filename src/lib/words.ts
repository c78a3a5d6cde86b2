/** Lists and counts in sentences. */

/** `a, b and c`. */
export const and = (words: readonly string[]): string => words.join(', ').replace(/, ([^,]*)$/, ' and $1');

/** `a, b or c`. */
export const or = (words: readonly string[]): string => words.join(', ').replace(/, ([^,]*)$/, ' or $1');

/** A text as the source of a regular expression that matches it alone. */
export const literally = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** `1 pin`, `2 pins`. */
export const count = (number: number, what: string): string => `${number} ${what}${number === 1 ? '' : 's'}`;
