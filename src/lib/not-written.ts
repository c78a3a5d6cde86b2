/** Why a path cannot be written, and what to do, as sentences. */

/** Sentences by the code of the error; `%` stands for the path. */
const sentences: Record<string, string> = {
  ENOSPC: "The disk is full: '%' cannot be written (ENOSPC). Free some space.",
  EDQUOT: "Your disk quota is used up: '%' cannot be written (EDQUOT). Free some space.",
  EROFS: "'%' is on a read-only file system (EROFS). Choose another folder.",
  EACCES: "'%' cannot be written (EACCES). Fix its permissions, or choose another folder.",
  EPERM: "'%' cannot be written (EPERM). Fix its permissions, or choose another folder.",
  ENOENT: "'%' cannot be written, because a folder above it does not exist any more (ENOENT). Create it again.",
  ENAMETOOLONG: "'%' is too long for a path (ENAMETOOLONG). Choose a shorter one.",
};

/** @param error what a call of node:fs threw */
export function notWritten(path: string, error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
  const sentence = Object.hasOwn(sentences, code) ? sentences[code] : undefined;
  return (sentence ?? `'%' cannot be written (${code}). Choose another folder.`).replace('%', () => path);
}
