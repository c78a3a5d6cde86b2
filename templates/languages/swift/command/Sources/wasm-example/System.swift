// What the program has of its system, by the C library: arguments and streams.

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

/// The arguments, which need not be UTF-8, without the name of the program, which a host may leave
/// out altogether.
func programArguments() -> [[UInt8]] {
  #if canImport(WASILibc)
    // Embedded Swift has no `CommandLine`.
    var count = __wasi_size_t()
    var size = __wasi_size_t()
    if __wasi_args_sizes_get(&count, &size) != 0 { fail("Cannot read the arguments") }
    var starts = [UnsafeMutablePointer<UInt8>?](repeating: nil, count: Int(count))
    var text = [UInt8](repeating: 0, count: Int(size))
    return text.withUnsafeMutableBufferPointer { text in
      let result = __wasi_args_get(&starts, text.baseAddress)
      if result != 0 { fail("Cannot read the arguments") }
      return starts.dropFirst().compactMap { bytes($0) }
    }
  #else
    return (0..<Int(CommandLine.argc)).dropFirst().compactMap { bytes(CommandLine.unsafeArgv[$0]) }
  #endif
}

/// The bytes of a C string.
private func bytes(_ start: UnsafeMutableRawPointer?) -> [UInt8]? {
  guard let start else { return nil }
  let length = strlen(start.assumingMemoryBound(to: CChar.self))
  return Array(UnsafeRawBufferPointer(start: start, count: Int(length)))
}

/// Reads standard input into the buffer. Returns how many bytes it got, which are none at the end.
func readInput(into buffer: inout [UInt8]) -> Int {
  let count = buffer.withUnsafeMutableBytes { bytes in
    read(Stream.input.rawValue, bytes.baseAddress, bytes.count)
  }
  if count < 0 { fail("Cannot read \(Stream.input.name)") }
  return count
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

/// Ends the program at once. One that succeeds returns from `main`.
func leave(with code: Int32) -> Never {
  exit(code)
}

/// Says why the last call of the C library failed, and ends the program.
private func fail(_ problem: String) -> Never {
  perror(problem)
  exit(1)
}
