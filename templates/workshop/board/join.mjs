// Joins a progress board: BOARD=http://192.168.1.5:4000 CODE=ABCDEF NAME=Ada node join.mjs
import { readFileSync, writeFileSync } from 'node:fs';
import { cleanName } from './server.mjs';

const { locale } = JSON.parse(readFileSync('workshop.json', 'utf8'));
const messages = JSON.parse(readFileSync(new URL(`../text/${locale}/board.json`, import.meta.url), 'utf8'));
const { BOARD = '', CODE = '', NAME = '' } = process.env;
const name = cleanName(NAME);
if (!/^http:\/\/[^/?#@\s]+\/?$/.test(BOARD) || !URL.canParse(BOARD) || !/^[A-Z2-9]{6}$/i.test(CODE) || !name) {
  console.error(messages.joinHow);
  process.exitCode = 1;
} else {
  writeFileSync('.workshop/board.json', `${JSON.stringify({ board: BOARD, code: CODE.toUpperCase(), name }, null, 2)}\n`);
  console.log(messages.joined.replace('{name}', name));
}
