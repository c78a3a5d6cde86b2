/** Makes text of a repository safe to print. */

/**
 * Control characters, which terminals may execute; invisible characters and those that change the direction of text, which make
 * it read differently; and unpaired surrogates. A function, since the tables of `\p` take 1 ms to build.
 */
export const unprintable = () => /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

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
