/** Since which macOS there is what Swift sources use of the standard library, by the attributes in its interface file. */

/** Of 12.3: 1203. */
const number = (major = '', minor = '0'): number => Number(major) * 100 + Number(minor);

/** The newest macOS that attributes name; 0 where they name none. */
const sinceOf = (text: string): number =>
  Math.max(0, ...[...text.matchAll(/@available\(macOS (\d+)(?:\.(\d+))?/g)].map(([, ...parts]) => number(...parts)));

/** `(validating:as:)` of the parameters that begin at this place; empty where none does, or none has a label. */
function labelsAt(text: string, start: number): string {
  if (text[start] !== '(') return '';
  const labels: string[] = [];
  let depth = 0;
  let first = true;
  for (const [word] of text.slice(start).matchAll(/\w+|->|./g)) {
    if (depth === 1 && first && /^\w/.test(word)) {
      labels.push(`${word}:`);
      first = false;
    }
    if ('([{<'.includes(word)) depth++;
    if (')]}>'.includes(word)) depth--;
    if (depth === 1 && word === ',') first = true;
    if (depth === 0) break;
  }
  return labels.some((label) => label !== '_:') ? `(${labels.join('')})` : '';
}

/**
 * The macOS that a declaration needs, of several of the same name the oldest, by names such as `String.init(validating:as:)`.
 * Members of types within types are left out.
 */
export function interfaceOf(text: string): Map<string, number> {
  const needed = new Map<string, number>();
  const note = (name: string, since: number) => needed.set(name, Math.min(since, needed.get(name) ?? since));
  let attributes = '';
  let outer = { name: '', since: 0 };
  for (const line of text.split('\n')) {
    const [, indent, declaration = ''] = /^( {2})?(\S.*)$/.exec(line) ?? [];
    if (!declaration || declaration.startsWith('#')) continue;
    if (/^(?:@\w+(?:\([^)]*\))? ?)+$/.test(declaration)) {
      attributes += declaration;
      continue;
    }
    const since = sinceOf(attributes + declaration);
    attributes = '';
    const type = /\b(struct|class|enum|protocol|actor|extension) (?:Swift\.)?([\w.]+)/.exec(declaration);
    const member =
      /\b(?:func|var|let|subscript|case) ([^\s(<:]+|[^\s\w]+)(?:<[^(]*>)?|\b(init)[?!]?(?:<[^(]*>)?(?=\()/.exec(
        declaration,
      );
    if (type && !indent) {
      outer = { name: type[2] ?? '', since };
      if (type[1] !== 'extension') note(outer.name, since);
    } else if (!type && member) {
      const place = indent ? `${outer.name}.` : '';
      const labels = labelsAt(declaration, member.index + member[0].length);
      note(`${place}${member[1] ?? member[2]}${labels}`, Math.max(since, indent ? outer.since : 0));
    }
  }
  return needed;
}

/** What the compiler's dump of a syntax tree refers to in the standard library, with names as above. */
export const usedIn = (dump: string): string[] => [
  ...new Set(
    [...dump.matchAll(/decl="Swift\.\(file\)\.([^"@[]+?)(?: \[|@|")/g)].map(([, name = '']) =>
      name.replace(' extension', '').replace(/\((?:_:)*\)$/, ''),
    ),
  ),
];
