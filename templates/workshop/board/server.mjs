// The progress board of a workshop: node server.mjs. It keeps what is reported in .workshop/board/progress.json.
import { randomInt } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { networkInterfaces } from 'node:os';
import { fileURLToPath, pathToFileURL } from 'node:url';

const limits = { body: 1024, name: 32, participants: 200, reportsPerMinute: 1200 };
// Without letters and digits that look alike.
const alphabet = 'ABCDEFGHJKLMNPQRSTUVWXYZ23456789';

const newCode = () => Array.from({ length: 6 }, () => alphabet[randomInt(alphabet.length)]).join('');
const escaped = (text) =>
  text.replace(/[&<>"']/g, (letter) => `&#${letter.codePointAt(0)};`);

/** A name as the board shows it: one line, without control or invisible characters. Empty if nothing is left. */
export const cleanName = (name) =>
  typeof name === 'string' && name.length <= 1000
    ? [...name.replace(/[\p{C}\p{Z}]+/gu, ' ').trim()].slice(0, limits.name).join('').trim()
    : '';

const style = `
:root { color-scheme: light dark; font: 22px/1.3 system-ui, sans-serif; --done: light-dark(#1a7f37, #3fb950); --line: light-dark(#d0d7de, #3d444d); }
body { margin: 1.2rem 2rem; background: light-dark(#fff, #0d1117); color: light-dark(#1f2328, #f0f6fc); }
h1 { font-size: 1.6rem; margin: 0 0 .3rem; } p { margin: 0 0 1rem; }
table { border-collapse: collapse; width: 100%; }
th, td { padding: .15rem .4rem; border-bottom: 1px solid var(--line); text-align: center; }
th:first-child { text-align: left; font-weight: 600; overflow-wrap: anywhere; }
.done { background: var(--done); color: light-dark(#fff, #0d1117); font-weight: 700; }
`;

/** The page of the board. It loads itself again every five seconds and needs no script. */
function page({ workshop, messages, participants }) {
  const row = ([name, passed]) =>
    `<tr><th scope="row">${escaped(name)}</th>${workshop.lessons
      .map(({ id }) => (passed[id] ? '<td class="done">✓</td>' : '<td></td>'))
      .join('')}</tr>`;
  const heads = workshop.lessons.map(({ id, title }) => `<th scope="col" title="${escaped(title)}">${id}</th>`).join('');
  return `<!doctype html>
<html lang="${workshop.locale}"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta http-equiv="refresh" content="5"><title>${escaped(messages.title)}</title><style>${style}</style>
<h1>${escaped(messages.title)}</h1>
<p>${escaped(messages.participants)}: ${participants.size}</p>
<table><thead><tr><th scope="col">${escaped(messages.name)}</th>${heads}</tr></thead><tbody>
${[...participants].map(row).join('\n')}
</tbody></table></html>
`;
}

/** The board as an HTTP server. `file` is where it keeps what was reported. */
export function board({ workshop, messages, code, file }) {
  let participants = new Map();
  try {
    participants = new Map(Object.entries(JSON.parse(readFileSync(file, 'utf8'))));
  } catch {}
  const ids = new Set(workshop.lessons.map(({ id }) => id));
  let minute = 0;
  let reports = 0;

  const take = (text) => {
    let report;
    try {
      report = JSON.parse(text);
    } catch {
      return [400, messages.notAReport];
    }
    if (report?.code !== code) return [403, messages.wrongCode];
    const name = cleanName(report.name);
    if (!name) return [400, messages.noName];
    if (!ids.has(report.lesson) || typeof report.passed !== 'boolean') return [400, messages.notAReport];
    if (!participants.has(name) && participants.size >= limits.participants) return [403, messages.full];
    const passed = participants.get(name) ?? {};
    participants.set(name, report.passed ? { ...passed, [report.lesson]: true } : passed);
    writeFileSync(`${file}.new`, JSON.stringify(Object.fromEntries(participants)));
    renameSync(`${file}.new`, file);
    return [204, ''];
  };

  const server = createServer((request, response) => {
    const answer = (status, text, type = 'text/plain') => {
      response.writeHead(status, {
        'content-type': `${type}; charset=utf-8`,
        'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'",
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
        'cache-control': 'no-store',
      });
      response.end(text);
    };
    if (request.method === 'GET' && request.url === '/')
      return answer(200, page({ workshop, messages, participants }), 'text/html');
    if (request.method !== 'POST' || request.url !== '/report') return answer(404, messages.notFound);
    const now = Math.floor(Date.now() / 60_000);
    if (now !== minute) [minute, reports] = [now, 0];
    if (++reports > limits.reportsPerMinute) {
      request.resume();
      return answer(429, messages.tooMany);
    }
    const chunks = [];
    let size = 0;
    request.on('data', (chunk) => {
      size += chunk.length;
      if (size <= limits.body) chunks.push(chunk);
    });
    request.on('end', () => (size > limits.body ? answer(413, messages.tooLarge) : answer(...take(Buffer.concat(chunks).toString()))));
  });
  server.requestTimeout = 5_000;
  server.headersTimeout = 5_000;
  server.maxConnections = 500;
  return server;
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const workshop = JSON.parse(readFileSync('workshop.json', 'utf8'));
  const messages = JSON.parse(
    readFileSync(fileURLToPath(new URL(`../text/${workshop.locale}/board.json`, import.meta.url)), 'utf8'),
  );
  const isOpen = process.env.OPEN === '1';
  const port = Number(process.env.PORT || 4000);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) {
    console.error(messages.badPort.replace('{port}', process.env.PORT));
    process.exit(1);
  }
  mkdirSync('.workshop/board', { recursive: true });
  // A board that is started again keeps its code, so that those who joined need not join again.
  const codeFile = '.workshop/board/code';
  if (!existsSync(codeFile)) writeFileSync(codeFile, newCode());
  const code = readFileSync(codeFile, 'utf8').trim();
  const server = board({ workshop, messages, code, file: '.workshop/board/progress.json' });
  server.on('error', ({ code }) => {
    console.error((code === 'EADDRINUSE' ? messages.portTaken : messages.cannotListen).replaceAll('{port}', port).replace('{reason}', code));
    process.exit(1);
  });
  server.listen(port, isOpen ? '0.0.0.0' : '127.0.0.1', () => {
    const addresses = isOpen
      ? Object.values(networkInterfaces())
          .flat()
          .filter(({ family, internal }) => family === 'IPv4' && !internal)
          .map(({ address }) => address)
      : ['127.0.0.1'];
    for (const address of addresses) {
      console.log(messages.open.replace('{address}', `http://${address}:${port}/`));
      console.log(`  make join BOARD=http://${address}:${port} CODE=${code} NAME=Ada`);
    }
  });
}
