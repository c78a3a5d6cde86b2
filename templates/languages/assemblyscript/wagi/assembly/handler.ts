/** Answers a request: all that the program does but input and output. */
import { toBytes } from "./bytes";
import { parameter } from "./query";
import { isUtf8 } from "./utf8";

/** The largest body that `/echo` takes, in bytes. */
export const maxBody: i32 = 1 << 20;

/** A request as the variables of CGI 1.1 describe it. */
export class Request {
  body: Uint8Array = new Uint8Array(0);

  constructor(private variables: Map<string, string>) {}

  get method(): string {
    return this.variable("REQUEST_METHOD");
  }

  get path(): string {
    return or(this.variable("PATH_INFO"), "/");
  }

  get query(): string {
    return this.variable("QUERY_STRING");
  }

  /** WAGI 0.8.1 leaves `CONTENT_TYPE` empty and has the header as it came. */
  get contentType(): string {
    return or(this.variable("CONTENT_TYPE"), this.variable("HTTP_CONTENT_TYPE"));
  }

  /** Whether the answer depends on the body, so that it has to be read. */
  get takesBody(): bool {
    return this.method === "POST" && this.path === "/echo";
  }

  variable(name: string): string {
    return this.variables.has(name) ? this.variables.get(name) : "";
  }
}

export class Response {
  constructor(
    public status: i32,
    public reason: string,
    public contentType: string,
    public body: Uint8Array,
    /** Header lines beyond those that every response has. */
    public extra: string = "",
  ) {}

  /** The header lines of CGI and the empty line after them. */
  head(): string {
    const status = this.status === 200 ? "" : `status: ${this.status} ${this.reason}\n`;
    const type = `content-type: ${this.contentType}\n`;
    const length = `content-length: ${this.body.length}\n`;
    return `${status}${type}${length}${this.extra}\n`;
  }
}

export function respond(request: Request): Response {
  const path = request.path;
  if (path === "/echo") return request.takesBody ? echo(request) : notAllowed("POST");
  if (path !== "/" && path !== "/request") return problem(404, "Not Found");
  if (request.method !== "GET" && request.method !== "HEAD") return notAllowed("GET, HEAD");
  return path === "/" ? greet(request) : describe(request);
}

/** What goes to the log: `GET /request 200`, on one line whatever the path holds. */
export function logLine(request: Request, response: Response): string {
  const path = request.path;
  const codes: i32[] = [];
  for (let i = 0; i < path.length; i++) {
    const code = path.charCodeAt(i);
    codes.push(code < 0x20 || code === 0x7f ? 0x3f : code);
  }
  return `${request.method} ${String.fromCharCodes(codes)} ${response.status}\n`;
}

function greet(request: Request): Response {
  const name = or(parameter(request.query, "name"), "world");
  return isUtf8(name) ? text(200, "OK", `Hello, ${name}!\n`) : problem(400, "Bad Request");
}

/** In AssemblyScript an empty string is true, so `||` does not do this. */
function or(value: string, fallback: string): string {
  return value === "" ? fallback : value;
}

/** Shows the request, without the rest of the environment: it may hold secrets. */
function describe(request: Request): Response {
  const lines =
    // HEAD has the headers of GET, so the length is that of what GET shows.
    "method: GET\n" +
    line("path", request.path) +
    `query: ${request.query}\n` +
    line("accept", request.variable("HTTP_ACCEPT")) +
    line("accept-language", request.variable("HTTP_ACCEPT_LANGUAGE")) +
    line("content-type", request.contentType) +
    line("user-agent", request.variable("HTTP_USER_AGENT")) +
    line("x-request-id", request.variable("HTTP_X_REQUEST_ID"));
  return text(200, "OK", lines);
}

function line(name: string, value: string): string {
  return value === "" ? "" : `${name}: ${value}\n`;
}

function echo(request: Request): Response {
  const body = request.body;
  if (body.length > maxBody) return problem(413, "Content Too Large");
  const type = or(request.contentType, "application/octet-stream");
  return new Response(200, "OK", type, body, `x-body-bytes: ${body.length}\n`);
}

function notAllowed(allow: string): Response {
  const response = problem(405, "Method Not Allowed");
  response.extra = `allow: ${allow}\n`;
  return response;
}

function problem(status: i32, reason: string): Response {
  return text(status, reason, `${reason}\n`);
}

function text(status: i32, reason: string, body: string): Response {
  return new Response(status, reason, "text/plain; charset=utf-8", toBytes(body));
}
