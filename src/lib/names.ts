/** Names that are valid in every language, registry, cluster and file system. */

/** Lower-case letters and digits, with single `-` or `_` between them. */
const plainName = /^[a-z][a-z0-9]*(?:[-_][a-z0-9]+)*$/;
const most = 50;
/** Names of devices on Windows. */
const device = /^(?:con|prn|aux|nul|com[0-9]|lpt[0-9])$/;

export function checkName(name: string): string | undefined {
  const shown = name.length > 60 ? `${name.slice(0, 57)}...` : name;
  const rule = () => {
    const meant = nameFor(name);
    return `${meant === undefined ? '' : `Did you mean ${meant}? `}Use lower-case letters, digits and single dashes, starting with a letter, at most ${most} characters, for example hello-wasm.`;
  };
  if (name === '') return `The project needs a name. ${rule()}`;
  if (name.length > most) return `Name '${shown}' is ${name.length} characters long. ${rule()}`;
  if (!plainName.test(name)) return `Name ${JSON.stringify(shown)} is not a valid package name. ${rule()}`;
  if (device.test(name)) return `Name '${name}' is reserved by Windows. Choose another.`;
  return undefined;
}

/** The nearest valid name: `my-app` for `MyApp`; undefined if there is none. */
export function nameFor(text: string): string | undefined {
  const name = text
    .slice(0, 200)
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .replace(/([a-z0-9])(?=[A-Z])|([A-Z])(?=[A-Z][a-z])/g, '$1$2-')
    .toLowerCase()
    .replace(/[^a-z0-9_]+/g, '-')
    .replace(/[-_]{2,}/g, '-')
    .replace(/^[^a-z]+|[-_]+$/g, '');
  return plainName.test(name) && name.length <= most && !device.test(name) ? name : undefined;
}
