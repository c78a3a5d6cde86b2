/** A folder of files that are named by the SHA-256 of what is in them, so that a name is never asked for twice. */
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export const sha256 = (bytes: string | Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

export class Cache {
  readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
    mkdirSync(folder, { recursive: true });
  }

  /** What has this hash, from the folder or as `get` fetches it; undefined where that is something else. */
  async get(hash: string, get: () => Promise<Uint8Array>): Promise<Uint8Array | undefined> {
    const path = join(this.folder, hash);
    try {
      const kept = readFileSync(path);
      if (sha256(kept) === hash) return kept;
    } catch {}
    const bytes = await get();
    if (sha256(bytes) !== hash) return undefined;
    const temporary = `${path}.${process.pid}`;
    writeFileSync(temporary, bytes);
    renameSync(temporary, path);
    return bytes;
  }
}
