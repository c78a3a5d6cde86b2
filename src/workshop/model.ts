/** What a workshop is made of. */
import type { Choices } from '../model/choices.ts';
import type { File } from '../model/plan.ts';

export const locales = ['en', 'de'] as const;
export type Locale = (typeof locales)[number];

export const tracks = ['two-hours', 'day', 'offline'] as const;
export type Track = (typeof tracks)[number];

export interface Lesson {
  /** `01` to `10`; numbers stay as they are where a lesson is left out. */
  id: string;
  /** The end of its file's name: `lessons/01-hello.md`. */
  slug: string;
  /** How long it takes a participant. */
  minutes: number;
  tracks: Track[];
  /** The projects that it works on; each must exist when it is checked. */
  projects: ProjectName[];
  /** It changes its projects by the commands of its text, which the starting states of later lessons run too. */
  byCommands?: true;
}

/** A line of a file that the guided tour shows. */
export interface Stop {
  /** With the project's folder. */
  file: string;
  /** A regular expression that this line alone matches. */
  pattern: string;
}

/** The participant's projects, each a folder and a repository of its own. */
export type ProjectName = 'hello' | 'web' | 'other';

/** What was chosen, and what follows from it. */
export interface Workshop {
  /** The name of its folder. */
  name: string;
  locale: Locale;
  language: string;
  /** The language of lesson 5. */
  second: string;
  host: string;
  registry: string;
  /** `HOST[:PORT]/PATH` that lesson 6 pushes to. */
  namespace: string;
  ci: string[];
  /** The choices of each project as the lesson that makes it has them. */
  projects: { [name in ProjectName]: Choices };
  lessons: Lesson[];
  /** Lessons that these choices cannot have, and why, as a key of messages.json. */
  left: { id: string; why: string }[];
}

/** A target of the workshop's Makefile. */
export interface Target {
  /** A name, or a pattern such as `check-%`. */
  name: string;
  /** What the list of `make` shows in place of the pattern. */
  shown?: string;
  help: string;
  /** Lines of a recipe, as make reads them. */
  run: string[];
  /** It runs without the unpacked package. */
  alone?: true;
}

/** What one part of a workshop gives to it. */
export interface Part {
  files?: File[];
  targets?: Target[];
  /** Lines of the Makefile before its targets, as make reads them. */
  lines?: string[];
  /** Lines of .gitignore. */
  ignore?: string[];
}
