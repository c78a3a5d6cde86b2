/**
 * Projects of the original yo-wasm (deislabs/yo-wasm of 2021): how to recognise one, and repairs of what has been retired since.
 * A repair changes only lines that are exactly as the original wrote them; all others, and all sources, stay byte for byte.
 * Pure. The templates: https://github.com/deislabs/yo-wasm/tree/main/templates
 */
import { action, actions } from '../catalog/actions.ts';
import { dependsOn } from '../catalog/existing/packages.ts';
import { goTool } from '../catalog/languages/gotool.ts';
import { installSdk, sdk as swiftSdk, release as swiftVersion } from '../catalog/languages/swift.ts';
import { tinygoVersion } from '../catalog/languages/tinygo.ts';
import { miseVersion, nodeMajor, oras, wasiSdkVersion } from '../catalog/tools.ts';
import type { Folder } from '../model/axes.ts';

type LanguageId = 'assemblyscript' | 'c' | 'csharp' | 'rust' | 'swift' | 'tinygo';

/** A recognised project of the original. */
export interface Original {
  language: LanguageId;
  /** Ends a sentence: `in Rust, published to Azure Container Registry`. */
  what: string;
}

/** The repaired files. */
export interface Move {
  /** New texts by path. */
  texts: Map<string, string>;
  /** Sentences: what changes and why, and what stays although it no longer works. */
  changes: string[];
  left: string[];
}

const release = '.github/workflows/release.yml';

/** The order matters: a Makefile alone does not tell C from Swift. */
const languages: { id: LanguageId; label: string; is(folder: Folder): boolean }[] = [
  { id: 'rust', label: 'Rust', is: ({ text }) => text('Cargo.toml') !== '' && /wasm32-wasi/.test(text(release)) },
  { id: 'assemblyscript', label: 'AssemblyScript', is: (folder) => dependsOn(folder, ['assemblyscript']) },
  { id: 'tinygo', label: 'TinyGo', is: ({ text }) => /\btinygo build\b/.test(text('Makefile')) },
  { id: 'swift', label: 'Swift', is: ({ text }) => /\$\(SWIFTC\)|--swift-sdk/.test(text('Makefile')) },
  { id: 'c', label: 'C', is: ({ text }) => /^WASI_SDK\b/m.test(text('Makefile')) },
  {
    id: 'csharp',
    label: 'C#',
    is: ({ paths, text }) => paths.some((path) => /^[^/]+\.csproj$/.test(path) && /"Wasi\.Sdk"/.test(text(path))),
  },
];

const hippo = /\bhippo(?:factory|-cli)?\b/;

/** The largest file that is repaired, in characters: some regular expressions take quadratic time. */
const most = 50_000;

/** Undefined if it is not a project of the original. It is recognised by words that no repair changes. */
export function recognise(folder: Folder): Original | undefined {
  const text = folder.text(release);
  if (text.length > most) return undefined;
  if (!/^[ \t]+- name: Set the release version\b/m.test(text) || !/\bRELEASE_VERSION\b/.test(text)) return undefined;
  const language = languages.find(({ is }) => is(folder));
  if (!language) return undefined;
  const where =
    hippo.test(text) || folder.paths.includes('HIPPOFACTS')
      ? ', published to Hippo'
      : /\bazurecr\.io\b|\bwasm-to-oci\b/.test(text)
        ? ', published to Azure Container Registry'
        : '';
  return { language: language.id, what: `in ${language.label}${where}` };
}

/** Lines with their line ends, so that unchanged ones stay byte for byte. */
type Lines = readonly string[];
const linesOf = (text: string): Lines => text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
const body = (line: string | undefined): string => (line ?? '').replace(/\r?\n$/, '');

const endOf = (lines: Lines): string => /\r?\n$/.exec(lines[0] ?? '')?.[0] ?? '\n';

/** New lines with the line ends of the file; the last one gets the line end of the line that it replaces, `last`. */
const inPlaceOf = (last: string, texts: readonly string[], end: string): Lines =>
  texts.map((text, index) => text + (index < texts.length - 1 ? end : last.slice(body(last).length)));

