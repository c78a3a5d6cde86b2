/** The HTTP server: finds the first route that matches, runs its module and sends what it writes. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { Socket } from 'node:net';
import { Bodies, type Body, bodyLimits } from './body.ts';
import { type Caller, matches, parseHead, type Route, type Strings, split } from './cgi.ts';
import type { Job, Pool } from './pool.ts';
import type { Inbound, Outbound } from './worker-protocol.ts';

/** A route and its module. */
export interface Handler extends Route {
  /** The module as written in modules.toml. */
  name: string;
  program: number;
  caller: Caller;
  send(request: Outbound, signal: AbortSignal): Promise<Inbound>;
  /** Receives the standard error of the module. */
  errors(text: Buffer): void;
}

/** What is served; replaced as a whole on a reload. */
export interface Site {
  handlers: readonly Handler[];
  pool: Pool;
}

/** A request that was answered or aborted. */
export interface Answered {
  request: IncomingMessage;
  peer: string;
  /** The module's route; empty if no module was called. */
  route: string;
  status: number;
  /** Bytes of the body that was sent. */
  bytes: number;
  milliseconds: number;
}

export interface ServerOptions {
  site(): Site;
  /** Default host and port for requests without a Host header. */
  defaultHost: string;
  tls: { cert: Buffer; key: Buffer } | undefined;
  /** Receives errors, one line each. */
  log(text: string): void;
  answered: ((answer: Answered) => void) | undefined;
}

/** The largest request head, in bytes. Its strings fit into `inputSize` of worker-protocol.ts. */
const maxHeaderSize = 64 << 10;
const none = Buffer.alloc(0);

export function wagiServer(options: ServerOptions): Server {
  const bodies = new Bodies();
  const listener = (request: IncomingMessage, response: ServerResponse) => {
    const exchange = new Exchange(request, response, options, bodies);
    inTurn(request, response, () => exchange.begin());
  };
  const server = options.tls
    ? createTlsServer({ ...options.tls, maxHeaderSize }, listener)
    : createServer({ maxHeaderSize }, listener);
  // Node leaves out what exceeds this number, 1,000 by default, without an error.
  server.maxHeadersCount = 0;
  // Without a listener, Node closes the connection without a response.
  server.on('connect', (_, socket) => socket.on('error', () => {}).end(notFound));
  return server;
}

const notFound = 'HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n';

/** How many requests of a connection wait for the response to the one before. */
const pipelined = new WeakMap<Socket, number>();

/**
 * As in WAGI, a connection has one request at a time, so that one client cannot fill the queue with pipelined requests. While some
 * wait, nothing more is read from it.
 */
function inTurn({ socket }: IncomingMessage, response: ServerResponse, begin: () => void): void {
  // A response gets the socket when the one before has been sent.
  if (response.socket) {
    begin();
    return;
  }
  const add = (change: number): number => {
    const count = (pipelined.get(socket) ?? 0) + change;
    pipelined.set(socket, count);
    return count;
  };
  add(1);
  // Node resumes the socket in a tick after each request that it has parsed; microtasks run after the ticks.
  queueMicrotask(() => add(0) > 0 && socket.pause());
  response.once('socket', () => {
    if (add(-1) === 0) socket.resume();
    begin();
  });
}

/** A request and its response; also the job of the module that is run. */
class Exchange implements Job {
  private readonly request: IncomingMessage;
  private readonly response: ServerResponse;
  private readonly options: ServerOptions;
  private readonly bodies: Bodies;
  private handler: Handler | undefined;
  private readonly headOnly: boolean;
  /** The content-length of the response. */
  private told: number | undefined;
  /** Bytes of the body written so far. */
  private bytes = 0;
  private refused = false;
  /** The response must not have a body. */
  private bodiless = false;

  program = 0;
  strings = '';
  args = 0;
  env = 0;
  body: Body = { first: none };

  get isAbandoned(): boolean {
    return this.response.destroyed;
  }

  constructor(request: IncomingMessage, response: ServerResponse, options: ServerOptions, bodies: Bodies) {
    this.request = request;
    this.response = response;
    this.options = options;
    this.bodies = bodies;
    this.headOnly = request.method === 'HEAD';
    // Without a listener, a socket error would end the process.
    response.on('error', (error) => this.report(error));
    if (options.answered) this.watch(options.answered);
  }

  /** Reads the body that must be complete before the module runs. */
  begin(): void {
    this.guard(() => {
      const { request } = this;
      const { 'content-length': told, 'transfer-encoding': coding } = request.headers;
      // RFC 9112, section 3.2: two Host headers are an error. Node takes the first one.
      if (request.rawHeaders.filter((word, at) => at % 2 === 0 && word.toLowerCase() === 'host').length > 1)
        this.refuseBody(400, 'The request has more than one Host header.');
      else if (told === undefined && coding === undefined) this.run(0);
      else if (Number(told) > bodyLimits.largest) this.refuseBody(413);
      else
        this.bodies.collect(
          request,
          (body, length, problem) =>
            this.guard(() => {
              this.body = body;
              if (problem) this.refuseBody(problem === 'too large' ? 413 : 503);
              else this.run(length);
            }),
          (error) => this.fail(error),
        );
    });
  }

  /** Responds without reading the rest of the body, so the connection cannot be reused. */
  private refuseBody(status: number, text = ''): void {
    this.response.shouldKeepAlive = false;
    this.plain(status, text);
  }

  /** Runs a step. An exception ends only this exchange. */
  private guard(step: () => void): void {
    try {
      step();
    } catch (error) {
      this.fail(error as Error);
    }
  }

