/** Reads a stream of bytes to its end. With more than `most` it stops and returns undefined. */
export async function read(stream, most) {
  const chunks = [];
  const reader = stream.getReader();
  for (let length = 0; ; ) {
    const { done, value } = await reader.read();
    if (done) return new Blob(chunks);
    length += value.length;
    if (length > most) return undefined;
    chunks.push(value);
  }
}
