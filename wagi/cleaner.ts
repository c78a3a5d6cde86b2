/**
 * Restores a memory and its instance after a run. Most of the memory is zero before and after, and reading costs half as much as
 * writing zeros, so a small module reads 4 KiB at a time and clears only what is not zero.
 */
import { globalExport, memoryImport, type Prepared, page } from './prepare.ts';

/** The module as text. `binary` is compiled from it, and a test checks that. */
export const text = `(module
  (import "host" "memory" (memory 1))
  (func (export "clean") (param $at i32) (param $end i32) (local $next i32) (local $any v128)
    (loop $block
      (if (i32.ge_u (local.get $at) (local.get $end)) (then (return)))
      (local.set $next (i32.add (local.get $at) (i32.const 4096)))
      (local.set $any (v128.const i64x2 0 0))
      (loop $line
        (local.set $any (v128.or (local.get $any) (v128.or
          (v128.or (v128.or (v128.load (local.get $at)) (v128.load offset=16 (local.get $at)))
                   (v128.or (v128.load offset=32 (local.get $at)) (v128.load offset=48 (local.get $at))))
          (v128.or (v128.or (v128.load offset=64 (local.get $at)) (v128.load offset=80 (local.get $at)))
                   (v128.or (v128.load offset=96 (local.get $at)) (v128.load offset=112 (local.get $at)))))))
        (br_if $line (i32.lt_u (local.tee $at (i32.add (local.get $at) (i32.const 128))) (local.get $next))))
      (if (v128.any_true (local.get $any))
        (then (memory.fill (i32.sub (local.get $at) (i32.const 4096)) (i32.const 0) (i32.const 4096))))
      (br $block))))`;
export const binary = Buffer.from(
  'AGFzbQEAAAABBgFgAn9/AAIQAQRob3N0Bm1lbW9yeQIAAQMCAQAHCQEFY2xlYW4AAAqcAQGZAQIBfwF7A0AgACABTwRADwsgAEGAIGohAv0M' +
    'AAAAAAAAAAAAAAAAAAAAACEDA0AgAyAA/QAEACAA/QAEEP1QIAD9AAQgIAD9AAQw/VD9UCAA/QAEQCAA/QAEUP1QIAD9AARgIAD9AARw/VD9' +
    'UP1Q/VAhAyAAQYABaiIAIAJJDQALIAP9UwRAIABBgCBrQQBBgCD8CwALDAALCw==',
  'base64',
);

const block = 4096;
const module = new WebAssembly.Module(binary);

/** A memory that is reused for every run, with its instance where possible. */
export class Reused {
  readonly memory: WebAssembly.Memory;
  private readonly prepared: Prepared;
  private readonly zero: ((at: number, end: number) => void) | undefined;
  private exports: WebAssembly.Exports | undefined;
  private globals: { global: WebAssembly.Global; first: unknown }[] = [];

  /** Sets the memory up for a run. */
  constructor(prepared: Prepared) {
    const { initial, maximum, data } = prepared;
    this.memory = new WebAssembly.Memory({ initial, maximum });
    this.prepared = prepared;
    const bytes = new Uint8Array(this.memory.buffer);
    for (const { at, bytes: part } of data) bytes.set(part, at);
    if (initial === 0) return;
    const { clean } = new WebAssembly.Instance(module, this.memoryImport).exports;
    this.zero = clean as (at: number, end: number) => void;
  }

  private get memoryImport(): WebAssembly.Imports {
    return { [memoryImport.module]: { [memoryImport.name]: this.memory } };
  }

  /** The initial globals of an instance. */
  instantiate(imports: WebAssembly.Imports): WebAssembly.Exports {
    if (this.exports) return this.exports;
    const { module, reusable } = this.prepared;
    const { exports } = new WebAssembly.Instance(module, { ...imports, ...this.memoryImport });
    if (!reusable) return exports;
    this.globals = Object.entries(exports)
      .filter(([name]) => name.startsWith(globalExport))
      .map(([, one]) => ({ global: one as WebAssembly.Global, first: (one as WebAssembly.Global).value }));
    // JavaScript does not preserve every bit of a NaN.
    if (!this.globals.some(({ first }) => Number.isNaN(first))) this.exports = exports;
    return exports;
  }

  /** Whether the memory is larger than a module of this many pages expects. */
  grown(pages: number): boolean {
    return this.memory.buffer.byteLength > pages * page;
  }

  /** Restores the memory, except for its size. */
  clean(): void {
    for (const { global, first } of this.globals) global.value = first;
    const bytes = new Uint8Array(this.memory.buffer);
    let from = 0;
    for (const { at, bytes: part } of this.prepared.data) {
      this.clear(bytes, from, at);
      bytes.set(part, at);
      from = at + part.length;
    }
    this.clear(bytes, from, bytes.length);
  }

  private clear(bytes: Uint8Array, from: number, to: number): void {
    const first = Math.ceil(from / block) * block;
    const last = Math.floor(to / block) * block;
    if (first >= last || !this.zero) {
      bytes.fill(0, from, to);
      return;
    }
    bytes.fill(0, from, first);
    this.zero(first, last);
    bytes.fill(0, last, to);
  }
}
