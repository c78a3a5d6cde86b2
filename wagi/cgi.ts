/** CGI 1.1 as WAGI 0.8.1 speaks it: a request becomes arguments and variables, what the module writes becomes a response. */

export interface Request {
  method: string;
  /** The raw request target: path and query, percent-encoded. */
  target: string;
  /** `1.1` */
  version: string;
  /** Raw header names and values, alternating. */
  headers: readonly string[];
  /** Length of the body, in bytes. */
  length: number;
  /** The address of the client. */
  peer: string;
  scheme: 'http' | 'https';
  /** Default host and port for requests without a Host header: `localhost:3000`. */
  defaultHost: string;
}

/** NUL-terminated strings for a worker: the entry, the arguments, the variables. */
export interface Strings {
  strings: string;
  args: number;
  env: number;
}

export interface Head {
  status: number;
  /** Names in lower case and values, alternating, as Node takes them, without content-length. Only `set-cookie` may be repeated. */
  headers: readonly string[];
  /** The value of content-length. */
  length?: string | undefined;
  /** The offset of the body in the output. */
  body: number;
  /** What is wrong with the module's output, for the log. */
  problem?: string;
  /** The response is replaced by a status 500 with this text. */
  refused?: string;
}

/** A route of modules.toml: exact, or with `/...` at the end for all paths below. */
export interface Route {
  route: string;
  /** Without `/...`: the SCRIPT_NAME, except for the root. */
  base: string;
  /** Whether it matches paths below too. */
  below: boolean;
}

export function parseRoute(route: string): Route {
  const below = route.endsWith('/...');
  return { route, base: below ? route.slice(0, -'/...'.length) : route, below };
}

/** A sub-route that a module declares itself. */
export function joinRoutes({ base }: Route, { base: own, below }: Route): Route {
  const joined = `${base.replace(/\/$/, '')}/${own.replace(/^\//, '')}`;
  return { route: below ? `${joined}/...` : joined, base: joined, below };
}

/** Path and query of a request's target, which may be a whole URL. A fragment is cut off. No query: undefined. */
export function split(target: string): { path: string; query: string | undefined } {
  const end = target.indexOf('#');
  const whole = end < 0 ? target : target.slice(0, end);
  const local = whole.startsWith('/') ? whole : whole.replace(/^[a-z]+:\/\/[^/?]*/i, '') || '/';
  const at = local.indexOf('?');
  return at < 0 ? { path: local, query: undefined } : { path: local.slice(0, at), query: local.slice(at + 1) };
}

/** The raw path is compared, still percent-encoded. */
export function matches({ base, below }: Route, path: string): boolean {
  if (!path.startsWith(base)) return false;
  return path.length === base.length || (below && path[base.length] === '/');
}

/** Percent-decodes; a malformed `%` stays, invalid UTF-8 becomes U+FFFD, and a NUL ends the text, as in C. */
function decode(path: string): string {
  if (!path.includes('%')) return path;
  const bytes = path.replace(/%([0-9A-Fa-f]{2})/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1').toString().split('\0', 1)[0] ?? '';
}

/** Variables that only the request may set. */
const own = `
  AUTH_TYPE CONTENT_LENGTH CONTENT_TYPE X_FULL_URL GATEWAY_INTERFACE X_MATCHED_ROUTE QUERY_STRING REMOTE_ADDR
  REMOTE_HOST REMOTE_USER REQUEST_METHOD SCRIPT_NAME X_RAW_PATH_INFO PATH_INFO PATH_TRANSLATED SERVER_NAME
  SERVER_PORT SERVER_PROTOCOL SERVER_SOFTWARE`
  .trim()
  .split(/\s+/);

/** What all requests to a route have in common. */
export class Caller {
  private readonly route: Route;
  private readonly entry: string;
  private readonly argv: string | undefined;
  private readonly fixed: string;
  private readonly count: number;
  /** Variables that a request header may override. */
  private readonly replaceable: [string, string][];

  /**
   * `argv`: the template of the arguments, `${SCRIPT_NAME} ${ARGS}` by default. `variables` are for every request; those of the
   * entry override them.
   */
  constructor(route: Route, entry: string, argv: string | undefined, variables: ReadonlyMap<string, string>) {
    this.route = route;
    this.entry = entry;
    this.argv = argv;
    const kept = [...variables].filter(([name]) => !own.includes(name));
    this.replaceable = kept.filter(([name]) => name.startsWith('HTTP_'));
    const rest = kept.filter(([name]) => !name.startsWith('HTTP_'));
    this.count = own.length + rest.length;
    this.fixed = rest.map(([name, value]) => `${name}=${value}\0`).join('');
  }

  strings(request: Request): Strings {
    const { route, base } = this.route;
    const { path, query } = split(request.target);
    const headers = new Map<string, string>(this.replaceable);
    let authority = '';
    for (let i = 0; i < request.headers.length; i += 2) {
      const name = (request.headers[i] ?? '').toLowerCase();
      const value = request.headers[i + 1] ?? '';
      if (name === 'host') authority = value;
      // `Proxy` would become HTTP_PROXY, which HTTP clients in a module obey: https://httpoxy.org
      if (name === 'authorization' || name === 'connection' || name === 'proxy') continue;
      headers.set(`HTTP_${name.toUpperCase().replaceAll('-', '_')}`, printable.test(value) ? value : 'CORRUPT VALUE');
    }
    const { host, port } = hostAndPort(authority, request.defaultHost);
    const raw = path.slice(base.length);
    const info = decode(raw);
    const args = this.args(path, query);

    let variables =
      `${this.fixed}AUTH_TYPE=\0CONTENT_LENGTH=${request.length}\0` +
      // Always empty, as in WAGI: the type is in HTTP_CONTENT_TYPE.
      `CONTENT_TYPE=\0X_FULL_URL=${request.scheme}://${host}:${port}${path}${query === undefined ? '' : `?${query}`}\0` +
      `GATEWAY_INTERFACE=CGI/1.1\0X_MATCHED_ROUTE=${route}\0QUERY_STRING=${query ?? ''}\0` +
      `REMOTE_ADDR=${request.peer}\0REMOTE_HOST=${request.peer}\0REMOTE_USER=\0REQUEST_METHOD=${request.method}\0` +
      `SCRIPT_NAME=${base.startsWith('/') ? base : `/${base}`}\0X_RAW_PATH_INFO=${raw}\0PATH_INFO=${info}\0` +
      `PATH_TRANSLATED=${info}\0SERVER_NAME=${host}\0SERVER_PORT=${port}\0` +
      `SERVER_PROTOCOL=HTTP/${request.version}\0SERVER_SOFTWARE=WAGI/1\0`;
    for (const [name, value] of headers) variables += `${name}=${value}\0`;
    return {
      strings: `${this.entry}\0${args.map((one) => `${one}\0`).join('')}${variables}`,
      args: args.length,
      env: this.count + headers.size,
    };
  }

  private args(path: string, query: string | undefined): string[] {
    if (this.argv === undefined) return query === undefined ? [path] : [path, ...query.split('&')];
    // Words from the request contain no spaces.
    const filled = this.argv
      .replaceAll('${SCRIPT_NAME}', () => path)
      .replaceAll('${ARGS}', () => (query ?? '').replaceAll('&', ' '));
    return filled.split(' ').filter((word) => word !== '');
  }
}

const named = /^(\[[^\]]*\]|[^:]*)(?::(.*))?$/;

