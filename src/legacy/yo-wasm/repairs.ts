/** The repairs, in the order in which they are made. */
import { action } from '../../catalog/actions.ts';
import { installSdk, release as swiftVersion } from '../../catalog/languages/swift.ts';
import { tinygoVersion } from '../../catalog/languages/tinygo.ts';
import { nodeMajor } from '../../catalog/tools.ts';
import { presentSdk, sdkMajor } from './c.ts';
import { body, line, replace, step, within } from './lines.ts';
import { byOras, loginByDocker } from './push.ts';
import {
  anywhere,
  byMise,
  editor,
  makefile,
  pinned,
  pinnedActions,
  type Repair,
  uncached,
  workflows,
} from './repair.ts';
import { recipeOfSwiftPm, swiftFiles, swiftInstall } from './swift.ts';
import { presentTinyGo } from './tinygo.ts';

export const repairs: Repair[] = [
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
    creates: swiftFiles,
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
