/** Rewritten modules do what they did: whatever they are made of, in a memory that others have used before. */
import assert from 'node:assert/strict';
import wabt from 'wabt';
import { binary, text as cleanerText, Reused } from '../../wagi/cleaner.ts';
import { MemoryError, memoryImport, page, prepare } from '../../wagi/prepare.ts';
import * as warmUp from '../../wagi/warm-up.ts';

type Run = (value: number) => number;

describe('a module in the memory of another', () => {
  let parse: (text: string) => Uint8Array;
  before(async () => {
    const { parseWat } = await wabt();
    const features = { simd: true, bulk_memory: true, reference_types: true, tail_call: true, multi_value: true };
    parse = (text) => parseWat('test.wat', text, { ...features, threads: true, memory64: true }).toBinary({}).buffer;
  });

  /** Its export `run` as it is, and after rewriting in a memory that has `pages`, which hold what they should. */
  function both(text: string, { limit = 100, pages = 0 } = {}): { plain: Run; rewritten: Run; hidden: boolean } {
    const bytes = parse(text);
    const plain = new WebAssembly.Instance(new WebAssembly.Module(new Uint8Array(bytes))).exports.run as Run;
    const prepared = prepare(bytes, limit);
    const initial = Math.max(pages, prepared.initial);
    const memory = new WebAssembly.Memory({ initial, maximum: prepared.maximum });
    for (const { at, bytes: data } of prepared.data) new Uint8Array(memory.buffer).set(data, at);
    const imports = { [memoryImport.module]: { [memoryImport.name]: memory } };
    const rewritten = new WebAssembly.Instance(prepared.module, imports).exports.run as Run;
    return { plain, rewritten, hidden: prepared.hidesGrowth };
  }

  it('counts the pages that it has, not those that there are', () => {
    const text = `(module (memory (export "memory") 2 9)
      (func (export "run") (param i32) (result i32)
        (i32.add (i32.mul (memory.grow (local.get 0)) (i32.const 1000)) (memory.size))))`;
    for (const pages of [0, 2, 5, 9]) {
      const { plain, rewritten, hidden } = both(text, { pages });
      assert.ok(hidden);
      for (const delta of [0, 1, 3, -1, 0x7fffffff, 4, 3, 1, 0])
        assert.equal(rewritten(delta), plain(delta), `${pages} pages, ${delta} more`);
    }
  });

  it('has no more memory than it may have', () => {
    const text = `(module (memory (export "memory") 2)
      (func (export "run") (param i32) (result i32) (memory.grow (local.get 0))))`;
    const { rewritten } = both(text, { limit: 4 });
    assert.deepEqual([rewritten(3), rewritten(2), rewritten(1), rewritten(0)], [-1, 2, -1, 4]);
    assert.throws(
      () => prepare(parse(text), 1),
      /^Error: needs 0\.125 MiB of memory at the start; the limit is 0\.0625/,
    );
  });

  it('is found to grow behind every instruction that there is', () => {
    // Numbers that look like the instructions for memory stand where only numbers can.
    const text = `(module (memory (export "memory") 1 50) (table 65 funcref) (global $g (mut i32) (i32.const 63))
      (type $t (func (param i32) (result i32))) (func $same (type $t) (local.get 0)) (elem (i32.const 64) $same)
      (data "passive")
      (func (export "run") (param i32) (result i32) (local i64 f32 f64 v128 funcref)
        (block $a (block $b (block $c (br_table $a $b $c (i32.const 63))) (br_if $b (i32.const 64))))
        (local.set 1 (i64.const 0x3f403f403f40)) (local.set 2 (f32.const 1.5)) (local.set 3 (f64.const 0x1.3f403f403f40p1))
        (local.set 4 (v128.const i32x4 0x3f403f40 0x403f403f 0x3f003f00 0x40004000))
        (local.set 4 (i8x16.shuffle 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 (local.get 4) (local.get 4)))
        (local.set 4 (v128.load8_lane offset=64 1 (i32.const 0) (local.get 4)))
        (local.set 4 (i32x4.replace_lane 1 (local.get 4) (i32.const 63)))
        (drop (i32x4.extract_lane 1 (v128.load offset=63 (i32.const 64))))
        (local.set 5 (ref.func $same)) (drop (ref.is_null (ref.null func)))
        (drop (select (result funcref) (ref.null func) (local.get 5) (i32.const 63)))
        (table.set (i32.const 63) (local.get 5)) (drop (table.get (i32.const 64))) (drop (table.grow (ref.null func) (i32.const 0)))
        (drop (table.size)) (table.fill (i32.const 0) (ref.null func) (i32.const 1))
        (memory.copy (i32.const 0) (i32.const 64) (i32.const 1)) (memory.fill (i32.const 0) (i32.const 0) (i32.const 1))
        (drop (i32.trunc_sat_f32_s (local.get 2))) (drop (i32.extend8_s (i32.const 64)))
        (i32.store8 offset=8000 (i32.const 63) (i32.load offset=64 (i32.const 64)))
        (global.set $g (call_indirect (type $t) (i32.const 64) (i32.const 64)))
        (if (result i32) (i32.eqz (local.get 0)) (then (memory.size))
          (else (i32.add (memory.grow (local.get 0)) (i32.mul (global.get $g) (memory.size)))))))`;
    for (const pages of [0, 40]) {
      const { plain, rewritten, hidden } = both(text, { pages });
      assert.ok(hidden);
      for (const delta of [0, 2, 0, 7, 99, 0]) assert.equal(rewritten(delta), plain(delta));
    }
  });

  it('has its data, and later data over earlier', () => {
    const sums = (data: string) => `(module (memory (export "memory") 1) ${data}
      (func (export "run") (param i32) (result i32) (i32.load8_u (local.get 0))))`;
    for (const data of [
      '(data (i32.const 9) "abc") (data (i32.const 12) "def") (data (i32.const 65535) "z") (data (i32.const 5000) "")',
      '(data (i32.const 9) "abcdef") (data (i32.const 10) "x") (data (i32.const 8) "yz")',
      '(data (i32.const 9) "abc") (data "passive")',
      '',
    ]) {
      const { plain, rewritten } = both(sums(data));
      for (const at of [0, 8, 9, 10, 11, 12, 14, 15, 5000, 65535])
        assert.equal(rewritten(at), plain(at), `${data} at ${at}`);
    }
  });

  it('uses data by its number, too', () => {
    const text = `(module (memory (export "memory") 1) (data (i32.const 4) "active") (data $later "passive")
      (func (export "run") (param i32) (result i32)
        (memory.init $later (i32.const 100) (i32.const 0) (i32.const 7)) (i32.load8_u (local.get 0))))`;
    const { plain, rewritten } = both(text);
    for (const at of [4, 100, 106]) assert.equal(rewritten(at), plain(at));
    const dropped = `(module (memory (export "memory") 1) (data $first (i32.const 4) "active")
      (func (export "run") (param i32) (result i32) (data.drop $first) (i32.load8_u (local.get 0))))`;
    assert.equal(both(dropped).rewritten(4), 97);
  });

  it('fails as before where its data does not fit', () => {
    const text = '(module (memory (export "memory") 1) (data (i32.const 65535) "ab") (func (export "run")))';
    const { module, initial, maximum } = prepare(parse(text), 10);
    const memory = new WebAssembly.Memory({ initial, maximum });
    const imports = { [memoryImport.module]: { [memoryImport.name]: memory } };
    assert.throws(() => new WebAssembly.Instance(module, imports), WebAssembly.RuntimeError);
  });

  it('is refused where its memory is none that WAGI knows', () => {
    const cases: [string, RegExp][] = [
      ['(module (memory (export "memory") 1 2 shared))', /shared or 64-bit memory/],
      ['(module (memory (export "memory") i64 1))', /shared or 64-bit memory/],
      ['(module)', /has 0 memories/],
    ];
    for (const [text, sentence] of cases)
      assert.throws(
        () => prepare(parse(text), 10),
        (error) => error instanceof MemoryError && sentence.test(error.message),
      );
    assert.equal(page, 65_536);
  });

  it('is cleaned by the module whose text is told, and the host warms up with another', () => {
    assert.ok(Buffer.from(parse(cleanerText)).equals(binary));
    assert.ok(Buffer.from(parse(warmUp.text)).equals(warmUp.binary));
  });

  it('is cleaned wherever it was written to', () => {
    const data = [
      { at: 70_000, bytes: Buffer.from('first') },
      { at: 131_070, bytes: Buffer.from('over the edge') },
    ];
    const reused = new Reused({ ...prepare(parse('(module (memory (export "memory") 3))'), 10), data });
    const fresh = Buffer.from(reused.memory.buffer.slice(0));
    for (const places of [
      [0],
      [4095, 4096],
      [69_999, 70_000, 70_005],
      [131_069, 131_083],
      [196_607],
      [9000, 190_000],
    ]) {
      for (const at of places) new Uint8Array(reused.memory.buffer)[at] = 1;
      reused.clean();
      assert.ok(fresh.equals(Buffer.from(reused.memory.buffer)), `${places}`);
    }
    new Uint8Array(reused.memory.buffer).fill(255);
    reused.memory.grow(2);
    new Uint8Array(reused.memory.buffer)[4 * page + 5] = 1;
    reused.clean();
    assert.ok(Buffer.concat([fresh, Buffer.alloc(2 * page)]).equals(Buffer.from(reused.memory.buffer)));
    assert.ok(reused.grown(3) && !reused.grown(5));
  });

  describe('whose instance is used again', () => {
    const table = '(table 1 funcref) (elem (i32.const 0) $one) (func $one (result i32) (i32.const 1))';
    const module = (rest: string, body: string) =>
      prepare(parse(`(module (memory (export "memory") 1) ${rest} (func (export "run") (result i32) ${body}))`), 10);
    it('begins with the globals and the pages that it began with at first', () => {
      for (const [type, read] of [
        ['i32', '(global.get $g)'],
        ['i64', '(i32.wrap_i64 (global.get $g))'],
        ['f32', '(i32.trunc_f32_s (global.get $g))'],
        ['f64', '(i32.trunc_f64_s (global.get $g))'],
      ]) {
        const prepared = module(
          `(global i32 (i32.const 7)) (global $g (mut ${type}) (${type}.const 40))`,
          `(global.set $g (${type}.add (global.get $g) (${type}.const 2))) (drop (memory.grow (i32.const 1)))
           (i32.add (i32.mul (memory.size) (i32.const 100)) ${read})`,
        );
        assert.ok(prepared.reusable, type);
        const reused = new Reused(prepared);
        const { run } = reused.instantiate({});
        for (let runs = 0; runs < 3; runs++) {
          assert.equal(reused.instantiate({}).run, run);
          assert.deepEqual([(run as () => number)(), (run as () => number)()], [242, 344], type);
          reused.clean();
        }
      }
    });

    it('leaves behind nothing else: without a table that changes, a start function or globals of other types', () => {
      const change = '(table.set (i32.const 0) (ref.null func)) (i32.const 0)';
      assert.ok(module(table, '(call_indirect (result i32) (i32.const 0))').reusable);
      for (const [rest, body] of [
        [table, change],
        [table, '(table.fill (i32.const 0) (ref.null func) (i32.const 1)) (i32.const 0)'],
        [table, '(table.grow (ref.null func) (i32.const 1))'],
        [`${table} (elem $e func $one)`, '(table.init $e (i32.const 0) (i32.const 0) (i32.const 1)) (i32.const 0)'],
        [`${table} (elem $e func $one)`, '(elem.drop $e) (i32.const 0)'],
        [`${table} (func $f) (start $f)`, '(i32.const 0)'],
        ['(global $g (mut funcref) (ref.null func))', '(i32.const 0)'],
        ['(global $g (mut v128) (v128.const i32x4 0 0 0 0))', '(i32.const 0)'],
        ['(data $d "passive")', '(data.drop $d) (i32.const 0)'],
      ] as const) {
        const prepared = module(rest, body);
        assert.ok(!prepared.reusable, body);
        const reused = new Reused(prepared);
        assert.notEqual(reused.instantiate({}), reused.instantiate({}));
      }
    });

    it('is made anew where JavaScript cannot set a global to what it was', () => {
      const reused = new Reused(module('(global $g (mut f64) (f64.const nan:0x123))', '(i32.const 0)'));
      assert.notEqual(reused.instantiate({}), reused.instantiate({}));
    });
  });
});
