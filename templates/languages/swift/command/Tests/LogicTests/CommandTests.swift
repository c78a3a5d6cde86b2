import Testing

@testable import Logic

private func parsed(_ arguments: String...) -> Command {
  parse(arguments.map(utf8))
}

@Suite struct Names {
  @Test func areGreetedInOrderOrElseTheWorld() {
    #expect(parsed() == .print(utf8("Hello, world!\n")))
    #expect(parsed("Ada", "Grace") == .print(utf8("Hello, Ada!\nHello, Grace!\n")))
  }

  @Test func mayBeEmptyOrADash() {
    #expect(parsed("", "-") == .print(utf8("Hello, !\nHello, -!\n")))
  }

  @Test func needNotBeUTF8() {
    let name: [UInt8] = [0xFF]
    #expect(parse([name]) == .print(utf8("Hello, ") + name + utf8("!\n")))
  }

  @Test func mayHaveALeadingDashAfterTwo() {
    let greetings = "Hello, Ada!\nHello, -x!\nHello, --!\nHello, --help!\n"
    #expect(parsed("Ada", "--", "-x", "--", "--help") == .print(utf8(greetings)))
    #expect(parsed("--") == .print(utf8("Hello, world!\n")))
  }
}

@Suite struct Options {
  @Test func helpWinsOverEverythingThatIsKnown() {
    guard case .print(let usage) = parsed("Ada", "--count", "--help") else {
      Issue.record("The usage is not printed.")
      return
    }
    #expect(usage.starts(with: "Usage: ".utf8))
  }

  @Test func countStandsAlone() {
    #expect(parsed("--count") == .count)
  }

  @Test(arguments: ["Ada", "", "--", "--count"])
  func countTakesNoOtherArgument(other: String) {
    #expect(isRefused(parsed("--count", other), because: "--count takes no other argument"))
  }

  @Test(arguments: [["-x"], ["--help", "-x", "-y"], ["-x", "--count", "Ada"]])
  func othersAreRefusedTheFirstByName(arguments: [String]) {
    #expect(isRefused(parse(arguments.map(utf8)), because: "unknown option '-x'"))
  }

  private func isRefused(_ command: Command, because problem: String) -> Bool {
    let program = "wasm-example"
    return command == .refuse(utf8("\(program): \(problem)\nTry '\(program) --help'.\n"))
  }
}
