/**
 * The import `wasi_experimental_http`: outbound requests of a module, as in WAGI.
 * Shapes and numbers: https://github.com/deislabs/wasi-experimental-http/blob/main/witx/wasi_experimental_http.witx
 */

import type { Call } from './calls.ts';
import { Errno } from './errno.ts';
import type { GuestMemory } from './guest-memory.ts';
import type { Inbound, Outbound } from './worker-protocol.ts';

export const httpError = {
  ...{ success: 0, invalidHandle: 1, memoryAccess: 3, bufferTooSmall: 4, headerNotFound: 5, utf8: 6 },
  ...{ notAllowed: 7, invalidMethod: 8, invalidEncoding: 9, invalidUrl: 10, request: 11, runtime: 12, tooMany: 13 },
};

export const httpFunctions = ['req', 'close', 'header_get', 'headers_get_all', 'body_read'];
export const httpModule = 'wasi_experimental_http';

interface Response {
  headers: [string, string][];
  body: Uint8Array;
  position: number;
}

const token = /^[!#$%&'*+.^_`|~\w-]+$/;

/** Created once and reused for every run. */
export class OutboundCalls {
  readonly imports: Record<string, Call>;
  private readonly responses = new Map<number, Response>();
  private maxResponses = 0;

  /** `send` blocks until the response. */
  constructor(memory: GuestMemory, send: (request: Outbound) => Inbound) {
    const { responses } = this;
    const get = (handle: number): Response => {
      const response = responses.get(handle);
      if (!response) throw new Refused(httpError.invalidHandle);
      return response;
    };
    const text = (address: number, length: number): string => {
      memory.part(address, length);
      try {
        return memory.text(address, length);
      } catch {
        throw new Refused(httpError.utf8);
      }
    };
    const put = (bytes: Uint8Array, address: number, size: number, written: number) => {
      if (bytes.length > size >>> 0) throw new Refused(httpError.bufferTooSmall);
      memory.part(address, bytes.length).set(bytes);
      memory.setU32(written, bytes.length);
    };

    const calls: Record<string, Call> = {
      req: (
        ...[url, urlLength, method, methodLength, headers, headersLength, body, bodyLength, status, handle]: [
          ...[number, number, number, number, number, number, number, number, number, number],
        ]
      ) => {
        if (responses.size >= this.maxResponses) throw new Refused(httpError.tooMany);
        const verb = text(method, methodLength);
        const outbound = {
          url: text(url, urlLength),
          method: verb,
          headers: parseHeaders(text(headers, headersLength)),
          body: memory.part(body, bodyLength).slice(),
        };
        if (!token.test(verb)) throw new Refused(httpError.invalidMethod);
        const inbound = send(outbound);
        if ('error' in inbound) throw new Refused(inbound.error);
        let free = 0;
        while (responses.has(free)) free++;
        memory.setU16(status, inbound.status);
        memory.setU32(handle, free);
        responses.set(free, { ...inbound, position: 0 });
      },
      close(handle: number) {
        responses.delete(handle);
      },
      header_get(handle: number, name: number, length: number, address: number, size: number, written: number) {
        const { headers } = get(handle);
        const wanted = text(name, length).toLowerCase();
        const found = headers.find(([one]) => one === wanted);
        if (!found) throw new Refused(httpError.headerNotFound);
        put(Buffer.from(found[1], 'latin1'), address, size, written);
      },
      headers_get_all(handle: number, address: number, size: number, written: number) {
        const lines = get(handle).headers.map(([name, value]) => `${name}:${value}\n`);
        put(Buffer.from(lines.join(''), 'latin1'), address, size, written);
      },
      body_read(handle: number, address: number, size: number, read: number) {
        const response = get(handle);
        const part = response.body.subarray(response.position, response.position + (size >>> 0));
        memory.part(address, part.length).set(part);
        memory.setU32(read, part.length);
        response.position += part.length;
      },
    };
    this.imports = Object.fromEntries(Object.entries(calls).map(([name, call]) => [name, guarded(call)]));
  }

  begin(maxResponses: number): void {
    this.maxResponses = maxResponses;
  }

  /** Drops responses that the module left open. */
  end(): void {
    this.responses.clear();
  }
}

/** Thrown by a call to return this error number to the module. */
class Refused extends Error {
  readonly code: number;
  constructor(code: number) {
    super(`error ${code} of wasi-experimental-http`);
    this.code = code;
  }
}

const guarded =
  (call: Call): Call =>
  (...values) => {
    try {
      call(...values);
      return httpError.success;
    } catch (error) {
      if (error instanceof Refused) return error.code;
      if (error instanceof Errno) return httpError.memoryAccess;
      throw error;
    }
  };

/** Lines of `name:value`. */
function parseHeaders(lines: string): [string, string][] {
  return lines
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const at = line.indexOf(':');
      const name = line.slice(0, at);
      const value = line.slice(at + 1).trim();
      if (at < 0 || !token.test(name) || !/^[\t\x20-\x7e\x80-\xff]*$/.test(value))
        throw new Refused(httpError.invalidEncoding);
      return [name.toLowerCase(), value];
    });
}
