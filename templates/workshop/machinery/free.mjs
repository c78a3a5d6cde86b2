import { existsSync } from 'node:fs';

/** A path or name that is not taken: itself, else with `-2` before its suffix, and so on. */
export function free(name, suffix = '', isTaken = existsSync) {
  for (let count = 2, path = `${name}${suffix}`; ; path = `${name}-${count++}${suffix}`) if (!isTaken(path)) return path;
}
