// Draws docs/tour.svg, the picture of the README, from what a real `npm run tour` prints. With --check, nothing is written,
// and the exit code is 1 if the file shows something else.
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';

const printed = execFileSync('node', ['scripts/tour.mjs'], {
  encoding: 'utf8',
  env: { ...process.env, NO_COLOR: '1', npm_config_fund: 'false' },
});

/** Shortens long lists, and drops lines that are not output of the project. */
const lines = [];
for (const part of printed.slice(printed.indexOf('generator-wasm hello')).split(/\n(?=\$ )/)) {
  const [command, ...output] = part.trim().split('\n');
  const shown = output
    // What differs from one machine to another.
    .map((line) => line.replace(/127\.0\.0\.1:\d+/g, '127.0.0.1:3000').replace(/( cases pass: \S+) under .*/, '$1'))
    .filter((line) => line.trim() && !/^npm |^added |✔|^▶|ℹ (suites|cancelled|skipped|todo|duration)/.test(line.trim()))
    .map((line) => line.replace(/ --language .*/, ' …'));
  const files = shown.filter((line) => /^ {2}[\w.-]+(\/|\.|$)/.test(line));
  const dropped = new Set(files.slice(4));
  if (files.length > 5) shown[shown.indexOf(files.at(-1))] = `  … and ${dropped.size} more`;
  lines.push(
    `$ ${command
      .replace(/^\$ /, '')
      .replace(/^.*generator-wasm hello.*/, 'npx generator-wasm hello --yes')
      .replace('--silent ', '')
      .replace(/ LISTEN=\S+/, '')
      .replace(/127\.0\.0\.1:\d+/, '127.0.0.1:3000')}`,
    ...shown.filter((line) => !dropped.has(line)),
    '',
  );
}
lines.pop();

const escaped = (text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
const height = 20;
const width = 8.43 * Math.max(...lines.map((line) => line.length)) + 40;
const text = lines
  .map((line, index) => {
    const style = line.startsWith('$ ') ? ' fill="#7ee787" font-weight="bold"' : '';
    return `  <text x="20" y="${38 + index * height}"${style}>${escaped(line)}</text>`;
  })
  .join('\n');

const path = 'docs/tour.svg';
const picture = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${Math.ceil(width)} ${lines.length * height + 44}" role="img" font-family="ui-monospace, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="14" fill="#e6edf3" xml:space="preserve">
  <title>A project is created, built, tested and served, and answers a request</title>
  <rect width="100%" height="100%" rx="8" fill="#161b22"/>
${text}
</svg>
`;
if (!process.argv.includes('--check')) writeFileSync(path, picture);
else if (readFileSync(path, 'utf8') !== picture) {
  console.error(`${path} does not show what the program prints. Draw it again: npm run picture`);
  process.exitCode = 1;
}
