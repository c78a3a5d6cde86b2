/**
 * Prints YAML as the library `yaml` does, and quotes as Prettier does. To load that library and to print with it takes 17 ms of CPU
 * time, a quarter of what it takes to create a project, so only what parses YAML loads it. The tests compare the two.
 */

/** A text with a trailing comment. */
export class Commented {
  constructor(
    readonly text: string,
    readonly comment: string,
  ) {}
}

export interface YamlStyle {
  /** Comments above keys, by path: `jobs.release.shell`. */
  comments?: Record<string, string>;
  /** Whether an empty line is before each part of the file that has a block. */
  spaced?: boolean;
  /** The anchor of an object that occurs in several places: printed in the first, and as an alias in the others. */
  anchor?: string;
}

/** A document, with a line break at its end. */
export function toYaml(data: object, { comments = {}, spaced = false, anchor }: YamlStyle = {}): string {
  const shared = anchor === undefined ? new Set() : repeated(data);
  const printed = new Set();
  // To look up the path of every key would take most of the time.
  const commented = new Set(Object.keys(comments).map((path) => path.slice(path.lastIndexOf('.') + 1)));
  let out = '';

  /** Prints what comes after `key:` or `-`: a space and a text in the same line, or a line break and a block. */
  function value(data: unknown, indent: string, path: string, inList: boolean): void {
    if (!isNested(data)) {
      if (data !== null) out += ` ${scalar(data, indent)}`;
    } else if (printed.has(data)) out += ` *${anchor}`;
    else {
      const isShared = shared.has(data);
      if (isShared) {
        out += ` &${anchor}`;
        printed.add(data);
      }
      const { length } = out;
      // The first line of a block in a list is in the line of its dash.
      block(data, indent, path, inList && !isShared ? ' ' : `\n${indent}`);
      if (out.length === length) out += Array.isArray(data) ? ' []' : ' {}';
    }
  }

  /** Prints the lines of a list or a map. @param before what comes before the first line */
  function block(data: object, indent: string, path: string, before: string): void {
    const isList = Array.isArray(data);
    const inner = `${indent}  `;
    const { length } = out;
    for (const [key, one] of Object.entries(data)) {
      if (one === undefined) continue;
      const isFirst = out.length === length;
      if (spaced && indent === '' && !isFirst && isNested(one)) out += '\n';
      out += isFirst ? before : `\n${indent}`;
      const comment = commented.has(key) ? comments[`${path}${key}`] : undefined;
      if (comment) out += `# ${comment}\n${indent}`;
      out += isList ? '-' : `${text(key, inner, true)}:`;
      value(one, inner, `${path}${key}.`, isList);
    }
  }

  block(data, '', '', '');
  return `${out}\n`;
}

const isNested = (data: unknown): data is object =>
  typeof data === 'object' && data !== null && !(data instanceof Commented);

/** The objects and lists that occur more than once. */
function repeated(data: object, seen = new Set<object>(), found = new Set<object>()): Set<object> {
  for (const one of Object.values(data).filter(isNested))
    if (seen.has(one)) found.add(one);
    else repeated(one, seen.add(one), found);
  return found;
}

const scalar = (data: unknown, indent: string): string =>
  data instanceof Commented
    ? `${text(data.text, indent)} # ${data.comment}`
    : typeof data === 'string'
      ? text(data, indent)
      : String(data);

/** What YAML 1.2 reads as null, a boolean or a number: https://yaml.org/spec/1.2.2/#103-core-schema */
const otherType =
  /^(?:~|[Nn]ull|NULL|[Tt]rue|TRUE|[Ff]alse|FALSE|0o[0-7]+|0x[0-9a-fA-F]+|[-+]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.nan|\.NaN|\.NAN)?$/;

/** What has a meaning in YAML: at the start, within and at the end of a text. */
const special = /^[\t ,[\]{}#&*!|>'"%@`]|^[?-](?:$|[\t ])|^(?:---|\.\.\.)|:[\t ]|[\t ]#|[\t :]$/;

/** What is not printable in YAML (https://yaml.org/spec/1.2.2/#51-character-set), and a carriage return, which a reader would drop. */
const control = /[^\t\n -~\u00a0-\ud7ff\ue000-\u{10ffff}]/u;

/** A text without quotes if it can be, in several lines if it has several, else with the quotes that need fewer backslashes. */
function text(value: string, indent: string, isKey = false): string {
  if (control.test(value)) return doubleQuoted(value);
  if (value.includes('\n')) return !isKey && /\S[\t ]*\n?$/.test(value) ? literal(value, indent) : doubleQuoted(value);
  const hasQuotes = value.includes('"') && value.split('"').length > value.split("'").length;
  if (special.test(value) || otherType.test(value) || (hasQuotes && value.includes("'")))
    return hasQuotes ? `'${value.replaceAll("'", "''")}'` : doubleQuoted(value);
  return value;
}

const doubleQuoted = (value: string): string =>
  JSON.stringify(value).replace(
    // JSON leaves DEL and the next 32 characters as they are. Not `\p{Cc}`, whose table takes 1 ms to build.
    /[^ -~\u00a0-\uffff]/g,
    (character) => `\\x${character.charCodeAt(0).toString(16)}`,
  );

/** Lines as they are. A space at the start would be read as more indent. */
const literal = (value: string, indent: string): string =>
  `|${/^\n* /.test(value) ? '2' : ''}${value.endsWith('\n') ? '' : '-'}\n${indent}${value.replace(/\n$/, '').replace(/\n+/g, `$&${indent}`)}`;
