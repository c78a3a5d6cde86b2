// Reads query strings: `name=Ada&lang=en`.

/// The value of the first parameter with this name, decoded; empty where there is none.
func parameter(_ name: String, in query: [UInt8]) -> [UInt8] {
  for pair in query.split(separator: UInt8(ascii: "&")) {
    let parts = pair.split(
      separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
    if decode(parts[0]) == utf8(name) {
      return parts.count > 1 ? decode(parts[1]) : []
    }
  }
  return []
}

/// `+` is a space and `%41` a byte; a `%` without two hexadecimal digits stands for itself.
private func decode(_ text: ArraySlice<UInt8>) -> [UInt8] {
  var decoded: [UInt8] = []
  var rest = text
  while let byte = rest.popFirst() {
    if byte == UInt8(ascii: "%"), let escaped = escapedByte(rest.prefix(2)) {
      decoded.append(escaped)
      rest = rest.dropFirst(2)
    } else {
      decoded.append(byte == UInt8(ascii: "+") ? UInt8(ascii: " ") : byte)
    }
  }
  return decoded
}

/// The byte that two hexadecimal digits stand for.
private func escapedByte(_ digits: ArraySlice<UInt8>) -> UInt8? {
  let values = digits.compactMap(hexadecimalValue)
  return values.count == 2 ? values[0] << 4 | values[1] : nil
}

private func hexadecimalValue(_ digit: UInt8) -> UInt8? {
  switch digit {
  case UInt8(ascii: "0")...UInt8(ascii: "9"): return digit - UInt8(ascii: "0")
  case UInt8(ascii: "A")...UInt8(ascii: "F"): return digit - UInt8(ascii: "A") + 10
  case UInt8(ascii: "a")...UInt8(ascii: "f"): return digit - UInt8(ascii: "a") + 10
  default: return nil
  }
}
