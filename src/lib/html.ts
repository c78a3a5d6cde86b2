/** HTML from text that is not trusted. */
import { shown } from './printable.ts';

/** HTML that is safe to print as it is. Only `html` makes it from other text. */
export class Html {
  constructor(readonly text: string) {}
}

type Part = string | number | Html | null | undefined | false | readonly Part[];

const references: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** A text as HTML, for elements and for attributes in quotes. Unprintable characters are written as `\u001b`. */
export const escaped = (text: string): string => shown(text).replace(/[&<>"']/g, (one) => references[one] ?? one);

const print = (part: Part): string => {
  if (part === undefined || part === null || part === false) return '';
  if (part instanceof Html) return part.text;
  return typeof part === 'object' ? part.map(print).join('') : escaped(String(part));
};

/** A template of HTML: every value that is not `Html` is escaped. */
export const html = (text: TemplateStringsArray, ...parts: readonly Part[]): Html =>
  new Html(text.map((one, index) => `${one}${print(parts[index])}`).join(''));
