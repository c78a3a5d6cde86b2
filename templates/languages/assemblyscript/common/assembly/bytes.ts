/**
 * Text from outside is bytes, which need not be UTF-8. It is kept in strings that hold one byte in
 * each character, as ByteString in the Fetch standard does, so that nothing is decoded or damaged.
 */

/** The bytes at an address, up to a zero. */
export function fromCString(address: usize): string {
  const codes: i32[] = [];
  for (let at = address; load<u8>(at) !== 0; at++) codes.push(load<u8>(at));
  return String.fromCharCodes(codes);
}

export function toBytes(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i) as u8;
  return bytes;
}
