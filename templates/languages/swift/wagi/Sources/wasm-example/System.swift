// What the program has of its system, by the C library: variables and streams.

#if canImport(WASILibc)
  import WASILibc
#elseif canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

enum Stream: Int32 {
  case input, output, error

  /// As messages call it.
  var name: String {
    switch self {
    case .input: "standard input"
    case .output: "standard output"
    case .error: "standard error"
    }
  }
}

/// The value of an environment variable, which need not be UTF-8; empty where there is none.
func environmentVariable(_ name: String) -> [UInt8] {
  guard let value = getenv(name) else { return [] }
  return Array(UnsafeRawBufferPointer(start: value, count: Int(strlen(value))))
}

/// Standard input up to its end, but no more than this many bytes.
func readInput(atMost limit: Int) -> [UInt8] {
  Array(unsafeUninitializedCapacity: limit) { buffer, filled in
    while filled < limit {
      let count = read(Stream.input.rawValue, buffer.baseAddress! + filled, limit - filled)
      if count < 0 { fail("Cannot read \(Stream.input.name)") }
      if count == 0 { break }
      filled += count
    }
  }
}

/// Writes all the bytes, however few the host takes at once.
func writeAll(_ output: [UInt8], to stream: Stream) {
  var written = 0
  while written < output.count {
    let count = output.withUnsafeBytes { bytes in
      write(stream.rawValue, bytes.baseAddress! + written, bytes.count - written)
    }
    if count < 0 { fail("Cannot write \(stream.name)") }
    written += count
  }
}

/// Says why the last call of the C library failed, and ends the program.
private func fail(_ problem: String) -> Never {
  perror(problem)
  exit(1)
}
