/** The memory of the running module, for WASI. An address out of bounds throws an Errno. */
import { Errno, errno } from './errno.ts';

const decoder = new TextDecoder('utf-8', { fatal: true });

export class GuestMemory {
  private memory: WebAssembly.Memory | undefined;
  private bytes = new Uint8Array();
  private view = new DataView(this.bytes.buffer);

  use(memory: WebAssembly.Memory): void {
    this.memory = memory;
    this.renew();
  }

  private renew(): void {
    this.bytes = new Uint8Array(this.memory?.buffer ?? new ArrayBuffer(0));
    this.view = new DataView(this.bytes.buffer);
  }

  /** A view of these bytes. Addresses arrive as signed numbers; a grown memory has a new buffer. */
  private at(address: number, length: number): number {
    if (this.bytes.length === 0) this.renew();
    const at = address >>> 0;
    if (at + length > this.bytes.length) throw new Errno(errno.fault);
    return at;
  }

  part(address: number, length: number): Uint8Array<ArrayBuffer> {
    const size = length < 0 ? length >>> 0 : length;
    const at = this.at(address, size);
    return this.bytes.subarray(at, at + size);
  }

  /** Throws an Errno if it is not UTF-8. */
  text(address: number, length: number): string {
    try {
      return decoder.decode(this.part(address, length));
    } catch (error) {
      throw error instanceof Errno ? error : new Errno(errno.ilseq);
    }
  }

  u8(address: number): number {
    const at = this.at(address, 1);
    return this.view.getUint8(at);
  }

  u32(address: number): number {
    const at = this.at(address, 4);
    return this.view.getUint32(at, true);
  }

  u64(address: number): bigint {
    const at = this.at(address, 8);
    return this.view.getBigUint64(at, true);
  }

  setU8(address: number, value: number): void {
    const at = this.at(address, 1);
    this.view.setUint8(at, value);
  }

  setU16(address: number, value: number): void {
    const at = this.at(address, 2);
    this.view.setUint16(at, value, true);
  }

  setU32(address: number, value: number): void {
    const at = this.at(address, 4);
    this.view.setUint32(at, value, true);
  }

  setU64(address: number, value: bigint): void {
    const at = this.at(address, 8);
    this.view.setBigUint64(at, value, true);
  }
}
