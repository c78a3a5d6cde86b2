// Text from outside is bytes, which need not be UTF-8. It stays so: nothing is decoded or damaged.

/// The bytes of a text of our own.
func utf8(_ text: String) -> [UInt8] {
  Array(text.utf8)
}
