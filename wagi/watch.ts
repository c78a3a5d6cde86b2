/** Watches files for changes. */
import { type FSWatcher, watch } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';

/** A build writes a file in several steps; it is complete when nothing changes for this many milliseconds. */
const quiet = 150;

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
    const paths = files.map((file) => resolve(file));
    for (const folder of new Set(paths.map((path) => dirname(path)))) {
      const names = paths.filter((path) => dirname(path) === folder).map((path) => basename(path));
      const watcher = watch(folder, (_, name) => {
        if (name === null || names.includes(name)) this.soon();
      });
      // The folder was removed; what is served stays.
      watcher.on('error', () => watcher.close());
      this.watchers.push(watcher);
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
