import { anyName, build, play, Problem } from '../lib.mjs';

/** The program greets with `Good morning, …!`, whatever the names are. */
export default async function check({ files }) {
  const module = build('hello');
  for (const names of [[anyName()], [anyName(), anyName()], []]) {
    const expected = (names.length > 0 ? names : ['world']).map((name) => `Good morning, ${name}!\n`).join('');
    const { stdout } = await play(module, { args: names });
    if (stdout !== expected)
      throw new Problem('wrongOutput', { args: names.map((name) => JSON.stringify(name)).join(' ') || '–', expected: JSON.stringify(expected), got: JSON.stringify(stdout) }, files[0]);
  }
}
