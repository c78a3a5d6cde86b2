/** A client of a language server over stdio: opens sources, changes them, and waits for the problems that the server finds. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { environment } from '../support/programs.ts';

interface Diagnostic {
  message: string;
  range: { start: { line: number } };
}

interface Message {
  id?: number;
  method?: string;
  params?: { uri: string; diagnostics: Diagnostic[]; items?: { section: string }[] };
  result?: { items?: Diagnostic[] };
}

/** Problems by path, each `LINE: MESSAGE`; a path without a problem is left out. */
export type Problems = Record<string, string[]>;

export interface Session {
  /** Puts this text in place of a source, in the editor alone. */
  change(path: string, text: string): void;
  /** Waits until the server finds these problems and no others; fails with what it finds after five minutes. */
  finds(expected: Problems): Promise<void>;
  stop(): Promise<void>;
}

/** Writes a message with its length, as language servers and debug adapters read it. */
export function write(stream: Writable, message: object): void {
  const text = JSON.stringify(message);
  stream.write(`Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`);
}

/** Calls `take` with each message of such a stream. */
export function read(stream: Readable, take: (message: unknown) => void): void {
  let received = Buffer.alloc(0);
  stream.on('data', (data: Buffer) => {
    received = Buffer.concat([received, data]);
    for (;;) {
      const head = received.indexOf('\r\n\r\n');
      const length = Number(/Content-Length: (\d+)/.exec(received.toString('latin1', 0, Math.max(head, 0)))?.[1]);
      const end = head + 4 + length;
      if (head < 0 || received.length < end) return;
      take(JSON.parse(received.toString('utf8', head + 4, end)));
      received = received.subarray(end);
    }
  });
}

type Settings = Record<string, unknown>;

/** The settings below a name: `{ "go.lint": true }` and `{ "go": { "lint": true } }` have `{ "lint": true }` below `go`. */
function below(settings: Settings, name: string): Settings {
  const dotted = Object.entries(settings).filter(([key]) => key.startsWith(`${name}.`));
  const found: Settings = { ...(settings[name] as Settings | undefined) };
  for (const [key, value] of dotted) {
    const words = key.slice(name.length + 1).split('.');
    const last = words.pop() ?? '';
    let place = found;
    for (const word of words) {
      place[word] ??= {};
      place = place[word] as Settings;
    }
    place[last] = value;
  }
  return found;
}

/**
 * Opens the sources of a folder in the server that this command starts.
 * @param language its id in the protocol
 * @param settings those of the editor, for a server that asks for them
 * @param isAsked whether the server answers requests for problems, and publishes none or not all
 */
export async function opened(
  [server = '', ...args]: string[],
  language: string,
  folder: string,
  paths: string[],
  env = {},
  settings?: Settings,
  isAsked = false,
): Promise<Session> {
  const child = spawn(server, args, {
    cwd: folder,
    env: { ...environment, ...env },
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const ended = once(child, 'exit');
  const problems = new Map<string, string[]>();
  const answers = new Map<number, (result: Message['result']) => void>();
  const uri = (path: string) => pathToFileURL(join(folder, path)).href;
  const send = (message: object): void => write(child.stdin, { jsonrpc: '2.0', ...message });
  let asked = 0;
  const ask = (method: string, params: object | null): Promise<Message['result']> => {
    const id = ++asked;
    send({ id, method, params });
    return new Promise((done) => answers.set(id, done));
  };
  const keep = (path: string, found: Diagnostic[]) =>
    problems.set(
      path,
      found.map(({ message, range }) => `${range.start.line + 1}: ${message}`),
    );
  const take = ({ id, method, params, result }: Message): void => {
    if (id !== undefined && method)
      send({ id, result: params?.items?.map(({ section }) => below(settings ?? {}, section)) ?? null });
    else if (id !== undefined) answers.get(id)?.(result);
    else if (method === 'textDocument/publishDiagnostics' && params) {
      const path = paths.find((one) => uri(one) === params.uri);
      if (path) keep(path, params.diagnostics);
    }
  };
  read(child.stdout, (message) => take(message as Message));

  const rootUri = pathToFileURL(folder).href;
  await ask('initialize', {
    processId: process.pid,
    rootUri,
    workspaceFolders: [{ uri: rootUri, name: 'project' }],
    capabilities: settings ? { workspace: { configuration: true } } : {},
  });
  send({ method: 'initialized', params: {} });
  for (const path of paths) {
    const text = readFileSync(join(folder, path), 'utf8');
    const textDocument = { uri: uri(path), languageId: language, version: 1, text };
    send({ method: 'textDocument/didOpen', params: { textDocument } });
    // biome can lose a change that arrives while it reads a file. Some servers publish nothing for a file without problems.
    for (let tries = 0; !isAsked && !problems.has(path) && tries < 50; tries++) await sleep(100);
  }
  let version = 1;
  return {
    change(path, text) {
      problems.delete(path);
      const textDocument = { uri: uri(path), version: ++version };
      send({ method: 'textDocument/didChange', params: { textDocument, contentChanges: [{ text }] } });
    },
    async finds(expected) {
      const wrong = () =>
        paths.filter((path) => JSON.stringify(problems.get(path)) !== JSON.stringify(expected[path] ?? []));
      const poll = async () => {
        for (const path of isAsked ? paths : [])
          keep(path, (await ask('textDocument/diagnostic', { textDocument: { uri: uri(path) } }))?.items ?? []);
      };
      for (let tries = 0; ; tries++) {
        await poll();
        if (wrong().length === 0) return;
        if (tries > 3000 || child.exitCode !== null)
          throw new Error(
            `${server}: ${wrong()
              .map((path) => `${path} has ${problems.get(path)?.join(', ') ?? 'no answer'}`)
              .join('; ')}`,
          );
        await sleep(100);
      }
    },
    async stop() {
      // clangd misses a signal while it reads, and sees the end of its input.
      child.stdin.end();
      child.kill();
      await ended;
    },
  };
}
