/** Makes text of a repository safe to print. */

/**
 * Control characters, which terminals may execute; invisible characters and those that change the direction of text, which make
 * it read differently; and unpaired surrogates. Not a literal, for which Node builds the tables of these categories when it loads the
 * file: that takes 1 ms.
 */
export const unprintable = () =>
  new RegExp(['Cc', 'Cf', 'Zl', 'Zp', 'Cs'].map((category) => `\\p{${category}}`).join('|'), 'gu');

/** A text in one line, with each unprintable character as JavaScript, JSON and bash write it: `\u001b`. */
export const shown = (text: string): string =>
  /^[ -~]*$/.test(text)
    ? text
    : text.replace(unprintable(), (found) =>
        found
          .split('')
          .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
          .join(''),
      );

/** Whether a text has only printable characters. */
export const isPrintable = (text: string): boolean => shown(text) === text;

/** Makes the output of a command safe to print; line feeds and tabs stay. */
export const printed = (text: string): string =>
  text
    .split('\n')
    .map((line) => line.split('\t').map(shown).join('\t'))
    .join('\n');
