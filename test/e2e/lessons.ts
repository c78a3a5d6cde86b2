/** What the replays of a workshop share. */
import { lessonsOf, taught } from '../../src/workshop/lessons.ts';

/** The workshop that is replayed in a language: lesson 8 on each host that it has, without a replay of its own. */
export function replayed(language: string) {
  const second = taught.find((id) => id !== language) ?? 'none';
  const host = language === 'c' ? 'wasmtime' : 'wagi';
  return { second, host, lessons: lessonsOf({ second, host, registry: 'none', ci: ['github'] }).lessons };
}

/** `{ mark, code }` of each block of shell commands. */
export function commandsIn(text: string): { mark: string; code: string }[] {
  return [...text.matchAll(/^( *)```sh ?(\w*)\n(.*?)^\1```$/gms)].map(([, indent = '', mark = '', code = '']) => ({
    mark,
    code: code.replaceAll(new RegExp(`^${indent}`, 'gm'), ''),
  }));
}
