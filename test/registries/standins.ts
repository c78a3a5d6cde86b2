/** The login scripts of projects, run for real with stand-ins for the services that they ask. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

/** What a service was asked. */
export interface Asked {
  url: string;
  method: string;
  form: Record<string, string>;
  headers: Record<string, string>;
  /** What was posted that is no form. */
  body?: string;
}

export interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
  asked: Asked[];
}

/** Removed when the tests end. */
export const scratch = mkdtempSync(join(tmpdir(), 'generator-wasm-logins-'));
process.on('exit', () => rmSync(scratch, { recursive: true, force: true }));

/**
 * What `node --import` takes to have `answer(url, form)` in place of the network: a function body that returns a Response. The
 * clock stands still. What was asked goes to the file that ASKED names.
 */
export const services = (answer: string): string =>
  `data:text/javascript,${encodeURIComponent(`
import { appendFileSync } from 'node:fs';
globalThis.Date = class extends Date { constructor(...words) { super(...(words.length ? words : ['2026-11-25T09:00:00Z'])); } };
Date.now = () => new Date().getTime();
const answer = (url, form) => { ${answer}; throw new Error('nobody at ' + url.host); };
globalThis.fetch = async (url, { method = 'GET', body, headers = {} } = {}) => {
  const form = body instanceof URLSearchParams ? Object.fromEntries(body) : {};
  appendFileSync(process.env.ASKED, JSON.stringify({ url, method, form, headers, ...(body === undefined || body instanceof URLSearchParams ? {} : { body: String(body) }) }) + '\\n');
  return answer(new URL(url), form);
};`)}`;

/** Runs a command, by default a script of templates/registries, where nobody but `answer` answers. */
export function login(
  answer: string,
  env: Record<string, string>,
  script: string,
  words: string[],
  command = process.execPath,
  cwd = scratch,
): Ended {
  const folder = mkdtempSync(join(scratch, 'run-'));
  const ASKED = join(folder, 'asked');
  const imported = `--no-warnings --import=${services(answer)}`;
  const { status, stdout, stderr } = spawnSync(command, [...(script ? [script] : []), ...words], {
    cwd,
    encoding: 'utf8',
    env: { PATH: [bin, process.env.PATH].join(delimiter), NODE_OPTIONS: imported, ASKED, ...env },
  });
  const asked = existsSync(ASKED) ? readFileSync(ASKED, 'utf8').trim().split('\n') : [];
  return { code: status, stdout, stderr, asked: asked.map((line) => JSON.parse(line) as Asked) };
}

export const scriptOf = (name: string): string =>
  new URL(`../../templates/registries/${name}`, import.meta.url).pathname;

/** Comes first on the PATH of what is run. */
const bin = mkdtempSync(join(scratch, 'bin-'));

/** Puts a program of that name before others; without a text, one that was put there goes. */
export function program(name: string, text?: string): void {
  const path = join(bin, name);
  rmSync(path, { force: true });
  if (text !== undefined) writeFileSync(path, `#!/bin/sh\n${text}\n`, { mode: 0o755 });
}

/** A script prints its token and nothing else: no proof, no token goes to standard error or another place. */
export function holdsItsTongue({ stderr, stdout }: Ended, secrets: string[]): void {
  for (const secret of secrets)
    assert.ok(!stderr.includes(secret) && !stdout.includes(secret), `${secret} is not printed`);
}
