/**
 * Request bodies. A body is complete before its module runs, so that a slow client does not block a worker: in memory while all
 * bodies are small, in a temporary file beyond that, so that memory does not grow with the number of clients.
 */
import { randomUUID } from 'node:crypto';
import { type FileHandle, open, unlink } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The first part, and a function that returns the next part, or undefined at the end. */
export interface Body {
  first: Buffer;
  next?: () => Promise<Uint8Array | undefined>;
  /** Frees its resources. Called once, when the request is answered. */
  close?: () => void;
}

/** Limits over all requests of a server, in bytes. */
export interface BodyLimits {
  /** Of one body in memory; a larger one is stored in a file. */
  small: number;
  /** Of all bodies in memory; beyond that they are stored in files. */
  memory: number;
  /** Of one body. */
  largest: number;
  /** Of all files. */
  files: number;
}

export const bodyLimits: BodyLimits = { small: 64 << 10, memory: 32 << 20, largest: 512 << 20, files: 2 ** 31 };

/** Why a body was refused: it is too large, or there is no room at the moment. */
export type NotTaken = 'too large' | 'no room';

const none = Buffer.alloc(0);
const partSize = 64 << 10;

/** The bodies of all requests of a server. */
export class Bodies {
  private readonly limits: BodyLimits;
  private inMemory = 0;
  private inFiles = 0;

  constructor(limits: BodyLimits = bodyLimits) {
    this.limits = limits;
  }

  /**
   * Reads a body to its end. `done` gets its length in bytes, or why it was refused; it is not called if the client disconnects
   * first. `fail` gets an error of the file.
   */
  collect(
    request: IncomingMessage,
    done: (body: Body, length: number, problem?: NotTaken) => void,
    fail: (error: Error) => void,
  ): void {
    const chunks: Buffer[] = [];
    let size = 0;
    const release = () => {
      this.inMemory -= size;
      size = 0;
    };
    const stop = () => request.off('readable', read).off('end', end).off('close', release);
    const end = () => {
      stop();
      done({ first: chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks), close: release }, size);
    };
    const read = () => {
      for (let chunk: Buffer | null = request.read(); chunk !== null; chunk = request.read()) {
        chunks.push(chunk);
        size += chunk.length;
        this.inMemory += chunk.length;
        if (size <= this.limits.small && this.inMemory <= this.limits.memory) continue;
        stop();
        const first = Buffer.concat(chunks);
        release();
        this.spool(request, first, done).catch(fail);
        return;
      }
    };
    request
      .on('readable', read)
      .on('end', end)
      .on('close', release)
      .on('error', () => {});
  }

  /** Continues in an unlinked file, which disappears with its last reader. */
  private async spool(
    request: IncomingMessage,
    first: Buffer,
    done: (body: Body, length: number, problem?: NotTaken) => void,
  ): Promise<void> {
    const path = join(tmpdir(), `generator-wasm-body-${randomUUID()}`);
    const file = await open(path, 'wx+', 0o600);
    await unlink(path);
    let length = 0;
    let closed = false;
    const close = () => {
      if (closed) return;
      closed = true;
      this.inFiles -= length;
      file.close().catch(() => {});
    };
    const add = async (chunk: Buffer): Promise<NotTaken | undefined> => {
      length += chunk.length;
      this.inFiles += chunk.length;
      if (length > this.limits.largest) return 'too large';
      if (this.inFiles > this.limits.files) return 'no room';
      await file.writeFile(chunk);
      return undefined;
    };
    try {
      let problem = await add(first);
      for await (const chunk of request.iterator({ destroyOnReturn: false })) {
        problem ??= await add(chunk);
        if (problem) break;
      }
      if (problem) close();
      done(problem ? { first: none } : { first: none, next: reader(file, length), close }, length, problem);
    } catch (error) {
      close();
      // The client has disconnected.
      if (!request.destroyed || request.complete) throw error;
    }
  }
}

/** Reads a file in parts, from the start. */
function reader(file: FileHandle, length: number): () => Promise<Uint8Array | undefined> {
  let at = 0;
  return async () => {
    if (at >= length) return undefined;
    const { bytesRead, buffer } = await file.read(new Uint8Array(partSize), 0, partSize, at);
    at += bytesRead;
    return bytesRead === 0 ? undefined : buffer.subarray(0, bytesRead);
  };
}
