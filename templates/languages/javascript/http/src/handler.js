/** Answers requests by what browsers and Node have too, so that tests need no WebAssembly. */
import { read } from "./body.js";
import { isUtf8, toBytes } from "./bytes.js";
import { parameter, pathOf, queryOf } from "./url.js";

/** The largest body that `/echo` takes, in bytes. */
const maxBody = 1 << 20;

/** The headers that `/request` shows. Others may hold secrets. */
const shown = ["accept", "accept-language", "content-type", "user-agent", "x-request-id"];

export async function respond(request) {
  const response = await route(request);
  return request.method === "HEAD" ? new Response(null, response) : response;
}

/** What goes to the log: `GET /request 200`, on one line whatever the path holds. */
export function logLine(request, response) {
  const line = `${request.method} ${pathOf(request.url)} ${response.status}`;
  return Array.from(line, (character) =>
    character < " " || character === "\x7f" ? "?" : character,
  ).join("");
}

function route(request) {
  const path = pathOf(request.url);
  if (path === "/echo") return request.method === "POST" ? echo(request) : notAllowed("POST");
  if (path !== "/" && path !== "/request") return problem(404, "Not Found");
  if (request.method !== "GET" && request.method !== "HEAD") return notAllowed("GET, HEAD");
  return path === "/" ? greet(request) : describe(request, path);
}

function greet(request) {
  const name = parameter(queryOf(request.url), "name");
  if (!isUtf8(name)) return problem(400, "Bad Request");
  return text(200, ["Hello, ", name.length > 0 ? name : "world", "!\n"]);
}

function describe(request, path) {
  // HEAD has the headers of GET, so the length is that of what GET shows.
  const parts = [
    "method: GET\n",
    `path: ${path}\n`,
    "query: ",
    toBytes(queryOf(request.url)),
    "\n",
  ];
  for (const name of shown) {
    const value = request.headers.get(name);
    if (value) parts.push(`${name}: `, toBytes(value), "\n");
  }
  return text(200, parts);
}

async function echo(request) {
  const body = request.body ? await read(request.body, maxBody) : new Blob();
  if (!body) return problem(413, "Content Too Large");
  const type = request.headers.get("content-type") || "application/octet-stream";
  return answer(200, type, body, { "x-body-bytes": `${body.size}` });
}

function notAllowed(allow) {
  return problem(405, "Method Not Allowed", { allow });
}

function problem(status, reason, headers) {
  return text(status, [`${reason}\n`], headers);
}

function text(status, parts, headers) {
  return answer(status, "text/plain; charset=utf-8", new Blob(parts), headers);
}

function answer(status, type, body, headers) {
  return new Response(body, {
    status,
    headers: { "content-type": type, "content-length": `${body.size}`, ...headers },
  });
}
