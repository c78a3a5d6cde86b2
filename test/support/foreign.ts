/**
 * Repositories of other authors: their files, what is detected in them, and lines of the tasks that they get. The sources are real;
 * the end-to-end tests build those with `makes` by the generated tasks.
 */
import { sdk } from '../../src/catalog/languages/swift.ts';

export interface Foreign {
  files: Record<string, string>;
  /** The lock file of the repository, and the command that writes it. */
  lock?: { path: string; by: string };
  /** A pattern of the note about it. */
  says: RegExp;
  /** The number of detected modules. Default: 1. */
  found?: number;
  /** Patterns of the notes about what is left out. */
  left?: RegExp[];
  /** Lines that must be in no task. */
  never?: RegExp;
  /** Texts in GitHub's workflow. */
  workflow?: RegExp;
  /** Lines that its tasks must have. */
  runs: string[];
  /** Tools in mise.toml. */
  tools?: string[];
  /** The commands that its tasks call, beyond Node. */
  needs?: string[];
  /** The modules that the build writes. */
  makes?: string[];
  /** Why the tests do not build it. */
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

/** A component's WIT, with one function. */
const wit = `package example:greeter;

world greeter {
  export greet: func(name: string) -> string;
}
`;

export const foreign: Record<string, Foreign> = {
  'a Rust crate': {
    files: { 'Cargo.toml': cargo('greet'), 'Cargo.lock': cargoLock('greet'), 'src/main.rs': greeting },
    says: /Found the crate greet \(rust\), output target\/wasm32-wasip1\/release\/greet\.wasm\./,
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
      '.gitignore': 'Cargo.lock\n',
      Makefile: 'all:\n\tcargo build\n',
    },
    says: /Found the crate two in crates\/two \(rust\), output target\/wasm32-wasip2\/release\/two\.wasm\. Build command from \.cargo\/config\.toml\./,
    runs: ['cargo fmt --check', 'cargo build --release --workspace --target wasm32-wasip2'],
    needs: [...rust, 'wasm-component-ld'],
    makes: ['target/wasm32-wasip2/release/two.wasm'],
  },
  'a component in Rust, with clippy': {
    files: {
      'Cargo.toml': cargo('api', '\n[lib]\ncrate-type = ["cdylib"]\n\n[dependencies]\nwit-bindgen = "0.40"\n'),
      'clippy.toml': 'too-many-arguments-threshold = 5\n',
      'src/lib.rs': '',
    },
    says: /the crate api \(rust\), output target\/wasm32-wasip2\/release\/api\.wasm/,
    runs: ['cargo clippy --target wasm32-wasip2 -- --deny warnings', 'cargo build --release --target wasm32-wasip2'],
    notRun: 'the clippy that is here cannot read the library that is here; all else is run of the workspace',
  },
  'a crate for browsers': {
    files: {
      'Cargo.toml': cargo('web', '\n[lib]\ncrate-type = ["cdylib"]\n\n[dependencies]\nwasm-bindgen = "0.2"\n'),
      'src/lib.rs': '#[test]\nfn adds() {}\n',
    },
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
    lock: { path: 'pnpm-lock.yaml', by: 'npx --yes pnpm@10 install --lockfile-only' },
    says: /a project in AssemblyScript \(assemblyscript\), output build\/release\.wasm/,
    runs: ['npx --yes pnpm@10 install --frozen-lockfile', 'npm run lint', 'npm run asbuild', 'npm run test'],
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
      '.gitignore': '*.wasm\n',
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
    says: /the Go module example\.com\/team\/tool in cmd\/tool \(go\), output build\/wasm\/tool\.wasm/,
    runs: ['GOOS=wasip1 GOARCH=wasm go build -trimpath -o build/wasm/tool.wasm ./cmd/tool', 'go test ./...'],
    needs: ['go', 'mise'],
    makes: ['build/wasm/tool.wasm'],
  },
  'a Go module for TinyGo': {
    files: { ...goModule('plugin'), 'main.go': goProgram, 'build.sh': 'tinygo build -target=wasi .\n' },
    says: /the Go module plugin \(tinygo\)/,
    runs: ['tinygo build -target=wasip1 -o build/wasm/plugin.wasm .'],
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
    says: /a Swift package \(swift\), output \.build\/release\/greet\.wasm and \.build\/release\/leave\.wasm\./,
    runs: [
      `swift build --swift-sdk "$\${SWIFT_SDK:-${sdk}}" -c release --product greet`,
      `swift build --swift-sdk "$\${SWIFT_SDK:-${sdk}}" -c release --product leave`,
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
    says: /a Swift package \(swift\), output \.build\/release\/tiny\.wasm\./,
    runs: [`swift build --swift-sdk "$\${SWIFT_SDK:-${sdk}-embedded}" -c release --product tiny`],
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
    },
    says: /a component in Python \(python\), output build\/wasm\/app\.wasm/,
    runs: [
      'PYTHONDONTWRITEBYTECODE=1 .venv/bin/componentize-py -d wit -w greeter componentize app -o build/wasm/app.wasm',
      'PYTHONDONTWRITEBYTECODE=1 .venv/bin/python -m pytest -p no:cacheprovider',
    ],
    needs: ['python3', 'mise'],
    makes: ['build/wasm/app.wasm'],
  },
  'a monorepo of three languages': {
    files: {
      '.gitignore': 'Cargo.lock\n/web/dist/\n/web/web.wasm\n',
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
    found: 3,
    says: /Found the Go module jobs in services\/jobs[\s\S]*Found the crate api in services\/api[\s\S]*Found a component in TypeScript in web/,
    runs: [
      'cd services/api && cargo build --release --target wasm32-wasip1',
      'cd services/jobs && go test ./...',
      'cd web && npm ci',
      'cd web && npm run build',
    ],
    needs: [...rust, 'go'],
    makes: ['services/api/target/wasm32-wasip1/release/api.wasm', 'services/jobs/build/wasm/jobs.wasm', 'web/web.wasm'],
  },
  'a native workspace that excludes its guest': {
    files: {
      'Cargo.toml': '[workspace]\nresolver = "2"\nmembers = ["runner"]\nexclude = ["modules"]\n',
      'Cargo.lock': cargoLock('runner'),
      'runner/Cargo.toml': cargo('runner'),
      'runner/src/main.rs': 'fn main() {}\n',
      'modules/echo/Cargo.toml': cargo('echo'),
      'modules/echo/Cargo.lock': cargoLock('echo'),
      'modules/echo/.cargo/config.toml': '[build]\ntarget = "wasm32-wasip1"\n',
      'modules/echo/src/main.rs': greeting,
    },
    says: /Found the crate echo in modules\/echo \(rust\), output modules\/echo\/target\/wasm32-wasip1\/release\/echo\.wasm/,
    left: [/the crate runner in runner \(rust\): it is not marked as WebAssembly/],
    runs: ['cd modules/echo && cargo build --release --locked --target wasm32-wasip1'],
    never: /runner/,
    needs: rust,
    makes: ['modules/echo/target/wasm32-wasip1/release/echo.wasm'],
  },
  'a workspace of a server and its plugins': {
    files: {
      'Cargo.toml': '[workspace]\nresolver = "2"\nmembers = ["server", "plugins/*"]\n',
      'server/Cargo.toml': cargo('server'),
      'server/src/main.rs':
        'use std::os::unix::net::UnixListener;\n\nfn main() {\n    let _ = UnixListener::bind("plugins.sock");\n}\n',
      'plugins/twice/Cargo.toml': cargo('twice', '\n[lib]\ncrate-type = ["cdylib"]\n'),
      'plugins/twice/src/lib.rs': '#[no_mangle]\npub extern "C" fn twice(a: i32) -> i32 {\n    2 * a\n}\n',
      'plugins/half/Cargo.toml': cargo('half', '\n[lib]\ncrate-type = ["cdylib"]\n'),
      'plugins/half/src/lib.rs': '#[no_mangle]\npub extern "C" fn half(a: i32) -> i32 {\n    a / 2\n}\n',
      '.gitignore': 'target/\n',
    },
    lock: { path: 'Cargo.lock', by: 'cargo generate-lockfile' },
    found: 2,
    says: /Found the crate half in plugins\/half[\s\S]*Found the crate twice in plugins\/twice/,
    left: [/the crate server in server \(rust\): it uses `std::os::unix`, which does not exist for WebAssembly/],
    runs: ['cargo build --release --package half --package twice --locked --target wasm32-wasip1'],
    never: /cargo test|server/,
    needs: rust,
    makes: ['target/wasm32-wasip1/release/twice.wasm', 'target/wasm32-wasip1/release/half.wasm'],
  },
  'a crate whose library and program have names of their own': {
    files: {
      'Cargo.toml': cargo(
        'my-filter',
        '\n[lib]\nname = "filter_core"\ncrate-type = ["cdylib", "rlib"]\n\n[[bin]]\nname = "filter-cli"\npath = "src/cli.rs"\n',
      ),
      'Cargo.lock': cargoLock('my-filter'),
      'src/lib.rs': '#[no_mangle]\npub extern "C" fn one() -> i32 {\n    1\n}\n',
      'src/cli.rs': 'fn main() {}\n',
    },
    says: /output target\/wasm32-wasip1\/release\/filter_core\.wasm, target\/wasm32-wasip1\/release\/filter-cli\.wasm/,
    runs: ['cargo build --release --locked --target wasm32-wasip1'],
    needs: rust,
    makes: ['target/wasm32-wasip1/release/filter_core.wasm', 'target/wasm32-wasip1/release/filter-cli.wasm'],
  },
  'a guest in a workspace of its own, below a provider': {
    files: {
      'Cargo.toml': cargo('provider', '\n[workspace]\n\n[dependencies]\nasync-nats = "0.38"\n'),
      'src/main.rs': 'fn main() {}\n',
      'wasmcloud.toml': 'name = "Provider"\nlanguage = "rust"\ntype = "provider"\n',
      'examples/caller/Cargo.toml': cargo('caller', '\n[workspace]\n\n[lib]\ncrate-type = ["cdylib"]\n'),
      'examples/caller/src/lib.rs': '',
      'examples/caller/wasmcloud.toml':
        'name = "caller"\nlanguage = "rust"\ntype = "component"\n\n[component]\nwasm_target = "wasm32-wasip2"\n',
    },
    says: /Found the crate caller in examples\/caller .*Build command from examples\/caller\/wasmcloud\.toml/,
    left: [/the crate provider \(rust\): it depends on async-nats, which needs an operating system/],
    runs: ['cd examples/caller && cargo build --release --target wasm32-wasip2'],
    notRun: 'what it depends on need not be fetched: its guest is that of others',
  },
  'a host of wasmtime by way of a library, and its guest': {
    files: {
      'Cargo.toml':
        '[workspace]\nmembers = ["host", "engine", "guest", "xtask"]\n\n[workspace.dependencies]\nrt = { package = "wasmtime", version = "38" }\n',
      'host/Cargo.toml': cargo('host', '\n[dependencies]\nengine = { path = "../engine" }\n'),
      'host/src/main.rs': 'fn main() {}\n',
      'engine/Cargo.toml': cargo('engine', '\n[dependencies]\nrt.workspace = true\n'),
      'engine/src/lib.rs': '',
      'xtask/Cargo.toml': cargo('xtask'),
      'xtask/src/main.rs': 'fn main() {}\n',
      'guest/Cargo.toml': cargo('guest', '\n[lib]\ncrate-type = ["cdylib"]\n\n[dependencies]\nwit-bindgen = "0.46"\n'),
      'guest/src/lib.rs': '',
    },
    says: /Found the crate guest in guest \(rust\), output target\/wasm32-wasip2\/release\/guest\.wasm\. No file says how to build it, so the build command is a guess/,
    left: [
      /the crate host in host \(rust\): it depends on engine: it depends on wasmtime, which needs an operating system/,
      /the crate xtask in xtask \(rust\): it holds tasks of the workspace/,
    ],
    runs: ['cargo build --release --package guest --target wasm32-wasip2'],
    notRun: 'wasmtime as a library takes minutes to resolve and compile',
  },
  'an old binding whose name begins like a newer one': {
    files: {
      'Cargo.toml': cargo(
        'old',
        '\n[lib]\ncrate-type = ["cdylib"]\n\n[dependencies]\nwit-bindgen-rust = "0.2"\nwasm-bindgen-shared = "0.2"\n',
      ),
      'src/lib.rs': '',
    },
    says: /target\/wasm32-wasip1\/release\/old\.wasm/,
    runs: ['cargo build --release --target wasm32-wasip1'],
    notRun: 'only the target is new in it',
  },
  'a component with tests that imports wasi:http': {
    files: {
      'Cargo.toml': cargo('gate', '\n[lib]\ncrate-type = ["cdylib"]\n\n[dependencies]\nwasip2 = "1"\n'),
      'src/lib.rs': `use wasip2::http::types::{Fields, IncomingRequest, OutgoingResponse, ResponseOutparam};

struct Gate;

impl wasip2::exports::http::incoming_handler::Guest for Gate {
    fn handle(_request: IncomingRequest, out: ResponseOutparam) {
        ResponseOutparam::set(out, Ok(OutgoingResponse::new(Fields::new())));
    }
}

wasip2::http::proxy::export!(Gate);

#[cfg(test)]
mod tests {
    #[test]
    fn adds() {
        assert_eq!(1 + 1, 2);
    }
}
`,
    },
    lock: { path: 'Cargo.lock', by: 'cargo generate-lockfile' },
    says: /target\/wasm32-wasip2\/release\/gate\.wasm/,
    runs: ["CARGO_TARGET_WASM32_WASIP2_RUNNER='wasmtime run -S http' cargo test --locked --target wasm32-wasip2"],
    needs: [...rust, 'wasm-component-ld'],
    makes: ['target/wasm32-wasip2/release/gate.wasm'],
  },
  'a component with tests that imports an interface of its own': {
    files: {
      'Cargo.toml': cargo('chat', '\n[lib]\ncrate-type = ["cdylib"]\n\n[dependencies]\nwit-bindgen = "0.46"\n'),
      'src/lib.rs': '#[test]\nfn adds() {}\n',
      'wit/world.wit':
        'package example:chat;\n\nworld chat {\n  import example:models/answers;\n  export wasi:http/incoming-handler@0.2.2;\n}\n',
    },
    says: /the crate chat/,
    runs: [
      "@echo 'The tests import example:models/answers, which wasmtime does not provide, so they are not run.'",
      'cargo build --release --target wasm32-wasip2',
    ],
    never: /cargo test/,
    notRun: 'only the task for the tests is new in it',
  },
  'a crate for cargo-component': {
    files: {
      'Cargo.toml': cargo(
        'tool',
        '\n[lib]\ncrate-type = ["cdylib"]\n\n[package.metadata.component]\npackage = "example:tool"\n',
      ),
      'src/lib.rs': '',
    },
    says: /target\/wasm32-wasip1\/release\/tool\.wasm\. Build command from Cargo\.toml/,
    runs: ['cargo component build --release --target wasm32-wasip1'],
    notRun: 'cargo-component is in no package registry but as sources that take minutes to compile',
  },
  'an application of Spin, with components in folders': {
    files: {
      'spin.toml': `spin_manifest_version = 2

[component.front]
source = "front/target/wasm32-wasi/release/front.wasm"

[component.front.build]
command = "cargo build --target wasm32-wasi --release"
workdir = "front"
watch = ["src/**/*.rs"]

[component.back]
source = "back/main.wasm"

[component.back.build]
command = ["go generate ./...", "tinygo build -target=wasip2 -o main.wasm ."]
workdir = "back"

[component.page]
source = "page.wasm"

[component.page.build]
command = "bash make-page.sh"
workdir = "page"
`,
      'front/Cargo.toml': cargo('front'),
      'front/Cargo.lock': cargoLock('front'),
      'front/src/main.rs': 'fn main() {}\n',
      ...Object.fromEntries(Object.entries(goModule('example.com/back')).map(([path, text]) => [`back/${path}`, text])),
      'back/main.go': goProgram,
      'page/make-page.sh': '',
    },
    found: 2,
    says: /Found the crate front in front \(rust\), output front\/target\/wasm32-wasip1\/release\/front\.wasm\. Build command from spin\.toml\.\nFound the Go module example\.com\/back in back \(tinygo\), output back\/main\.wasm\. Build command from spin\.toml/,
    left: [/what is in page: spin\.toml builds page by `bash make-page\.sh`/],
    runs: [
      'cd front && cargo build --target wasm32-wasip1 --release',
      'cd back && go generate ./... && tinygo build -target=wasip2 -o main.wasm .',
    ],
    notRun: 'TinyGo is in no package registry',
  },
  'an application of Spin 1': {
    files: {
      'spin.toml': `spin_version = "1"

[[component]]
id = "hello"
source = "target/wasm32-wasi/release/hello.wasm"
[component.build]
command = "cargo build --target wasm32-wasi --release"
`,
      'Cargo.toml': cargo('hello'),
      'src/main.rs': 'fn main() {}\n',
      '.gitignore': '/target\n',
    },
    lock: { path: 'Cargo.lock', by: 'cargo generate-lockfile' },
    says: /output target\/wasm32-wasip1\/release\/hello\.wasm\. Build command from spin\.toml/,
    runs: ['cargo build --target wasm32-wasip1 --release'],
    never: /cargo test/,
    needs: rust,
    makes: ['target/wasm32-wasip1/release/hello.wasm'],
  },
  'a component of wasmCloud in TinyGo': {
    files: {
      ...goModule('example.com/hello/v2'),
      'main.go': goProgram,
      'tools.go': '//go:build tools\n\npackage main\n\nimport _ "go.bytecodealliance.org/cmd/wit-bindgen-go"\n',
      'wasmcloud.toml':
        'name = "hello"\nlanguage = "tinygo"\ntype = "component"\n\n[component]\nwit_world = "hello"\nwasm_target = "wasm32-wasip2"\n',
    },
    says: /Found the Go module example\.com\/hello\/v2 \(tinygo\), output build\/hello\.wasm/,
    runs: [
      'mkdir -p build && go generate ./... && tinygo build -o build/hello.wasm -target=wasip2 -wit-package ./wit -wit-world hello -scheduler=none -no-debug .',
    ],
    notRun: 'TinyGo is in no package registry',
  },
  'a component that wash builds': {
    files: {
      '.wash/config.yaml':
        'build:\n  command: cargo build --target wasm32-wasip2 --release\n  component_path: target/wasm32-wasip2/release/api.wasm\n',
      'Cargo.toml': cargo('api', '\n[lib]\ncrate-type = ["cdylib"]\n'),
      'src/lib.rs': '',
    },
    says: /output target\/wasm32-wasip2\/release\/api\.wasm\. Build command from \.wash\/config\.yaml/,
    runs: ['cargo build --target wasm32-wasip2 --release'],
    notRun: 'only the file that says its build is new in it',
  },
  'a crate whose Makefile builds it': {
    files: {
      'Cargo.toml': cargo('job'),
      'Cargo.lock': cargoLock('job'),
      'src/main.rs': greeting,
      '.gitignore': '/target/\n/dist/\n',
      Makefile: `TARGET = wasm32-wasip1

.PHONY: help build
help:
	@echo build

build: dist/job.wasm

dist/job.wasm: src/main.rs
	cargo build --locked --release --target wasm32-wasip1
	mkdir -p dist && cp target/$(TARGET)/release/job.wasm $@
`,
    },
    says: /the crate job \(rust\).*Build command from Makefile/,
    runs: ['$(MAKE) build'],
    needs: rust,
    makes: ['dist/job.wasm'],
  },
  'a crate with a justfile': {
    files: {
      'Cargo.toml': cargo('job'),
      'src/main.rs': 'fn main() {}\n',
      justfile:
        'default: build\n\nbuild:\n    cargo build --release --target wasm32-wasip1\n\nrun level:\n    wagi {{level}}\n',
    },
    says: /the crate job \(rust\).*Build command from justfile/,
    runs: ['just build'],
    notRun: 'just is in no package registry that the tests ask',
  },
  'a crate with a Taskfile, and a host': {
    files: {
      'guest/Cargo.toml': cargo('guest', '\n[lib]\ncrate-type = ["cdylib"]\n'),
      'guest/src/lib.rs': '',
      'guest/Taskfile.yml':
        "version: '3'\n\ntasks:\n  build:\n    cmds:\n      - cargo build --release --target wasm32-wasip2\n",
      'host/Cargo.toml': cargo('host', '\n[dependencies]\nwasmtime-wasi = "38"\n'),
      'host/src/main.rs': 'fn main() {}\n',
    },
    says: /the crate guest in guest \(rust\), output guest\/target\/wasm32-wasip2\/release\/guest\.wasm\. Build command from guest\/Taskfile\.yml/,
    left: [/the crate host in host \(rust\): it depends on wasmtime-wasi/],
    runs: ['cd guest && task build'],
    notRun: 'Task is in no package registry that the tests ask',
  },
  'a crate whose image says its target': {
    files: {
      'Cargo.toml': cargo('web', '\n[lib]\ncrate-type = ["cdylib"]\n'),
      'src/lib.rs': '',
      Dockerfile:
        'FROM rust:1 AS build\nCOPY . .\nRUN rustup target add wasm32-wasip2 && \\\n    cargo build --release --target wasm32-wasip2\nFROM scratch\n',
    },
    says: /target\/wasm32-wasip2\/release\/web\.wasm\. Build command from Dockerfile/,
    runs: ['cargo build --release --target wasm32-wasip2'],
    notRun: 'only the file that says its target is new in it',
  },
  'a crate whose README says its build': {
    files: {
      'Cargo.toml': cargo('web', '\n[lib]\ncrate-type = ["cdylib"]\n'),
      'src/lib.rs': '',
      'README.md': '# Web\n\n```sh\n$ cargo component build --release\n```\n',
    },
    says: /Build command from README\.md/,
    runs: ['cargo component build --release --target wasm32-wasip1'],
    notRun: 'cargo-component is in no package registry but as sources that take minutes to compile',
  },
  'crates that cargo refuses, and a folder with a space': {
    files: {
      'Cargo.toml': '[workspace]\nresolver = "2"\nmembers = ["my guest"]\n',
      'Cargo.lock': cargoLock('mine'),
      'my guest/Cargo.toml': cargo('mine'),
      'my guest/src/main.rs': 'fn main() {}\n',
      'stray/Cargo.toml': cargo('stray'),
      'stray/src/main.rs': 'fn main() {}\n',
      'my other/Cargo.toml': cargo('other', '\n[workspace]\n'),
      'my other/Cargo.lock': cargoLock('other'),
      'my other/src/main.rs': 'fn main() {}\n',
    },
    found: 2,
    says: /Found the crate mine in my guest[\s\S]*Found the crate other in my other/,
    left: [/what is in stray \(rust\): cargo refuses it: it is neither a member of the workspace nor excluded from it/],
    runs: [
      'cargo build --release --workspace --locked --target wasm32-wasip1',
      "cd 'my other' && cargo build --release --locked --target wasm32-wasip1",
    ],
    needs: rust,
    makes: ['target/wasm32-wasip1/release/mine.wasm', 'my other/target/wasm32-wasip1/release/other.wasm'],
  },
  'C with a Makefile that calls wasi-sdk as it likes': {
    files: {
      Makefile: `WASI_SDK_ROOT=
BIN=$(WASI_SDK_ROOT)/bin

help:
	@echo 'make all'

all: hello.wasm

hello.wasm: hello.c
	$(BIN)/clang --sysroot $(WASI_SDK_ROOT)/share/wasi-sysroot hello.c -o hello.wasm
`,
      'hello.c': cProgram,
      '.gitignore': '*.wasm\n',
    },
    says: /a Makefile for C \(c\)/,
    runs: ['$(MAKE) all WASI_SDK_ROOT="$$(mise where github:WebAssembly/wasi-sdk)"'],
    notRun: 'the stand-in for wasi-sdk has no sysroot; that of C++ is built',
  },
  'C with a Makefile that takes programs of wasi-sdk': {
    files: {
      Makefile: 'hello.wasm: hello.c\n\t$(WASI_CC) hello.c -o hello.wasm\n',
      'hello.c': cProgram,
      '.gitignore': '*.wasm\n',
    },
    says: /a Makefile for C \(c\)/,
    runs: ['$(MAKE) WASI_CC="$$(mise where github:WebAssembly/wasi-sdk)"/bin/clang'],
    needs: clang,
    makes: ['hello.wasm'],
  },
  'a module of Go with two programs, tools and fixtures': {
    files: {
      ...goModule('example.com/two'),
      'cmd/alpha/main.go': goProgram,
      'cmd/beta/main.go': goProgram,
      'cmd/beta/main_test.go': goTest,
      'internal/gen/tools.go': '//go:build tools || (ignore && !wasip1)\n\npackage main\n',
      'cmd/native/main_linux.go': goProgram,
      'testdata/sample/go.mod': 'module sample\n',
      'testdata/sample/main.go': goProgram,
    },
    found: 2,
    says: /Found the Go program beta in cmd\/beta \(go\), output build\/wasm\/beta\.wasm[\s\S]*Found the Go program alpha in cmd\/alpha/,
    runs: [
      'GOOS=wasip1 GOARCH=wasm go vet ./cmd/alpha',
      'GOOS=wasip1 GOARCH=wasm go build -trimpath -o build/wasm/alpha.wasm ./cmd/alpha',
      'GOOS=wasip1 GOARCH=wasm go build -trimpath -o build/wasm/beta.wasm ./cmd/beta',
      'go test ./...',
    ],
    never: /sample|native|internal/,
    needs: ['go', 'mise'],
    makes: ['build/wasm/alpha.wasm', 'build/wasm/beta.wasm'],
  },
  'a program in Go for web pages, beside its server': {
    files: {
      ...goModule('example.com/both'),
      'page/main.go': 'package main\n\nimport "syscall/js"\n\nfunc main() { js.Global().Get("document") }\n',
      'tool/main.go': goProgram,
      'tool/main_test.go': goTest,
    },
    says: /Found the Go program page in page \(go\), output build\/wasm\/page\.wasm\./,
    left: [/Left out the Go program tool in tool \(go\): it is not marked as WebAssembly, unlike page\./],
    runs: [
      'GOOS=js GOARCH=wasm go vet ./page',
      'GOOS=js GOARCH=wasm go build -trimpath -o build/wasm/page.wasm ./page',
    ],
    never: /wasip1|go test/,
    needs: ['go'],
    makes: ['build/wasm/page.wasm'],
  },
  'a library of Go whose functions a host calls': {
    files: {
      ...goModule('example.com/sum'),
      'main.go': 'package main\n\n//go:wasmexport sum\nfunc sum(a, b int32) int32 { return a + b }\n\nfunc main() {}\n',
    },
    says: /Found the Go module example\.com\/sum \(go\), output build\/wasm\/sum\.wasm\./,
    runs: ['GOOS=wasip1 GOARCH=wasm go build -trimpath -buildmode=c-shared -o build/wasm/sum.wasm .'],
    needs: ['go'],
    makes: ['build/wasm/sum.wasm'],
  },
  'examples in modules of Go, which a Makefile above compiles in a loop': {
    files: {
      Makefile: 'build.examples:\n\tfor one in examples/*; do (cd $$one && tinygo build -target=wasip1 .); done\n',
      ...Object.fromEntries(
        ['one', 'two'].flatMap((name) => [
          [`examples/${name}/go.mod`, `module example.com/${name}\n\ngo 1.24\n`],
          [`examples/${name}/main.go`, goProgram],
        ]),
      ),
    },
    says: /Found the Go module example\.com\/one in examples\/one \(tinygo\), .* Build command from Makefile\./,
    found: 2,
    runs: ['cd examples/two && tinygo build -target=wasip1 -o build/wasm/two.wasm .'],
    notRun: 'TinyGo is in no package registry',
  },
  'a host in Go, and its guest in a module of its own': {
    files: {
      'go.mod': 'module example.com/host\n\ngo 1.24\n\nrequire github.com/tetratelabs/wazero v1.9.0\n',
      'main.go': 'package main\n\nimport _ "github.com/tetratelabs/wazero"\n\nfunc main() {}\n',
      'guest/go.mod': 'module example.com/host/guest/v3\n\ngo 1.24\n',
      'guest/main.go': goProgram,
    },
    says: /Found the Go module example\.com\/host\/guest\/v3 in guest \(go\), output guest\/build\/wasm\/guest\.wasm/,
    left: [/the Go module example\.com\/host \(go\): it imports github\.com\/tetratelabs\/wazero/],
    runs: ['cd guest && GOOS=wasip1 GOARCH=wasm go build -trimpath -o build/wasm/guest.wasm .'],
    never: /go test/,
    needs: ['go', 'mise'],
    makes: ['guest/build/wasm/guest.wasm'],
  },
  'Go whose bindings are made by a tool that is gone': {
    files: {
      ...goModule('example.com/greet'),
      'main.go':
        'package main\n\nimport _ "example.com/greet/bindings"\n\n//go:generate wit-bindgen tiny-go wit --out-dir=bindings\nfunc main() {}\n',
      'other/go.mod': 'module other\n\ngo 1.24\n',
      'other/main.go': goProgram,
    },
    says: /Found the Go module other in other \(go\)/,
    left: [
      /the Go module example\.com\/greet \(go\): it imports example\.com\/greet\/bindings, which is not in the repository: `wit-bindgen tiny-go` makes it, a command that wit-bindgen removed/,
    ],
    runs: ['cd other && GOOS=wasip1 GOARCH=wasm go build -trimpath -o build/wasm/other.wasm .'],
    notRun: 'what is built of it is as of others',
  },
  'a library in AssemblyScript, with tests': {
    files: {
      'package.json': json({
        name: 'shim',
        type: 'module',
        scripts: { test: 'asc tests/all.ts --outFile node_modules/.tests/all.wasm' },
        devDependencies: { assemblyscript: '^0.28.0' },
      }),
      'asconfig.json': json({ options: { exportStart: '_start' } }),
      'assembly/shim.ts': 'export function one(): i32 {\n  return 1;\n}\n',
      'tests/all.ts': 'export function two(): i32 {\n  return 2;\n}\n',
    },
    says: /a library in AssemblyScript \(assemblyscript\)\. Only its tests are run/,
    runs: ['npm install --no-package-lock', 'npm run test'],
    never: /asc|npm run build/,
    makes: ['node_modules/.tests/all.wasm'],
  },
  'AssemblyScript without scripts': {
    files: {
      'package.json': json({ name: 'sum', type: 'module', devDependencies: { assemblyscript: '^0.28.0' } }),
      'asconfig.json': json({ entries: ['assembly/sum.ts'], targets: { debug: { outFile: 'debug.wasm' } } }),
      'assembly/sum.ts': 'export function add(a: i32, b: i32): i32 {\n  return a + b;\n}\n',
    },
    lock: { path: 'package-lock.json', by: 'npm install --package-lock-only --no-fund --no-audit' },
    says: /a project in AssemblyScript \(assemblyscript\), output build\/wasm\/module\.wasm/,
    runs: ['npm ci', 'npx asc assembly/sum.ts --optimize --outFile build/wasm/module.wasm'],
    makes: ['build/wasm/module.wasm'],
  },
  'AssemblyScript with Yarn 4': {
    files: {
      'package.json': json({
        name: 'greet',
        packageManager: 'yarn@4.9.2',
        scripts: { asbuild: 'asc assembly/index.ts --outFile build/m.wasm' },
        devDependencies: { assemblyscript: '0.28.2' },
      }),
      'asconfig.json': '{}\n',
      'assembly/index.ts': '',
      'yarn.lock': '__metadata:\n  version: 8\n',
    },
    says: /a project in AssemblyScript/,
    runs: ['npx --yes @yarnpkg/cli-dist@4.9.2 install --immutable', 'npx --yes @yarnpkg/cli-dist@4.9.2 run asbuild'],
    notRun: 'it differs from others by its package manager alone',
  },
  'a component in JavaScript, a package of a workspace': {
    files: {
      'package.json': json({ private: true, workspaces: ['packages/*'] }),
      'package-lock.json': '{}',
      'packages/api/package.json': json({
        name: 'api',
        scripts: { 'build:component': 'jco componentize src/index.js' },
        devDependencies: { '@bytecodealliance/jco': '1' },
      }),
      'packages/api/src/index.js': '',
    },
    says: /a component in JavaScript in packages\/api/,
    runs: ['npm ci', 'cd packages/api && npm run build:component'],
    notRun: 'its tasks are those of the monorepo',
  },
  'a component in TypeScript of Spin, a package of pnpm’s workspace': {
    files: {
      'pnpm-workspace.yaml': 'packages: [apps/*]\n',
      'pnpm-lock.yaml': "lockfileVersion: '6.0'\n",
      'apps/web/package.json': json({ scripts: { compile: 'tsc && j2w' }, dependencies: { '@fermyon/spin-sdk': '3' } }),
      'apps/web/tsconfig.json': '{}\n',
      'apps/web/spin.toml':
        'spin_manifest_version = 2\n\n[component.web]\nsource = "dist/web.wasm"\n\n[component.web.build]\ncommand = ["npm install", "npm run compile"]\n',
    },
    says: /a component in TypeScript in apps\/web \(typescript\), output apps\/web\/dist\/web\.wasm\. Build command from apps\/web\/spin\.toml/,
    runs: ['npx --yes pnpm@8 install --frozen-lockfile', 'cd apps/web && npm run compile'],
    notRun: 'its tasks are those of the monorepo',
  },
  'Python of Spin, with requirements': {
    files: {
      'requirements.txt': 'componentize-py==0.17.2\nspin-sdk==3.4.1\n',
      'app.py': '',
      'spin.toml':
        'spin_manifest_version = 2\n\n[component.api]\nsource = "app.wasm"\n\n[component.api.build]\ncommand = "componentize-py -w spin-http componentize app -o app.wasm"\n',
    },
    says: /a component in Python \(python\), output app\.wasm\. Build command from spin\.toml/,
    runs: [
      '.venv/bin/pip install --quiet --disable-pip-version-check -r requirements.txt',
      '. .venv/bin/activate && export PYTHONDONTWRITEBYTECODE=1 && componentize-py -w spin-http componentize app -o app.wasm',
    ],
    notRun: 'componentize-py is run for another',
  },
  'Python with the lock file of uv': {
    files: {
      'pyproject.toml': '[project]\nname = "api"\ndependencies = ["componentize-py"]\n',
      'uv.lock': '',
      'app.py': '',
      'wit/world.wit': wit,
    },
    says: /a component in Python/,
    runs: ['uv sync --frozen --no-install-project --all-groups --all-extras'],
    notRun: 'componentize-py is run for another',
  },
  'Python with the lock file of Poetry': {
    files: {
      'pyproject.toml': '[tool.poetry]\nname = "api"\n\n[tool.poetry.dependencies]\ncomponentize-py = "*"\n',
      'poetry.lock': '',
      'app.py': '',
      'wit/world.wit': wit,
    },
    says: /a component in Python/,
    runs: ['VIRTUAL_ENV="$$PWD/.venv" .venv/bin/poetry install --no-root --no-interaction --all-groups --all-extras'],
    notRun: 'componentize-py is run for another',
  },
  'a crate with submodules and files in Git LFS': {
    files: {
      'Cargo.toml': cargo('model'),
      'Cargo.lock': cargoLock('model'),
      'src/main.rs': 'fn main() {}\n',
      '.gitmodules': '[submodule "third/dep"]\n\tpath = third/dep\n\turl = ../dep\n',
      '.gitattributes': '*.bin filter=lfs diff=lfs merge=lfs -text\n',
    },
    says: /the crate model/,
    runs: ['cargo build --release --locked --target wasm32-wasip1'],
    workflow: /persist-credentials: false\n {10}submodules: recursive\n {10}lfs: true\n/,
    notRun: 'only its checkout is new in it',
  },
  'a component whose WIT is fetched, as the README of its workspace says': {
    files: {
      'Cargo.toml': '[workspace]\nresolver = "2"\nmembers = ["guest", "host"]\n',
      'guest/Cargo.toml': cargo('guest', '\n[lib]\ncrate-type = ["cdylib"]\n\n[dependencies]\nwit-bindgen = "0.46"\n'),
      'guest/src/lib.rs': 'wit_bindgen::generate!({\n    path: "../wit",\n    generate_all,\n});\n',
      'host/Cargo.toml': cargo('host', '\n[dependencies]\nwasmtime = "38"\n'),
      'host/src/main.rs': 'fn main() {}\n',
      'wit/world.wit': 'package app:one;\n\nworld one {\n  include wasi:cli/imports@0.2.3;\n}\n',
      '.gitignore': 'wit/deps\nwkg.lock\ntarget\nCargo.lock\n',
      'README.md':
        '# One\n\n```sh\ncargo install wkg\nwkg wit fetch\n```\n\n```sh\ncargo build --package guest --target wasm32-wasip2 --release\n```\n',
    },
    says: /Found the crate guest in guest .*Build command from README\.md\. Before, wkg fetches the WIT that it names, as README\.md says\./,
    left: [/the crate host in host/],
    runs: ['mise install', 'wkg fetch wit', 'cargo build --release --package guest --target wasm32-wasip2'],
    tools: ['cargo:wkg'],
    notRun: 'registries of WIT packages are not reached from the tests',
  },
  'components whose WIT is locked, or of a manifest, or in an unknown registry': {
    files: {
      'locked/Cargo.toml': cargo(
        'locked',
        '\n[lib]\ncrate-type = ["cdylib"]\n\n[dependencies]\nwit-bindgen = "0.46"\n',
      ),
      'locked/src/lib.rs': 'wit_bindgen::generate!();\n',
      'locked/wit/world.wit': 'package app:a;\n\nworld a {\n  export wasi:http/incoming-handler@0.2.3;\n}\n',
      'locked/wkg.lock': 'version = 1\n',
      'listed/Cargo.toml': cargo(
        'listed',
        '\n[lib]\ncrate-type = ["cdylib"]\n\n[dependencies]\nwit-bindgen = "0.46"\n',
      ),
      'listed/src/lib.rs': 'wit_bindgen::generate!({ world: "b" });\n',
      'listed/wit/world.wit': 'package app:b;\n\nworld b {\n  import other:thing/x;\n}\n',
      'listed/wit/deps.toml': 'thing = "https://example.com/thing.tar.gz"\n',
      'listed/wit/deps.lock': '',
      'lost/Cargo.toml': cargo('lost', '\n[lib]\ncrate-type = ["cdylib"]\n\n[dependencies]\nwit-bindgen = "0.46"\n'),
      'lost/src/lib.rs': 'wit_bindgen::generate!();\n',
      'lost/wit/world.wit': 'package app:c;\n\nworld c {\n  import acme:clock/now@1.0.0;\n}\n',
      'whole/Cargo.toml': cargo('whole', '\n[lib]\ncrate-type = ["cdylib"]\n\n[dependencies]\nwit-bindgen = "0.46"\n'),
      'whole/src/lib.rs': 'wit_bindgen::generate!();\n',
      'whole/wit/world.wit': 'package app:d;\n\nworld d {\n  import acme:clock/now@1.0.0;\n}\n',
      'whole/wit/deps/clock/clock.wit': 'package acme:clock@1.0.0;\n\ninterface now {}\n',
      '.gitignore': 'target/\n',
    },
    found: 3,
    says: /Found the crate locked in locked .*Before, wkg fetches the WIT that it names, which is not in the repository\./,
    left: [
      /the crate lost in lost \(rust\): lost\/wit\/ names acme:clock, which is not in the repository, and of which wkg knows no registry/,
    ],
    runs: [
      'cd locked && wkg fetch wit',
      "cd locked && echo '*' >wit/deps/.gitignore",
      'cd listed && wit-deps',
      "cd listed && echo '*' >wit/deps/.gitignore",
    ],
    tools: ['cargo:wkg', 'cargo:wit-deps-cli'],
    notRun: 'registries of WIT packages are not reached from the tests',
  },
  'a component in Go whose README makes its bindings': {
    files: {
      'go.mod':
        'module example.com/fn\n\ngo 1.24\n\nrequire (\n\tgo.bytecodealliance.org v0.6.2\n\tgo.bytecodealliance.org/cm v0.2.2\n)\n',
      'main.go': 'package main\n\nimport _ "example.com/fn/gen"\n\nfunc main() {}\n',
      'wit/world.wit': 'package app:fn;\n\nworld fn {\n  export run: func();\n}\n',
      'README.md':
        '```sh\nwit-bindgen-go generate --world fn -o gen ./wit\ntinygo build -target=wasip2 -o fn.wasm .\n```\n',
      'old/go.mod': 'module example.com/old\n\ngo 1.24\n\nrequire go.bytecodealliance.org/cm v0.2.2\n',
      'old/main.go': 'package main\n\nimport _ "example.com/old/gen"\n\nfunc main() {}\n',
      'old/README.md': '```sh\nwit-bindgen-go generate --world fn -o gen ./wit\n```\n',
    },
    says: /Found the Go module example\.com\/fn \(tinygo\)/,
    left: [
      /the Go module example\.com\/old in old \(tinygo\): it imports example\.com\/old\/gen, which is not in the repository: old\/README\.md makes it by `wit-bindgen-go`, of which go\.mod names no version/,
    ],
    runs: ['go run go.bytecodealliance.org/cmd/wit-bindgen-go generate --world fn -o gen ./wit'],
    notRun: 'TinyGo is in no package registry',
  },
  'a crate whose README installs packages of npm first': {
    files: {
      'Cargo.toml': cargo('page'),
      'Cargo.lock': cargoLock('page'),
      'src/main.rs': 'fn main() {}\n',
      'package.json': json({ name: 'page', private: true }),
      'README.md': '```sh\nnpm install\ncargo build --release --target wasm32-wasip1\n```\n',
      '.gitignore': 'node_modules\ntarget\n',
    },
    says: /the crate page \(rust\).*Build command from README\.md/,
    runs: ['npm install --no-package-lock', 'cargo build --release --locked --target wasm32-wasip1'],
    needs: rust,
    makes: ['target/wasm32-wasip1/release/page.wasm'],
  },
  'a crate whose build script compiles C': {
    files: {
      'Cargo.toml': cargo('mixed', '\n[build-dependencies]\ncc = "1.2"\n'),
      'build.rs':
        'fn main() {\n    println!("cargo::rerun-if-changed=src/twice.c");\n    cc::Build::new().file("src/twice.c").compile("twice");\n}\n',
      'src/twice.c': 'int twice(int a) { return 2 * a; }\n',
      'src/main.rs':
        'extern "C" {\n    fn twice(a: i32) -> i32;\n}\n\nfn main() {\n    println!("{}", unsafe { twice(21) });\n}\n',
      '.gitignore': 'target/\n',
    },
    lock: { path: 'Cargo.lock', by: 'cargo generate-lockfile' },
    says: /the crate mixed \(rust\)/,
    runs: [
      'export WASI_SDK_PATH="$$(mise where github:WebAssembly/wasi-sdk)" && export WASI_SYSROOT="$$WASI_SDK_PATH/share/wasi-sysroot" CC_wasm32_wasip1="$$WASI_SDK_PATH/bin/clang" CXX_wasm32_wasip1="$$WASI_SDK_PATH/bin/clang++" AR_wasm32_wasip1="$$WASI_SDK_PATH/bin/llvm-ar" && cargo build --release --locked --target wasm32-wasip1',
    ],
    tools: ['github:WebAssembly/wasi-sdk'],
    needs: [...rust, 'clang++-22'],
    makes: ['target/wasm32-wasip1/release/mixed.wasm'],
  },
  'crates that compile C by way of a library, and by CMake': {
    files: {
      'Cargo.toml': '[workspace]\nresolver = "2"\nmembers = ["app", "codec"]\n',
      'Cargo.lock': cargoLock('app'),
      'app/Cargo.toml': cargo('app', '\n[dependencies]\ncodec = { path = "../codec" }\n'),
      'app/src/main.rs': 'fn main() {}\n',
      'codec/Cargo.toml': cargo('codec', '\n[build-dependencies]\ncmake = "0.1"\n'),
      'codec/src/lib.rs': '',
      'codec/build.rs': 'fn main() {}\n',
    },
    says: /the crate app in app/,
    runs: [],
    tools: ['github:WebAssembly/wasi-sdk', 'cmake'],
    notRun: 'it differs from another by CMake alone',
  },
  'an application of Spin that locks what has no lock file': {
    files: {
      'spin.toml':
        'spin_manifest_version = 2\n\n[component.api]\nsource = "back end/target/wasm32-wasip1/release/api.wasm"\n\n[component.api.build]\ncommand = "cargo build --target wasm32-wasip1 --release --locked"\nworkdir = "back end"\n',
      'back end/Cargo.toml': cargo('api'),
      'back end/src/main.rs': 'fn main() {}\n',
      '.gitignore': 'target/\nCargo.lock\n',
    },
    says: /the crate api in back end \(rust\), output back end\/target\/wasm32-wasip1\/release\/api\.wasm\. Build command from spin\.toml/,
    runs: ["cd 'back end' && cargo build --target wasm32-wasip1 --release"],
    needs: rust,
    makes: ['back end/target/wasm32-wasip1/release/api.wasm'],
  },
  'folders with $, # and an apostrophe': {
    files: {
      "it's $HOME #1/Cargo.toml": cargo('first'),
      "it's $HOME #1/Cargo.lock": cargoLock('first'),
      "it's $HOME #1/src/main.rs": 'fn main() {}\n',
      'a #b/go.mod': 'module example.com/b\n\ngo 1.24\n',
      'a #b/main.go': goProgram,
      '.gitignore': 'target/\n',
    },
    found: 2,
    says: /Found the crate first in it's \$HOME #1/,
    runs: ["cd 'a #b' && GOOS=wasip1 GOARCH=wasm go build -trimpath -o build/wasm/b.wasm ."],
    needs: [...rust, 'go'],
    makes: ["it's $HOME #1/target/wasm32-wasip1/release/first.wasm", 'a #b/build/wasm/b.wasm'],
  },
  'a nested workspace, and variants of crate types': {
    files: {
      'Cargo.toml': '[workspace]\nresolver = "2"\nmembers = ["crates/*"]\nexclude = ["guests"]\n',
      'Cargo.lock': `${cargoLock('both')}\n[[package]]\nname = "stat"\nversion = "1.0.0"\n`,
      'crates/both/Cargo.toml': cargo('both', '\n[lib]\ncrate-type = ["rlib", "cdylib"]\n'),
      'crates/both/src/lib.rs': '#[no_mangle]\npub extern "C" fn one() -> i32 {\n    1\n}\n',
      'crates/stat/Cargo.toml': cargo('stat', '\n[lib]\ncrate-type = ["staticlib"]\n'),
      'crates/stat/src/lib.rs': '',
      'guests/Cargo.toml': '[workspace]\nresolver = "2"\nmembers = ["one", "two"]\n',
      'guests/Cargo.lock': `${cargoLock('one')}\n[[package]]\nname = "two"\nversion = "1.0.0"\n`,
      'guests/one/Cargo.toml': cargo('one'),
      'guests/one/src/main.rs': 'fn main() {}\n',
      'guests/two/Cargo.toml': cargo('two', '\n[[bin]]\nname = "second"\npath = "main.rs"\n'),
      'guests/two/main.rs': 'fn main() {}\n',
      'guests/.cargo/config.toml': '[build]\ntarget = ["wasm32-wasip1"]\n',
      '.gitignore': 'target/\n',
    },
    found: 3,
    says: /Found the crate both in crates\/both/,
    never: /stat/,
    runs: ['cd guests && cargo build --release --workspace --locked --target wasm32-wasip1'],
    needs: rust,
    makes: [
      'target/wasm32-wasip1/release/both.wasm',
      'guests/target/wasm32-wasip1/release/one.wasm',
      'guests/target/wasm32-wasip1/release/second.wasm',
    ],
  },
  'a crate that configures several targets, in an old file': {
    files: {
      'Cargo.toml': cargo('conf'),
      'Cargo.lock': cargoLock('conf'),
      'src/main.rs': 'fn main() {}\n',
      '.cargo/config': '[build]\ntarget = "wasm32-wasi"\n\n[target.wasm32-wasip1]\nrunner = "wasmtime"\n',
      'rust-toolchain': '1.85.0\n',
    },
    says: /output target\/wasm32-wasip1\/release\/conf\.wasm\. Build command from \.cargo\/config/,
    runs: ['cargo build --release --locked --target wasm32-wasip1'],
    notRun: 'cargo takes the name of a target that Rust removed from the file',
  },
  'AssemblyScript in a workspace of npm': {
    files: {
      'package.json': json({ private: true, workspaces: ['packages/*'] }),
      'packages/calc/package.json': json({
        name: 'calc',
        version: '1.0.0',
        type: 'module',
        scripts: { 'asbuild:release': 'asc assembly/index.ts --target release', asbuild: 'npm run asbuild:release' },
        devDependencies: { assemblyscript: '0.28.2' },
      }),
      'packages/calc/asconfig.json': json({ targets: { release: { outFile: 'out/calc.wasm' } } }),
      'packages/calc/assembly/index.ts': 'export function add(a: i32, b: i32): i32 {\n  return a + b;\n}\n',
      '.gitignore': 'node_modules\nout\n',
    },
    lock: { path: 'package-lock.json', by: 'npm install --package-lock-only --no-fund --no-audit' },
    says: /a project in AssemblyScript in packages\/calc \(assemblyscript\), output packages\/calc\/out\/calc\.wasm/,
    runs: ['npm ci', 'cd packages/calc && npm run asbuild'],
    makes: ['packages/calc/out/calc.wasm'],
  },
  'Python with the lock file of PDM': {
    files: {
      'pyproject.toml': '[project]\nname = "api"\ndependencies = ["componentize-py"]\n',
      'pdm.lock': '',
      'app.py': '',
      'wit/world.wit': wit,
    },
    says: /a component in Python/,
    runs: ['VIRTUAL_ENV="$$PWD/.venv" .venv/bin/pdm sync --no-self --group :all'],
    notRun: 'componentize-py is run for another',
  },
  'tasks that say their target by variables, and go to the folder of the crate': {
    files: {
      'a/Cargo.toml': cargo('a'),
      'a/src/main.rs': 'fn main() {}\n',
      'a/Makefile': 'TARGET ?= wasm32-wasip2\n\nbuild:\n\tcargo build --release --target $(TARGET)\n',
      'b/Cargo.toml': cargo('b'),
      'b/src/main.rs': 'fn main() {}\n',
      'b/Taskfile.yml':
        "version: '3'\n\nvars:\n  TARGET: wasm32-wasip2\n\ntasks:\n  build:\n    cmds:\n      - task: compile\n  compile:\n    cmds:\n      - cargo build --release --target {{.TARGET}}\n",
      'c/Cargo.toml': cargo('c'),
      'c/src/main.rs': 'fn main() {}\n',
      justfile: 'target := "wasm32-wasip2"\n\nbuild:\n    cd c && cargo build --release --target {{target}}\n',
      '.gitignore': 'target/\nCargo.lock\n',
    },
    found: 3,
    says: /output a\/target\/wasm32-wasip2\/release\/a\.wasm\. Build command from a\/Makefile[\s\S]*output b\/target\/wasm32-wasip2\/release\/b\.wasm\. Build command from b\/Taskfile\.yml[\s\S]*output c\/target\/wasm32-wasip2\/release\/c\.wasm\. Build command from justfile/,
    runs: ['cd a && $(MAKE) build', 'cd b && task build', 'just build'],
    tools: ['just', 'task'],
    notRun: 'just and Task are in no package registry that the tests ask',
  },
  'a crate with a target folder of its own, a program behind a feature, and a README with other fences': {
    files: {
      'Cargo.toml': cargo(
        'odd',
        '\n[features]\ncli = []\n\n[[bin]]\nname = "cli"\npath = "src/cli.rs"\nrequired-features = ["cli"]\n\n[lib]\ncrate-type = ["cdylib"]\n',
      ),
      'Cargo.lock': cargoLock('odd'),
      'src/lib.rs': '#[no_mangle]\npub extern "C" fn one() -> i32 {\n    1\n}\n',
      'src/cli.rs': 'fn main() {}\n',
      '.cargo/config.toml': '[build]\ntarget-dir = "out put"\n',
      'README.md': '- Build it:\n\n  ~~~console\n  $ cargo build --release --target wasm32-wasip1\n  ~~~\n',
    },
    says: /output out put\/wasm32-wasip1\/release\/odd\.wasm\. Build command from README\.md/,
    runs: ["@mkdir -p 'out put' && echo '*' >'out put'/.gitignore"],
    needs: rust,
    makes: ['out put/wasm32-wasip1/release/odd.wasm'],
  },
  'a crate that a script of npm builds': {
    files: {
      'Cargo.toml': cargo('page'),
      'src/main.rs': 'fn main() {}\n',
      'package.json': json({ scripts: { build: 'cargo build --release --target wasm32-wasip1' } }),
      '.gitignore': 'target\n',
    },
    lock: { path: 'Cargo.lock', by: 'cargo generate-lockfile' },
    says: /the crate page \(rust\).*Build command from package\.json/,
    runs: ['npm run build'],
    needs: rust,
    makes: ['target/wasm32-wasip1/release/page.wasm'],
  },
  'JavaScript whose workspace has the tools, and a package that builds nothing': {
    files: {
      'package.json': json({
        private: true,
        workspaces: ['fn/*'],
        devDependencies: { '@bytecodealliance/jco': '1' },
      }),
      'package-lock.json': '{}',
      'fn/a/package.json': json({ name: 'a', scripts: { build: 'jco componentize a.js -w wit -o a.wasm' } }),
      'fn/a/a.js': '',
      'fn/b/package.json': json({ name: 'b', dependencies: { '@bytecodealliance/jco': '1' } }),
    },
    says: /Found a component in JavaScript in fn\/a/,
    left: [/what is in fn\/b \(javascript\): no script of its package\.json builds a component/],
    runs: ['npm ci', 'cd fn/a && npm run build'],
    notRun: 'its tasks are those of the monorepo',
  },
  'Python of a workspace of uv, and with groups of dependencies': {
    files: {
      'pyproject.toml': '[tool.uv.workspace]\nmembers = ["api"]\n',
      'uv.lock': '',
      'api/pyproject.toml': '[project]\nname = "api"\ndependencies = ["componentize-py"]\n',
      'api/app.py': '',
      'api/wit/world.wit': wit,
      'job/pyproject.toml': '[project]\nname = "job"\n\n[dependency-groups]\ndev = ["componentize-py"]\n',
      'job/main.py': '',
      'job/wit/world.wit': wit,
    },
    found: 2,
    says: /Found a component in Python in api/,
    runs: [
      'cd api && UV_PROJECT_ENVIRONMENT="$$PWD/.venv" uv sync --frozen --no-install-workspace --all-groups --all-extras',
    ],
    notRun: 'componentize-py is run for another',
  },
  'C for this computer beside C for WebAssembly': {
    files: {
      'host/CMakeLists.txt': 'project(host C)\nfind_package(OpenSSL REQUIRED)\nadd_executable(host host.c)\n',
      'host/host.c': cProgram,
      'plain/CMakeLists.txt': 'project(plain C)\nadd_executable(plain plain.c)\n',
      'plain/plain.c': cProgram,
      'guest/CMakeLists.txt':
        'cmake_minimum_required(VERSION 3.20)\nproject(guest C)\n# For WASI.\nadd_executable(guest guest.c)\n',
      'guest/guest.c': cProgram,
    },
    says: /Found a CMake project in C in guest .*Build command from CMakeLists\.txt/,
    left: [
      /what is in host \(c\): it needs OpenSSL, and it is not marked as WebAssembly/,
      /a CMake project in C in plain \(c\): it is not marked as WebAssembly, unlike guest/,
    ],
    runs: ['cd guest && cmake --build build'],
    needs: [...clang, 'cmake'],
    makes: ['guest/build/guest.wasm'],
  },
};
