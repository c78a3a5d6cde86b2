/** Quotes a word for a POSIX shell; a plain word stays as it is. */
export function quote(word: string): string {
  return /^[A-Za-z0-9_./:@,=+-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
