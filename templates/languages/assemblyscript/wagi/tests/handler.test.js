// Strings hold one byte in each character here, as they do in the program.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { answer } from "../build/tests/testable.js";

const plain = "content-type: text/plain; charset=utf-8\n";

/** The answer to a request, as text. */
function ask(method, path, variables = {}, body = "") {
  const all = { REQUEST_METHOD: method, PATH_INFO: path, ...variables };
  const { head, body: bytes, log } = answer(Object.entries(all), Buffer.from(body, "latin1"));
  return { head, body: Buffer.from(bytes).toString("latin1"), log };
}

describe("/", () => {
  it("greets the world", () => {
    const { head, body, log } = ask("GET", "/");
    assert.equal(head, `${plain}content-length: 14\n\n`);
    assert.equal(body, "Hello, world!\n");
    assert.equal(log, "GET / 200\n");
  });
  it("is what an empty path means", () => {
    assert.equal(ask("GET", "").log, "GET / 200\n");
  });
  it("greets by name, in bytes", () => {
    const { head, body } = ask("GET", "/", { QUERY_STRING: "name=Gr%C3%A8ta" });
    assert.equal(head, `${plain}content-length: 15\n\n`);
    assert.equal(body, "Hello, Gr\xc3\xa8ta!\n");
  });
  it("refuses a name that is not UTF-8", () => {
    const { head, body } = ask("GET", "/", { QUERY_STRING: "name=%FF" });
    assert.equal(head, `status: 400 Bad Request\n${plain}content-length: 12\n\n`);
    assert.equal(body, "Bad Request\n");
  });
});

describe("/request", () => {
  it("shows the request and those headers that are there", () => {
    const { body } = ask("GET", "/request", {
      QUERY_STRING: "a=%20&b",
      HTTP_X_REQUEST_ID: "42",
      HTTP_ACCEPT: "*/*",
      HTTP_USER_AGENT: "",
      HTTP_COOKIE: "secret",
    });
    assert.equal(
      body,
      "method: GET\npath: /request\nquery: a=%20&b\naccept: */*\nx-request-id: 42\n",
    );
  });
  it("answers HEAD with the headers of GET", () => {
    assert.equal(ask("HEAD", "/request").head, ask("GET", "/request").head);
  });
});

describe("/echo", () => {
  it("sends the bytes back with their type", () => {
    const { head, body } = ask("POST", "/echo", { CONTENT_TYPE: "image/png" }, "\x00\xff\r\n");
    assert.equal(head, "content-type: image/png\ncontent-length: 4\nx-body-bytes: 4\n\n");
    assert.equal(body, "\x00\xff\r\n");
  });
  it("finds the type in HTTP_CONTENT_TYPE too, and has one of its own", () => {
    const variables = { CONTENT_TYPE: "", HTTP_CONTENT_TYPE: "text/css" };
    assert.match(ask("POST", "/echo", variables).head, /^content-type: text\/css\n/);
    assert.match(ask("POST", "/echo").head, /^content-type: application\/octet-stream\n/);
  });
  it("takes 1 MiB and not a byte more", () => {
    const mebibyte = "A".repeat(1 << 20);
    assert.equal(ask("POST", "/echo", {}, mebibyte).body, mebibyte);
    const { head, body } = ask("POST", "/echo", {}, `${mebibyte}A`);
    assert.match(head, /^status: 413 Content Too Large\n/);
    assert.equal(body, "Content Too Large\n");
  });
});

describe("everything else", () => {
  it("is not found", () => {
    const { head, body, log } = ask("POST", "/request/");
    assert.equal(head, `status: 404 Not Found\n${plain}content-length: 10\n\n`);
    assert.equal(body, "Not Found\n");
    assert.equal(log, "POST /request/ 404\n");
    for (const path of ["/Echo", "/echo/x", "//"]) assert.match(ask("POST", path).head, /404/);
  });
  it("names the methods that are allowed", () => {
    const { head, body } = ask("DELETE", "/");
    const status = "status: 405 Method Not Allowed\n";
    assert.equal(head, `${status}${plain}content-length: 19\nallow: GET, HEAD\n\n`);
    assert.equal(body, "Method Not Allowed\n");
    assert.match(ask("HEAD", "/echo").head, /\nallow: POST\n\n$/);
  });
});

it("logs one line, whatever the path holds", () => {
  assert.equal(ask("GET", "/a\nb\x1f\x7f\x80 ").log, "GET /a?b??\x80  404\n");
});
