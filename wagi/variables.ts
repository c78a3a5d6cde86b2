/** Reads the variables that every module sees, from the command line and from files. */
import { readFileSync } from 'node:fs';
import { Refusal } from './refusal.ts';

/** The command line overrides files; quotes around a value are removed. */
export function readVariables(texts: readonly string[], files: readonly string[]): Map<string, string> {
  const variables = new Map<string, string>();
  for (const file of files)
    for (const [index, line] of read(file).split(/\r?\n/).entries()) {
      const text = line.trim().replace(/^export /, '');
      if (text === '' || text.startsWith('#')) continue;
      const pair = parse(text);
      // The line is not printed: it may contain a secret.
      if (!pair || !/^[\w-]+$/.test(pair[0]))
        throw new Refusal(`${file}:${index + 1}: not a variable; WAGI would ignore this line. Write NAME=VALUE.`);
      variables.set(...pair);
    }
  for (const text of texts) {
    const pair = parse(text);
    if (!pair) throw new Refusal(`A variable has no '=' after its name. Write --env NAME=VALUE.`);
    variables.set(...pair);
  }
  return variables;
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new Refusal(`--env-file '${file}' cannot be read (${(error as NodeJS.ErrnoException).code}). Name another.`);
  }
}

function parse(text: string): [string, string] | undefined {
  const [, name, , quoted, plain] = /^([^=]+)=(?:(["'])(.*)\2|(.*))$/s.exec(text) ?? [];
  // C strings end at a NUL.
  return name === undefined ? undefined : [name, (quoted ?? plain ?? '').split('\0', 1)[0] ?? ''];
}
