/**
 * Repositories as people have them who never heard of this program: their files, what is found in them, and lines of the tasks
 * that they get. The sources are real, and are built by what they get where `makes` says what that is.
 */
export interface Foreign {
  files: Record<string, string>;
  /** The lock file that its owner has, and what writes it. */
  lock?: { path: string; by: string };
  /** What is said of it. */
  says: RegExp;
  /** Lines of its tasks. */
  runs: string[];
  /** The commands that its tasks call, beyond Node. */
  needs?: string[];
  /** The modules that its build writes. */
  makes?: string[];
  /** Why it is not built here. */
  notRun?: string;
}

const cargo = (name: string, more = '') => `[package]\nname = "${name}"\nversion = "1.0.0"\nedition = "2021"\n${more}`;
const cargoLock = (name: string) => `version = 4\n\n[[package]]\nname = "${name}"\nversion = "1.0.0"\n`;
const json = (data: object) => `${JSON.stringify(data, null, 2)}\n`;

const greeting = `fn greeting(name: &str) -> String {
    format!("Hello, {name}!")
}

fn main() {
    println!("{}", greeting("world"));
}

#[cfg(test)]
mod tests {
    #[test]
    fn greets() {
        assert_eq!(super::greeting("Ada"), "Hello, Ada!");
    }
}
`;

const goModule = (module: string) => ({
  'go.mod': `module ${module}\n\ngo 1.24\n`,
});
const goProgram = `package main

import "fmt"

func greeting(name string) string { return "Hello, " + name + "!" }

func main() { fmt.Println(greeting("world")) }
`;
const goTest = `package main

import "testing"

func TestGreeting(t *testing.T) {
	if got := greeting("Ada"); got != "Hello, Ada!" {
		t.Error(got)
	}
}
`;

const cProgram = `#include <stdio.h>

int main(void) {
  puts("Hello, world!");
  return 0;
}
`;

const rust = ['cargo', '/usr/bin/rustc', 'wasmtime', 'mise'];
const clang = ['clang++-22', 'wasmtime', 'mise'];

/** A component's world, and its one function. */
const wit = `package example:greeter;

world greeter {
  export greet: func(name: string) -> string;
}
`;

