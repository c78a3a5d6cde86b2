/** Accepts requests, finds the module whose route matches first, and answers with what it writes. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type Caller, insufficient, matches, parseHead, type Route, type Strings, split } from './cgi.ts';
import type { Inbound, Outbound } from './lane.ts';
import type { Body, Job, Pool } from './pool.ts';

/** A route and what answers it. */
export interface Handler extends Route {
  /** The module, as modules.toml has it. */
  name: string;
  program: number;
  caller: Caller;
  send(request: Outbound, signal: AbortSignal): Promise<Inbound>;
  /** Takes what the module writes to standard error. */
  errors(text: Buffer): void;
}

/** What is served: replaced as a whole when it is loaded anew. */
export interface Site {
  handlers: readonly Handler[];
  pool: Pool;
}

/** A request that was answered, or whose answer was given up. */
export interface Answered {
  request: IncomingMessage;
  peer: string;
  /** Of the module, or empty where none was asked. */
  route: string;
  status: number;
  /** Of the body that was sent. */
  bytes: number;
  milliseconds: number;
}

export interface ServerOptions {
  site(): Site;
  /** Name and port for a request that does not tell them. */
  defaultHost: string;
  tls: { cert: Buffer; key: Buffer } | undefined;
  /** Takes what goes wrong, a line each time. */
  log(text: string): void;
  answered: ((answer: Answered) => void) | undefined;
}

/** A body up to this size is there before its module begins, so that no slow client keeps a worker. */
const smallBody = 64 << 10;
/** The largest body without a length told in advance, which has to be known before the module begins. */
const largestUntold = 256 << 20;
/** How much of a response waits for its client to send all of its request. */
const mostAhead = 64 << 20;
const none = Buffer.alloc(0);

export function wagiServer(options: ServerOptions): Server {
  const listener = (request: IncomingMessage, response: ServerResponse) => {
    try {
      new Exchange(request, response, options).begin();
    } catch (error) {
      options.log(`${request.method} ${request.url}: ${(error as Error).stack}`);
      response.destroy();
    }
  };
  return options.tls ? createTlsServer(options.tls, listener) : createServer(listener);
}

/** A request and its answer; the job of a module, where one is asked. */
class Exchange implements Job {
  private readonly request: IncomingMessage;
  private readonly response: ServerResponse;
  private readonly options: ServerOptions;
  private handler: Handler | undefined;
  private readonly headOnly: boolean;
  /** What the response told of its length. */
  private told: number | undefined;
  /** Bytes of the body that were written. */
  private bytes = 0;
  private refused = false;

  program = 0;
  strings = '';
  args = 0;
  env = 0;
  body: Body = { first: none };

  constructor(request: IncomingMessage, response: ServerResponse, options: ServerOptions) {
    this.request = request;
    this.response = response;
    this.options = options;
    this.headOnly = request.method === 'HEAD';
    if (options.answered) this.watch(options.answered);
  }

  /** Reads the body as far as it has to be there before a module runs. */
  begin(): void {
    const { request } = this;
    const told = request.headers['content-length'];
    if (told === undefined && request.headers['transfer-encoding'] === undefined) {
      this.run(0, this.body);
      return;
    }
    const length = told === undefined ? undefined : Number(told);
    collect(request, length !== undefined && length > smallBody ? smallBody : largestUntold, (first, whole) => {
      if (whole) this.run(first.length, { first });
      else if (length !== undefined) this.run(length, { first, next: () => nextChunk(request) });
      else {
        this.response.shouldKeepAlive = false;
        this.plain(413);
      }
    });
  }

