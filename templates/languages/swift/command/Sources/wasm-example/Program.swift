// Does what the arguments ask for.

import Logic

@main
enum Program {
  static func main() {
    switch parse(programArguments()) {
    case .print(let output):
      writeAll(output, to: .output)
    case .count:
      writeAll(countInput(), to: .output)
    case .refuse(let output):
      writeAll(output, to: .error)
      leave(with: 2)
    }
  }

  private static func countInput() -> [UInt8] {
    var counter = Counter()
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let length = readInput(into: &buffer)
      if length == 0 { return counter.summary }
      counter.add(buffer[..<length])
    }
  }
}
