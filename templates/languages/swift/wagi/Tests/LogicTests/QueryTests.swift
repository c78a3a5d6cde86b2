import Testing

@testable import Logic

@Test(arguments: [
  ("name=Ada", "Ada"),
  ("name=Ada&name=Grace", "Ada"),
  ("lang=en&name=Ada", "Ada"),
  ("&&name=Ada&", "Ada"),
  ("name", ""),
  ("name=&name=Ada", ""),
  ("Name=Ada&names=Ada", ""),
  ("", ""),
  ("name=a=b", "a=b"),
  ("name=Ada+Lovelace", "Ada Lovelace"),
  ("name=a%2Bb%26c", "a+b&c"),
  ("n%61me=%c3%A8", "è"),
  ("name=%00", "\0"),
  ("name=%", "%"),
  ("name=%4", "%4"),
  ("name=%4g%g4", "%4g%g4"),
  ("name=%+4", "% 4"),
  ("name=100%%41", "100%A"),
])
func findsTheValue(query: String, value: String) {
  #expect(parameter("name", in: utf8(query)) == utf8(value))
}

@Test func decodesToBytesThatAreNotUTF8() {
  #expect(parameter("name", in: utf8("name=%FF")) == [0xFF])
}
