// Joins a progress board: BOARD=http://192.168.1.5:4000 CODE=ABCDEF NAME=Ada node join.mjs
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { readState } from '../machinery/lib.mjs';
import { membership, messages, report } from './report.mjs';
import { cleanName, codePattern } from './server.mjs';

const { BOARD = '', CODE = '', NAME = '' } = process.env;
const [board, code, name] = [BOARD, CODE.toUpperCase(), cleanName(NAME)];
if (!/^http:\/\/[^/?#@\s]+\/?$/.test(board) || !URL.canParse(board) || !codePattern.test(code) || !name) {
  console.error(messages.joinHow);
  process.exitCode = 1;
} else {
  // A participant who joins again, with another name, stays the same one.
  const member = { board, code, name, id: membership()?.id ?? randomBytes(8).toString('hex') };
  const { shown, problem, isRefused } = await report(member, Object.keys(readState().passed));
  if (!isRefused) {
    writeFileSync('.workshop/board.json', `${JSON.stringify(member, null, 2)}\n`);
    console.log(messages.joined.replace('{name}', () => shown ?? name));
  }
  if (problem) console.error(problem);
  process.exitCode = isRefused ? 1 : 0;
}
