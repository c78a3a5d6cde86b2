/** Buffers standard error of modules briefly: one write per line can take longer than a run. */

const moment = 10;

export class Gathered {
  private parts: Buffer[] = [];
  private timer: NodeJS.Timeout | undefined;
  private readonly write: (all: Buffer) => void;

  constructor(write: (all: Buffer) => void) {
    this.write = write;
  }

  add(part: Buffer): void {
    this.parts.push(part);
    this.timer ??= setTimeout(() => this.flush(), moment);
  }

  /** Writes the buffer now. */
  flush(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (this.parts.length > 0) this.write(Buffer.concat(this.parts));
    this.parts = [];
  }
}
