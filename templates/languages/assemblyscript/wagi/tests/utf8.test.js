import assert from "node:assert/strict";
import { it } from "node:test";
import { isUtf8 } from "../build/tests/testable.js";

const bytes = (hexadecimal) => Buffer.from(hexadecimal, "hex").toString("latin1");

const valid = {
  nothing: "",
  "one byte": "00417f",
  "two bytes": "c280dfbf",
  "three bytes": "e0a080ed9fbfee8080efbfbf",
  "four bytes": "f0908080f48fbfbf",
};
for (const [what, hexadecimal] of Object.entries(valid))
  it(`takes ${what}`, () => assert.equal(isUtf8(bytes(hexadecimal)), true));

const invalid = {
  "a continuation alone": "80",
  "a byte that never occurs": "ff",
  "a lead byte of five": "f9908080",
  "two bytes for one": "c1bf",
  "three bytes for two": "e09fbf",
  "four bytes for three": "f08fbfbf",
  "the first surrogate": "eda080",
  "the last surrogate": "edbfbf",
  "more than U+10FFFF": "f4908080",
  "a cut sequence": "e282",
  "a broken sequence": "e28241",
};
for (const [what, hexadecimal] of Object.entries(invalid))
  it(`refuses ${what}`, () => assert.equal(isUtf8(bytes(hexadecimal)), false));
