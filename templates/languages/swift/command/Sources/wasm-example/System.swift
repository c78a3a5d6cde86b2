// What the program has of its system, by the C library: arguments and streams.

#if canImport(WASILibc)
  import WASILibc
#elseif canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

enum Stream: Int32 {
  case input, output, error
}

/// The arguments, which need not be UTF-8, without the name of the program, which a host may leave
/// out altogether.
func programArguments() -> [[UInt8]] {
  (0..<Int(CommandLine.argc)).dropFirst().compactMap { index -> [UInt8]? in
    guard let argument = CommandLine.unsafeArgv[index] else { return nil }
    return Array(UnsafeRawBufferPointer(start: argument, count: Int(strlen(argument))))
  }
}

/// Reads standard input into the buffer. Returns how many bytes it got, which are none at the end.
func readInput(into buffer: inout [UInt8]) -> Int {
  let count = buffer.withUnsafeMutableBytes { bytes in
    read(Stream.input.rawValue, bytes.baseAddress, bytes.count)
  }
  if count < 0 { fail("Cannot read") }
  return count
}

/// Writes all the bytes, however few the host takes at once.
func writeAll(_ output: [UInt8], to stream: Stream) {
  var written = 0
  while written < output.count {
    let count = output.withUnsafeBytes { bytes in
      write(stream.rawValue, bytes.baseAddress! + written, bytes.count - written)
    }
    if count < 0 { fail("Cannot write") }
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
