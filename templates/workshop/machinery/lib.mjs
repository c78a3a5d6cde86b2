// What checks, starting states and the watcher share. All run with the workshop's root as the working directory.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { free } from './free.mjs';

export const here = dirname(fileURLToPath(import.meta.url));
export const workshop = JSON.parse(readFileSync('workshop.json', 'utf8'));
const messages = JSON.parse(readFileSync(join(here, '../text', workshop.locale, 'messages.json'), 'utf8'));

const temporaries = '.workshop/tmp';

/** The folder for files that a check or a starting state needs for a moment: another one for each process, since a watcher may run beside. */
export const temporary = join(temporaries, `${process.pid}`);

/** Removes the temporary folder of this process, and those of processes that were ended before they could. */
function removeTemporary() {
  rmSync(temporary, { recursive: true, force: true });
  for (const pid of existsSync(temporaries) ? readdirSync(temporaries) : [])
    if (!isRunning(Number(pid))) rmSync(join(temporaries, pid), { recursive: true, force: true });
}

export function isRunning(pid) {
  try {
    return process.kill(pid, 0);
  } catch ({ code }) {
    return code === 'EPERM';
  }
}

/** A sentence in the language of the workshop. Every `{name}` is replaced by a value. */
export function sentence(key, values = {}) {
  const text = messages[key];
  if (text === undefined) throw new Error(`messages.json of '${workshop.locale}' has no '${key}'`);
  return text.replace(/\{(\w+)\}/g, (_, name) => String(values[name]));
}

/** Why a check does not pass: a sentence, and the file to look at. */
export class Problem extends Error {
  constructor(key, values = {}, look = '') {
    super(sentence(key, values));
    this.key = key;
    this.values = values;
    this.look = look;
  }
}

/** Runs a program of the workshop: a Problem ends it with its sentence and exit code 1. `main` returns the exit code; nothing means 0. */
export async function runMain(main) {
  try {
    process.exitCode = await main();
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    console.error(error.message);
    process.exitCode = 1;
  } finally {
    removeTemporary();
  }
}

export const lessonOf = (id) => workshop.lessons.find((lesson) => lesson.id === id);

/** The text of a lesson's file. */
export const lessonText = ({ id, slug }) => readFileSync(`lessons/${id}-${slug}.md`, 'utf8');

