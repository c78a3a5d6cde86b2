/** Swift: SwiftPM with the Swift SDKs for WebAssembly of swift.org, the one for Embedded Swift unless told otherwise. */

import { quote } from '../../lib/shell.ts';
import { and } from '../../lib/words.ts';
import type { Existing, Folder, Language } from '../../model/axes.ts';
import { task } from '../existing.ts';
import { located } from '../matchers.ts';
import { notes, templateFiles } from '../templates.ts';
import { wasmOpt } from '../tools.ts';

const folder = 'languages/swift';

/** Only the compiler of the same release can read an SDK. */
// renovate: datasource=github-releases depName=swiftlang/swift extractVersion=^swift-(?<version>.+)-RELEASE$
export const release = '6.4.0';
/** The bundle of swift.org has two SDKs: this one, with the full library, and one for Embedded Swift. */
export const sdk = `swift-${release}-RELEASE_wasm`;
const embedded = `${sdk}-embedded`;
const bundle = `https://download.swift.org/swift-${release}-release/wasm-sdk/swift-${release}-RELEASE/${sdk}.artifactbundle.tar.gz`;
const checksum = 'f07b7be3c586d92d7a07051fc6d303b87ebea67eadc40640ba59d5a8b79aa86d';

export const installSdk = `swift sdk install ${bundle} --checksum ${checksum}`;

/** The release in Debian, which the end-to-end tests use. */
const tried = '6.2.3';

const sources = 'Package.swift Sources Tests';

const problem = located('swift');

/** Keywords that are valid project names. */
const keywords = `
  associatedtype class deinit enum extension fileprivate func import init inout internal let operator private
  precedencegroup protocol public rethrows static struct subscript typealias var break case catch continue default
  defer do else fallthrough for guard if in repeat return switch throw where while as false is nil self super
  throws true try`
  .trim()
  .split(/\s+/);

/** Modules that the project imports, or that these import; macOS does not tell upper from lower case in file names. */
const modules = `
  builtin coregraphics corefoundation darwin dispatch foundation glibc logic logictests main musl objectivec os
  swift synchronization testing wasilibc xctest`
  .trim()
  .split(/\s+/);

/** A call in a manifest with a literal name: `.executable(name: "greet", …)`, up to its closing bracket. */
const calls = (manifest: string, called: string): { name: string; text: string }[] =>
  [...manifest.matchAll(new RegExp(`\\.${called}\\(\\s*name:\\s*"([^"\\\\]+)"[^()]*`, 'g'))].map(
    ([text, name = '']) => ({ name, text }),
  );

/**
 * What a build makes programs of, as far as the text of a manifest tells, which may compute its names: products, and each
 * target of a program that no product has.
 */
function productsIn({ paths, text }: Folder): string[] {
  const manifest = text('Package.swift')
    .replace(/\/\*[\s\S]*?(?:\*\/|$)/g, '')
    .replace(/(^|[^:])\/\/.*$/gm, '$1');
  const products = calls(manifest, 'executable');
  const targets = [
    ...calls(manifest, 'executableTarget'),
    // Before manifest version 5.4 a target with a main.swift was executable.
    ...calls(manifest, 'target').filter(({ name }) => paths.includes(`Sources/${name}/main.swift`)),
  ].filter(({ name }) => !products.some((product) => product.text.includes(`"${name}"`)));
  return [...new Set([...products, ...targets].map(({ name }) => name))];
}

