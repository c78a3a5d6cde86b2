/** Counts as POSIX `wc` does, chunk by chunk, so that input of any size takes the same memory. */
export class Counter {
  private lines: u64 = 0;
  private words: u64 = 0;
  private bytes: u64 = 0;
  private inWord: bool = false;

  /** Counts the first `length` bytes of a buffer. */
  add(buffer: Uint8Array, length: i32): void {
    for (let i = 0; i < length; i++) {
      const byte = buffer[i];
      if (byte === 0x0a) this.lines++;
      const blank = byte === 0x20 || (byte >= 0x09 && byte <= 0x0d);
      if (!blank && !this.inWord) this.words++;
      this.inWord = !blank;
    }
    this.bytes += length;
  }

  toString(): string {
    return `${this.lines} ${this.words} ${this.bytes}\n`;
  }
}
