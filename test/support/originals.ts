/**
 * Projects of the original yo-wasm of 2021 and 2022, reduced to what matters: lines that no longer work, lines that the repairs look
 * for, and sources that a CI runner can build.
 */
import type { Folder } from '../../src/model/axes.ts';

export type Files = Record<string, string>;

export const languages = ['rust', 'assemblyscript', 'c', 'swift', 'tinygo', 'csharp'] as const;
type Language = (typeof languages)[number];
export const targets = ['acr', 'hippofactory', 'hippo-cli', 'none'] as const;
type Target = (typeof targets)[number];

const sdk = 'wasi-sdk-${{ matrix.wasi_sdk_version.major }}.${{ matrix.wasi_sdk_version.minor }}';
const matrix = `    strategy:
      matrix:
        wasi_sdk_version:
        - major: 12
          minor: 0
`;

/** The steps of a language's jobs. `version`: whether RELEASE_VERSION is set correctly. */
const parts: Record<
  Language,
  { head: string; runsOn: string; install: string; build: string; module: string; version: boolean; files: Files }
> = {
  rust: {
    head: '',
    runsOn: 'ubuntu-latest',
    install: '    - name: Install Rust bits\n      run: rustup target add wasm32-wasi\n',
    build: '      run: cargo build --verbose --target wasm32-wasi --release\n',
    module: 'target/wasm32-wasi/release/hello.wasm',
    version: true,
    files: {
      'Cargo.toml': '[package]\nname = "hello"\nversion = "0.1.0"\nedition = "2018"\n',
      // A text of the user that mentions the old target stays.
      'src/main.rs': 'fn main() {\n    println!("Hello from wasm32-wasi!");\n}\n',
      '.cargo/config.toml': '[alias]\nbuild-wasm = "build --target wasm32-wasi"\n',
      '.vscode/extensions.json': '{\n  "recommendations": ["matklad.rust-analyzer"]\n}\n',
      '.vscode/launch.json': `{
    "configurations": [
        {
            "name": "Debug WASM",
            "program": "wasmtime",
            "args": ["run", "\${workspaceFolder}/target/wasm32-wasi/debug/\${workspaceRootFolderName}.wasm", "-g"],
        }
    ]
}
`,
    },
  },
  assemblyscript: {
    head: '',
    runsOn: 'ubuntu-latest',
    install: '    - name: Setup Node.js\n      uses: actions/setup-node@v1\n      with:\n        node-version: 12\n',
    build: '      run: |\n        npm install\n        npm run build\n',
    module: 'build/optimized.wasm',
    version: true,
    files: {
      'package.json': `{
  "name": "hello",
  "version": "1.0.0",
  "scripts": { "build": "asc assembly/index.ts --target release" },
  "devDependencies": { "assemblyscript": "^0.17.2" },
  "dependencies": { "as-wasi": "^0.4.3" }
}
`,
      'asconfig.json': '{ "targets": { "release": { "binaryFile": "build/optimized.wasm", "optimizeLevel": 3 } } }\n',
      'assembly/index.ts': 'import "wasi";\nimport { Console } from "as-wasi";\n\nConsole.log("Hello!");\n',
    },
  },
  c: {
    head: matrix,
    runsOn: 'ubuntu-latest',
    install: `    - name: Install clang bits
      run: |
        wget https://github.com/WebAssembly/wasi-sdk/releases/download/wasi-sdk-\${{ matrix.wasi_sdk_version.major }}/${sdk}-linux.tar.gz
        tar xvf ${sdk}-linux.tar.gz
`,
    build: `      run: make WASI_SDK=${sdk}\n`,
    module: './hello.wasm',
    version: false,
    files: {
      Makefile: `WASI_SDK ?= ~/wasi-sdk/wasi-sdk-12.0
CC = $(WASI_SDK)/bin/clang
SYSROOT = $(WASI_SDK)/share/wasi-sysroot/
TARGET ?= hello.wasm

.PHONY: main
main:
\t$(CC) ./src/main.c -o $(TARGET) -glldb --sysroot $(SYSROOT)
`,
      'src/main.c': '#include <stdio.h>\n\nint main() {\n    printf("Hello!\\n");\n}\n',
    },
  },
  swift: {
    head: matrix,
    runsOn: 'ubuntu-20.04',
    install: `    - name: Install SwiftWasm
      run: |
        sudo apt-get install \\
          binutils \\
          zlib1g-dev
        wget https://github.com/swiftwasm/swift/releases/download/swift-wasm-5.3.0-RELEASE/swift-wasm-5.3.0-RELEASE-ubuntu20.04_x86_64.tar.gz
        sudo tar zxvf swift-wasm-5.3.0-RELEASE-ubuntu20.04_x86_64.tar.gz --directory / --strip-components=1
        sudo chmod -R o+r /usr/lib/swift
`,
    build: '      run: SWIFTC=/usr/bin/swift make build\n',
    module: './hello.wasm',
    version: true,
    files: {
      Makefile: `SWIFTC = swiftc
TARGET ?= wasm32-unknown-wasi
DEST ?= hello.wasm
SRC_DIR ?= ./src
SDK_DIR ?= "/opt/swiftwasm/usr/bin"

.PHONY: build
build:
\tPATH=$(SDK_DIR):$$PATH \\
\t$(SWIFTC) -target $(TARGET) $(SRC_DIR)/main.swift -o $(DEST) `,
      'src/main.swift': 'print("Hello!")\n',
      '.gitignore': '*.wasm\n',
      '.vscode/extensions.json': '{ "recommendations": ["vknabel.vscode-swift-development-environment", "mine"] }\n',
      '.vscode/launch.json': `{
    "configurations": [
        {
            "program": "wasmtime",
            "args": [
                "run",
                "\${workspaceFolder}/\${workspaceRootFolderName}.wasm",
                "-g"
            ]
        }
    ]
}`,
    },
  },
  tinygo: {
    head: '',
    runsOn: 'golang:1.17',
    install: `    - name: Setup Go
      uses: actions/setup-go@v2
      with:
        go-version: 1.17.5

    - name: Install TinyGo 0.21.0
      run: |
        wget https://github.com/tinygo-org/tinygo/releases/download/v0.21.0/tinygo_0.21.0_amd64.deb
        sudo dpkg -i tinygo_0.21.0_amd64.deb
`,
    build: '      run: make build\n',
    module: './hello.wasm',
    version: true,
    files: {
      Makefile: `TARGET ?= hello.wasm

.PHONY: build
build:
\ttinygo build -o $(TARGET) $(SCHEDULER) -target=wasi ./src

.PHONY: run
run:
\twasmtime run $(TARGET) -g`,
      'src/main.go': 'package main\n\nfunc main() {\n\tprintln("Hello, TinyGo 0.21.0!")\n}\n',
    },
  },
  csharp: {
    head: '',
    runsOn: 'ubuntu-latest',
    install: `    - name: Install .NET SDK
      uses: actions/setup-dotnet@v2
      with:
        dotnet-version: 7.0.x
        include-prerelease: true
`,
    build: '      run: dotnet publish -c Release\n',
    module: 'bin/Release/net7.0/hello.wasm',
    version: true,
    files: {
      'hello.csproj':
        '<Project Sdk="Microsoft.NET.Sdk">\n  <PackageReference Include="Wasi.Sdk" Version="0.1.1" />\n</Project>\n',
      'Program.cs': 'Console.WriteLine("Hello!");\n',
    },
  },
};

