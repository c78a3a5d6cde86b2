/** Swift: SwiftPM with the Swift SDK for WebAssembly of swift.org. */
import { task } from '../existing.ts';
import type { Existing, Language } from '../plan.ts';
import { templateFiles } from '../templates.ts';
import { wasmOpt } from '../tools.ts';

const folder = 'languages/swift';

/** The SDK's modules can be read by the compiler of the same release only. */
export const release = '6.4.0';
export const sdk = `swift-${release}-RELEASE_wasm`;
const bundle = `https://download.swift.org/swift-${release}-release/wasm-sdk/swift-${release}-RELEASE/${sdk}.artifactbundle.tar.gz`;
const checksum = 'f07b7be3c586d92d7a07051fc6d303b87ebea67eadc40640ba59d5a8b79aa86d';

export const installSdk = `swift sdk install ${bundle} --checksum ${checksum}`;

const sources = 'Package.swift Sources Tests';

/** A finding of swift-format, whose paths may be relative; those of the compiler are absolute. */
const anyPath = { base: '$swiftc', fileLocation: ['autoDetect', '${workspaceFolder}'] };

/** Reserved words of the language that a project could be called. */
const keywords = [
  ...['associatedtype', 'class', 'deinit', 'enum', 'extension', 'fileprivate', 'func', 'import', 'init', 'inout'],
  ...['internal', 'let', 'operator', 'private', 'precedencegroup', 'protocol', 'public', 'rethrows', 'static'],
  ...['struct', 'subscript', 'typealias', 'var', 'break', 'case', 'catch', 'continue', 'default', 'defer', 'do'],
  ...['else', 'fallthrough', 'for', 'guard', 'if', 'in', 'repeat', 'return', 'switch', 'throw', 'where', 'while'],
  ...['as', 'false', 'is', 'nil', 'self', 'super', 'throws', 'true', 'try'],
];

/** Modules that the project imports, or that these import; macOS does not tell upper from lower case in file names. */
const modules = [
  ...['builtin', 'coregraphics', 'corefoundation', 'darwin', 'dispatch', 'foundation', 'glibc', 'logic', 'logictests'],
  ...['main', 'musl', 'objectivec', 'os', 'swift', 'synchronization', 'testing', 'wasilibc', 'xctest'],
];

/** A package that somebody else wrote. */
const existing: Existing = {
  manifests: ['Package.swift'],
  read: (folder) => ({
    what: 'a Swift package',
    artifact: '.build/release/*.wasm',
    test: folder.paths.some((path) => path.startsWith('Tests/')) ? 'yes' : '',
  }),
  share: ({ test }) => ({
    tasks: {
      setup: task(`swift sdk list | grep -qxF ${sdk} || ${installSdk}`),
      build: task(`swift build --swift-sdk ${sdk} -c release`),
      ...(test && { test: task('swift test') }),
    },
    tools: [{ command: 'swift', mise: ['swift', release] }],
    ecosystems: ['swift'],
  }),
};

export const swift: Language = {
  existing,
  id: 'swift',
  label: 'Swift',
  help: 'a modern language with value types and enums, larger modules',
  status: 'current',
  notRun:
    'Swift’s compiler is in no package registry, so its projects are parsed by tree-sitter and read, and not compiled',
  kinds: ['command', 'wagi'],
  refuses(name) {
    const module = name.replaceAll('-', '_');
    if (keywords.includes(module))
      return `Name '${name}' is a word of Swift's own, so no module can be called so. Choose another.`;
    if (modules.includes(module))
      return `Name '${name}' is that of a Swift module which the project needs itself. Choose another.`;
    return undefined;
  },
  share(module) {
    const { artifact, kind, name } = module;
    const build = `swift build --swift-sdk $SWIFT_SDK -c release --product ${name} -Xswiftc -Osize`;
    return {
      variables: [{ name: 'SWIFT_SDK', value: sdk }],
      tasks: {
        setup: {
          help: 'Install the tools of mise.toml, and the Swift SDK for WebAssembly',
          run: [`swift sdk list | grep -qxF $SWIFT_SDK || ${installSdk}`],
        },
        format: { help: 'Format the sources', run: [`swift format --in-place --recursive ${sources}`] },
        lint: {
          help: 'Check format and lint, warnings too',
          run: [`swift format lint --strict --recursive ${sources}`],
        },
        build: { help: `Compile ${artifact}`, needs: [artifact] },
        test: { help: 'Run the unit tests and hold the module to its contract', run: ['swift test'] },
        clean: { help: 'Remove what the build made', run: ['rm -rf .build'] },
      },
      rules: [
        {
          target: artifact,
          from: ['Package.swift', 'Sources/*/*.swift'],
          run: [build, `cp "$(${build} --show-bin-path)/${name}.wasm" ${artifact}`],
        },
      ],
      files: [
        ...templateFiles(`${folder}/common`, name),
        ...templateFiles(`${folder}/${kind}`, name),
        { path: '.swift-version', text: `${release}\n` },
        { path: '.sourcekit-lsp/config.json', text: `${JSON.stringify({ swiftPM: { swiftSDK: sdk } }, null, 2)}\n` },
      ],
      tools: [
        {
          command: 'swift',
          atLeast: '6.4',
          probe: 'swift package --version',
          get: `install Swift ${release} with swiftly: https://www.swift.org/install`,
          mise: ['swift', release],
        },
        wasmOpt,
      ],
      ignore: ['/.build/'],
      extensions: ['swiftlang.swift-vscode'],
      settings: {
        '[swift]': { 'editor.defaultFormatter': 'swiftlang.swift-vscode', 'editor.formatOnSave': true },
        'swift.autoGenerateLaunchConfigurations': false,
      },
      launch: [
        {
          name: 'Debug natively',
          type: 'swift',
          request: 'launch',
          target: name,
          configuration: 'debug',
          preLaunchTask: `swift: Build Debug ${name}`,
          ...(kind === 'wagi'
            ? { env: { REQUEST_METHOD: 'GET', PATH_INFO: '/', QUERY_STRING: 'name=Ada' } }
            : { args: ['Ada'] }),
        },
      ],
      matchers: { build: ['$swiftc'], test: ['$swiftc'], lint: [anyPath] },
      advice: [
        `\`Sources/${name}\` only reads and writes. Decisions go into \`Sources/Logic\`, without Foundation, with tests in \`Tests/\`. Text from outside is \`[UInt8]\`.`,
      ],
      notes: [
        `## Swift

\`Sources/Logic\` decides what the program does, without a system around it; the unit tests in \`Tests/\` run it on this machine.
\`Sources/${name}\` reads and writes by the C library. Text from outside is bytes, \`[UInt8]\`, which need not be UTF-8. Nothing
imports Foundation, which would make the module much larger.

The [Swift SDK for WebAssembly](https://www.swift.org/documentation/articles/wasm-getting-started.html) works with the compiler
of the same release only, which \`.swift-version\` names. On macOS that is the compiler of swift.org, not the one of Xcode. For
another release change \`.swift-version\`, \`mise.toml\`, \`.sourcekit-lsp/config.json\`, and SDK and checksum in the \`Makefile\`.

The editor compiles for WebAssembly too, by \`.sourcekit-lsp/config.json\`. The Testing view and "Debug natively" run the
program on this machine.`,
      ],
    };
  },
};
