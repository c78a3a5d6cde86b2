/** CGI 1.1 as WAGI 0.8.1 speaks it: a request becomes arguments and variables, what the module writes becomes a response. */
import type { Program } from './wasi.ts';

export interface Request {
  method: string;
  /** As it came: path and query, percent-encoded. */
  target: string;
  /** Names and values by turns, as they came. */
  headers: readonly string[];
  body: Uint8Array;
  /** The address of who asks. */
  peer: string;
  /** Where we listen, for a request without a Host header: `127.0.0.1:3000`. */
  listen: string;
}

export interface Response {
  status: number;
  headers: Map<string, string>;
  body: Uint8Array;
  /** What is wrong with the module's answer, for the log. */
  problem?: string;
}

/** A route of modules.toml: exact, or with `/...` at its end for all that is below. */
export interface Route {
  route: string;
  /** Without `/...`: what SCRIPT_NAME says, but for the root. */
  base: string;
  /** Whether paths below belong to it too. */
  below: boolean;
}

export function parseRoute(route: string): Route {
  const below = route.endsWith('/...');
  return { route, base: below ? route.slice(0, -'/...'.length) : route, below };
}

/** Path and query of a request's target, which may be a whole URL. */
export function split(target: string): { path: string; query: string } {
  const local = target.replace(/^[a-z]+:\/\/[^/?]*/i, '') || '/';
  const at = local.indexOf('?');
  return at < 0 ? { path: local, query: '' } : { path: local.slice(0, at), query: local.slice(at + 1) };
}

/** The path is compared as it came, percent signs and all. */
export function matches({ base, below }: Route, path: string): boolean {
  return path === base || (below && path.startsWith(`${base}/`));
}

/** Percent-decoded; a malformed `%` stays, and U+FFFD stands for what is no UTF-8. */
function decode(path: string): string {
  const bytes = path.replace(/%([0-9A-Fa-f]{2})/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1').toString();
}

/** Variables that every module gets come first; a request's own win over them. */
export function toProgram(request: Request, { route, base }: Route, variables: ReadonlyMap<string, string>): Program {
  const { path, query } = split(request.target);
  const headers = new Map<string, string>();
  for (let i = 0; i < request.headers.length; i += 2)
    headers.set((request.headers[i] ?? '').toLowerCase(), request.headers[i + 1] ?? '');
  const authority = headers.get('host') || request.listen;
  const port = /:(\d+)$/.exec(authority)?.[1];
  const info = decode(path.slice(base.length));

  const env = new Map(variables);
  for (const [name, value] of Object.entries({
    AUTH_TYPE: '',
    CONTENT_LENGTH: String(request.body.length),
    // Empty even where the request has one: HTTP_CONTENT_TYPE tells.
    CONTENT_TYPE: '',
    X_FULL_URL: `http://${authority}${path}${query ? `?${query}` : ''}`,
    GATEWAY_INTERFACE: 'CGI/1.1',
    X_MATCHED_ROUTE: route,
    QUERY_STRING: query,
    REMOTE_ADDR: request.peer,
    REMOTE_HOST: request.peer,
    REMOTE_USER: '',
    REQUEST_METHOD: request.method,
    SCRIPT_NAME: base.startsWith('/') ? base : `/${base}`,
    X_RAW_PATH_INFO: path.slice(base.length),
    PATH_INFO: info,
    PATH_TRANSLATED: info,
    SERVER_NAME: port ? authority.slice(0, -port.length - 1) : authority,
    SERVER_PORT: port ?? '80',
    SERVER_PROTOCOL: 'HTTP/1.1',
    SERVER_SOFTWARE: 'WAGI/1',
  }))
    env.set(name, value);
  for (const [name, value] of headers)
    if (name !== 'authorization' && name !== 'connection')
      env.set(`HTTP_${name.toUpperCase().replaceAll('-', '_')}`, printable.test(value) ? value : 'CORRUPT VALUE');

  return {
    args: [path, ...(query ? query.split('&') : [])],
    env: [...env].map(([name, value]) => `${name}=${value}`),
    stdin: request.body,
  };
}

/** A response that the module did not write. */
export const failure = (problem: string, body = ''): Response => ({
  status: 500,
  headers: new Map(),
  body: Buffer.from(body),
  problem,
});

const token = /^[!#$%&'*+.^_`|~\w-]+$/;
const printable = /^[\t\x20-\x7e]*$/;

/** What the module wrote as a response. Headers that HTTP does not know are left out. */
export function toResponse(written: Uint8Array): Response {
  const output = Buffer.from(written.buffer, written.byteOffset, written.byteLength);
  const end = output.indexOf('\n\n');
  const headers = new Map<string, string>();
  for (const line of output.toString('latin1', 0, Math.max(end, 0)).trim().split('\n')) {
    const [name = '', ...value] = line.split(':');
    headers.set(name.trim().toLowerCase(), value.join(':').trim());
  }
  if (!['content-type', 'status', 'location'].some((name) => headers.has(name)))
    return failure(
      end < 0 ? 'wrote no empty line after its headers' : 'wrote none of the headers content-type, status and location',
      "Exactly one of 'location' or 'content-type' must be specified",
    );

  const status = headers.get('status')?.split(' ')[0] ?? (headers.has('location') ? '302' : '200');
  headers.delete('status');
  const response: Response = {
    status: Number(status),
    headers: new Map([...headers].filter(([name, value]) => token.test(name) && printable.test(value))),
    body: output.subarray(end + 2),
  };
  return /^[2-9]\d\d$/.test(status)
    ? response
    : { ...response, status: 502, problem: `wrote the status '${status}', which is none` };
}
