/** Reads a URL as it came: `URL` and `URLSearchParams` would correct it, and hide what is not UTF-8. */
import { decode, toText } from "./bytes.ts";

/** The path, decoded. */
export function pathOf(url: string): string {
  return toText(decode(afterHost(url).replace(/\?.*/, ""))) || "/";
}

/** What is after the first question mark, as it came. */
export function queryOf(url: string): string {
  return afterHost(url).replace(/^[^?]*\??/, "");
}

/** The bytes of the first parameter with this name; none where there is no such parameter. */
export function parameter(query: string, name: string): Uint8Array<ArrayBuffer> {
  for (const pair of query.replaceAll("+", " ").split("&")) {
    const key = pair.replace(/=.*/, "");
    if (toText(decode(key)) === name) return decode(pair.replace(/^[^=]*=?/, ""));
  }
  return new Uint8Array();
}

function afterHost(url: string): string {
  return url.replace(/^[^:]+:\/\/[^/?]*/, "");
}
