/** What every language, registry, cluster and file system takes for a name. */

/** Lower case, digits, single `-` or `_` between: what every language, registry and cluster takes. */
const plainName = /^[a-z][a-z0-9]*(?:[-_][a-z0-9]+)*$/;

export function checkName(name: string): string | undefined {
  const shown = name.length > 60 ? `${name.slice(0, 57)}...` : name;
  const rule =
    'Use lower-case letters, digits and single dashes, starting with a letter, at most 50 characters: hello-wasm.';
  if (name === '') return `The project needs a name. ${rule}`;
  if (name.length > 50) return `Name '${shown}' is ${name.length} characters long. ${rule}`;
  if (!plainName.test(name)) return `Name ${JSON.stringify(shown)} is not a valid package name. ${rule}`;
  if (/^(?:con|prn|aux|nul|com[0-9]|lpt[0-9])$/.test(name))
    return `Name '${name}' is reserved by Windows. Choose another.`;
  return undefined;
}
