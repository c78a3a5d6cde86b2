/**
 * Resolves paths below a folder, never outside: each step of a path is checked, and a link is followed only if it stays inside.
 * Node cannot open a file relative to an open folder, so a module must not be able to change a step between check and use: modules
 * cannot create links that lead up.
 */
import { lstatSync, readlinkSync, type Stats } from 'node:fs';
import { join, sep } from 'node:path';
import { Errno, errno } from './errno.ts';

/** The most symbolic links in a path. */
const maxLinks = 40;

export interface Found {
  /** The path on the host. */
  path: string;
  /** The path relative to the volume. */
  steps: readonly string[];
  /** Undefined if it does not exist. */
  stats: Stats | undefined;
  /** The path ends with a slash, so it must be a folder. */
  slash: boolean;
}

/** Resolves a path from an open folder without leaving its volume. Throws an Errno. */
export function find(root: string, from: readonly string[], path: string, follow: boolean): Found {
  if (path === '') throw new Errno(errno.noent);
  if (path.startsWith('/')) throw new Errno(errno.perm);
  const steps = [...from];
  const ahead = path.split('/');
  const folder = ahead.at(-1) === '' || ahead.at(-1) === '.' || ahead.at(-1) === '..';
  let stats: Stats | undefined = lstat(join(root, ...steps));
  for (let links = 0; ahead.length > 0; ) {
    const step = ahead.shift() as string;
    if (step === '' || step === '.') continue;
    if (stats && !stats.isDirectory()) throw new Errno(errno.notdir);
    if (!stats) throw new Errno(errno.noent);
    if (step === '..') {
      if (steps.length === from.length) throw new Errno(errno.perm);
      steps.pop();
      stats = lstat(join(root, ...steps));
      continue;
    }
    // A backslash or a drive letter.
    if (sep === '\\' && /[\\:]/.test(step)) throw new Errno(errno.perm);
    const place = join(root, ...steps, step);
    stats = lstat(place);
    const last = ahead.every((one) => one === '' || one === '.');
    if (stats?.isSymbolicLink() && (!last || follow || folder)) {
      if (++links > maxLinks) throw new Errno(errno.loop);
      const target = readlinkSync(place);
      if (leadsAway(target)) throw new Errno(errno.perm);
      ahead.unshift(...target.split(sep === '\\' ? /[/\\]/ : '/'));
      stats = lstat(join(root, ...steps));
      continue;
    }
    steps.push(step);
  }
  if (folder && stats && !stats.isDirectory()) throw new Errno(errno.notdir);
  return { path: join(root, ...steps), steps, stats, slash: path.endsWith('/') };
}

/** Whether a link's target is absolute. */
export const leadsAway = (target: string): boolean => /^(?:[/\\]|[A-Za-z]:)/.test(target);

const lstat = (path: string): Stats | undefined => lstatSync(path, { throwIfNoEntry: false });
