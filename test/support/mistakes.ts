/** Mistakes that VS Code has to show, by language. */

interface Mistake {
  task: string;
  file: string;
  text: string;
  message: RegExp;
}

/** A source with this text at its end: the task that finds it, and what it says. */
export const mistakes: Record<string, Mistake[]> = {
  assemblyscript: [
    {
      task: 'build',
      file: 'assembly/handler.ts',
      text: 'export const broken: i32 = "text";',
      message: /not assignable/,
    },
    { task: 'test', file: 'assembly/query.ts', text: 'export const broken: i32 = "text";', message: /not assignable/ },
    { task: 'lint', file: 'assembly/query.ts', text: 'debugger;', message: /debugger/ },
  ],
  c: [
    { task: 'build', file: 'src/handler.c', text: 'int broken(void) { return missing; }', message: /undeclared/ },
    { task: 'test', file: 'test/query_test.c', text: 'int broken = missing;', message: /undeclared/ },
    { task: 'lint', file: 'src/query.c', text: 'int  broken;', message: /clang-format/ },
  ],
  cpp: [
    { task: 'build', file: 'src/handler.cpp', text: 'int broken() { return missing; }', message: /undeclared/ },
    {
      task: 'test',
      file: 'test/query_test.cpp',
      text: 'int broken() { return missing; }',
      message: /not declared|undeclared/,
    },
    { task: 'lint', file: 'src/query.cpp', text: 'int  broken;', message: /clang-format/ },
  ],
  go: [
    {
      task: 'build',
      file: 'internal/handler/query.go',
      text: 'func broken() int { return missing }',
      message: /undefined: missing/,
    },
    {
      task: 'test',
      file: 'internal/handler/query_test.go',
      text: 'func broken() int { return missing }',
      message: /undefined: missing/,
    },
    { task: 'lint', file: 'internal/handler/query.go', text: 'func dead() {}', message: /unused/ },
  ],
  javascript: [{ task: 'lint', file: 'src/url.js', text: 'debugger;', message: /debugger/ }],
  python: [{ task: 'lint', file: 'app/handler.py', text: 'import os', message: /reformatted/ }],
  swift: [
    {
      task: 'build',
      file: 'Sources/Logic/Handler.swift',
      text: 'func broken() -> Int { missing }',
      message: /cannot find 'missing'/,
    },
    {
      task: 'test',
      file: 'Tests/LogicTests/QueryTests.swift',
      text: '@Test func broken() { #expect(missing) }',
      message: /cannot find 'missing'/,
    },
    { task: 'lint', file: 'Sources/Logic/Query.swift', text: 'func  broken() {}', message: /remove 1 space/ },
  ],
  typescript: [
    { task: 'build', file: 'src/url.ts', text: 'export const broken: number = "text";', message: /not assignable/ },
    { task: 'lint', file: 'src/url.ts', text: 'debugger;', message: /debugger/ },
  ],
  zig: [
    { task: 'build', file: 'src/handler.zig', text: 'comptime {\n    _ = missing;\n}', message: /undeclared/ },
    {
      task: 'test',
      file: 'src/query.zig',
      text: 'test "fails" {\n    try expectName("Ada", "name=Bob");\n}',
      message: /fails/,
    },
    { task: 'lint', file: 'src/query.zig', text: 'fn unused() void {\n    const one = 1;\n}', message: /unused/ },
  ],
  rust: [
    { task: 'build', file: 'src/handler.rs', text: 'fn broken() -> u32 {\n    "text"\n}', message: /mismatched types/ },
    {
      task: 'test',
      file: 'src/query.rs',
      text: '#[test]\nfn broken() {\n    missing();\n}',
      message: /cannot find function/,
    },
    { task: 'lint', file: 'src/main.rs', text: 'fn unused() {}', message: /never used/ },
  ],
};
