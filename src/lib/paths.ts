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

/** A test whether an absolute path is one of these folders or below one, like `isWithin`. It takes as long for many as for one. */
export function withinAny(folders: readonly string[], rules = system): (path: string) => boolean {
  const key = (path: string) => (rules.sep === '\\' ? path.toLowerCase() : path);
  const known = new Set(folders.map((folder) => key(rules.resolve(folder))));
  return (path) => {
    for (let at = rules.resolve(path); ; at = rules.dirname(at)) {
      if (known.has(key(at))) return true;
      if (rules.dirname(at) === at) return false;
    }
  };
}

/** A test whether a path of a project stays inside its folder, on every system. */
export const insideBy = (rules = system) => {
  // On Windows, `C:src` is a path below the working directory of that drive. Elsewhere `a:b` is a name.
  const outside = rules.sep === '\\' ? /^[\\/]|^[A-Za-z]:|[\0\n]/ : /^[\\/]|^[A-Za-z]:[\\/]|[\0\n]/;
  return (path: unknown): path is string =>
    typeof path === 'string' && !outside.test(path) && !path.split(/[\\/]/).includes('..');
};
export const isInside = insideBy();

/** The folder of a project's path; empty at the root. */
export const folderOf = (path: string): string => path.split('/').slice(0, -1).join('/');

/** Whether a project's path is a folder or below it; the root is the empty path. */
export const isBelow = (path: string, folder: string): boolean =>
  folder === '' || path === folder || path.startsWith(`${folder}/`);