/** The text below a heading of a lesson that starts with this word, without the heading. */
export function section(text, heading) {
  const start = text.indexOf(`\n## ${heading}`);
  if (start < 0) return '';
  const body = text.slice(text.indexOf('\n', start + 1) + 1);
  const end = body.search(/^## /m);
  return (end < 0 ? body : body.slice(0, end)).replace(/^<.*>\n+/gm, '').trim();
}

/** The shell commands of a Markdown text: `{ mark, code }`, in order. The mark is the second word after the backquotes. */
export const commandsIn = (text) =>
  [...text.matchAll(/^( *)```sh ?(\w*)\n(.*?)^\1```$/gms)].map(([, indent, mark, code]) => ({
    mark,
    code: code.replaceAll(new RegExp(`^${indent}`, 'gm'), ''),
  }));

/** Runs a program, and gives back its exit code and what it printed. */
export function exec(command, args, options = {}) {
  const { status, error, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8', maxBuffer: 1 << 28, ...options });
  if (error) throw new Problem('cannotRun', { command, reason: error.code, help: sentence(workshop.tools.includes(command) ? 'bySetup' : 'byReadme') });
  return { code: status, stdout, said: stdout + stderr };
}

/** The last lines of an output. */
export const tail = (text, lines = 12) => text.trimEnd().split('\n').slice(-lines).map((line) => `    ${line}`).join('\n');

/** That a project is not there, and the lesson that makes it. */
export const noProject = (project) => new Problem('noProject', { project, lesson: workshop.makes[project].lesson });

/** What the generator knows of a project. */
export function choicesOf(project) {
  const path = join(project, '.yo-rc.json');
  if (project in workshop.makes && !existsSync(path)) throw noProject(project);
  return read(path)['generator-wasm']?.choices ?? {};
}

/** A JSON file of the participant. */
export function read(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw error.code === 'ENOENT' ? new Problem('noFile', { path }) : new Problem('noJson', { path, reason: error.message }, path);
  }
}

/** Runs tasks of a project's Makefile. They must succeed. */
export function make(project, ...tasks) {
  if (!existsSync(join(project, 'Makefile'))) throw noProject(project);
  const { code, said } = exec('make', ['--no-print-directory', '-C', project, ...tasks]);
  if (code !== 0) throw new Problem('makeFailed', { command: `make -C ${project} ${tasks.join(' ')}`, said: tail(said) });
}

/** Builds a project, and gives back the path of its module. */
export function build(project) {
  const module = `${project}/build/${project}.wasm`;
  // The times of files come from a clock that can be 10 ms late.
  const started = new Date(Date.now() - 10);
  make(project, 'build');
  // A file that was saved while the compiler ran is newer than the module then, and the next build takes it.
  if (existsSync(module) && statSync(module).mtime > started) utimesSync(module, started, started);
  return module;
}

/** Runs a module in a process of its own, with nothing but arguments, environment and standard input. */
export function play(module, { args = [], env = {}, input = '' }) {
  return new Promise((resolve, reject) => {
    const script = join(here, 'play.mjs');
    const child = spawn(process.execPath, ['--no-warnings', script, module, JSON.stringify({ args, env })]);
    const out = { stdout: '', stderr: '' };
    const timer = setTimeout(() => child.kill('SIGKILL'), 10_000);
    for (const name of Object.keys(out)) child[name].setEncoding('utf8').on('data', (text) => (out[name] += text));
    child.stdin.on('error', () => {});
    child.stdin.end(input);
    child.on('error', reject);
    child.on('close', (exit, signal) => {
      clearTimeout(timer);
      if (signal) reject(new Problem('endless', { module }));
      else resolve({ exit, ...out });
    });
  });
}

/** Asks a server, by its address, or a module, as a CGI server does: `{ status, body }`. */
export async function ask(module, path) {
  if (module.startsWith('http:')) {
    const response = await fetch(module + path, { signal: AbortSignal.timeout(10_000) });
    return { status: response.status, body: await response.text() };
  }
  const [pathInfo, query = ''] = path.split('?');
  const env = { REQUEST_METHOD: 'GET', PATH_INFO: decodeURIComponent(pathInfo), QUERY_STRING: query, SCRIPT_NAME: '/', CONTENT_LENGTH: '0' };
  const { exit, stdout, stderr } = await play(module, { args: [pathInfo, ...query.split('&')], env });
  if (exit !== 0) throw new Problem('ended', { module, path, exit, said: tail(stderr) });
  const [head = '', ...rest] = stdout.split('\n\n');
  return { status: Number(/^status: (\d+)/m.exec(head)?.[1] ?? 200), body: rest.join('\n\n') };
}

/** Compares the answer to a request with the expected one. */
export async function expectAnswer(module, path, status, body, look) {
  const got = await ask(module, path);
  if (got.status !== status) throw new Problem('wrongStatus', { path, status, got: got.status, body: JSON.stringify(got.body) }, look);
  if (got.body !== body) throw new Problem('wrongBody', { path, body: JSON.stringify(body), got: JSON.stringify(got.body) }, look);
}

const names = ['Amara', 'Björn', 'Chiara', 'Dmitri', 'Esperanza', 'Fatou', 'Gülşen', 'Hiroshi', 'Ingrid', 'João', 'Kwame', 'Lívia'];

/** A name that no text of the workshop has. */
export const anyName = () => `${names[Math.floor(Math.random() * names.length)]} ${Math.floor(Math.random() * 1000)}`;

/** The lines of a file `KEY: NUMBER`, which a participant writes. */
export function numbersIn(path) {
  if (!existsSync(path)) throw new Problem('noFile', { path });
  const lines = readFileSync(path, 'utf8').split('\n').flatMap((line) => [/^\s*(\w+)\s*[:=]\s*([\d.,_ ]+?)\s*$/.exec(line) ?? []].filter((match) => match.length > 0));
  return Object.fromEntries(lines.map(([, key, number]) => [key.toLowerCase(), Number(number.replace(/[.,_ ]/g, ''))]));
}

const stateFile = '.workshop/state.json';

/** Where the participant is: the lesson, those that passed, and the track. A file that is damaged is kept under another name. */
export function readState() {
  const none = { lesson: undefined, passed: {}, track: 'day' };
  if (!existsSync(stateFile)) return none;
  const state = parsed(readFileSync(stateFile, 'utf8'));
  if (state) return { ...none, ...state };
  const kept = free(`${stateFile}.damaged`);
  renameSync(stateFile, kept);
  console.error(sentence('stateDamaged', { kept }));
  return none;
}

/** The state that a text holds; undefined where it holds something else. */
function parsed(text) {
  try {
    const { lesson, passed, track } = JSON.parse(text);
    const known = [lesson ?? workshop.lessons[0].id, ...Object.keys(passed)].every(lessonOf);
    return known && typeof passed === 'object' && [undefined, ...tracks].includes(track) ? { lesson, passed, ...(track && { track }) } : undefined;
  } catch {
    return undefined;
  }
}

export function writeState(state) {
  mkdirSync(dirname(stateFile), { recursive: true });
  const written = `${stateFile}.${process.pid}`;
  writeFileSync(written, `${JSON.stringify(state, null, 2)}\n`);
  renameSync(written, stateFile);
}

export const tracks = ['two-hours', 'day', 'offline'];

/** The lessons of a track, in order. */
export const lessonsOf = (track) => workshop.lessons.filter((lesson) => lesson.tracks.includes(track));
