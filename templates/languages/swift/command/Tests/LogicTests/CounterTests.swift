import Testing

@testable import Logic

/// What a counter says of input that comes in these chunks.
private func counts(_ chunks: [UInt8]...) -> String {
  var counter = Counter()
  for chunk in chunks { counter.add(chunk[...]) }
  return String(decoding: counter.summary, as: UTF8.self)
}

@Test func countsNothing() {
  #expect(counts() == "0 0 0\n")
}

@Test func countsLinesByTheirEndsWordsAndBytes() {
  #expect(counts(utf8("Ada Lovelace\nGrace")) == "1 3 18\n")
}

@Test func endsWordsAtEveryKindOfBlankAndAtNoOtherByte() {
  #expect(counts(utf8("a b\tc\nd\u{0B}e\u{0C}f\rg")) == "1 7 13\n")
  #expect(counts([0x61, 0x00, 0x62, 0x1F, 0x63, 0x85, 0x64, 0xA0, 0x65, 0xFF]) == "0 1 10\n")
}

@Test func takesAWordOverTheEdgeOfAChunkAsOne() {
  #expect(counts(utf8("Love"), utf8("lace "), utf8(" Ada")) == "0 2 13\n")
}
