/** What comes from outside is bytes, which need not be UTF-8. */

/** The bytes of a string that holds one in each character, as URLs and header values do here. */
export function toBytes(byteString) {
  return Uint8Array.from(byteString, (character) => character.charCodeAt(0));
}

/** Percent-decodes: `%41` is a byte, and a `%` without two hexadecimal digits stands for itself. */
export function decode(text) {
  return toBytes(
    text.replace(/%([\da-f]{2})/gi, (_, digits) =>
      String.fromCharCode(Number.parseInt(digits, 16)),
    ),
  );
}

export function isUtf8(bytes) {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}

/** The text that the bytes are, with U+FFFD for what is not UTF-8. */
export function toText(bytes) {
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
}