export const foreign: Record<string, Foreign> = {
  'a Rust crate': {
    files: { 'Cargo.toml': cargo('greet'), 'Cargo.lock': cargoLock('greet'), 'src/main.rs': greeting },
    says: /Found the crate greet \(rust\), which becomes target\/wasm32-wasip1\/release\/greet\.wasm\./,
    runs: [
      'mise install',
      'cargo build --release --locked --target wasm32-wasip1',
      'CARGO_TARGET_WASM32_WASIP1_RUNNER=wasmtime cargo test --locked --target wasm32-wasip1',
    ],
    needs: rust,
    makes: ['target/wasm32-wasip1/release/greet.wasm'],
  },
  'a Rust workspace that is formatted, with a pinned toolchain and a Makefile': {
    files: {
      'Cargo.toml': '[workspace]\nresolver = "2"\nmembers = ["crates/*"]\n',
      'crates/one/Cargo.toml': cargo('one', '\n[lib]\ndoctest = false\n'),
      'crates/one/src/lib.rs': 'pub fn name() -> &\'static str {\n    "Ada"\n}\n',
      'crates/two/Cargo.toml': cargo('two', '\n[dependencies]\none = { path = "../one" }\n'),
      'crates/two/src/main.rs': greeting.replace('"world"', 'one::name()'),
      '.cargo/config.toml': '[build]\ntarget = "wasm32-wasip2"\n',
      'rust-toolchain.toml': '[toolchain]\nchannel = "1.88.0"\n',
      'rustfmt.toml': 'max_width = 100\n',
      Makefile: 'all:\n\tcargo build\n',
    },
    says: /Found a Cargo workspace of 2 crates \(rust\), which becomes target\/wasm32-wasip2\/release\/\*\.wasm\./,
    runs: ['cargo fmt --check', 'cargo build --release --workspace --target wasm32-wasip2'],
    needs: [...rust, 'wasm-component-ld'],
    makes: ['target/wasm32-wasip2/release/two.wasm'],
  },
  'a component in Rust, with clippy': {
    files: {
      'Cargo.toml': cargo('api', '\n[dependencies]\nwit-bindgen = "0.40"\n'),
      'clippy.toml': 'too-many-arguments-threshold = 5\n',
      'src/lib.rs': '',
    },
    says: /the crate api \(rust\), which becomes target\/wasm32-wasip2\/release\/api\.wasm/,
    runs: ['cargo clippy --target wasm32-wasip2 -- --deny warnings', 'cargo build --release --target wasm32-wasip2'],
    notRun: 'the clippy that is here cannot read the library that is here; all else is run of the workspace',
  },
  'a crate for browsers': {
    files: { 'Cargo.toml': cargo('web', '\n[dependencies]\nwasm-bindgen = "0.2"\n'), 'src/lib.rs': '' },
    says: /target\/wasm32-unknown-unknown/,
    runs: ['cargo build --release --target wasm32-unknown-unknown', 'cargo test'],
    notRun: 'the library of Rust for this target is in no package registry',
  },
  'AssemblyScript with scripts, and pnpm': {
    files: {
      'package.json': json({
        name: 'greet',
        type: 'module',
        scripts: { asbuild: 'asc assembly/index.ts --target release', test: 'node tests/index.js', lint: 'true' },
        devDependencies: { assemblyscript: '^0.28.0' },
      }),
      'asconfig.json': json({ targets: { release: { outFile: 'build/release.wasm' } } }),
      'assembly/index.ts': 'export function add(a: i32, b: i32): i32 {\n  return a + b;\n}\n',
      'tests/index.js': `import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';

const { instance } = await WebAssembly.instantiate(readFileSync('build/release.wasm'), { env: { abort() {} } });
assert.equal(instance.exports.add(1, 2), 3);
`,
      '.gitignore': 'node_modules/\nbuild/\n',
    },
    lock: { path: 'pnpm-lock.yaml', by: 'npx --yes pnpm install --lockfile-only' },
    says: /a project in AssemblyScript \(assemblyscript\), which becomes build\/release\.wasm/,
    runs: ['npx --yes pnpm install --frozen-lockfile', 'npm run lint', 'npm run asbuild', 'npm run test'],
    makes: ['build/release.wasm'],
  },
  'C with CMake and tests': {
    files: {
      'CMakeLists.txt': `cmake_minimum_required(VERSION 3.20)
project(hello C)
enable_testing()
add_executable(hello src/main.c)
add_test(NAME greets COMMAND hello)
set_tests_properties(greets PROPERTIES PASS_REGULAR_EXPRESSION "Hello, world!")
`,
      'src/main.c': cProgram,
    },
    says: /a CMake project in C \(c\)/,
    runs: ['cmake --build build', 'ctest --test-dir build --output-on-failure'],
    needs: [...clang, 'cmake'],
    makes: ['build/hello.wasm'],
  },
  'C++ with a Makefile for wasi-sdk': {
    files: {
      Makefile: `app.wasm: main.cpp
	$(WASI_SDK_PATH)/bin/clang++ -O2 -fno-exceptions $< -o $@

check: app.wasm
	test "$$(wasmtime app.wasm)" = 'Hello, world!'
`,
      'main.cpp': '#include <cstdio>\n\nint main() { std::puts("Hello, world!"); }\n',
    },
    says: /a Makefile for C\+\+ \(cpp\)/,
    runs: [
      '$(MAKE) WASI_SDK_PATH="$$(mise where github:WebAssembly/wasi-sdk)"',
      '$(MAKE) check WASI_SDK_PATH="$$(mise where github:WebAssembly/wasi-sdk)"',
    ],
    needs: clang,
    makes: ['app.wasm'],
  },
  'a Go module with its program in cmd': {
    files: {
      ...goModule('example.com/team/tool'),
      'cmd/tool/main.go': goProgram,
      'cmd/tool/main_test.go': goTest,
    },
    says: /the Go module example\.com\/team\/tool \(go\), which becomes build\/tool\.wasm/,
    runs: ['GOOS=wasip1 GOARCH=wasm go build -trimpath -o build/tool.wasm ./cmd/tool', 'go test ./...'],
    needs: ['go', 'mise'],
    makes: ['build/tool.wasm'],
  },
  'a Go module for TinyGo': {
    files: { ...goModule('plugin'), 'main.go': goProgram, 'build.sh': 'tinygo build -target=wasi .\n' },
    says: /the Go module plugin \(tinygo\)/,
    runs: ['mkdir -p build && tinygo build -target=wasip1 -o build/plugin.wasm .'],
    notRun: 'TinyGo is in no package registry',
  },
  'a Swift package of two programs': {
    files: {
      'Package.swift': `// swift-tools-version: 6.0
import PackageDescription

// Was: .executable(name: "old", targets: ["Old"])
let package = Package(
  name: "tools",
  products: [.executable(name: "greet", targets: ["Greet"])],
  targets: [
    .target(name: "Words"),
    .executableTarget(name: "Greet", dependencies: ["Words"]),
    .executableTarget(name: "leave", dependencies: ["Words"]),
    .testTarget(name: "WordsTests", dependencies: ["Words"]),
  ]
)
`,
      'Sources/Words/Words.swift': 'public func greeting(_ name: String) -> String { "Hello, \\(name)!" }\n',
      'Sources/Greet/main.swift': 'import Words\n\nprint(greeting("world"))\n',
      'Sources/leave/main.swift': 'import Words\n\nprint(greeting("and goodbye"))\n',
      'Tests/WordsTests/WordsTests.swift':
        'import Testing\nimport Words\n\n@Test func greets() { #expect(greeting("Ada") == "Hello, Ada!") }\n',
      '.gitignore': '.build/\n',
    },
    says: /a Swift package \(swift\), which becomes \.build\/release\/greet\.wasm and \.build\/release\/leave\.wasm\./,
    runs: [
      'swift build --swift-sdk "$${SWIFT_SDK:-swift-6.4.0-RELEASE_wasm}" -c release --product greet',
      'swift build --swift-sdk "$${SWIFT_SDK:-swift-6.4.0-RELEASE_wasm}" -c release --product leave',
      'swift test',
    ],
    needs: ['swift', 'mise'],
    makes: ['.build/release/greet.wasm', '.build/release/leave.wasm'],
  },
  'a Swift package for Embedded Swift': {
    files: {
      'Package.swift': `// swift-tools-version: 6.0
import PackageDescription

let package = Package(
  name: "tiny",
  targets: [
    .executableTarget(name: "tiny", swiftSettings: [.enableExperimentalFeature("Embedded")])
  ]
)
`,
      'Sources/tiny/main.swift': 'print("Hello, world!")\n',
      '.gitignore': '.build/\n',
    },
    says: /a Swift package \(swift\), which becomes \.build\/release\/tiny\.wasm\./,
    runs: ['swift build --swift-sdk "$${SWIFT_SDK:-swift-6.4.0-RELEASE_wasm-embedded}" -c release --product tiny'],
    needs: ['swift', 'mise'],
    makes: ['.build/release/tiny.wasm'],
  },
  'Zig with tests': {
    files: {
      'build.zig': `const std = @import("std");

pub fn build(b: *std.Build) void {
    const target = b.standardTargetOptions(.{});
    const exe = b.addExecutable(.{
        .name = "greet",
        .root_module = b.createModule(.{
            .root_source_file = b.path("src/main.zig"),
            .target = target,
            .optimize = .ReleaseSmall,
        }),
    });
    b.installArtifact(exe);

    const tests = b.addTest(.{
        .root_module = b.createModule(.{ .root_source_file = b.path("src/sum.zig"), .target = b.graph.host }),
    });
    const step = b.step("test", "Run the unit tests");
    step.dependOn(&b.addRunArtifact(tests).step);
}
`,
      'build.zig.zon':
        '.{\n    .name = .greet,\n    .version = "1.0.0",\n    .minimum_zig_version = "0.15.1",\n    .paths = .{""},\n    .fingerprint = 0x2df8175b6473859d,\n}\n',
      'src/main.zig':
        'const sum = @import("sum.zig");\n\npub fn main() u8 {\n    return if (sum.add(1, 2) == 3) 0 else 1;\n}\n',
      'src/sum.zig': `const std = @import("std");

pub fn add(a: i32, b: i32) i32 {
    return a + b;
}

test add {
    try std.testing.expectEqual(3, add(1, 2));
}
`,
    },
    says: /a project in Zig \(zig\)/,
    runs: ['zig build -Dtarget=wasm32-wasi', 'zig build test'],
    needs: ['zig', 'mise'],
    makes: ['zig-out/bin/greet.wasm'],
  },
  'JavaScript with jco': {
    files: {
      'package.json': json({
        scripts: { build: 'jco componentize', test: 'echo "Error: no test specified" && exit 1' },
        devDependencies: { '@bytecodealliance/jco': '1' },
      }),
      'package-lock.json': '{}',
    },
    says: /a component in JavaScript \(javascript\)/,
    runs: ['npm ci', 'npm run build'],
    notRun: 'its tasks are those of the monorepo',
  },
  'Python with componentize-py': {
    files: {
      'pyproject.toml': `[build-system]
requires = ["setuptools"]
build-backend = "setuptools.build_meta"

[project]
name = "api"
version = "1.0.0"
dependencies = ["componentize-py", "pytest"]

[tool.setuptools]
py-modules = ["app"]

[tool.pytest.ini_options]
pythonpath = "."
`,
      'wit/world.wit': wit,
      'app.py': 'class WitWorld:\n    def greet(self, name: str) -> str:\n        return f"Hello, {name}!"\n',
      'tests/test_app.py':
        'from app import WitWorld\n\n\ndef test_greets():\n    assert WitWorld().greet("Ada") == "Hello, Ada!"\n',
      '.gitignore': '.venv/\nbuild/\n*.egg-info/\n*.wasm\n',
    },
    says: /a component in Python \(python\), which becomes app\.wasm/,
    runs: ['.venv/bin/componentize-py -d wit -w greeter componentize app -o app.wasm', '.venv/bin/python -m pytest'],
    needs: ['python3', 'mise'],
    makes: ['app.wasm'],
  },
  'a monorepo of three languages': {
    files: {
      'services/api/Cargo.toml': cargo('api'),
      'services/api/src/main.rs': greeting,
      'services/jobs/go.mod': 'module jobs\n\ngo 1.24\n',
      'services/jobs/main.go': goProgram,
      'services/jobs/main_test.go': goTest,
      'web/package.json': json({
        name: 'web',
        type: 'module',
        scripts: { build: 'tsc && componentize-js dist/index.js --wit wit --world-name greeter --out web.wasm' },
        devDependencies: {
          '@bytecodealliance/componentize-js': '^0.23.0',
          '@bytecodealliance/preview2-shim': '0.25.0',
          typescript: '^7.0.0',
        },
      }),
      'web/tsconfig.json': json({
        compilerOptions: { target: 'es2022', module: 'es2022', rootDir: 'src', outDir: 'dist' },
        include: ['src'],
      }),
      'web/src/index.ts': 'export const greet = (name: string): string => `Hello, ${name}!`;\n',
      'web/wit/world.wit': wit,
      'vendor/other/Cargo.toml': cargo('other'),
      'node_modules/x/Cargo.toml': cargo('x'),
    },
    lock: { path: 'web/package-lock.json', by: 'npm install --prefix web --package-lock-only --no-fund --no-audit' },
    says: /Found the Go module jobs in services\/jobs[\s\S]*Found the crate api in services\/api[\s\S]*Found a component in TypeScript in web/,
    runs: [
      'cd services/api && cargo build --release --target wasm32-wasip1',
      'cd services/jobs && go test ./...',
      'cd web && npm ci',
      'cd web && npm run build',
    ],
    needs: [...rust, 'go'],
    makes: ['services/api/target/wasm32-wasip1/release/api.wasm', 'services/jobs/build/jobs.wasm', 'web/web.wasm'],
  },
};
