/** JSON as Prettier formats it, so that a check of the repository passes. */
export const toJson = (data: object): string => `${printed(data, 0, 0)}\n`;

/** JSON with comments, as of VS Code's workspaces: Prettier puts a comma after the last entry of several lines. */
export const toJsonc = (data: object): string => `${printed(data, 0, 0, ',')}\n`;

/** Prettier's default `printWidth`: https://prettier.io/docs/options#print-width */
const width = 80;

const isNested = (value: unknown): value is object => typeof value === 'object' && value !== null;
const hasSeveral = (value: unknown) => isNested(value) && Object.keys(value).length > 1;

/**
 * Prettier puts a list on one line if it fits, but not a list of several objects or lists that have several entries each. It
 * keeps an object on one line if the source does; here these are the nested objects without lists or objects in them.
 * @param before the number of characters before the value in its line; one more comes after it
 * @param after what comes after the last entry of several lines
 */
function printed(value: unknown, indent: number, before: number, after = ''): string {
  if (!isNested(value)) return JSON.stringify(value);
  const inner = ' '.repeat(indent + 2);
  const isList = Array.isArray(value);
  const parts = isList
    ? value.map((one) => printed(one, indent + 2, indent + 2, after))
    : Object.entries(value)
        .filter(([, one]) => one !== undefined)
        .map(([key, one]) => {
          const name = `${JSON.stringify(key)}: `;
          return `${name}${printed(one, indent + 2, indent + 2 + name.length, after)}`;
        });
  if (parts.length === 0) return isList ? '[]' : '{}';
  const line = isList ? `[${parts.join(', ')}]` : `{ ${parts.join(', ')} }`;
  const mayFit = isList
    ? !(value.length > 1 && value.every(hasSeveral))
    : indent > 0 && !Object.values(value).some(isNested);
  if (mayFit && !line.includes('\n') && before + line.length + 1 <= width) return line;
  const [open, close] = isList ? ['[', ']'] : ['{', '}'];
  return `${open}\n${parts.map((part) => `${inner}${part}`).join(',\n')}${after}\n${' '.repeat(indent)}${close}`;
}

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A value for a message, as JSON of at most 80 characters. */
export function inLine(value: unknown): string {
  const text = JSON.stringify(value) ?? 'undefined';
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}