/** An adopted package. Its manifest is read as text, because SwiftPM would run it. */
const existing: Existing = {
  manifests: ['Package.swift'],
  read(folder) {
    if (!/\bPackage\s*\(/.test(folder.text('Package.swift'))) return undefined;
    const products = productsIn(folder);
    return {
      what: 'a Swift package',
      from: 'Package.swift',
      artifact: and(products.map((name) => `.build/release/${name}.wasm`)),
      // Names with a line feed are left out: a Makefile cannot hold them.
      products: products.join(','),
      embedded: /\.enableExperimentalFeature\(\s*"Embedded"/.test(folder.text('Package.swift')) ? 'yes' : '',
      test: folder.paths.some((path) => path.startsWith('Tests/')) ? 'yes' : '',
    };
  },
  contribute({ products, embedded: isEmbedded, test }) {
    const id = `"\${SWIFT_SDK:-${isEmbedded ? embedded : sdk}}"`;
    const build = `swift build --swift-sdk ${id} -c release`;
    return {
      tasks: {
        setup: task(`swift sdk list | grep -qxF ${id} || ${installSdk}`),
        build: task(...(products ? products.split(',').map((name) => `${build} --product ${quote(name)}`) : [build])),
        ...(test && { test: task('swift test') }),
      },
      tools: [{ command: 'swift', mise: ['swift', release] }],
      ecosystems: ['swift'],
    };
  },
};

export const swift: Language = {
  existing,
  id: 'swift',
  label: 'Swift',
  help: 'value types and enums, small modules (Embedded Swift)',
  status: 'current',
  ran: `run with Swift ${tried}, Embedded: Debian’s compiler and an SDK made of its embedded library and wasi-libc, whose triple is \`wasm32-unknown-none-wasm\` and not \`wasm32-unknown-wasip1\` as swift.org’s; Swift ${release}, swift.org’s SDKs and the full library were not run`,
  changes: [
    {
      version: '0.3.0',
      files: ['Makefile', 'README.md', 'AGENTS.md', 'scripts/doctor.sh', 'scripts/swift-sdk.sh'],
      why: 'The module is built by Embedded Swift, which makes it about 50 kB; `make SWIFT_SDK=…` builds it with the full library, and a compiler that cannot read the SDK is reported.',
    },
    {
      version: '0.3.0',
      files: ['System.swift', 'Sources/Logic/Handler.swift'],
      why: 'The sources compile as Embedded Swift too, and a message names the stream that cannot be read or written.',
    },
    {
      version: '0.3.0',
      files: ['Makefile', 'wasm.mk'],
      why: 'An existing package is built product by product, and with the SDK for Embedded Swift only if its manifest enables that.',
      adopted: true,
    },
    {
      version: '0.3.0',
      files: ['.sourcekit-lsp/config.json'],
      why: 'Without `.sourcekit-lsp/config.json` the editor compiles for your computer: it finds no false error before `make setup`, and finds mistakes in tests.',
    },
  ],
  kinds: ['command', 'wagi'],
  // 74 and 81 kB with the tested SDK; the one of swift.org, which was not tested, may add more.
  maxBytes: { command: 120_000, wagi: 120_000 },
  memory: { command: 17, wagi: 19 },
  refuses(name) {
    const module = name.replaceAll('-', '_');
    if (keywords.includes(module))
      return `Name '${name}' is a word of Swift's own, so no module can be called so. Choose another.`;
    if (modules.includes(module))
      return `Name '${name}' is that of a Swift module which the project needs itself. Choose another.`;
    return undefined;
  },
  contribute(module) {
    const { artifact, kind, name } = module;
    // With a final -O0 for the linker, clang does not run a wasm-opt that it finds on PATH.
    const link = '-Xswiftc -Xclang-linker -Xswiftc -O0 -Xlinker --strip-debug $UNICODE';
    const build = 'swift build --swift-sdk $SWIFT_SDK -c release';
    const stamp = 'build/sdk/$SWIFT_SDK';
    return {
      variables: [
        { name: 'SWIFT_SDK', value: embedded, overridable: true, exported: true },
        // String comparison, hashing and splitting need these tables, which the full library contains.
        {
          name: 'UNICODE',
          value: 'case $SWIFT_SDK in (*-embedded) echo -Xlinker -lswiftUnicodeDataTables ;; esac',
          shell: true,
        },
      ],
      tasks: {
        setup: {
          help: 'Install the pinned tools and the Swift SDK for WebAssembly',
          run: [`swift sdk list | grep -qxF $SWIFT_SDK || ${installSdk}`],
        },
        format: { help: 'Format the sources', run: [`swift format --in-place --recursive ${sources}`] },
        lint: {
          help: 'Check formatting and lint; warnings are errors',
          run: [`swift format lint --strict --recursive ${sources}`],
        },
        build: { help: `Compile ${artifact}`, needs: [artifact] },
        test: { help: 'Run the unit tests and check the module against its contract', run: ['swift test'] },
        clean: { help: 'Remove the build output', run: ['rm -rf .build'] },
      },
      rules: [
        {
          target: artifact,
          from: ['Package.swift', 'Sources/*/*.swift', stamp],
          run: [
            `${build} --product ${name} -Xswiftc -Osize ${link}`,
            `cp "$(${build} --show-bin-path)/${name}.wasm" ${artifact}`,
          ],
        },
        // The file name has the SDK, so that a change of SWIFT_SDK recompiles.
        { target: stamp, from: [], run: [`@rm -f build/sdk/* && touch ${stamp}`] },
      ],
      files: [
        ...templateFiles(`${folder}/common`, name),
        ...templateFiles(`${folder}/${kind}`, name),
        { path: '.swift-version', text: `${release}\n` },
      ],
      contents: [
        { type: 'generic/swift-stdlib', run: 'swift --version' },
        { type: 'generic/wasi-libc' },
        // The lock file, present if there are dependencies: name and version of each package.
        {
          type: 'swift',
          run: `! test -f Package.resolved || sed -n 's/.*"\\(identity\\|version\\)" : "\\(.*\\)".*/\\2/p' Package.resolved | paste -d @ - -`,
        },
      ],
      tools: [
        {
          command: 'swift',
          // On macOS the first number of `swift --version` belongs to another program.
          probe: 'swift package --version',
          get: `swiftly install --use ${release}, with swiftly from https://www.swift.org/install`,
          check: 'scripts/swift-sdk.sh',
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
      matchers: { build: [problem], test: [problem], lint: [problem] },
      advice: [
        `\`Sources/${name}\` only reads and writes. Put your code in \`Sources/Logic\`, without Foundation, with tests in \`Tests/\`. Text from outside is \`[UInt8]\`.`,
      ],
      notes: [notes('languages/swift/notes.md.ejs', { name, sdk })],
    };
  },
};
