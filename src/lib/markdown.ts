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

/** A line that is no paragraph: a heading, an entry of a list, a row of a table. */
const isBlock = (line: string) => /^(?:[#|>\s-]|\d+\.|$)/.test(line);

/** A document whose paragraphs are broken into lines of up to 120 characters; code, lists and tables stay. */
export function wrapped(text: string): string {
  const lines: string[] = [];
  let isCode = false;
  let isParagraph = false;
  for (const line of text.split('\n')) {
    const isFence = line.startsWith('```');
    if (isFence) isCode = !isCode;
    const continues = isParagraph;
    isParagraph = !isFence && !isCode && !isBlock(line);
    if (!isParagraph) lines.push(line);
    else for (const [index, word] of (line.match(unbreakable) ?? []).entries()) add(word, continues || index > 0);
  }
  return lines.join('\n');

  function add(word: string, continues: boolean): void {
    const last = lines.at(-1) ?? '';
    // A line that begins so would be a list or a heading.
    const fits = last.length + 1 + word.length <= width || isBlock(`${word} `);
    if (continues && fits) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
}
