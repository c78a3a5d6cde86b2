/** Files that move within a project: its only module to a folder of its own, or what modules share to the root. */
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../lib/user-error.ts';
import type { Choices } from '../model/choices.ts';
import type { File } from '../model/plan.ts';
import { compose } from '../plan/compose.ts';
import { atRoot, atRootOf, moduleChoices } from '../plan/modules.ts';
import { stateFile } from '../print/render.ts';
import { type Edit, type Present, pathsIn, readPresent, textAt } from '../project/location.ts';
import type { Conflict, Difference } from './reconcile.ts';

/** The files that move: a project's only module to a folder of its own, or what modules share to the root. */
interface Moves {
  /** Old path → new path. */
  from: Map<string, string>;
  /** New path → old path. */
  to: Map<string, string>;
  notes: string[];
  /** Other copies of a file that moves → its new path. */
  copies: Map<string, string>;
  /** Adds the files that move without a change. */
  complete(edits: Edit[], user: (path: string) => Present | undefined): void;
}

export function movesOf(root: string, before: Choices, after: Choices, base: File[], generated: File[]): Moves {
  const moves: Moves = { from: new Map(), to: new Map(), copies: new Map(), notes: [], complete: () => {} };
  if (!after.module) return moves;
  if (before.module) moveShared(moves, root, after, base);
  else moveModule(moves, root, before, base, generated);
  moves.complete = (edits, user) => {
    const edited = new Set(edits.map(({ path }) => path));
    for (const [old, path] of moves.from) {
      const there = user(path);
      if (!there) continue;
      if ('blocked' in there)
        throw new UserError(`'${old}' is ${there.blocked}, and cannot be moved. Move it yourself.`);
      if (!edited.has(path)) {
        const executable = (statSync(join(root, old)).mode & 0o100) !== 0;
        edits.push({ path, data: there.data, moved: true, ...(executable && { executable }) });
      }
      if (!edited.has(old)) edits.push({ path: old, data: undefined, moved: true });
    }
  };
  return moves;
}

const move = ({ from, to }: Moves, old: string, path: string): void => {
  from.set(old, path);
  to.set(path, old);
};

/** Moves the files that modules share to the root: the edited copy, or the first one. */
function moveShared(moves: Moves, root: string, after: Choices, base: File[]): void {
  const written = new Map(base.map((file) => [file.path, file]));
  const copies = new Map<string, string[]>();
  for (const one of moduleChoices(after))
    for (const file of atRootOf(compose(one))) {
      const path = `${one.name}/${file.path}`;
      if (written.has(path) && !written.has(atRoot(file)) && !readPresent(root, atRoot(file)))
        copies.set(atRoot(file), [...(copies.get(atRoot(file)) ?? []), path]);
    }
  for (const [path, all] of copies) {
    const present = all.filter((copy) => readPresent(root, copy));
    const edited = present.find((copy) => plainText(textAt(root, copy)) !== written.get(copy)?.text);
    const source = edited ?? present[0] ?? all[0] ?? path;
    move(moves, source, path);
    for (const copy of all) if (copy !== source) moves.copies.set(copy, path);
  }
}

/** An edited copy goes if the file that moves has the same edits, and is a conflict otherwise. */
export function withCopies(difference: Difference, { copies, to }: Moves, root: string): Difference {
  const conflicts: Conflict[] = [];
  const edits = [...difference.edits];
  for (const one of difference.conflicts) {
    const moved = copies.get(one.path);
    const source = to.get(moved ?? '');
    if (moved === undefined || source === undefined || !one.user) conflicts.push(one);
    else if (plainText(one.user.toString()) === plainText(textAt(root, source)))
      edits.push({ path: one.path, data: undefined });
    else conflicts.push({ ...one, why: `your edits are not in ${moved}, which has those of ${source}` });
  }
  return { ...difference, edits, conflicts };
}

const plainText = (text: string) => text.replaceAll('\r\n', '\n');

/** Moves a project's only module to a folder of its own. */
function moveModule(moves: Moves, root: string, before: Choices, base: File[], generated: File[]): void {
  const folder = before.name;
  if (existsSync(join(root, folder)))
    throw new UserError(`'${folder}' already exists, and the module has to go there. Move it.`);
  const now = new Set(generated.map(({ path }) => path));
  const ofModule = base.map(({ path }) => path).filter((path) => now.has(`${folder}/${path}`));
  const renamed = new Map(
    compose(before).shared.flatMap(({ path, rootPath }) => (rootPath ? [[path, rootPath] as const] : [])),
  );
  const staysAtRoot = new Set(base.map(({ path }) => path).filter((path) => now.has(path)));
  const folders = new Set(ofModule.flatMap((path) => (path.includes('/') ? [path.split('/')[0]] : [])));
  // The build makes ignored files again.
  const own = pathsIn(root);
  const beside = own.filter(
    (path) => folders.has(path.split('/')[0]) && path.includes('/') && !staysAtRoot.has(path) && !renamed.has(path),
  );
  const moving = new Set([...ofModule, ...beside]);
  for (const path of moving) move(moves, path, `${folder}/${path}`);
  for (const [path, other] of renamed) move(moves, path, other);
  const rest = new Set([...base.map(({ path }) => path), stateFile]);
  const staying = own.filter((path) => !moving.has(path) && !rest.has(path));
  moves.notes.push(`The project is now the module in ${folder}/.`);
  if (staying.length > 0)
    moves.notes.push(`Your own files were not moved. Move those that belong to the module: ${staying.join(', ')}.`);
}
