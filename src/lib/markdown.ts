/** Markdown as Prettier formats it, so that a check of the repository passes. */

/** A table: each column is as wide as its widest cell. Cells may not have line breaks. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const cells = [head, ...rows].map((row) => row.map((cell) => cell.replaceAll('|', '\\|')));
  const widths = head.map((_, column) => Math.max(3, ...cells.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]) =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  const [first = [], ...others] = cells;
  return [line(first), line(widths.map((width) => '-'.repeat(width))), ...others.map(line)].join('\n');
}

const width = 120;

/** What is kept on one line: code, a link, a word. */
const unbreakable = /(?:`[^`]*`|\[[^\]]*\]\([^)]*\)|\S)+/g;

/** Space that is not a single one between words. */
const otherSpace = /[^\S ]| (?: |$)/;

/** A line that is not a paragraph: a heading, an entry of a list, a row of a table. */
const isBlock = (line: string) => /^(?:[#|>\s-]|\d+\.|$)/.test(line);

/** A document whose paragraphs are broken into lines of up to 120 characters; code, lists and tables stay. */
export function wrapped(text: string): string {
  const lines: string[] = [];
  let isCode = false;
  /** The last line of the paragraph; empty outside of one. */
  let last = '';
  const end = () => {
    if (last) lines.push(last);
    last = '';
  };
  for (const line of text.split('\n')) {
    const isFence = line.startsWith('```');
    if (isFence) isCode = !isCode;
    if (isFence || isCode || isBlock(line)) {
      end();
      lines.push(line);
    } else if (last.length + 1 + line.length <= width && !otherSpace.test(line)) add(line);
    else for (const word of line.match(unbreakable) ?? []) add(word);
  }
  end();
  return lines.join('\n');

  function add(words: string): void {
    // A line that begins so would be a list or a heading.
    const fits = last.length + 1 + words.length <= width || isBlock(`${words} `);
    if (last && fits) last += ` ${words}`;
    else {
      end();
      last = words;
    }
  }
}
