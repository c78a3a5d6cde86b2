// The console program of the contract, in plain JavaScript.
import { readSync } from 'node:fs';

const usage = `Usage: wasm-example [NAME...]
       wasm-example --count < FILE

Greets each NAME, or the world. With --count, prints the lines, words and bytes of standard input.
`;

function count() {
  const space = ' \t\n\v\f\r';
  const chunk = Buffer.alloc(65536);
  let [lines, words, bytes, inWord] = [0, 0, 0, false];
  for (let got = readSync(0, chunk); got > 0; got = readSync(0, chunk)) {
    bytes += got;
    for (const byte of chunk.subarray(0, got)) {
      if (byte === 10) lines++;
      const isSpace = space.includes(String.fromCharCode(byte));
      if (!isSpace && !inWord) words++;
      inWord = !isSpace;
    }
  }
  return `${lines} ${words} ${bytes}\n`;
}

function fail(why) {
  process.exitCode = 2;
  process.stderr.write(`wasm-example: ${why}\nTry 'wasm-example --help'.\n`);
  return '';
}

function main(args) {
  const end = args.includes('--') ? args.indexOf('--') : args.length;
  const before = args.slice(0, end);
  const after = args.slice(end + 1);
  const unknown = before.find((one) => one.startsWith('-') && !['-', '--help', '--count'].includes(one));
  if (unknown !== undefined) return fail(`unknown option '${unknown}'`);
  if (before.includes('--help')) return usage;
  if (before.includes('--count')) return args.length > 1 ? fail('--count takes no other argument') : count();
  const names = [...before, ...after];
  return (names.length > 0 ? names : ['world']).map((name) => `Hello, ${name}!\n`).join('');
}

process.stdout.write(main(process.argv.slice(2)));
