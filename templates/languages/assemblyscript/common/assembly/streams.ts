/** Standard input, output and error, by WASI. */
import { fd_read, fd_write, iovec } from "bindings/wasi_snapshot_preview1";

export enum Stream {
  In,
  Out,
  Error,
}

const vector = new iovec();
const done = memory.data(sizeof<usize>());

/** Fills the buffer from standard input. Returns how many bytes it got: fewer only at the end. */
export function fill(buffer: Uint8Array): i32 {
  let filled = 0;
  while (filled < buffer.length) {
    vector.buf = buffer.dataStart + filled;
    vector.buf_len = buffer.length - filled;
    const failure = fd_read(Stream.In, changetype<usize>(vector), 1, done);
    if (failure) throw new Error(`Cannot read: WASI error ${failure}`);
    const count = load<usize>(done) as i32;
    if (count === 0) break;
    filled += count;
  }
  return filled;
}

/** Writes all the bytes, however few the host takes at once. */
export function write(stream: Stream, bytes: Uint8Array): void {
  let written = 0;
  while (written < bytes.length) {
    vector.buf = bytes.dataStart + written;
    vector.buf_len = bytes.length - written;
    const failure = fd_write(stream, changetype<usize>(vector), 1, done);
    if (failure) throw new Error(`Cannot write: WASI error ${failure}`);
    written += load<usize>(done) as i32;
  }
}
