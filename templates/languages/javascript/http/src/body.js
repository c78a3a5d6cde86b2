/** Reads a stream of bytes to its end. With more than `most` it stops and returns undefined. */
export async function read(stream, most) {
  const chunks = [];
  const reader = stream.getReader();
  for (let length = 0; ; ) {
    const { done, value } = await reader.read();
    if (done) return new Blob(chunks);
    length += value.length;
    if (length > most) {
      reader.releaseLock();
      return undefined;
    }
    chunks.push(value);
  }
}

/** Reads the rest of a stream, at most `most` bytes. */
export async function discard(stream, most) {
  if (stream.locked) return;
  const reader = stream.getReader();
  for (let left = most; left > 0; ) {
    const { done, value } = await reader.read();
    if (done) return;
    left -= value.length;
  }
}