/** Replaces the first lines: the new lines and the number of lines consumed; undefined if it does not match. */
type Take = (lines: Lines) => { taken: number; texts: string[] } | undefined;

function replace(lines: Lines, take: Take): Lines {
  const result: string[] = [];
  for (let at = 0; at < lines.length; ) {
    const rest = lines.slice(at);
    const found = take(rest);
    const taken = found?.taken ?? 1;
    result.push(...(found ? inPlaceOf(rest[taken - 1] ?? '', found.texts, endOf(lines)) : rest.slice(0, 1)));
    at += taken;
  }
  return result;
}

/** Matches one line. */
const line =
  (pattern: RegExp, texts: (found: RegExpExecArray) => string[]): Take =>
  (lines) => {
    const found = pattern.exec(body(lines[0]));
    return found ? { taken: 1, texts: texts(found) } : undefined;
  };

/** Matches a workflow step with this name and only known lines. */
const step =
  (name: RegExp, known: RegExp, texts: string[]): Take =>
  (lines) => {
    const [, indent] = /^(\s*)- name: /.exec(body(lines[0])) ?? [];
    if (indent === undefined || !name.test(body(lines[0]).slice(`${indent}- name: `.length))) return undefined;
    const next = lines.findIndex((text, index) => index > 0 && /\S/.test(text) && !text.startsWith(`${indent}  `));
    const all = lines.slice(0, next < 0 ? lines.length : next).map(body);
    while (all.at(-1)?.trim() === '') all.pop();
    const isKnown = all.slice(1).every((text) => text.trim() === '' || known.test(text.trim()));
    return isKnown ? { taken: all.length, texts: texts.map((text) => (text ? indent + text : '')) } : undefined;
  };

/** Replaces text within lines. */
const within =
  (...changes: [pattern: RegExp, by: string][]) =>
  (lines: Lines): Lines =>
    lines.map((text) => changes.reduce((all, [pattern, by]) => all.replace(pattern, by), text));

interface Mending {
  /** A sentence with the change and the reason. */
  why: string;
  in: RegExp;
  /** Absent means every language. */
  of?: LanguageId[];
  /** Returns the lines unchanged if nothing matches, so a second run changes nothing. */
  repair(lines: Lines): Lines;
}

const workflows = /^\.github\/workflows\/[^/]+\.ya?ml$/;
const editor = /^\.vscode\/[^/]+\.json$/;
const makefile = /^Makefile$/;
const anywhere =
  /^(?:\.github\/workflows\/[^/]+\.ya?ml|\.vscode\/[^/]+\.json|\.cargo\/config(?:\.toml)?|rust-toolchain(?:\.toml)?|HIPPOFACTS|Makefile|README\.md)$/;

const versionOf = ({ mise }: { mise?: [string, unknown] }) => String(mise?.[1]);
const [sdkMajor = '', sdkMinor = '0'] = wasiSdkVersion.split('.');

const pinned = (name: string) => {
  const { uses, version } = action(name);
  return `${uses} # ${version}`;
};

/** GitHub's own actions, which the original uses. */
const pinnedActions = actions().filter((name) => name.startsWith('actions/'));

/** Adds a key to a step of a release workflow, so that it does not use a cache. */
const uncached = (lines: Lines, key: string): string[] =>
  lines.some((text) => /^\s+tags:/.test(text)) &&
  !lines.some((text) => text.trim().startsWith(key.trim().replace(/ .*/, '')))
    ? [key]
    : [];

/** The rest of a step that installs a tool with mise. */
const byMise = (tool: string, version: string): string[] => [
  `  uses: ${pinned('jdx/mise-action')}`,
  '  with:',
  `    version: ${miseVersion}`,
  '    cache: false',
  '    mise_toml: |',
  '      [tools]',
  `      ${tool} = "${version}"`,
];

const types = {
  config: 'application/vnd.wasm.config.v1+json',
  layer: 'application/vnd.wasm.content.layer.v1+wasm',
  manifest: 'application/vnd.oci.image.manifest.v1+json',
};

