/** JSON as Prettier formats it, so that a check of the repository passes: a list of words is one line where it fits. */
export const toJson = (data: object): string => `${printed(data, 0, 0)}\n`;

/** Prettier's default `printWidth`: https://prettier.io/docs/options#print-width */
const width = 80;

/** @param before how many characters stand before the value in its line; one more comes after it. */
function printed(value: unknown, indent: number, before: number): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const inner = ' '.repeat(indent + 2);
  const isList = Array.isArray(value);
  const parts = isList
    ? value.map((one) => printed(one, indent + 2, indent + 2))
    : Object.entries(value)
        .filter(([, one]) => one !== undefined)
        .map(([key, one]) => {
          const name = `${JSON.stringify(key)}: `;
          return `${name}${printed(one, indent + 2, indent + 2 + name.length)}`;
        });
  const [open, close] = isList ? ['[', ']'] : ['{', '}'];
  if (parts.length === 0) return `${open}${close}`;
  const line = `${open}${parts.join(', ')}${close}`;
  if (isList && value.every((one) => typeof one !== 'object') && before + line.length + 1 <= width) return line;
  return `${open}\n${parts.map((part) => `${inner}${part}`).join(',\n')}\n${' '.repeat(indent)}${close}`;
}
