/** The packed package, installed as users do, and the projects that it writes, each once. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, mkdtempSync, openSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Choices } from '../../src/model/choices.ts';
import { compilers, environment, ok, type Result, root, scratch } from '../support/programs.ts';
import { built, shared } from '../support/shared.ts';

/** The folder of the package, packed and installed as users do. */
export const installed = (): string =>
  shared('installation', (folder) => {
    built();
    ok('npm', ['pack', '--silent', '--ignore-scripts', '--pack-destination', folder], root);
    const tarball = readdirSync(folder).find((name) => name.endsWith('.tgz')) ?? 'nothing was packed';
    ok('npm', ['install', '--silent', '--no-fund', '--no-audit', '--prefix', folder, join(folder, tarball)], folder);
  });
export const bin = (): string => join(installed(), 'node_modules', '.bin', 'generator-wasm');

const flags = (choices: Partial<Choices>): string[] =>
  Object.entries(choices).flatMap(([key, value]) => (String(value) === '' ? [] : [`--${key}`, String(value)]));

const projects = new Map<string, string>();
/** A project scaffolded by the packed package from these choices; the same one for the same choices. */
export function project(choices: Choices): string {
  const key = JSON.stringify(choices);
  const before = projects.get(key);
  if (before) return before;
  const folder = join(scratch, `project-${projects.size}`, choices.name);
  mkdirSync(join(folder, '..'), { recursive: true });
  ok(bin(), [folder, '--yes', '--no-git', ...flags(choices)], scratch);
  projects.set(key, folder);
  return folder;
}

/** What a task's environment needs beyond the tools: the packed host, and the compiler that is here. */
export const taskEnvironment = (): NodeJS.ProcessEnv => ({ GENERATOR_WASM: bin(), ...compilers });
export const make = (folder: string, ...words: string[]): string => ok('make', words, folder, taskEnvironment());

/** Whether something answers at a URL. */
export const answering = (url: string): Promise<boolean> =>
  fetch(url).then(
    () => true,
    () => false,
  );

/**
 * Starts a server, asks every `pause` milliseconds until it answers at `url`, and gives back what stops it: its exit code and what it
 * said. SIGINT goes to all its processes, as Ctrl+C in a terminal does; SIGTERM goes to the first one, as `kill` does.
 */
export async function serving(
  command: string,
  args: string[],
  cwd: string,
  url: string,
  env: NodeJS.ProcessEnv = {},
  pause = 100,
): Promise<(signal?: 'SIGINT' | 'SIGTERM') => Promise<Result>> {
  // A file, not a pipe: nobody empties a pipe while a test waits for another program, and a full one stops the server.
  const log = join(mkdtempSync(join(scratch, 'log-')), 'said');
  const file = openSync(log, 'w');
  const child: ChildProcess = spawn(command, args, {
    cwd,
    env: { ...environment, ...taskEnvironment(), ...env },
    detached: true,
    stdio: ['ignore', file, file],
  });
  closeSync(file);
  const said = () => readFileSync(log, 'utf8');
  const ended = once(child, 'exit');
  for (let tries = 0; ; tries++) {
    if (await answering(url)) break;
    if (child.exitCode !== null || tries * pause > 240_000) {
      if (child.exitCode === null && child.pid) process.kill(-child.pid, 'SIGKILL');
      throw new Error(`${command} ${args.join(' ')} does not answer:\n${said()}`);
    }
    await new Promise((done) => setTimeout(done, pause));
  }
  return async (signal = 'SIGINT') => {
    if (child.exitCode === null && child.pid) process.kill(signal === 'SIGTERM' ? child.pid : -child.pid, signal);
    await ended;
    return { code: child.exitCode, said: said(), stdout: said() };
  };
}
