/** A folder of files named by their SHA-256, so that nothing is fetched twice. */
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

  /** The content with this hash, from the folder or fetched by `get`; undefined if the fetched hash differs. */
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
