/** Sends outbound requests of modules to allowed servers, as WAGI does: the host is compared, not the port. */
import { request as http } from 'node:http';
import { request as https } from 'node:https';
import { httpError } from './outbound.ts';
import type { Inbound, Outbound } from './worker-protocol.ts';

/** The entry of the list that allows every host. */
export const allowsAll = 'insecure:allow-all';

/** The largest response body, in bytes. */
const maxBody = 64 << 20;
const maxRedirects = 10;

export type Send = (outbound: Outbound, signal: AbortSignal) => Promise<Inbound>;

/** Without a list no host is allowed. Redirects to hosts outside the list are not followed. */
export function sender(allowedHosts: readonly string[] | undefined): Send {
  const hosts = new Set(
    (allowedHosts ?? []).filter((host) => host !== allowsAll).map((host) => new URL(host).hostname),
  );
  const all = allowedHosts?.includes(allowsAll) ?? false;

  return async (outbound, signal) => {
    let { method, headers, body } = outbound;
    let url = parse(outbound.url);
    for (let redirects = 0; ; redirects++) {
      if (!url) return { error: httpError.invalidUrl };
      if (!all && !hosts.has(url.hostname)) return { error: httpError.notAllowed };
      const response = await once(url, { method, headers, body }, signal);
      if (!response || redirects > maxRedirects) return { error: httpError.request };
      const location = response.headers.find(([name]) => name === 'location')?.[1];
      if (location === undefined || ![301, 302, 303, 307, 308].includes(response.status)) return response;
      const next = parse(location, url);
      if (next && next.host !== url.host)
        headers = headers.filter(([name]) => !['authorization', 'cookie', 'proxy-authorization'].includes(name));
      if (response.status < 307) {
        if (method !== 'HEAD') method = 'GET';
        body = new Uint8Array();
        headers = headers.filter(([name]) => !name.startsWith('content-') && name !== 'transfer-encoding');
      }
      url = next;
    }
  };
}

function parse(text: string, base?: URL): URL | undefined {
  try {
    return new URL(text, base);
  } catch {
    return undefined;
  }
}

type Parts = Pick<Outbound, 'method' | 'headers' | 'body'>;

/** Undefined if there is no response or it is too large. */
function once(url: URL, { method, headers, body }: Parts, signal: AbortSignal) {
  return new Promise<Exclude<Inbound, { error: number }> | undefined>((done) => {
    const send = { 'http:': http, 'https:': https }[url.protocol];
    if (!send) return done(undefined);
    const own = headers.filter(([name]) => name !== 'host' && name !== 'content-length' && name !== 'connection');
    const length: [string, string][] = body.length > 0 ? [['content-length', String(body.length)]] : [];
    const accept: [string, string][] = own.some(([name]) => name === 'accept') ? [] : [['accept', '*/*']];
    try {
      const call = send(
        url,
        { method, headers: [['host', url.host], ...own, ...accept, ...length].flat(), signal },
        (response) => {
          const chunks: Buffer[] = [];
          let size = 0;
          response.on('data', (chunk: Buffer) => {
            chunks.push(chunk);
            size += chunk.length;
            if (size > maxBody) response.destroy();
          });
          response.on('close', () => {
            if (!response.complete) return done(undefined);
            const pairs: [string, string][] = [];
            for (let i = 0; i < response.rawHeaders.length; i += 2)
              pairs.push([(response.rawHeaders[i] ?? '').toLowerCase(), response.rawHeaders[i + 1] ?? '']);
            done({ status: response.statusCode ?? 0, headers: pairs, body: new Uint8Array(Buffer.concat(chunks)) });
          });
        },
      );
      call.on('error', () => done(undefined));
      call.end(body);
    } catch {
      done(undefined);
    }
  });
}
