import assert from "node:assert/strict";
import { it } from "node:test";
import { parameter, pathOf, queryOf } from "../src/url.ts";

const urls: [url: string, path: string, query: string][] = [
  ["http://localhost", "/", ""],
  ["http://localhost?a", "/", "a"],
  ["http://localhost/", "/", ""],
  ["http://localhost:3000/a/../b?", "/a/../b", ""],
  ["https://localhost//a%2F%3f?b?c=%FF&d+e", "//a/?", "b?c=%FF&d+e"],
  ["http://localhost/%zz%C3%A8%FF", "/%zzè\ufffd", ""],
];
for (const [url, path, query] of urls)
  it(`finds path and query of ${url}`, () => {
    assert.equal(pathOf(url), path);
    assert.equal(queryOf(url), query);
  });

const queries: [query: string, value: string][] = [
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
  ["n%61me=%c3%A8", "è"],
];
for (const [query, value] of queries)
  it(`finds "${value}" in "${query}"`, () => {
    assert.equal(Buffer.from(parameter(query, "name")).toString(), value);
  });
