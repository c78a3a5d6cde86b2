import assert from "node:assert/strict";
import { it } from "node:test";
import { count } from "../build/tests/testable.js";

const counts = (...chunks) => count(chunks.map((chunk) => Buffer.from(chunk, "latin1")));

it("counts nothing", () => assert.equal(counts(), "0 0 0\n"));
it("counts lines by their ends, words and bytes", () => {
  assert.equal(counts("Ada Lovelace\nGrace"), "1 3 18\n");
});
it("ends words at every kind of blank, and at no other byte", () => {
  assert.equal(counts("a b\tc\nd\ve\ff\rg"), "1 7 13\n");
  assert.equal(counts("a\0b\x1fc\x85d\xa0e\xff"), "0 1 10\n");
});
it("takes a word over the edge of a chunk as one", () => {
  assert.equal(counts("Love", "lace ", " Ada"), "0 2 13\n");
});