const versions = (isRight: boolean): string => {
  const name = isRight ? 'RELEASE_VERSION=' : 'name=RELEASE_VERSION::';
  return `    - name: Set the release version (tag)
      if: startsWith(github.ref, 'refs/tags/v')
      run: echo "${name}\${GITHUB_REF/refs\\/tags\\//}" >> $GITHUB_ENV
    - name: Set the release version (main)
      if: github.ref == 'refs/heads/main'
      run: echo "${name}canary" >> $GITHUB_ENV
`;
};

const hippo = (download: string, call: string): string => `
    - name: Install Hippo's client
      run: |
        mkdir -p tools/tmp
        wget https://github.com/deislabs/${download} -q -O ./tools/tmp/hippo.tar.gz
        tar xf ./tools/tmp/hippo.tar.gz -C ./tools

    - name: Publish bindle
      env:
        HIPPO_PASSWORD: \${{ secrets.HIPPO_PASSWORD }}
      run: ./tools/${call}
`;

/** A project in a language for a registry. */
export function original(language: Language, target: Target): Files {
  const { head, runsOn, install, build, module, version, files } = parts[language];
  const job = (name: string) =>
    `jobs:\n  ${name}:\n${head}    name: Build release assets\n    runs-on: ${runsOn}\n    steps:\n    - uses: actions/checkout@v2\n\n${install}\n`;
  const upload = `
    - name: Upload artifact
      uses: actions/upload-artifact@v1
      with:
        name: hello.wasm
        path: ${module}
`;
  const publish = `
  publish:
    runs-on: ubuntu-latest
    needs: build
    steps:

    - name: Install wasm-to-oci
      run: |
        mkdir tools
        wget https://github.com/engineerd/wasm-to-oci/releases/download/v0.1.1/linux-amd64-wasm-to-oci -q -O ./tools/wasm-to-oci
        chmod +x ./tools/wasm-to-oci

${versions(version)}
    - name: Download release assets
      uses: actions/download-artifact@v1
      with:
        name: hello.wasm
        path: ./assets

    - name: Log into registry
      run: az acr login -n \${ACR_NAME} -u \${{ secrets.ACR_SP_ID }} -p \${{ secrets.ACR_SP_PASSWORD }}

    - name: Publish to registry
      run: ./tools/wasm-to-oci push ./assets/${module.split('/').at(-1)} \${ACR_NAME}.azurecr.io/hello:\${RELEASE_VERSION}
`;
  const ends: Record<Target, string> = {
    acr: upload + publish,
    hippofactory: hippo(
      'hippofactory/releases/download/v0.4.0/hippofactory-v0.4.0-linux-amd64.tar.gz',
      'hippofactory . -v production',
    ),
    'hippo-cli': hippo(
      'hippo-cli/releases/download/v0.9.0/hippo-v0.9.0-linux-amd64.tar.gz',
      'hippo push . -v production',
    ),
    none: upload,
  };
  const isHippo = target.startsWith('hippo');
  const env = target === 'acr' ? '\nenv:\n  ACR_NAME: octowasm\n' : '';
  return {
    ...files,
    'README.md': `# hello\n\nTo run: \`wasmtime ${module}\`\n`,
    '.github/workflows/build.yml': `name: build\n\non:\n  push:\n    branches: [ main ]\n\n${job('build')}    - name: Build\n${build}`,
    '.github/workflows/release.yml': `name: release\non:\n  push:\n    branches:\n      - main\n    tags:\n      - "v*"\n${env}\n${job('build')}${versions(version)}\n    - name: Build release\n${build}${ends[target]}`,
    '.vscode/tasks.json': `{ "tasks": [{ "label": "Publish", "command": "${isHippo ? 'hippo' : 'make'}" }] }\n`,
    ...(isHippo && {
      HIPPOFACTS: `[bindle]\nname = "ada/hello"\n\n[[handler]]\nroute = "/"\nname = "${module.replace('./', '')}"\n`,
    }),
  };
}

/** The files as a `Folder`. */
export const folderOf = (files: Files): Folder => ({
  paths: Object.keys(files),
  text: (path) => files[path] ?? '',
});
