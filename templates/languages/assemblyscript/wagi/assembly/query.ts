/** Reads query strings: `name=Ada&lang=en`. */

/** The value of the first parameter with this name, decoded; empty where there is none. */
export function parameter(query: string, name: string): string {
  const pairs = query.split("&");
  for (let i = 0; i < pairs.length; i++) {
    const pair = pairs[i];
    const equals = pair.indexOf("=");
    const key = equals < 0 ? pair : pair.substring(0, equals);
    if (decode(key) === name) return equals < 0 ? "" : decode(pair.substring(equals + 1));
  }
  return "";
}

/** `+` is a space and `%41` a byte; a `%` without two hexadecimal digits stands for itself. */
function decode(text: string): string {
  const codes: i32[] = [];
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    const high = code === 0x25 ? digit(text, i + 1) : -1;
    const low = code === 0x25 ? digit(text, i + 2) : -1;
    if (high >= 0 && low >= 0) {
      codes.push((high << 4) | low);
      i += 2;
    } else codes.push(code === 0x2b ? 0x20 : code);
  }
  return String.fromCharCodes(codes);
}

/** The value of the hexadecimal digit at this place, or -1. */
function digit(text: string, index: i32): i32 {
  const code = text.charCodeAt(index);
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  const lower = code | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x61 + 10 : -1;
}
