/** Watches files for changes. */
import { type FSWatcher, readlinkSync, watch } from 'node:fs';
import { basename, dirname, relative, resolve, sep } from 'node:path';
import { Refusal } from './refusal.ts';

/** A build writes a file in several steps; it is complete when nothing changes for this many milliseconds. */
const quiet = 150;

/** The most links that are followed. */
const maxLinks = 40;

/** Calls `changed` after each burst of changes until it is closed. Folders are watched, since builds replace files. */
export class Watcher {
  private watchers: FSWatcher[] = [];
  private timer: NodeJS.Timeout | undefined;
  private readonly changed: () => void;

  constructor(changed: () => void) {
    this.changed = changed;
  }

  /** Watches these files instead of the previous ones. */
  watch(files: readonly string[]): void {
    this.stop();
    const paths = [...new Set(files.flatMap(steps))];
    for (const folder of new Set(paths.map((path) => dirname(path)))) {
      const names = paths.filter((path) => dirname(path) === folder).map((path) => basename(path));
      const watcher = open(folder, (name) => {
        if (name === null || names.includes(name)) this.soon();
      });
      if (watcher) this.watchers.push(watcher);
    }
  }

  private soon(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(this.changed, quiet);
  }

  private stop(): void {
    for (const watcher of this.watchers) watcher.close();
    this.watchers = [];
  }

  close(): void {
    this.stop();
    clearTimeout(this.timer);
  }
}

/**
 * A file, what it links to, and the folders that lead to them from the working directory: a build may remove a folder and make it
 * again, or move another into its place.
 */
function steps(file: string): string[] {
  return links(resolve(file)).flatMap((end) => {
    const way = relative(process.cwd(), end).split(sep);
    return way[0] === '..' ? [end] : way.map((_, index) => resolve(...way.slice(0, index + 1)));
  });
}

/** A path, and where it leads if it is a link, which does not have to exist. */
function links(path: string): string[] {
  const paths = [path];
  try {
    while (paths.length < maxLinks) paths.push(resolve(dirname(paths.at(-1) ?? ''), readlinkSync(paths.at(-1) ?? '')));
  } catch {}
  return paths;
}

/** Undefined if the folder does not exist. */
function open(folder: string, changed: (name: string | null) => void): FSWatcher | undefined {
  try {
    const watcher = watch(folder, (_, name) => changed(name));
    // The folder was removed; what is served stays.
    return watcher.on('error', () => watcher.close());
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return undefined;
    throw new Refusal(
      `--watch cannot watch the folder '${folder}' (${code}). Raise the system's limit of watched files, or leave out --watch.`,
    );
  }
}
