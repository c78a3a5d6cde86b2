// Runs the check of the current lesson at each save, and moves on when it passes.
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { lessonsOf, lessonText, Problem, readState, section, sentence, writeState } from './lib.mjs';

/** Folders that tools write to. */
const made = new Set(['.git', 'build', 'node_modules', 'target']);

/** How often the files are looked at, in milliseconds. Network drives and WSL send no events. */
const pause = 500;

export async function watch({ track, from, judge, start, confirm }) {
  const lessons = lessonsOf(track);
  const state = { ...readState(), track };
  const first = from ?? (state.passed[state.lesson] ? undefined : state.lesson);
  let current = lessons.find(({ id }) => id === first) ?? nextOf(lessons, state.passed);
  const keys = listen();
  try {
    while (current) {
      writeState({ ...readState(), track, lesson: current.id });
      console.log(`\n${sentence('nowAt', { lesson: current.id, title: current.title, file: `lessons/${current.id}-${current.slug}.md`, minutes: current.minutes })}`);
      if (keys) console.log(sentence('keys'));
      const ended = await follow(current);
      if (ended === 'quit') return 0;
      current = lessons.find(({ id }) => id > current.id && !readState().passed[id]) ?? nextOf(lessons, readState().passed);
    }
    const { passed } = readState();
    console.log(`\n${sentence('allDone', { count: lessons.filter(({ id }) => passed[id]).length })}`);
    return 0;
  } finally {
    keys?.stop();
  }

  /** Checks at each save until the lesson passes or the participant leaves. */
  async function follow(lesson) {
    let seen;
    let before = snapshot(lesson.projects);
    for (;;) {
      if (!existsSync('workshop.json')) throw new Problem('folderRemoved');
      const now = snapshot(lesson.projects);
      // While a file is being written, or several are, it is not the time.
      const isWritten = now === before;
      before = now;
      if (now !== seen && isWritten) {
        seen = now;
        const { passed, text } = await judge(lesson);
        console.log(`\n${text}`);
        if (passed) return 'passed';
      }
      const key = await (keys?.next(pause) ?? new Promise((done) => setTimeout(done, pause)));
      if (key === 'q' || key === '\u0003') return 'quit';
      if (key === 'h') console.log(`\n${section(lessonText(lesson), sentence('hintHeading'))}`);
      if (key === 'c') seen = undefined;
      if (key === 'r' && (await keys.aside(() => confirm(sentence('resetOne', { lesson: lesson.id }))))) {
        for (const said of start(lesson)) console.log(said);
        seen = undefined;
      }
    }
  }
}

const nextOf = (lessons, passed) => lessons.find(({ id }) => !passed[id]);

/** Path, size and time of each file of these projects, as one text. */
function snapshot(projects) {
  const lines = [];
  const walk = (folder) => {
    let entries;
    try {
      entries = readdirSync(folder, { withFileTypes: true });
    } catch {
      return;
    }
    for (const entry of entries) {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) {
        if (!made.has(entry.name)) walk(path);
      } else {
        const stat = statSync(path, { throwIfNoEntry: false });
        if (stat) lines.push(`${path} ${stat.size} ${stat.mtimeMs}`);
      }
    }
  };
  for (const project of projects) walk(project);
  return lines.join('\n');
}

/** Keys as they are pressed; undefined without a terminal. */
function listen() {
  const { stdin } = process;
  if (!stdin.isTTY) return undefined;
  let pressed = [];
  let wake = () => {};
  const take = (text) => {
    pressed.push(...text);
    wake();
  };
  const on = () => {
    stdin.setRawMode(true);
    stdin.setEncoding('utf8').on('data', take).resume();
  };
  const off = () => {
    stdin.off('data', take).pause();
    stdin.setRawMode(false);
  };
  on();
  return {
    stop: off,
    /** The next key, or undefined after so many milliseconds. */
    async next(milliseconds) {
      if (pressed.length === 0)
        await new Promise((done) => {
          const timer = setTimeout(done, milliseconds);
          wake = () => {
            clearTimeout(timer);
            done();
          };
        });
      return pressed.shift();
    },
    /** Lets something else read from the terminal. */
    async aside(action) {
      off();
      try {
        return await action();
      } finally {
        pressed = [];
        on();
      }
    },
  };
}
