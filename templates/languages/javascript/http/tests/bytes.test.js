import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { decode, isUtf8, toText } from "../src/bytes.js";

const decoded = (text) => Buffer.from(decode(text)).toString("latin1");

describe("decode", () => {
  it("makes bytes of escapes, once", () => {
    assert.equal(decoded("%41%c3%A8%00%FF"), "A\xc3\xa8\0\xff");
    assert.equal(decoded("%2541"), "%41");
  });
  it("keeps a percent sign that begins no escape", () => {
    for (const text of ["%", "%4", "%4g%g4", "100%%"]) assert.equal(decoded(text), text);
    assert.equal(decoded("%4%41"), "%4A");
  });
  it("keeps bytes that are not encoded", () => assert.equal(decoded("\xc3\xa8+"), "\xc3\xa8+"));
});

describe("isUtf8", () => {
  it("takes characters of each length", () => {
    assert.ok(
      isUtf8(Buffer.from("\0A\x7f\u0080\u07ff\u0800\ud7ff\ue000\uffff\u{10000}\u{10ffff}")),
    );
  });
  it("refuses all else", () => {
    for (const hex of [
      "80",
      "ff",
      "c1bf",
      "e09fbf",
      "eda080",
      "f08fbfbf",
      "f4908080",
      "e282",
      "c328",
    ])
      assert.ok(!isUtf8(Buffer.from(hex, "hex")), hex);
  });
});

it("toText replaces what is not UTF-8, and keeps the rest", () => {
  assert.equal(toText(Uint8Array.of(0xef, 0xbb, 0xbf, 0x41, 0xff)), "\ufeffA\ufffd");
});
