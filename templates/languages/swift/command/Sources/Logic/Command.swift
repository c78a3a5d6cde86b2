// Decides what the arguments ask for: all of the command line but input and output.

private let program = "wasm-example"

private let usage = """
  Usage: \(program) [NAME...]
         \(program) --count < FILE

  Greets each NAME, or the world. With --count, prints the lines, words and bytes of standard input.

  """

public enum Command: Equatable {
  /// Print this.
  case print([UInt8])
  /// Count standard input.
  case count
  /// Print this on standard error: the arguments make no sense.
  case refuse([UInt8])
}

public func parse(_ arguments: [[UInt8]]) -> Command {
  let end = arguments.firstIndex(of: utf8("--")) ?? arguments.count
  var names: [[UInt8]] = []
  var help = false
  var count = false
  for argument in arguments[..<end] {
    if argument == utf8("--help") {
      help = true
    } else if argument == utf8("--count") {
      count = true
    } else if argument.first == UInt8(ascii: "-") && argument.count > 1 {
      return refusal(utf8("unknown option '") + argument + utf8("'"))
    } else {
      names.append(argument)
    }
  }
  names += arguments.dropFirst(end + 1)
  if help { return .print(utf8(usage)) }
  if count && arguments.count > 1 { return refusal(utf8("--count takes no other argument")) }
  if count { return .count }
  if names.isEmpty { names.append(utf8("world")) }
  return .print(names.flatMap { name in utf8("Hello, ") + name + utf8("!\n") })
}

private func refusal(_ problem: [UInt8]) -> Command {
  .refuse(utf8("\(program): ") + problem + utf8("\nTry '\(program) --help'.\n"))
}
