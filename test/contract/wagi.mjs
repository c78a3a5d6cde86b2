// The web program of the contract, in plain JavaScript: a CGI request comes in, a response and a log line go out.
import { readSync, writeSync } from 'node:fs';

const limit = 1_048_576;
const plain = 'text/plain; charset=utf-8';
const listed = ['accept', 'accept-language', 'content-type', 'user-agent', 'x-request-id'];

/** Valid UTF-8, in a string of bytes. */
const utf8 = new RegExp(
  `^(?:${[
    '[\\x00-\\x7F]',
    '[\\xC2-\\xDF][\\x80-\\xBF]',
    '\\xE0[\\xA0-\\xBF][\\x80-\\xBF]',
    '[\\xE1-\\xEC\\xEE\\xEF][\\x80-\\xBF]{2}',
    '\\xED[\\x80-\\x9F][\\x80-\\xBF]',
    '\\xF0[\\x90-\\xBF][\\x80-\\xBF]{2}',
    '[\\xF1-\\xF3][\\x80-\\xBF]{3}',
    '\\xF4[\\x80-\\x8F][\\x80-\\xBF]{2}',
  ].join('|')})*$`,
);
const escaped = /%([0-9A-Fa-f]{2})/g;

const byteOf = (_, hex) => String.fromCharCode(Number.parseInt(hex, 16));
const decode = (text) => text.replaceAll('+', ' ').replace(escaped, byteOf);

/** The value of the first parameter called `name`. */
function nameIn(query) {
  for (const pair of query.split('&')) {
    const at = pair.indexOf('=');
    const key = at < 0 ? pair : pair.slice(0, at);
    const value = at < 0 ? '' : pair.slice(at + 1);
    if (decode(key) === 'name') return decode(value);
  }
  return '';
}

const error = (status, reason, more = []) => ({ status, reason, type: plain, body: Buffer.from(`${reason}\n`), more });

function greet(query) {
  const name = nameIn(query);
  if (!utf8.test(name)) return error(400, 'Bad Request');
  return { status: 200, type: plain, body: Buffer.from(`Hello, ${name || 'world'}!\n`, 'latin1'), more: [] };
}

function show(query, headers) {
  const lines = ['method: GET', 'path: /request', `query: ${query}`];
  for (const name of listed) if (headers[name]) lines.push(`${name}: ${headers[name]}`);
  return { status: 200, type: plain, body: Buffer.from(`${lines.join('\n')}\n`), more: [] };
}

function respond(env, method, path, body) {
  const type = env.CONTENT_TYPE || env.HTTP_CONTENT_TYPE || '';
  const headers = {};
  for (const name of listed) headers[name] = env[`HTTP_${name.toUpperCase().replaceAll('-', '_')}`];
  headers['content-type'] = type;

  if (path === '/' || path === '/request') {
    if (method !== 'GET' && method !== 'HEAD') return error(405, 'Method Not Allowed', ['allow: GET, HEAD']);
    return path === '/' ? greet(env.QUERY_STRING) : show(env.QUERY_STRING, headers);
  }
  if (path === '/echo') {
    if (method !== 'POST') return error(405, 'Method Not Allowed', ['allow: POST']);
    if (body.length > limit) return error(413, 'Content Too Large');
    return { status: 200, type: type || 'application/octet-stream', body, more: [`x-body-bytes: ${body.length}`] };
  }
  return error(404, 'Not Found');
}

/** The response to a CGI environment and a body, and what to log. */
export function answer(env, input) {
  const method = env.REQUEST_METHOD;
  const path = env.PATH_INFO || '/';
  const { status, reason, type, body, more } = respond(env, method, path, input);
  const first = status === 200 ? [] : [`status: ${status} ${reason}`];
  const lines = [...first, `content-type: ${type}`, `content-length: ${body.length}`, ...more];
  const head = `${lines.join('\n')}\n\n`;
  const shown = [...path].map((one) => (one < ' ' || one === '\x7f' ? '?' : one)).join('');
  const log = `${method} ${shown} ${status}\n`;
  return { response: Buffer.concat([Buffer.from(head), method === 'HEAD' ? Buffer.alloc(0) : body]), log };
}

function readBody() {
  const bytes = Buffer.alloc(limit + 1);
  let length = 0;
  for (let got = -1; got !== 0 && length < bytes.length; length += got)
    got = readSync(0, bytes, length, bytes.length - length);
  return bytes.subarray(0, length);
}

function writeAll(fd, bytes) {
  for (let done = 0; done < bytes.length; ) done += writeSync(fd, bytes, done);
}

if (process.env.GATEWAY_INTERFACE) {
  const { response, log } = answer(process.env, readBody());
  writeAll(1, response);
  writeAll(2, Buffer.from(log));
}
