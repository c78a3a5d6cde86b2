// Draws docs/tour.svg, the picture of the README, from what a real `npm run tour` prints.
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';

const printed = execFileSync('node', ['scripts/tour.mjs'], {
  encoding: 'utf8',
  env: { ...process.env, NO_COLOR: '1' },
});

/** Shortens long lists, and drops lines that are not output of the project. */
const lines = [];
for (const part of printed.slice(printed.indexOf('generator-wasm hello')).split(/\n(?=\$ )/)) {
  const [command, ...output] = part.trim().split('\n');
  const shown = output
    .filter((line) => line.trim() && !/^npm |^added |✔|^▶|ℹ (suites|cancelled|skipped|todo|duration)/.test(line.trim()))
    .map((line) => line.replace(/ --language .*/, ' …'));
  const files = shown.filter((line) => /^ {2}[\w.-]+(\/|\.|$)/.test(line));
  const dropped = new Set(files.slice(4));
  if (files.length > 5) shown[shown.indexOf(files.at(-1))] = `  … and ${dropped.size} more`;
  lines.push(
    `$ ${command
      .replace(/^\$ /, '')
      .replace(/^.*generator-wasm hello.*/, 'npx generator-wasm hello --yes')
      .replace('--silent ', '')}`,
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

mkdirSync('docs', { recursive: true });
writeFileSync(
  'docs/tour.svg',
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${Math.ceil(width)} ${lines.length * height + 44}" role="img" font-family="ui-monospace, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="14" fill="#e6edf3" xml:space="preserve">
  <title>A project is made, built, tested and served, and answers a request</title>
  <rect width="100%" height="100%" rx="8" fill="#161b22"/>
${text}
</svg>
`,
);
