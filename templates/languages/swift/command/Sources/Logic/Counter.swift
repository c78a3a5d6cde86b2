/// Counts as POSIX `wc` does, chunk by chunk, so that input of any size takes the same memory.
public struct Counter {
  // Int has 32 bits in WebAssembly.
  private var lines: UInt64 = 0
  private var words: UInt64 = 0
  private var size: UInt64 = 0
  private var inWord = false

  public init() {}

  public mutating func add(_ chunk: ArraySlice<UInt8>) {
    for byte in chunk {
      if byte == UInt8(ascii: "\n") { lines += 1 }
      let isBlank = byte == UInt8(ascii: " ") || (0x09...0x0D).contains(byte)
      if !isBlank && !inWord { words += 1 }
      inWord = !isBlank
    }
    size += UInt64(chunk.count)
  }

  /// Lines, words and bytes, as a line.
  public var summary: [UInt8] {
    utf8("\(lines) \(words) \(size)\n")
  }
}