/** Name and port of a Host header; a missing port is that of the default. */
function hostAndPort(authority: string, defaultHost: string): { host: string; port: string } {
  const [, host, port] = named.exec(authority) ?? [];
  if (host && port) return { host, port };
  const [, otherHost, otherPort] = named.exec(defaultHost) ?? [];
  return { host: host || otherHost || 'localhost', port: port || otherPort || '80' };
}

/** Why the module's output is not a response, and the text for the client. */
const insufficient = "Exactly one of 'location' or 'content-type' must be specified";

const token = /^[!#$%&'*+.^_`|~\w-]+$/;
const printable = /^[\t\x20-\x7e]*$/;

/** The offset of the body, or -1: after an empty line that ends with LF or CRLF. */
function bodyAt(output: Buffer): number {
  for (let at = output.indexOf(10); at >= 0; at = output.indexOf(10, at + 1)) {
    let next = at + 1;
    while (output[next] === 13) next++;
    if (output[next] === 10) return next + 1;
  }
  return -1;
}

/**
 * Headers of the connection or the framing, which the server sets, not the module: RFC 9110, section 7.6.1.
 * Node throws on some of them: https://nodejs.org/api/errors.html#err_http_trailer_invalid
 */
const ofConnection = ['connection', 'keep-alive', 'proxy-connection', 'te', 'trailer', 'transfer-encoding', 'upgrade'];

/**
 * Parses the head of a response from the start of the output. The last of repeated headers wins, as in WAGI; `set-cookie` is kept
 * each time, because HTTP has no other way to set two cookies.
 */
export function parseHead(output: Buffer): Head {
  const body = bodyAt(output);
  const text = output.toString('latin1', 0, Math.max(body, 0));
  if (body < 0 || text !== last?.text) last = { text, head: parse(text, body) };
  return last.head;
}

/** Modules write the same head most of the time. */
let last: { text: string; head: Head } | undefined;

function parse(text: string, body: number): Head {
  const single = new Map<string, string>();
  const cookies: [string, string][] = [];
  for (const line of text.replaceAll('\r', '').split('\n')) {
    const at = line.indexOf(':');
    if (at < 0) continue;
    const name = line.slice(0, at).trim().toLowerCase();
    const value = line.slice(at + 1).trim();
    if (name === 'set-cookie') cookies.push([name, value]);
    else single.set(name, value);
  }
  const refuse = (problem: string, refused: string): Head => ({ status: 500, headers: [], body, problem, refused });
  const given = single.get('status');
  if (given === undefined && !single.has('content-type') && !single.has('location'))
    return refuse(
      body < 0
        ? 'wrote no empty line after its headers'
        : 'wrote none of the headers content-type, status and location',
      insufficient,
    );

  const status = given?.split(' ')[0] ?? (single.has('location') ? '302' : '200');
  single.delete('status');
  // A response of this class has no body and is followed by another: RFC 9110, section 15.2.
  if (/^1\d\d$/.test(status)) return refuse(`wrote the status '${status}', which is not final`, '');
  let length: string | undefined;
  const headers: string[] = [];
  const left: string[] = [];
  for (const [name, value] of [...single, ...cookies])
    if (ofConnection.includes(name)) continue;
    else if (!token.test(name) || !printable.test(value)) left.push(name);
    else if (name === 'content-length') length = value;
    else headers.push(name, value);
  if (!/^[2-9]\d\d$/.test(status))
    return { status: 502, headers, length, body, problem: `wrote the status '${status}', which is not valid` };
  if (left.length === 0) return { status: Number(status), headers, length, body };
  const names = left.map((name) => JSON.stringify(name.slice(0, 100))).join(', ');
  return {
    status: Number(status),
    headers,
    length,
    body,
    problem: `wrote headers that are not ASCII or have an invalid name, which were left out: ${names}`,
  };
}
