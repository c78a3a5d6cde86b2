/**
 * EJS templates as functions. The package has the functions instead of the templates: scripts/build.mjs replaces this file, since to
 * compile the templates of a project takes 6 ms of CPU time.
 */
import ejs from 'ejs';

export const compiled = (path: string, read: (path: string) => string): ((data: object) => string) =>
  ejs.compile(read(path), { escape: String });
