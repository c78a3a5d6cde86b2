/** Values of questions as people type them. */
import { idOf } from '../catalog/axes.ts';
import { nearest } from '../lib/nearest.ts';
import type { Option } from '../model/choices.ts';

/** The id that a word means, or undefined. */
export const knownValue = (options: readonly Option[], word: string): string | undefined =>
  options.find(({ id }) => id === idOf(options, word))?.id;

/** The value that was probably meant, and the list: `Did you mean rust? Choose one of: c, rust.` */
export function choiceOf(options: readonly Option[], word: string): string {
  const meant = nearest(
    word,
    options.flatMap(({ id, aliases = [] }) => [id, ...aliases]),
  );
  const hint = meant === undefined ? '' : `Did you mean ${idOf(options, meant)}? `;
  return `${hint}Choose one of: ${options.map(({ id }) => id).join(', ')}.`;
}
