// The progress board of a workshop: node server.mjs. It keeps what is reported in .workshop/board/progress.json.
import { randomInt } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { networkInterfaces } from 'node:os';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { free } from '../machinery/free.mjs';

const limits = { body: 1024, name: 32, participants: 200, reportsPerMinute: 1200, column: 20 };
// Without letters and digits that look alike.
const alphabet = 'ABCDEFGHJKLMNPQRSTUVWXYZ23456789';

export const codePattern = new RegExp(`^[${alphabet}]{6}$`);
const newCode = () => Array.from({ length: 6 }, () => alphabet[randomInt(alphabet.length)]).join('');
const escaped = (text) =>
  text.replace(/[&<>"']/g, (letter) => `&#${letter.codePointAt(0)};`);

/** A name as the board shows it: one line, without control or invisible characters. Empty if nothing is left. */
export const cleanName = (name) =>
  typeof name === 'string' && name.length <= 1000
    ? [...name.normalize('NFC').replace(/[\p{C}\p{Z}]+/gu, ' ').trim()].slice(0, limits.name).join('').trim()
    : '';

const style = `
:root { color-scheme: light dark; font: clamp(13px, min(.55vw + 10px, 2.1vh), 22px)/1.3 system-ui, sans-serif; --done: light-dark(#1a7f37, #3fb950); --line: light-dark(#d0d7de, #3d444d); }
body { margin: 1rem clamp(.5rem, 2vw, 2rem); background: light-dark(#fff, #0d1117); color: light-dark(#1f2328, #f0f6fc); }
h1 { font-size: 1.6rem; margin: 0 0 .3rem; } p { margin: 0 0 1rem; }
main { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 27rem), 1fr)); gap: 0 2rem; align-items: start; }
table { border-collapse: collapse; width: 100%; table-layout: fixed; }
th, td { padding: .15rem .2rem; border-bottom: 1px solid var(--line); text-align: center; }
th:first-child { width: 36%; text-align: left; font-weight: 600; overflow: hidden; overflow-wrap: anywhere; }
.done { background: var(--done); color: light-dark(#fff, #0d1117); font-weight: 700; }
`;

/** The page of the board. It loads itself again every five seconds and needs no script. */
function page({ workshop, messages, participants }) {
  const { compare } = new Intl.Collator(workshop.locale, { numeric: true });
  const rows = [...participants.values()]
    .sort((a, b) => compare(a.name, b.name))
    .map(
      ({ name, done }) =>
        `<tr><th scope="row"><bdi>${escaped(name)}</bdi></th>${workshop.lessons
          .map(({ id }) => (done.has(id) ? '<td class="done">✓</td>' : '<td></td>'))
          .join('')}</tr>`,
    );
  const heads = workshop.lessons.map(({ id, title }) => `<th scope="col" title="${escaped(title)}">${id}</th>`).join('');
  const table = (rows) => `<table><thead><tr><th scope="col">${escaped(messages.name)}</th>${heads}</tr></thead><tbody>
${rows.join('\n')}
</tbody></table>`;
  // Half of a class beside the other half, so that a screen shows forty.
  const half = rows.length < limits.column ? rows.length : Math.ceil(rows.length / 2);
  const columns = [rows.slice(0, half), ...(half < rows.length ? [rows.slice(half)] : [])];
  return `<!doctype html>
<html lang="${workshop.locale}"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta http-equiv="refresh" content="5"><title>${escaped(messages.title)}</title><style>${style}</style>
<h1>${escaped(messages.title)}</h1>
<p>${escaped(messages.participants)}: ${rows.length}</p>
<main>${columns.map(table).join('\n')}</main></html>
`;
}

/** The participants of a file, by their ids. A file that cannot be read is kept under another name, and `warn` is told it. */
function readParticipants(file, warn) {
  if (!existsSync(file)) return new Map();
  try {
    return new Map(
      JSON.parse(readFileSync(file, 'utf8')).map(({ id, name, done }) => [id, { name: String(name), done: new Set(done) }]),
    );
  } catch {
    const kept = free(`${file}.damaged`);
    renameSync(file, kept);
    warn(kept);
    return new Map();
  }
}

/**
 * The board as an HTTP server.
 * @param file where it keeps what was reported
 * @param warn is told where a file that cannot be read is kept
 */
export function board({ workshop, messages, code, file, warn }) {
  const participants = readParticipants(file, warn);
  const ids = new Set(workshop.lessons.map(({ id }) => id));
  let minute = 0;
  let reports = 0;

  /** The name, or `Ada (2)` where another participant is called Ada. */
  const freeOf = (name, id) => {
    const taken = new Set([...participants].flatMap(([other, { name }]) => (other === id ? [] : [name])));
    for (let count = 2, free = name; ; count++) {
      if (!taken.has(free)) return free;
      const mark = ` (${count})`;
      free = [...name].slice(0, limits.name - mark.length).join('') + mark;
    }
  };

  const take = (text) => {
    let report;
    try {
      report = JSON.parse(text);
    } catch {
      return [400, messages.notAReport];
    }
    if (report?.code !== code) return [403, messages.wrongCode];
    const { id, done } = report;
    const asked = cleanName(report.name);
    if (!asked) return [400, messages.noName];
    if (typeof id !== 'string' || !/^[0-9a-f]{16}$/.test(id)) return [400, messages.notAReport];
    if (!Array.isArray(done) || !done.every((lesson) => ids.has(lesson))) return [400, messages.notAReport];
    if (!participants.has(id) && participants.size >= limits.participants) return [503, messages.full];
    const name = freeOf(asked, id);
    participants.set(id, { name, done: new Set([...(participants.get(id)?.done ?? []), ...done]) });
    const kept = [...participants].map(([id, { name, done }]) => ({ id, name, done: [...done] }));
    writeFileSync(`${file}.new`, JSON.stringify(kept));
    renameSync(`${file}.new`, file);
    return [200, name];
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

/** Where other machines find this one: those of IPv4 first, since they are easier to type; only this machine without a network. */
export function origins(interfaces, port) {
  const all = Object.values(interfaces)
    .flat()
    // An address of one link alone needs the name of an interface, which is different on each machine.
    .filter(({ internal, address }) => !internal && !/^fe80:/i.test(address))
    .sort((a, b) => (a.family < b.family ? -1 : a.family > b.family ? 1 : 0))
    .map(({ family, address }) => (family === 'IPv6' ? `[${address}]` : address));
  return (all.length > 0 ? all : ['127.0.0.1']).map((host) => `http://${host}:${port}`);
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
  const before = existsSync(codeFile) ? readFileSync(codeFile, 'utf8') : '';
  const code = codePattern.test(before) ? before : newCode();
  writeFileSync(codeFile, code);
  const server = board({
    workshop,
    messages,
    code,
    file: '.workshop/board/progress.json',
    warn: (kept) => console.error(messages.damaged.replace('{kept}', kept)),
  });
  // Every address of this machine, of either kind; 0.0.0.0 without IPv6.
  const hosts = isOpen ? ['::', '0.0.0.0'] : ['127.0.0.1'];
  const listen = () => server.listen(port, hosts.shift());
  server.on('error', ({ code }) => {
    if (code === 'EAFNOSUPPORT' && hosts.length > 0) return listen();
    console.error((code === 'EADDRINUSE' ? messages.portTaken : messages.cannotListen).replaceAll('{port}', port).replace('{reason}', code));
    process.exit(1);
  });
  server.on('listening', () => {
    for (const origin of isOpen ? origins(networkInterfaces(), port) : [`http://127.0.0.1:${port}`]) {
      console.log(messages.open.replace('{address}', `${origin}/`));
      console.log(`  make join BOARD=${origin} CODE=${code} NAME=Ada`);
    }
  });
  listen();
}
