/** Paths of files on the systems that this program runs on. Paths of a project use `/` everywhere. */
import system from 'node:path';

/** A path relative to a folder, as a project writes it. */
export const below = (folder: string, path: string, rules = system): string =>
  rules.relative(folder, path).replaceAll(rules.sep, '/');

/** Whether a path is a folder or below it. On Windows upper and lower case are the same, and another drive is outside. */
export function isWithin(folder: string, path: string, rules = system): boolean {
  const way = rules.relative(folder, path);
  return way !== '..' && !way.startsWith(`..${rules.sep}`) && !rules.isAbsolute(way);
}
