/** Lines of a file, and how a repair finds and replaces them. */

/** Lines with their line ends, so that unchanged ones stay byte for byte. */
export type Lines = readonly string[];
export const linesOf = (text: string): Lines => text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
export const body = (line: string | undefined): string => (line ?? '').replace(/\r?\n$/, '');

export const endOf = (lines: Lines): string => /\r?\n$/.exec(lines[0] ?? '')?.[0] ?? '\n';

/** New lines with the line ends of the file; the last one gets the line end of the line that it replaces, `last`. */
export const inPlaceOf = (last: string, texts: readonly string[], end: string): Lines =>
  texts.map((text, index) => text + (index < texts.length - 1 ? end : last.slice(body(last).length)));

/** Replaces the first lines: the new lines and the number of lines consumed; undefined if it does not match. */
type Take = (lines: Lines) => { taken: number; texts: string[] } | undefined;

export function replace(lines: Lines, take: Take): Lines {
  const result: string[] = [];
  for (let at = 0; at < lines.length; ) {
    const rest = lines.slice(at);
    const found = take(rest);
    const taken = found?.taken ?? 1;
    result.push(...(found ? inPlaceOf(rest[taken - 1] ?? '', found.texts, endOf(lines)) : rest.slice(0, 1)));
    at += taken;
  }
  return result;
}

/** Matches one line. */
export const line =
  (pattern: RegExp, texts: (found: RegExpExecArray) => string[]): Take =>
  (lines) => {
    const found = pattern.exec(body(lines[0]));
    return found ? { taken: 1, texts: texts(found) } : undefined;
  };

/** Matches a workflow step with this name and only known lines. */
export const step =
  (name: RegExp, known: RegExp, texts: string[]): Take =>
  (lines) => {
    const [, indent] = /^(\s*)- name: /.exec(body(lines[0])) ?? [];
    if (indent === undefined || !name.test(body(lines[0]).slice(`${indent}- name: `.length))) return undefined;
    const next = lines.findIndex((text, index) => index > 0 && /\S/.test(text) && !text.startsWith(`${indent}  `));
    const all = lines.slice(0, next < 0 ? lines.length : next).map(body);
    while (all.at(-1)?.trim() === '') all.pop();
    const isKnown = all.slice(1).every((text) => text.trim() === '' || known.test(text.trim()));
    return isKnown ? { taken: all.length, texts: texts.map((text) => (text ? indent + text : '')) } : undefined;
  };

/** Replaces text within lines. */
export const within =
  (...changes: [pattern: RegExp, by: string][]) =>
  (lines: Lines): Lines =>
    lines.map((text) => changes.reduce((all, [pattern, by]) => all.replace(pattern, by), text));
