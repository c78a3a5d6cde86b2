/**
 * Projects of the original yo-wasm (deislabs/yo-wasm of 2021): repairs of what has been retired since.
 * A repair changes only lines that are exactly as the original wrote them; all others, and all sources, stay byte for byte.
 * Pure. The templates: https://github.com/deislabs/yo-wasm/tree/main/templates
 */
import type { Folder } from '../../model/axes.ts';
import { linesOf } from './lines.ts';
import { type LanguageId, most, type Original } from './recognise.ts';
import { remains } from './remains.ts';
import { repairs } from './repairs.ts';

/** The repaired files. */
export interface Move {
  /** New texts by path. */
  texts: Map<string, string>;
  /** Sentences: what changes and why, and what stays although it no longer works. */
  changes: string[];
  left: string[];
}

/** Repairs the files of a recognised project. A second run changes nothing. */
export function moved({ paths, text }: Folder, { language }: Original): Move {
  const move: Move = { texts: new Map(), changes: [], left: [] };
  const applies = ({ of }: { of?: LanguageId[] }) => !of || of.includes(language);
  const present = (path: string) => {
    const there = move.texts.get(path) ?? text(path);
    return there.length > most ? '' : there;
  };
  for (const { why, in: where, repair, creates } of repairs.filter(applies)) {
    const changed = paths.filter((path) => {
      if (!where.test(path)) return false;
      const old = present(path);
      const repaired = repair(linesOf(old)).join('');
      if (repaired === old) return false;
      move.texts.set(path, repaired);
      return true;
    });
    if (changed.length > 0) move.changes.push(`${changed.join(', ')}: ${why}`);
    if (creates && changed[0] !== undefined)
      for (const [created, contents] of Object.entries(creates(linesOf(present(changed[0])), text)))
        if (contents !== text(created)) move.texts.set(created, contents);
  }
  for (const { in: where, found, say } of remains)
    for (const path of paths.filter((path) => where.test(path))) {
      const [, what = ''] = found.exec(present(path)) ?? [];
      if (found.test(present(path))) move.left.push(`${path} ${say.replace('$1', what)}`);
    }
  return move;
}
