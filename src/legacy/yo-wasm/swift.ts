/** SwiftWasm's toolchain in workflows and Makefiles, which became the Swift SDK for WebAssembly. */
import { sdk as swiftSdk } from '../../catalog/languages/swift.ts';
import { body, type Lines, replace } from './lines.ts';

/** The original's steps that install SwiftWasm, or wasi-sdk in some projects. */
export const swiftInstall = new RegExp(
  `^(?:${[
    String.raw`run: \|`,
    String.raw`(?:sudo )?apt-get install \\`,
    String.raw`(?:binutils|git|gnupg2|libc6-dev|libcurl4|libedit2|libgcc-9-dev|libpython2\.7|libsqlite3-0|libstdc\+\+-9-dev|libxml2|libz3-dev|pkg-config|tzdata) \\`,
    'zlib1g-dev',
    String.raw`wget https://github\.com/(?:swiftwasm/swift|WebAssembly/wasi-sdk)/releases/.*`,
    '(?:sudo )?tar z?xv?f (?:swift-wasm|wasi-sdk)-.*',
    String.raw`sudo chmod -R o\+r /usr/lib/swift`,
    'ls -lah(?: /usr/lib/swift)?',
    String.raw`export PATH=\$\(pwd\)/usr/bin:"\$\{PATH\}"`,
  ].join('|')})$`,
);

/** The recipe of a Makefile that calls SwiftWasm's compiler. */
export function recipeOfSwiftPm(lines: Lines): Lines {
  const name = swiftName(lines);
  const built = replace(lines, (rest) => {
    const [first = '', second = ''] = rest.map((text) => body(text).trimEnd());
    const compile = '$(SWIFTC) -target $(TARGET) $(SRC_DIR)/main.swift -o $(DEST)';
    const taken =
      first === `\tPATH=$(SDK_DIR):$$PATH ${compile}`
        ? 1
        : first === '\tPATH=$(SDK_DIR):$$PATH \\' && second.trim() === compile
          ? 2
          : 0;
    const build = 'swift build --swift-sdk $(SWIFT_SDK) -c release';
    return taken > 0
      ? { taken, texts: [`\t${build}`, `\tcp "$$(${build} --show-bin-path)/${name}.wasm" $(DEST)`] }
      : undefined;
  });
  if (
    name === '' ||
    built.every((text) => !text.includes('--swift-sdk')) ||
    lines.some((text) => text.includes('--swift-sdk'))
  )
    return lines;
  const isUsed = (name: string) => built.some((text) => text.includes(`$(${name})`));
  return built
    .filter((text) => isUsed(/^(SWIFTC|SDK_DIR|SRC_DIR) \??=/.exec(text)?.[1] ?? 'SWIFT_SDK'))
    .map((text) => text.replace(/^TARGET \?= wasm32-unknown-wasi(?=\s*$)/, `SWIFT_SDK ?= ${swiftSdk}`));
}
const swiftName = (lines: Lines): string =>
  lines.map((text) => /^DEST \?= ([\w.-]+)\.wasm\s*$/.exec(text)?.[1] ?? '').find(Boolean) ?? '';

/** Package.swift, with language version 5, in which the sources are written. */
const swiftPackage = (name: string): string => `// swift-tools-version: 5.9
import PackageDescription

let package = Package(
    name: "${name}",
    targets: [.executableTarget(name: "${name}", path: "src")]
)
`;

/** Package.swift, and the folder of its builds in .gitignore. @param makefile the lines of the repaired Makefile */
export function swiftFiles(makefile: Lines, text: (path: string) => string): Record<string, string> {
  const ignored = text('.gitignore');
  const end = ignored.includes('\r\n') ? '\r\n' : '\n';
  return {
    'Package.swift': text('Package.swift') || swiftPackage(swiftName(makefile)),
    ...(!/^\/?\.build\/?\s*$/m.test(ignored) && {
      '.gitignore': `${ignored}${/[^\n]$/.test(ignored) ? end : ''}/.build/${end}`,
    }),
  };
}
