/** What still does not work after the repairs. */
import { sdk as swiftSdk, release as swiftVersion } from '../../catalog/languages/swift.ts';
import { sdkMajor } from './c.ts';
import { editor, makefile, workflows } from './repair.ts';

const wayOn = 'docs/moving.md of generator-wasm says how';

/** What still does not work after the repairs; `$1` is the match. */
export const remains: { in: RegExp; found: RegExp; say: string }[] = [
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
