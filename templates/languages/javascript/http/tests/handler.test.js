import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { logLine, respond } from "../src/handler.js";

/** The answer to a request: its status and headers, its body as one character for each byte, and the log. */
async function ask(path, init) {
  const request = new Request(`http://localhost${path}`, init);
  const response = await respond(request);
  const { status, headers } = response;
  const body = Buffer.from(await response.arrayBuffer()).toString("latin1");
  return { status, headers: Object.fromEntries(headers), body, log: logLine(request, response) };
}

const plain = (length) => ({
  "content-type": "text/plain; charset=utf-8",
  "content-length": `${length}`,
});

describe("/", () => {
  it("greets the world", async () => {
    assert.deepEqual(await ask("/"), {
      status: 200,
      headers: plain(14),
      body: "Hello, world!\n",
      log: "GET / 200",
    });
    assert.equal((await ask("/?name=")).body, "Hello, world!\n");
  });
  it("greets by name, in bytes", async () => {
    const { headers, body } = await ask("/?name=Gr%C3%A8ta");
    assert.deepEqual(headers, plain(15));
    assert.equal(body, "Hello, Gr\xc3\xa8ta!\n");
  });
  it("refuses a name that is not UTF-8", async () => {
    const { status, headers, body } = await ask("/?name=%FF");
    assert.equal(status, 400);
    assert.deepEqual(headers, plain(12));
    assert.equal(body, "Bad Request\n");
  });
});

describe("/request", () => {
  const headers = { "x-request-id": "\xe9", accept: "*/*", "user-agent": "", cookie: "secret" };

  it("shows the request and those headers that are there", async () => {
    const { body } = await ask("/request?a=%20&b", { headers });
    assert.equal(
      body,
      "method: GET\npath: /request\nquery: a=%20&b\naccept: */*\nx-request-id: \xe9\n",
    );
  });
  it("answers HEAD with the headers of GET", async () => {
    const head = await ask("/request", { method: "HEAD", headers });
    assert.deepEqual(head.headers, (await ask("/request", { headers })).headers);
    assert.equal(head.body, "");
  });
});

describe("/echo", () => {
  const post = (body, headers) => ask("/echo", { method: "POST", body, headers });

  it("sends the bytes back with their type", async () => {
    const body = Buffer.from("\0\xff\r\n", "latin1");
    const answer = await post(body, { "content-type": "image/png" });
    assert.equal(answer.body, "\0\xff\r\n");
    assert.deepEqual(answer.headers, {
      "content-type": "image/png",
      "content-length": "4",
      "x-body-bytes": "4",
    });
  });
  it("has a type for what has none, and takes no body for an empty one", async () => {
    const { headers } = await post();
    assert.equal(headers["content-type"], "application/octet-stream");
    assert.equal(headers["x-body-bytes"], "0");
  });
  it("takes 1 MiB and not a byte more", async () => {
    const mebibyte = Buffer.alloc(1 << 20, "A");
    assert.equal((await post(mebibyte)).body, mebibyte.toString());
    const { status, body } = await post(Buffer.alloc(mebibyte.length + 1));
    assert.equal(status, 413);
    assert.equal(body, "Content Too Large\n");
  });
});

describe("everything else", () => {
  it("is not found", async () => {
    assert.deepEqual(await ask("/request/", { method: "POST" }), {
      status: 404,
      headers: plain(10),
      body: "Not Found\n",
      log: "POST /request/ 404",
    });
    for (const path of ["/Echo", "/echo/x", "//"]) assert.equal((await ask(path)).status, 404);
  });
  it("names the methods that are allowed", async () => {
    const { status, headers, body } = await ask("/", { method: "DELETE" });
    assert.equal(status, 405);
    assert.deepEqual(headers, { ...plain(19), allow: "GET, HEAD" });
    assert.equal(body, "Method Not Allowed\n");
    assert.equal((await ask("/echo", { method: "HEAD" })).headers.allow, "POST");
  });
});

it("logs one line, whatever the path holds", async () => {
  assert.equal((await ask("/a%0Ab%1F%7F%C2%80?c")).log, "GET /a?b??\x80 404");
});
