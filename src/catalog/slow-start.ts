/** Wizer: initialises a program at build time instead of at every start. */
import type { Built } from '../model/plan.ts';
import { notes } from './templates.ts';

/** A section of the README of a program in C or C++. */
export const slowStart = ({ name, artifact, optimized }: Built): string =>
  notes('languages/slow-start.notes.md.ejs', { optimized, artifact, name });
