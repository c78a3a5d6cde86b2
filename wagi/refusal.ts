/** The longest message, in characters: a registry may put megabytes into it. */
const longest = 1000;

/** An error that the user can fix: one or two sentences in one line, which a terminal can print, and no stack trace. */
export class Refusal extends Error {
  constructor(message: string) {
    const short = message.length > longest ? `${message.slice(0, longest)}…` : message;
    super(
      short.replace(
        /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu,
        (found) => `\\u${(found.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`,
      ),
    );
  }
}
