/** Accepts requests, finds the module whose route matches first, and answers with what it writes. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { failure, matches, type Response, split, toProgram, toResponse } from './cgi.ts';
import type { Handler } from './config.ts';
import type { Pool } from './pool.ts';

export interface Options {
  handlers: readonly Handler[];
  pool: Pool;
  /** What every module gets in its environment. */
  variables: ReadonlyMap<string, string>;
  /** Where the server listens: `127.0.0.1:3000`. */
  listen: string;
  /** Takes what modules write to standard error, and what goes wrong. */
  log(text: string | Uint8Array): void;
}

export function wagiServer(options: Options): Server {
  return createServer(async (request, response) => {
    try {
      send(request, response, await answer(request, options));
    } catch (error) {
      // A client that went away in the middle of its request needs no answer.
      if (!request.errored) options.log(`${request.method} ${request.url}: ${(error as Error).stack}\n`);
      response.destroy();
    }
  });
}

const empty = (status: number): Response => ({ status, headers: new Map(), body: Buffer.alloc(0) });

async function answer(
  request: IncomingMessage,
  { handlers, pool, variables, listen, log }: Options,
): Promise<Response> {
  const target = request.url ?? '/';
  const { path } = split(target);
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  if (path === '/healthz') return { ...empty(200), body: Buffer.from('OK') };
  const index = handlers.findIndex((handler) => matches(handler, path));
  const handler = handlers[index];
  if (!handler) return empty(404);

  const program = toProgram(
    {
      method: request.method ?? 'GET',
      target,
      headers: request.rawHeaders,
      body: new Uint8Array(Buffer.concat(chunks)),
      peer: request.socket.remoteAddress ?? '',
      listen,
    },
    handler,
    variables,
  );
  const outcome = await pool.run(index, program);
  if (outcome.stderr.length > 0) log(outcome.stderr);
  const response = outcome.failure === undefined ? toResponse(outcome.stdout) : failure(outcome.failure);
  const checked = checkLength(response, request.method === 'HEAD');
  if (checked.problem) log(`${request.method} ${target}: ${handler.path} ${checked.problem}\n`);
  return checked;
}

/** A length that is not the body's would leave the client waiting, or take the next response for a part of this one. */
function checkLength(response: Response, headOnly: boolean): Response {
  const told = response.headers.get('content-length');
  const real = String(response.body.length);
  return told === undefined || headOnly || told === real
    ? response
    : failure(`wrote content-length ${told} and a body of ${real} bytes`);
}

function send(request: IncomingMessage, response: ServerResponse, { status, headers, body }: Response) {
  response.statusCode = status;
  for (const [name, value] of headers)
    if (!['connection', 'transfer-encoding'].includes(name)) response.setHeader(name, value);
  if (!headers.has('content-length')) response.setHeader('content-length', body.length);
  response.end(request.method === 'HEAD' ? undefined : body);
}
