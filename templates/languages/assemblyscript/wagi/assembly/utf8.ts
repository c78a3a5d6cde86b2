/** Whether bytes, one in each character, are UTF-8: nothing overlong, no surrogates, nothing above U+10FFFF. */
export function isUtf8(bytes: string): bool {
  let i = 0;
  while (i < bytes.length) {
    const lead = bytes.charCodeAt(i++);
    if (lead < 0x80) continue;
    let more = 0;
    let least = 0;
    if (lead >> 5 === 0b110) {
      more = 1;
      least = 0x80;
    } else if (lead >> 4 === 0b1110) {
      more = 2;
      least = 0x800;
    } else if (lead >> 3 === 0b11110) {
      more = 3;
      least = 0x10000;
    } else return false;

    let point = lead & (0x3f >> more);
    for (; more > 0; more--) {
      // Past the end this is -1, which continues nothing.
      const next = bytes.charCodeAt(i++);
      if (next >> 6 !== 0b10) return false;
      point = (point << 6) | (next & 0x3f);
    }
    if (point < least || point > 0x10ffff || point >> 11 === 0b11011) return false;
  }
  return true;
}