/** The replacement of wasm-to-oci with the same digest: a manifest without a media type, which `oras push` cannot write. */
const push = (module: string, reference: string): string[] => [
  `module="${module}"`,
  `reference="${reference}"`,
  '# The layout of wasm-to-oci, which Krustlet and WAGI pull; `oras push` would write another manifest.',
  `printf '{}' >config.json`,
  `config=$(oras blob push --descriptor --media-type ${types.config} "\${reference%:*}" config.json)`,
  `layer=$(oras blob push --descriptor --media-type ${types.layer} "\${reference%:*}" "$module")`,
  `printf '{"schemaVersion":2,"config":%s,"layers":[%s,"annotations":{"org.opencontainers.image.title":"%s"}}]}' "$config" "\${layer%?}" "$module" |`,
  `  oras manifest push --media-type ${types.manifest} "$reference" -`,
];

const reference = '"?(<<.*>>|[^\\s"]+)"?\\s*$';
const pushStep = new RegExp(`^(\\s*(?:#\\s*)?)(- )?run: (?:\\./tools/)?wasm-to-oci push "?([^\\s"]+)"? ${reference}`);
const pushLine = new RegExp(`^(\\s*(?:#\\s*)?)(?:\\./tools/)?wasm-to-oci push "?([^\\s"]+)"? ${reference}`);

/** Replaces all of a workflow's calls of wasm-to-oci, or none. */
function byOras(lines: Lines): Lines {
  const installed = replace(
    lines,
    step(
      /^Install wasm-to-oci\s*$/,
      /^(?:run: \||mkdir (?:-p )?(?:\.\/)?tools|wget \S+wasm-to-oci -q -O \S+wasm-to-oci|chmod \+x \S+wasm-to-oci)$/,
      ['- name: Install oras', ...byMise('oras', versionOf(oras))],
    ),
  );
  if (installed.join('') === lines.join('')) return lines;
  const asStep = line(pushStep, ([, indent = '', dash = '', module = '', to = '']) => [
    `${indent}${dash}run: |`,
    ...push(module, to).map((text) => `${indent}${dash && '  '}  ${text}`),
  ]);
  const asLine = line(pushLine, ([, indent = '', module = '', to = '']) =>
    push(module, to).map((text) => indent + text),
  );
  const pushed = replace(replace(installed, asStep), asLine);
  return pushed.some((text) => /^[^#]*\bwasm-to-oci (?:push|pull|version)\b/.test(text)) ? lines : pushed;
}

/** A login step without an `env` of its own. */
function loginByDocker(lines: Lines): Lines {
  const pattern =
    /^(\s*)(- )?run: az acr login (?:-n|--name) "?([^\s"]+)"? (?:-u|--username) \$\{\{ secrets\.(\w+) \}\} (?:-p|--password) \$\{\{ secrets\.(\w+) \}\}\s*$/;
  return lines.flatMap((text, at) => {
    const [, indent = '', dash = '', name, user, password] = pattern.exec(body(text)) ?? [];
    if (!name) return [text];
    const isStart = (other: string) => /^\s*- /.test(other);
    const start = lines.slice(0, at + 1).findLastIndex(isStart);
    const next = lines.slice(at + 1).findIndex(isStart);
    const all = lines.slice(start, next < 0 ? lines.length : at + 1 + next);
    if (all.some((other) => /^\s*(?:- )?env:/.test(other))) return [text];
    const key = `${indent}${dash && '  '}`;
    return inPlaceOf(
      text,
      [
        `${indent}${dash}env:`,
        `${key}  ${user}: \${{ secrets.${user} }}`,
        `${key}  ${password}: \${{ secrets.${password} }}`,
        `${key}run: printf %s "$${password}" | docker login "${name}.azurecr.io" --username "$${user}" --password-stdin`,
      ],
      endOf(lines),
    );
  });
}