  private run(length: number, body: Body): void {
    const { request } = this;
    this.body = body;
    const { path } = split(request.url ?? '/');
    if (path === '/healthz') {
      this.afterBody(() => this.plain(200, 'OK'));
      return;
    }
    const { handlers, pool } = this.options.site();
    const handler = handlers.find((one) => matches(one, path));
    if (!handler) {
      this.afterBody(() => this.plain(404));
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
    Object.assign(this, { program: handler.program, strings, args, env });
    pool.run(this);
  }

  send(outbound: Outbound, signal: AbortSignal): Promise<Inbound> {
    return this.handler?.send(outbound, signal) ?? Promise.reject(new Error('asked by no module'));
  }

  errors(text: Buffer): void {
    this.handler?.errors(text);
  }

  output(written: Buffer, next: () => void): void {
    const { request, response } = this;
    const part = this.part(written, false);
    // Many a client takes nothing before it has sent all, and the module would wait for it, which waits for the module.
    const ahead = this.body.next !== undefined && !request.readableEnded && response.writableLength < mostAhead;
    // Where nobody takes it, the module runs on to its end.
    if (!part || this.headOnly || response.destroyed || response.write(part) || ahead) {
      next();
      return;
    }
    const go = () => {
      response.off('drain', go).off('close', go);
      next();
    };
    response.on('drain', go).on('close', go);
  }

  end(written: Buffer, failure?: string): void {
    if (failure !== undefined && !this.refused) this.refuse(failure);
    const part = this.part(written, true);
    if (part) this.afterBody(() => finish(this.response, this.headOnly ? none : part));
  }

  /** A connection that ends while the client still sends would take the answer with it. */
  private afterBody(send: () => void): void {
    const { request } = this;
    if (!this.body.next || request.readableEnded || request.destroyed) send();
    else request.once('close', send).resume();
  }

  /** What goes out of what was written, after the head where that is in it; undefined where the answer is refused. */
  private part(written: Buffer, last: boolean): Buffer | undefined {
    if (this.refused) return undefined;
    const part = this.response.headersSent ? written : this.head(written, last);
    if (!part) return undefined;
    this.bytes += part.length;
    const { told, bytes } = this;
    if (told === undefined || (bytes <= told && (!last || bytes === told))) return part;
    this.refuse(`wrote content-length ${told} and a body of ${last ? bytes : 'more'} bytes`);
    return undefined;
  }

  /** Sends the head, and gives what follows it. */
  private head(written: Buffer, whole: boolean): Buffer | undefined {
    const { status, headers, body, problem } = parseHead(written);
    if (status === 500 && problem) {
      this.refuse(problem, insufficient);
      return undefined;
    }
    if (problem) this.complain(problem);
    const part = written.subarray(body);
    const told = headers.get('content-length');
    // A length that is not the body's would leave the client waiting, or take the next response for a part of this one.
    if (told !== undefined && !this.headOnly) {
      if (!/^\d{1,15}$/.test(told) || (whole && Number(told) !== part.length)) {
        this.refuse(`wrote content-length ${told} and a body of ${whole ? part.length : 'more'} bytes`);
        return undefined;
      }
      this.told = Number(told);
    }
    const raw: string[] = [];
    for (const [name, value] of headers) raw.push(name, value);
    if (told === undefined && whole) raw.push('content-length', String(part.length));
    this.response.writeHead(status, raw);
    return part;
  }

  private refuse(problem: string, text = ''): void {
    this.refused = true;
    this.complain(problem);
    if (this.response.headersSent) this.response.destroy();
    else this.afterBody(() => this.plain(500, text));
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
      answered({
        request,
        peer,
        route: this.handler?.route ?? '',
        status: response.statusCode,
        bytes: this.headOnly ? 0 : this.bytes,
        milliseconds: performance.now() - start,
      }),
    );
  }
}

/** A small body goes out as a text, since Node sends a text together with the head and bytes after it. */
function finish(response: ServerResponse, part: Buffer): void {
  if (part.length <= 16 << 10) response.end(part.toString('latin1'), 'latin1');
  else response.end(part);
}

/** Reads a body to its end or until there is enough; is not heard of again where the client goes away. */
function collect(request: IncomingMessage, enough: number, done: (bytes: Buffer, whole: boolean) => void): void {
  const chunks: Buffer[] = [];
  let size = 0;
  const stop = (whole: boolean) => {
    request.off('readable', read).off('end', end);
    done(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks), whole);
  };
  const end = () => stop(true);
  const read = () => {
    for (let chunk: Buffer | null = request.read(); chunk !== null; chunk = request.read()) {
      chunks.push(chunk);
      size += chunk.length;
      if (size > enough) return stop(false);
    }
  };
  request
    .on('readable', read)
    .on('end', end)
    .on('error', () => {});
}

/** The next part of a body, or undefined at its end or where the client went away. */
function nextChunk(request: IncomingMessage): Promise<Uint8Array | undefined> {
  return new Promise((done) => {
    const look = () => {
      const chunk: Buffer | null = request.read();
      if (chunk === null && !request.readableEnded && !request.destroyed) return;
      request.off('readable', look).off('end', look).off('close', look);
      done(chunk ?? undefined);
    };
    request.on('readable', look).on('end', look).on('close', look);
    look();
  });
}
