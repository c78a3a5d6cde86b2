/** Lists and counts in sentences. */

const listed = (conjunction: string) => (words: readonly string[]) =>
  words.join(', ').replace(/, ([^,]*)$/, ` ${conjunction} $1`);

/** `a, b and c`. */
export const and = listed('and');
/** `a, b or c`. */
export const or = listed('or');

/** A text as the source of a regular expression that matches it alone. */
export const literally = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** `1 pin`, `2 pins`. */
export const count = (number: number, what: string): string => `${number} ${what}${number === 1 ? '' : 's'}`;
