import assert from "node:assert/strict";
import { it } from "node:test";
import { parameter } from "../build/tests/testable.js";

const cases = [
  ["name=Ada", "Ada"],
  ["name=Ada&name=Grace", "Ada"],
  ["lang=en&name=Ada", "Ada"],
  ["name", ""],
  ["name=&name=Ada", ""],
  ["Name=Ada&names=Ada", ""],
  ["", ""],
  ["name=a=b", "a=b"],
  ["name=Ada+Lovelace", "Ada Lovelace"],
  ["name=a%2Bb%26c", "a+b&c"],
  ["n%61me=%c3%A8", "\xc3\xa8"],
  ["name=%00", "\0"],
  ["name=%", "%"],
  ["name=%4", "%4"],
  ["name=%4g%g4", "%4g%g4"],
  ["name=100%%41", "100%A"],
];

for (const [query, value] of cases)
  it(`finds ${JSON.stringify(value)} in ${JSON.stringify(query)}`, () => {
    assert.equal(parameter(query, "name"), value);
  });
