import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Action, parse } from "../build/tests/testable.js";

const printed = (...args) => {
  const { action, text } = parse(args);
  assert.equal(action, Action.Print);
  return text;
};
const refused = (...args) => {
  const { action, text } = parse(args);
  assert.equal(action, Action.Refuse);
  return text;
};

describe("names", () => {
  it("are greeted in order, or else the world", () => {
    assert.equal(printed(), "Hello, world!\n");
    assert.equal(printed("Ada", "Grace"), "Hello, Ada!\nHello, Grace!\n");
  });
  it("may be empty, a dash or any bytes", () => {
    assert.equal(printed("", "-", "\xff"), "Hello, !\nHello, -!\nHello, \xff!\n");
  });
  it("may have a leading dash after --", () => {
    assert.equal(
      printed("Ada", "--", "-x", "--", "--help"),
      "Hello, Ada!\nHello, -x!\nHello, --!\nHello, --help!\n",
    );
  });
});

describe("options", () => {
  it("--help wins over everything that is known", () => {
    assert.match(printed("Ada", "--count", "--help"), /^Usage: /);
  });
  it("--count stands alone", () => {
    assert.equal(parse(["--count"]).action, Action.Count);
    for (const other of ["Ada", "--", "--count"])
      assert.match(
        refused("--count", other),
        /: --count takes no other argument\nTry '.* --help'\.\n$/,
      );
  });
  it("others are refused, the first by name", () => {
    for (const args of [["-x"], ["--help", "-x", "-y"], ["-x", "--count", "Ada"]])
      assert.match(refused(...args), /: unknown option '-x'\nTry '.* --help'\.\n$/);
  });
});
