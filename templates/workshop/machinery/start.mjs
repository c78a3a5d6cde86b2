// Puts the projects of a lesson into its starting state. Their contents are first kept on a branch.
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { free } from './free.mjs';
import { commandsIn, exec, isRunning, lessonText, Problem, sentence, tail, temporary, workshop } from './lib.mjs';

/** Where a participant without a name in git's configuration gets one for the commits made here. */
const identity = { GIT_AUTHOR_NAME: 'Workshop', GIT_AUTHOR_EMAIL: 'workshop@localhost', GIT_COMMITTER_NAME: 'Workshop', GIT_COMMITTER_EMAIL: 'workshop@localhost' };

/** `20261128-091203` in local time. */
function stamp() {
  const now = new Date(Date.now() - new Date().getTimezoneOffset() * 60_000).toISOString();
  return now.slice(0, 19).replace(/[-:]/g, '').replace('T', '-');
}

/** A path in `kept` that does not exist yet. */
function keptPath(name, suffix = '') {
  mkdirSync('kept', { recursive: true });
  return free(join('kept', `${name}-${stamp()}`), suffix);
}

function git(project, args, env = {}) {
  const { code, stdout, said } = exec('git', ['-C', project, '-c', 'core.autocrlf=false', ...args], { env: { ...process.env, ...env } });
  if (code !== 0) throw new Problem('gitFailed', { command: `git -C ${project} ${args.join(' ')}`, said: tail(said) });
  return stdout.trim();
}

/** Prepares a lesson, and gives back what happened, a sentence each. Two at once would take each other's files for the participant's. */
export function start(lesson) {
  const lock = '.workshop/starting';
  try {
    writeFileSync(lock, `${process.pid}`, { flag: 'wx' });
  } catch {
    if (isRunning(Number(readFileSync(lock, 'utf8')))) throw new Problem('startsAlready');
    writeFileSync(lock, `${process.pid}`);
  }
  try {
    return prepare(lesson);
  } finally {
    rmSync(lock, { force: true });
  }
}

function prepare(lesson) {
  const said = [];
  const before = workshop.lessons.filter(({ id }) => id < lesson.id);
  for (const project of lesson.projects) {
    forgetTags(project);
    const maker = workshop.lessons.find(({ id }) => id === workshop.makes[project].lesson);
    if (maker.id >= lesson.id) {
      if (existsSync(project)) said.push(putAside(project));
      continue;
    }
    const state = stateOf(project, before);
    if (existsSync(join(project, '.git'))) said.push(...replaceIn(project, state, lesson));
    else {
      if (existsSync(project)) said.push(putAside(project));
      renameSync(state, project);
      git(project, ['init', '--quiet', '--initial-branch=main']);
      commit(project, lesson);
    }
    rmSync(dirname(state), { recursive: true, force: true });
    for (const done of before)
      if (done.byCommands && done.projects.includes(project)) runCommands(done, project, lesson);
    said.push(sentence('started', { project, lesson: lesson.id }));
  }
  return said;
}

/** Removes the tags of a project from the workshop's own registry: they would name other commits. */
function forgetTags(project) {
  const tags = '.workshop/registry/tags';
  if (!existsSync(tags)) return;
  for (const image of readdirSync(tags))
    if (decodeURIComponent(image).endsWith(`/${project}`)) rmSync(join(tags, image), { recursive: true });
}

/** The files of a project before a lesson: as the generator writes it, with the solutions of the lessons before. */
function stateOf(project, before) {
  mkdirSync(temporary, { recursive: true });
  const folder = mkdtempSync(join(temporary, 'state-'));
  const { code, said } = exec('generator-wasm', [join(folder, project), '--yes', '--no-git', ...workshop.makes[project].flags]);
  if (code !== 0) throw new Problem('makeFailed', { command: `generator-wasm ${project}`, said: tail(said) });
  for (const { id } of before) {
    const solution = join('solutions', id, project);
    if (existsSync(solution)) cpSync(solution, join(folder, project), { recursive: true });
  }
  return join(folder, project);
}

/** A project that the lesson creates, or that is not a repository: its folder is moved. */
function putAside(project) {
  const kept = keptPath(project);
  renameSync(project, kept);
  return sentence('putAside', { project, kept });
}

/** Everything that git does not ignore goes to a branch; then the files of the state take its place. */
function replaceIn(project, state, lesson) {
  const said = [];
  const index = resolve(temporary, `index-${project}`);
  rmSync(index, { force: true });
  const own = { GIT_INDEX_FILE: index, ...identity };
  git(project, ['add', '--all'], own);
  const tree = git(project, ['write-tree'], own);
  rmSync(index, { force: true });
  const head = exec('git', ['-C', project, 'rev-parse', '--verify', '--quiet', 'HEAD']).stdout.trim();
  const branch = free(`kept/${stamp()}`, '', (name) => git(project, ['branch', '--list', name]) !== '');
  const message = `What was here before lesson ${lesson.id} started`;
  const parent = head ? ['-p', head] : [];
  git(project, ['branch', branch, git(project, ['commit-tree', tree, ...parent, '-m', message], own)]);
  said.push(sentence('keptBranch', { project, branch }));
  for (const tag of git(project, ['tag', '--list', 'v0.*', 'v6.6.6']).split('\n').filter(Boolean)) git(project, ['tag', '--delete', tag]);
  // The branch does not have it, since git ignores it.
  const key = join(project, 'cosign.key');
  if (existsSync(key)) renameSync(key, keptPath(project, '-cosign.key'));
  const files = git(project, ['ls-files', '-z', '--cached', '--others', '--exclude-standard']).split('\0').filter(Boolean);
  for (const file of files) rmSync(join(project, file), { force: true });
  for (const name of readdirSync(state)) cpSync(join(state, name), join(project, name), { recursive: true });
  commit(project, lesson);
  return said;
}

function commit(project, lesson) {
  git(project, ['add', '--all']);
  if (git(project, ['status', '--porcelain']) !== '')
    git(project, ['commit', '--quiet', '--no-verify', '--message', `Start lesson ${lesson.id}`], identity);
}

/** What a lesson does by commands alone, such as a push. */
function runCommands(done, project, lesson) {
  for (const { mark, code } of commandsIn(lessonText(done))) {
    if (!['', 'solution'].includes(mark) || code.startsWith('make check-')) continue;
    const { code: exit, said } = exec('bash', ['-euc', code], { env: { ...process.env, ...identity } });
    if (exit !== 0) throw new Problem('makeFailed', { command: code.trim(), said: tail(said) });
  }
  commit(project, lesson);
}
