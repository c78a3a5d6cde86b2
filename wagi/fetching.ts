/** Fetches from registries and Bindle servers, with limits on time and size, and checks the shape of the data. */
import { Refusal } from './refusal.ts';

/** The idle timeout, in milliseconds. */
export const idle = 30_000;
/** The largest response that is not a module, in bytes: the manifest size that every registry must accept. */
// https://github.com/opencontainers/distribution-spec/blob/v1.1.0/spec.md#pushing-manifests
export const maxManifest = 4 << 20;
export const maxModule = 256 << 20;

export interface Fetched {
  status: number;
  headers: Headers;
  bytes: Uint8Array;
}

/**
 * Throws a Refusal if the server does not answer, stops sending or sends too much.
 * @param who the server, for the message: `registry.example.com`
 * @param hint what to do if it does not answer, as a sentence
 */
export async function fetchBytes(
  url: URL | string,
  headers: Record<string, string>,
  { most, who, hint = '' }: { most: number; who: string; hint?: string },
): Promise<Fetched> {
  const abort = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const wait = () => {
    clearTimeout(timer);
    timer = setTimeout(() => abort.abort(new Error(`no data for ${idle / 1000} seconds`)), idle);
  };
  const fail = (error: unknown): never => {
    throw error instanceof Refusal
      ? error
      : new Refusal(`cannot be fetched: ${who} does not answer (${why(error as Error)}).${hint && ` ${hint}`}`);
  };
  try {
    wait();
    const response = await fetch(url, { headers, signal: abort.signal });
    const parts: Uint8Array[] = [];
    let size = 0;
    for await (const part of response.body ?? []) {
      wait();
      parts.push(part);
      size += part.length;
      if (size > most) throw new Refusal(`cannot be fetched: ${who} sends more than ${most >> 20} MiB.`);
    }
    return { status: response.status, headers: response.headers, bytes: new Uint8Array(Buffer.concat(parts)) };
  } catch (error) {
    return fail(error);
  } finally {
    clearTimeout(timer);
    abort.abort();
  }
}

const why = (error: Error): string =>
  String(
    ((error.cause ?? error) as NodeJS.ErrnoException).code ??
      (error.cause as Error | undefined)?.message ??
      error.message,
  );

/** The value if it is an object and not a list, else undefined. */
export const objectOf = (value: unknown): Record<string, unknown> | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined;

/** The value if it is a string, else undefined. */
export const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