/** wasi-sdk before version 19, whose archive has no architecture in its name. */
function presentSdk(lines: Lines): Lines {
  const number = String.raw`(?:\$\{\{[^}]*\}\}|1[0-8])`;
  const name = String.raw`wasi-sdk-${number}\.(?:\$\{\{[^}]*\}\}|\d+)`;
  const archive = new RegExp(`(${name})(?=-linux\\.tar\\.gz)`, 'g');
  const majors = lines.flatMap((text) => /^\s*(?:- )?major: (\d+)\s*$/.exec(text)?.[1] ?? []).map(Number);
  if (majors.some((major) => major >= 19) || lines.every((text) => text.search(archive) < 0)) return lines;
  const renamed = within(
    [archive, '$1-x86_64'],
    [new RegExp(`(\\bWASI_SDK=\\S*?${name})(?![\\w.-])`, 'g'), '$1-x86_64-linux'],
    [/\bwasi-sdk-1[0-8]\//g, `wasi-sdk-${sdkMajor}/`],
    [/\bwasi-sdk-1[0-8]\.\d+\b/g, `wasi-sdk-${sdkMajor}.${sdkMinor}`],
  )(lines);
  return replace(renamed, ([major = '', minor = '']) => {
    const [, first] = /^(\s*(?:- )?major: )\d+\s*$/.exec(body(major)) ?? [];
    const [, second] = /^(\s*minor: )\d+\s*$/.exec(body(minor)) ?? [];
    return first && second ? { taken: 2, texts: [first + sdkMajor, second + sdkMinor] } : undefined;
  });
}

/** TinyGo from before the target wasip1, with its Go version. */
function presentTinyGo(lines: Lines): Lines {
  const go = /^(\s*)go-version: (['"]?)1\.(?:1\d|2[0-4])(?:\.[\dx]+)*\2\s*$/;
  const isOld = (minor: string) => Number(minor) < Number(tinygoVersion.split('.')[1]);
  return replace(
    lines,
    line(go, ([, indent]) => [
      `${indent}go-version: ${versionOf(goTool)}`,
      ...uncached(lines, `${indent}cache: false`),
    ]),
  ).map((text) =>
    /tinygo/i.test(text)
      ? text
          .replace(/(\btinygo build\b.*?) -target[= ]wasi(?!\w)/, '$1 -target=wasip1 -buildmode=wasi-legacy')
          .replace(/(?<![\d.])0\.(\d+)\.\d+(?![\d.]*\d)/g, (old, minor) => (isOld(minor) ? tinygoVersion : old))
      : text,
  );
}

/** The original's steps that install SwiftWasm, or wasi-sdk in some projects. */
const swiftInstall = new RegExp(
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
function recipeOfSwiftPm(lines: Lines): Lines {
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

const mendings: Mending[] = [
  {
    why: 'Actions are pinned to versions that are kept: a run with upload-artifact@v1 fails.',
    in: workflows,
    repair: (lines) =>
      pinnedActions.reduce(
        (all, name) =>
          replace(
            all,
            line(new RegExp(`^(\\s*(?:- )?uses: )${name}@v[123](?:\\.\\d+)*(\\s*)(#.*)?$`), ([, start, , comment]) => [
              comment ? `${start}${action(name).uses} ${comment}` : `${start}${pinned(name)}`,
            ]),
          ),
        lines,
      ),
  },
  {
    why: 'Jobs run on ubuntu-24.04: GitHub has no runner of the old name.',
    in: workflows,
    repair: within([/^(\s*runs-on: )(?:ubuntu-(?:16|18|20)\.04|golang:\S+)(?=\s*$)/, '$1ubuntu-24.04']),
  },
  {
    why: 'The target is called wasm32-wasip1: Rust 1.84 has removed wasm32-wasi.',
    in: anywhere,
    of: ['rust'],
    repair: within([/\bwasm32-wasi(?![\w-])/g, 'wasm32-wasip1']),
  },
  {
    why: `Node is ${nodeMajor}: the old version is no longer maintained.`,
    in: workflows,
    repair: (lines) =>
      replace(
        lines,
        line(/^(\s*)node-version: (['"]?)1\d(?:\.[\dx]+)*\2\s*$/, ([, indent]) => [
          `${indent}node-version: ${nodeMajor}`,
          ...uncached(lines, `${indent}package-manager-cache: false`),
        ]),
      ),
  },
  {
    why: `TinyGo is ${tinygoVersion}, for the target wasip1, in the build mode whose _start returns, as WAGI and Krustlet want it.`,
    in: /^(?:\.github\/workflows\/[^/]+\.ya?ml|Makefile)$/,
    of: ['tinygo'],
    repair: presentTinyGo,
  },
  {
    why: 'oras pushes the module, in the layout of wasm-to-oci, so it can be pulled as before. The download of wasm-to-oci does not run.',
    in: workflows,
    repair: byOras,
  },
  {
    why: 'The login gives the password by standard input: every program of the machine can read an argument.',
    in: workflows,
    repair: loginByDocker,
  },
  {
    why: 'RELEASE_VERSION is set, which is the tag of what is pushed: the old line set a variable of another name.',
    in: workflows,
    repair: within([
      /\becho "(?:::set-env )?name=(\w+)::([^"]*)"(?: >> \$GITHUB_ENV)?(?=\s*$)/,
      'echo "$1=$2" >> $GITHUB_ENV',
    ]),
  },
  {
    why: `SwiftWasm's toolchain has become the Swift SDK for WebAssembly of Swift ${swiftVersion}, which builds the same sources.`,
    in: workflows,
    of: ['swift'],
    repair: (lines) => {
      const install = step(/^Install (?:SwiftWasm|clang bits)\s*$/, swiftInstall, [
        '- name: Install Swift',
        ...byMise('swift', swiftVersion),
        '',
        '- name: Install the Swift SDK for WebAssembly',
        `  run: ${installSdk}`,
      ]);
      const installed = replace(lines, install);
      return installed.join('') === lines.join('')
        ? lines
        : within([/^(\s*(?:- )?run: )(?:SWIFTC=\S+ make build|make WASI_SDK=.*?)(?=\s*$)/, '$1make build'])(installed);
    },
  },
  {
    why: 'The Makefile calls the Swift package manager, whose Package.swift names your sources where they are.',
    in: makefile,
    of: ['swift'],
    repair: recipeOfSwiftPm,
  },
  {
    why: `wasi-sdk is ${sdkMajor}, whose archive names the architecture: Spin refuses modules of those before 19.`,
    in: workflows,
    of: ['c'],
    repair: presentSdk,
  },
  {
    why: 'wasmtime has -D debug-info before the module: -g behind it is given to the program now.',
    in: /^(?:\.vscode\/[^/]+\.json|Makefile)$/,
    repair: (lines) =>
      replace(
        within(
          [/\bwasmtime run (\S+) -g(?=\s*$)/, 'wasmtime run -D debug-info $1'],
          [/"run", ("[^"]*\.wasm"), "-g"/, '"run", "-D", "debug-info", $1'],
        )(lines),
        (rest) => {
          const [, indent] = /^(\s*)"run",$/.exec(body(rest[0])) ?? [];
          const module = body(rest[1]).trim();
          if (indent === undefined || !/^"[^"]*\.wasm",$/.test(module) || body(rest[2]).trim() !== '"-g"')
            return undefined;
          return {
            taken: 3,
            texts: ['"run",', '"-D",', '"debug-info",', module.slice(0, -1)].map((text) => indent + text),
          };
        },
      ),
  },
  {
    why: 'Extensions have the names of today.',
    in: editor,
    repair: within(
      [/"matklad\.rust-analyzer"/, '"rust-lang.rust-analyzer"'],
      [/"vknabel\.vscode-swift-development-environment"/, '"swiftlang.swift-vscode"'],
    ),
  },
  {
    why: 'setup-dotnet knows no include-prerelease any more.',
    in: workflows,
    repair: (lines) =>
      lines.some((text) => text.includes(action('actions/setup-dotnet').uses))
        ? lines.filter((text) => !/^\s*include-prerelease: true\s*$/.test(text))
        : lines,
  },
];

const wayOn = 'docs/moving.md of generator-wasm says how';

/** What still does not work after the repairs; `$1` is the match. */
const remains: { in: RegExp; found: RegExp; say: string }[] = [
  {
    in: workflows,
    found: /^[ \t]*(?:- )?uses: ['"]?(actions\/[\w-]+@v[123]\b[\d.]*)/m,
    say: 'still uses $1, which is not kept any more: take its newest version.',
  },
  {
    in: workflows,
    found: /^[^#\n]*\bwasm-to-oci\/releases\//m,
    say: 'still downloads wasm-to-oci, with lines that are not the original’s: push with oras instead, by the blobs and the manifest that generator-wasm’s hosts wagi and krustlet push.',
  },
  {
    in: workflows,
    found: /\baz acr login\b.*secrets\./,
    say: 'still gives a password to az acr login as an argument: give it to docker login with --password-stdin.',
  },
  {
    in: workflows,
    found: /\bswiftwasm\/(?:swift\/releases|setup-swiftwasm|swiftwasm-action)\b/,
    say: `still installs SwiftWasm, with lines that are not the original’s: install Swift ${swiftVersion} and its SDK for WebAssembly, ${swiftSdk}.`,
  },
  {
    in: makefile,
    found: /\$\(SWIFTC\)/,
    say: `still calls the compiler of SwiftWasm, with lines that are not the original’s: swift build --swift-sdk ${swiftSdk} is its successor.`,
  },
  {
    in: workflows,
    found: /^[ \t]*(?:- )?major: (1[0-8])[ \t]*\r?$(?=[\s\S]*\bwasi-sdk-\$\{\{)/m,
    say: `still has wasi-sdk $1 beside a newer one, and Spin refuses its modules: take ${sdkMajor} alone.`,
  },
  {
    in: makefile,
    found: /^WASI_SDK \?= .*wasi-sdk-(1\d)\b/m,
    say: `names your wasi-sdk $1, whose modules Spin refuses: get ${sdkMajor}, and name its folder there.`,
  },
  {
    in: workflows,
    found: /\b(hippofactory|hippo-cli)\/releases\//,
    say: `gives the module to Hippo and Bindle by $1, which their makers have left: it stays, and ${wayOn} to get the module to Spin.`,
  },
  {
    in: /^HIPPOFACTS$/,
    found: /\S/,
    say: `is for Hippo, which its makers have left: it stays, and ${wayOn} to make a trigger of spin.toml of each route.`,
  },
  {
    in: editor,
    found: /"command": "(hippo(?:factory)?)"/,
    say: 'has a task that calls $1, which its makers have left: delete it where you have left Hippo.',
  },
  {
    in: /^[^/]+\.csproj$/,
    found: /"(Wasi\.Sdk)"/,
    say: 'builds by $1, an experiment that has ended, on a .NET whose support has: it stays, since generator-wasm knows no C#.',
  },
];

/** Repairs the files of a recognised project. A second run changes nothing. */
export function moved({ paths, text }: Folder, { language }: Original): Move {
  const move: Move = { texts: new Map(), changes: [], left: [] };
  const applies = ({ of }: { of?: LanguageId[] }) => !of || of.includes(language);
  const present = (path: string) => {
    const there = move.texts.get(path) ?? text(path);
    return there.length > most ? '' : there;
  };
  for (const { why, in: where, repair } of mendings.filter(applies)) {
    const changed = paths.filter((path) => {
      if (!where.test(path)) return false;
      const old = present(path);
      const mended = repair(linesOf(old)).join('');
      if (mended === old) return false;
      move.texts.set(path, mended);
      return true;
    });
    if (changed.length > 0) move.changes.push(`${changed.join(', ')}: ${why}`);
    if (changed.length > 0 && repair === recipeOfSwiftPm) {
      const name = swiftName(linesOf(present('Makefile')));
      if (!paths.includes('Package.swift')) move.texts.set('Package.swift', swiftPackage(name));
      const ignored = text('.gitignore');
      const end = ignored.includes('\r\n') ? '\r\n' : '\n';
      if (!/^\/?\.build\/?\s*$/m.test(ignored))
        move.texts.set('.gitignore', `${ignored}${/[^\n]$/.test(ignored) ? end : ''}/.build/${end}`);
    }
  }
  for (const { in: where, found, say } of remains)
    for (const path of paths.filter((path) => where.test(path))) {
      const [, what = ''] = found.exec(present(path)) ?? [];
      if (found.test(present(path))) move.left.push(`${path} ${say.replace('$1', what)}`);
    }
  return move;
}