  private fail(error: Error): void {
    this.refused = true;
    this.report(error);
    try {
      if (this.response.headersSent) this.response.destroy();
      else this.plain(500);
    } catch {
      this.response.destroy();
    }
  }

  private report(error: Error): void {
    this.options.log(`${this.request.method} ${this.request.url}: ${error.stack}`);
  }

  private run(length: number): void {
    const { request } = this;
    const { path } = split(request.url ?? '/');
    if (path === '/healthz') {
      this.body.close?.();
      this.plain(200, 'OK');
      return;
    }
    const { handlers, pool } = this.options.site();
    const handler = handlers.find((one) => matches(one, path));
    if (!handler) {
      this.body.close?.();
      this.plain(404);
      return;
    }
    this.handler = handler;
    const { strings, args, env }: Strings = handler.caller.strings({
      method: request.method ?? 'GET',
      target: request.url ?? '/',
      version: request.httpVersion,
      headers: request.rawHeaders,
      length,
      peer: request.socket.remoteAddress ?? '',
      scheme: this.options.tls ? 'https' : 'http',
      defaultHost: this.options.defaultHost,
    });
    this.program = handler.program;
    this.strings = strings;
    this.args = args;
    this.env = env;
    pool.run(this);
  }

  send(outbound: Outbound, signal: AbortSignal): Promise<Inbound> {
    return this.handler?.send(outbound, signal) ?? Promise.reject(new Error('asked by no module'));
  }

  errors(text: Buffer): void {
    this.guard(() => this.handler?.errors(text));
  }

  output(written: Buffer, next: () => void): void {
    let waits = false;
    this.guard(() => {
      const { response } = this;
      const part = this.part(written, false);
      // If the client has left or wants no body, the module still runs to its end.
      if (!part || this.headOnly || response.destroyed || response.write(part)) return;
      waits = true;
      const go = () => {
        response.off('drain', go).off('close', go);
        next();
      };
      response.on('drain', go).on('close', go);
    });
    if (!waits) next();
  }

  end(written: Buffer, failure?: string): void {
    this.guard(() => {
      this.body.close?.();
      if (failure !== undefined && !this.refused) this.refuse(failure);
      const part = this.part(written, true);
      if (part) endResponse(this.response, this.headOnly ? none : part);
    });
  }

  /** The part of the output that belongs to the body; sends the head first. Undefined if the response is refused. */
  private part(written: Buffer, last: boolean): Buffer | undefined {
    if (this.refused) return undefined;
    const part = this.response.headersSent ? (this.bodiless ? none : written) : this.head(written, last);
    if (!part) return undefined;
    this.bytes += part.length;
    const { told, bytes } = this;
    if (told === undefined || (bytes <= told && (!last || bytes === told))) return part;
    this.refuse(`wrote content-length ${told} and a body of ${last ? bytes : 'more'} bytes`);
    return undefined;
  }

  /** Sends the head and returns the first bytes of the body. */
  private head(written: Buffer, whole: boolean): Buffer | undefined {
    const { status, headers, length: told, body, problem, refused } = parseHead(written);
    if (refused !== undefined) {
      this.refuse(problem ?? '', refused);
      return undefined;
    }
    if (problem) this.complain(problem);
    // Responses without a body: RFC 9110, sections 8.6 and 15.3.6. A 304 has the content-length of the entity.
    if (status === 204 || status === 205 || status === 304) this.bodiless = true;
    const part = this.bodiless ? none : written.subarray(body);
    if (told !== undefined && !/^\d{1,15}$/.test(told)) {
      this.refuse(`wrote content-length '${told}', which is not a number of bytes`);
      return undefined;
    }
    // With a wrong length the client would wait, or read the next response as part of this one.
    if (told !== undefined && !this.headOnly && !this.bodiless) {
      if (whole && Number(told) !== part.length) {
        this.refuse(`wrote content-length ${told} and a body of ${part.length} bytes`);
        return undefined;
      }
      this.told = Number(told);
    }
    const own = whole && !this.bodiless ? String(part.length) : undefined;
    const length = status === 204 ? undefined : status === 205 ? '0' : (told ?? own);
    this.response.writeHead(status, length === undefined ? [...headers] : [...headers, 'content-length', length]);
    return part;
  }

  private refuse(problem: string, text = ''): void {
    this.refused = true;
    this.complain(problem);
    if (this.response.headersSent) this.response.destroy();
    else this.plain(500, text);
  }

  private complain(problem: string): void {
    this.options.log(`${this.request.method} ${this.request.url}: ${this.handler?.name} ${problem}`);
  }

  private plain(status: number, body = ''): void {
    this.bytes = body.length;
    this.response.writeHead(status, ['content-length', String(body.length)]);
    this.response.end(this.headOnly ? undefined : body);
  }

  private watch(answered: (answer: Answered) => void): void {
    const { request, response } = this;
    const start = performance.now();
    const peer = request.socket.remoteAddress ?? '-';
    response.once('close', () =>
      this.guard(() =>
        answered({
          request,
          peer,
          route: this.handler?.route ?? '',
          status: response.statusCode,
          bytes: this.headOnly ? 0 : this.bytes,
          milliseconds: performance.now() - start,
        }),
      ),
    );
  }
}

/** Sends a small body as a string, because Node then sends it in the same packet as the head. */
function endResponse(response: ServerResponse, part: Buffer): void {
  if (part.length <= 16 << 10) response.end(part.toString('latin1'), 'latin1');
  else response.end(part);
}
