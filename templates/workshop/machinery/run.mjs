// The commands of the workshop's Makefile: node run.mjs setup|check|start|hint|solution|watch|reset [LESSON]
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline/promises';
import { membership, report } from '../board/report.mjs';
import { exec, lessonOf, lessonText, Problem, readState, runMain, section, sentence, tracks, workshop, writeState } from './lib.mjs';
import { start } from './start.mjs';
import { watch } from './watch.mjs';

const words = { check, start: begin, hint, solution, watch: follow, reset, setup };

const [word, id] = process.argv.slice(2);
await runMain(() => words[word](id));

/** A lesson that a person names. */
function lesson(id) {
  const found = lessonOf(String(id).padStart(2, '0'));
  if (found) return found;
  const left = workshop.left.find((one) => one.id === id);
  if (left) throw new Problem('leftOut', { lesson: id, why: left.why });
  throw new Problem('noLesson', { lesson: id, lessons: workshop.lessons.map((one) => one.id).join(', ') });
}

/** Checks a lesson, says what it found, and tells the progress board where the participant has joined one. */
async function check(id) {
  const { passed, text } = await judge(lesson(id));
  (passed ? console.log : console.error)(text);
  return passed ? 0 : 1;
}

/** Runs the check of a lesson: whether it passes, and what to tell. */
export async function judge(lesson) {
  const { default: run } = await import(`./checks/${lesson.id}.mjs`);
  let problem;
  try {
    await run({ files: lesson.files });
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    problem = error;
  }
  const text = problem
    ? [
        sentence('notYet', { lesson: lesson.id, title: lesson.title }),
        `  ${problem.message}`,
        ...(isInTheMiddle(problem, lesson) ? [`  ${sentence('startHere', { lesson: lesson.id })}`] : []),
        ...(problem.look ? [`  ${sentence('look', { file: problem.look })}`] : []),
        `  ${sentence('hintAt', { lesson: lesson.id })}`,
      ]
    : [sentence('passed', { lesson: lesson.id, title: lesson.title })];
  if (!problem) {
    const state = readState();
    state.passed[lesson.id] ??= new Date().toISOString();
    writeState(state);
  }
  const member = membership();
  const { problem: silence } = member ? await report(member, Object.keys(readState().passed)) : {};
  if (silence) text.push(silence);
  return { passed: !problem, text: text.join('\n') };
}

/** Whether a project is missing that a lesson before this one makes. */
function isInTheMiddle({ key, values }, { id }) {
  return key === 'noProject' && workshop.makes[values.project].lesson < id;
}

/** The starting state of a lesson. */
function begin(id) {
  const one = lesson(id);
  for (const said of start(one)) console.log(said);
  writeState({ ...readState(), lesson: one.id });
  console.log(sentence('goOn', { file: `lessons/${one.id}-${one.slug}.md` }));
  return 0;
}

function hint(id) {
  const one = lesson(id);
  console.log(section(lessonText(one), sentence('hintHeading')));
  return 0;
}

function solution(id) {
  const one = lesson(id);
  console.log(section(lessonText(one), sentence('solutionHeading')));
  return 0;
}

/** Follows the participant from lesson to lesson. */
function follow(id) {
  const track = process.env.TRACK || readState().track;
  if (!tracks.includes(track)) throw new Problem('noTrack', { track });
  const from = id ? lesson(id).id : undefined;
  return watch({ track, from, judge, start, confirm });
}

/** Starts everything anew, after a question. */
async function reset() {
  if (!(await confirm(sentence('resetAll')))) return 1;
  for (const said of start({ ...workshop.lessons[0], projects: Object.keys(workshop.makes) })) console.log(said);
  writeState({ ...readState(), lesson: undefined, passed: {} });
  return 0;
}

/** Asks a question with the answer yes or no; no, without a terminal. */
async function confirm(question) {
  if (!process.stdin.isTTY && process.env.YES !== '1') {
    console.log(`${question} ${sentence('saysYes')}`);
    return false;
  }
  if (process.env.YES === '1') return true;
  const asked = createInterface({ input: process.stdin, output: process.stdout });
  const answer = await asked.question(`${question} ${sentence('yesOrNo')} `);
  asked.close();
  return new RegExp(sentence('yes'), 'i').test(answer.trim());
}

/** The tools of the workshop itself, and those of each project that is there. */
function setup() {
  if (spawnSync('mise', ['--version']).error) throw new Problem('noMise', { command: workshop.getMise });
  const projects = Object.keys(workshop.makes).filter((project) => existsSync(`${project}/Makefile`));
  for (const [command, ...args] of [['mise', 'install'], ...projects.map((project) => ['make', '-C', project, 'setup'])])
    if (exec(command, args, { stdio: 'inherit' }).code !== 0) return 1;
  console.log(sentence('ready'));
  return 0;
}
