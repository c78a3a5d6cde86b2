/** The runner as a user calls it, programs to hold to the contract, and a server that speaks WAGI. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo, Server } from 'node:net';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { runner as runnerText } from '../../src/catalog/contract.ts';
import { runFolder } from '../support/shared.ts';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
export const contract = (file: string) => here(`../../templates/contract/${file}`);

export interface Case {
  id: string;
  [key: string]: unknown;
}
export type Kind = 'wagi' | 'http' | 'command';
export const casesOf = (kind: Kind): Case[] =>
  (JSON.parse(readFileSync(contract(`${kind}.json`), 'utf8')) as { cases: Case[] }).cases;

/** Removed when all tests end: a process may run several files that share it. */
export const scratch = mkdtempSync(join(runFolder, 'contract-'));

let files = 0;
export function file(name: string, content: string | Buffer): string {
  const path = join(scratch, `${++files}-${name}`);
  writeFileSync(path, content);
  return path;
}

/** A program of these tests. */
export const source = (kind: Kind) => readFileSync(here(`${kind}.mjs`), 'utf8');

/** A text with one place changed. */
export function changed(text: string, from: string, to: string): string {
  assert.equal(text.split(from).length, 2, `${from} stands in the text once`);
  return text.replace(from, () => to);
}

/** The runner of a project with programs of these kinds. */
export const runnerOf = (...kinds: Kind[]) => file('run.mjs', runnerText(kinds));
export const everyKind = runnerOf('command', 'wagi', 'http');

const magic = Buffer.from('\0asm\x01\0\0\0', 'latin1');
/** JavaScript as a module for the stand-in of wasmtime. */
export const moduleOf = (text: string) => file('program.wasm', Buffer.concat([magic, Buffer.from(text)]));

/** A folder with a `wasmtime` that is this shell script. */
export function pathWith(script: string): string {
  const folder = mkdtempSync(join(scratch, 'bin-'));
  writeFileSync(
    join(folder, 'wasmtime'),
    `#!/bin/sh\n[ "$1" = --version ] && exec echo 'wasmtime 1.2.3 (stand-in)'\n${script}\n`,
  );
  chmodSync(join(folder, 'wasmtime'), 0o755);
  return [folder, dirname(process.execPath), '/usr/bin', '/bin'].join(delimiter);
}
const standIn = pathWith(`exec '${process.execPath}' '${here('stand-in.mjs')}' "$@"`);
/** Where no wasmtime is. */
export const nowhere = mkdtempSync(join(scratch, 'empty-'));

/** What the runner says, and its exit code. `runner` is another text of it. */
export function run(args: string[], { path = standIn, runner = everyKind } = {}) {
  return new Promise<{ code: number | null; said: string; refused: string }>((resolve, reject) => {
    const child = spawn(process.execPath, [runner, ...args], { env: { ...process.env, PATH: path }, stdio: 'pipe' });
    let said = '';
    let refused = '';
    child.stdout.on('data', (chunk) => {
      said += chunk;
    });
    child.stderr.on('data', (chunk) => {
      refused += chunk;
    });
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, said, refused }));
  });
}

/** The `main` of each runner, by its file. */
const mains = new Map<string, Promise<(args: string[]) => Promise<number>>>();

/** The same in this process, for what the cases find in a program: nothing is started, so one call at a time. */
export async function judge(args: string[], runner = everyKind): Promise<{ code: number; said: string }> {
  const { taken } = (await import(here('in-process.mjs'))) as { taken(): string };
  let main = mains.get(runner);
  if (!main) {
    const text = readFileSync(runner, 'utf8');
    const library = JSON.stringify(pathToFileURL(here('in-process.mjs')));
    const called = changed(text, "from 'node:child_process';", `from ${library};\nimport { console } from ${library};`);
    const end = called.search(/^(?:if \(process\.argv\[2\]|process\.exitCode = await main\()/m);
    assert.ok(end > 0, 'the runner ends with a call of main');
    const module = file('runner.mjs', `${called.slice(0, end)}export { main };\n`);
    main = import(module).then(({ main }) => main);
    mains.set(runner, main);
  }
  const code = await (await main)(args);
  return { code, said: taken() };
}

/** Calls `use` with the base of a server, and closes it. */
export async function listening<T>(server: Server, use: (base: string) => Promise<T>): Promise<T> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    return await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  } finally {
    server.close();
  }
}

type Answer = (env: Record<string, string>, body: Buffer) => { response: Buffer; log: string };

/** Hosts a web program as WAGI does. */
export async function hosting(text: string): Promise<Server> {
  const { answer } = (await import(`data:text/javascript,${encodeURIComponent(text)}`)) as { answer: Answer };
  const listener: RequestListener = (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const [path = '', ...query] = String(request.url).split('?');
      const env: Record<string, string> = {
        REQUEST_METHOD: String(request.method),
        PATH_INFO: decodeURIComponent(path),
        QUERY_STRING: query.join('?'),
        CONTENT_TYPE: '',
      };
      for (const [name, value] of Object.entries(request.headers))
        env[`HTTP_${name.toUpperCase().replaceAll('-', '_')}`] = String(value);
      const bytes = answer(env, Buffer.concat(chunks)).response;
      const end = bytes.indexOf('\n\n');
      for (const line of bytes.toString('utf8', 0, end).split('\n')) {
        const [, name = '', value = ''] = /^([^:]*): (.*)$/.exec(line) ?? [];
        if (name === 'status') response.statusCode = Number.parseInt(value, 10);
        else response.setHeader(name, value);
      }
      response.end(bytes.subarray(end + 2));
    });
  };
  return createServer(listener);
}
