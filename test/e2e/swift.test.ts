/** What Swift's projects alone promise: the SDKs, Strings, full devices, the editor, macOS, and sentences where a compiler does not fit. */
import assert from 'node:assert/strict';
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { delimiter, join } from 'node:path';
import { release, sdk, swift } from '../../src/catalog/languages/swift.ts';
import type { Choices, Kind } from '../../src/model/choices.ts';
import { plain } from '../support/examples.ts';
import { exists, need, needed, ok, run, scratch, swiftRoot } from '../support/programs.ts';
import { interfaceOf, usedIn } from './availability.ts';
import { opened, type Problems } from './lsp.ts';
import { make, project, taskEnvironment } from './world.ts';

/** macOS 10.13, which SwiftPM builds for where a manifest of 6.2 names no platform: https://developer.apple.com/documentation/packagedescription/supportedplatform */
const oldestMac = 1013;

const choicesOf = (name: string, kind: Kind): Choices => ({
  ...plain,
  name,
  language: 'swift',
  kind,
  host: kind === 'wagi' ? 'wagi' : 'wasmtime',
});

describe('Swift', function () {
  this.timeout(600_000);
  before(function () {
    need(this, 'make', 'wasmtime', 'sourcekit-lsp', ...needed('swift'));
  });

  it('is run with the release that the support table names', function () {
    const [, number = ''] = /Swift version ([\d.]+)/.exec(ok('swiftc', ['--version'], scratch)) ?? [];
    if (swift.ran?.startsWith(`run with Swift ${number}, Embedded`)) return;
    // Debian's moves by itself, which makes nothing here wrong.
    console.log(
      `      skipped: the compiler is ${number} now. Say so in src/catalog/languages/swift.ts, and npm run golden`,
    );
    this.skip();
  });

  it('opens in the editor without a false error, before make setup and after a build, and with those that are there', async () => {
    const folder = project(choicesOf('edited', 'wagi'));
    const all = readdirSync(folder, { recursive: true }).map(String);
    const paths = all.filter((path) => path.endsWith('.swift') && !path.startsWith('.build'));
    // In each of the three modules, and of a test too.
    const broken = ['Sources/Logic/Query.swift', 'Sources/edited/Program.swift', 'Tests/LogicTests/QueryTests.swift'];
    const home = mkdtempSync(join(scratch, 'home-'));
    for (const env of [{ HOME: home }, {}]) {
      const editor = await opened(['sourcekit-lsp'], 'swift', folder, paths, env);
      try {
        const found: Problems = {};
        for (const path of broken) {
          const text = readFileSync(join(folder, path), 'utf8');
          editor.change(path, `${text}func broken() -> Int { missing }\n`);
          found[path] = [`${text.split('\n').length}: Cannot find 'missing' in scope`];
        }
        await editor.finds(found);
        for (const path of paths) editor.change(path, readFileSync(join(folder, path), 'utf8'));
        await editor.finds({});
      } finally {
        await editor.stop();
      }
      make(folder, 'setup', 'build');
    }
  });

  it('compiles again for another SDK, and with Strings that are compared and hashed', () => {
    const folder = project(choicesOf('words', 'command'));
    const module = join(folder, 'build/words.wasm');
    make(folder, 'setup', 'optimize');
    const time = () => statSync(module).mtimeMs;
    const first = time();
    // The full library is not there: what is seen is that it would be compiled.
    const other = { ...taskEnvironment(), SWIFT_SDK: 'swift-6.2.3-RELEASE_wasm' };
    const dry = (env: NodeJS.ProcessEnv) => ok('make', ['--dry-run', 'build'], folder, env);
    assert.doesNotMatch(dry(taskEnvironment()), /swift build/);
    assert.match(dry(other), /swift build --swift-sdk swift-6\.2\.3-RELEASE_wasm -c/);
    assert.doesNotMatch(dry(other), /UnicodeDataTables/);
    ok('make', ['build/sdk/swift-6.2.3-RELEASE_wasm'], folder, other);
    make(folder, 'build');
    assert.notEqual(time(), first, 'back to the first one it is compiled again');

    appendFileSync(
      join(folder, 'Sources/Logic/Counter.swift'),
      `
/// How often each word is there.
public func frequencies(of text: String) -> String {
  var counts: [String: Int] = [:]
  for word in text.split(separator: " ") { counts[String(word), default: 0] += 1 }
  return counts.keys.sorted().map { "\\($0) \\(counts[$0] ?? 0)" }.joined(separator: ", ")
}
`,
    );
    const program = join(folder, 'Sources/words/Program.swift');
    const text = readFileSync(program, 'utf8');
    writeFileSync(
      program,
      text.replace(
        'static func main() {',
        '$&\n    writeAll(Array("\\(frequencies(of: "é b e\\u{301} a b"))\\n".utf8), to: .error)',
      ),
    );
    // Where the clock ticks slowly, the edit has the time of the build before it, and make sees no change.
    utimesSync(module, new Date(0), new Date(0));
    make(folder, 'format', 'lint', 'build');
    const { said } = run('wasmtime', ['run', module], folder);
    assert.equal(said, 'Hello, world!\na 1, b 2, é 2\n');
  });

  it('calls nothing that macOS has only since a version newer than the one SwiftPM builds for', () => {
    const said = ok('swiftc', ['-print-target-info'], scratch);
    const library = join(JSON.parse(said).paths.runtimeResourcePath, 'linux/Swift.swiftmodule');
    // The compiler of scripts/swift.sh sees its own /usr.
    const folder = [join(swiftRoot, library), library].find((path) => exists(path)) ?? library;
    const file = readdirSync(folder).find((path) => /^[^.]+\.swiftinterface$/.test(path)) ?? '';
    const since = interfaceOf(readFileSync(join(folder, file), 'utf8'));
    const newer = (names: string[]) => names.filter((name) => (since.get(name) ?? 0) > oldestMac);
    const dump = (cwd: string, module: string, options: string[] = []) => {
      const sources = readdirSync(join(cwd, 'Sources', module)).map((name) => join('Sources', module, name));
      const names = usedIn(
        ok('swiftc', ['-dump-ast', '-parse-as-library', '-module-name', module, ...options, ...sources], cwd),
      );
      assert.ok(names.filter((name) => since.has(name)).length > 5, names.join());
      return names;
    };
    for (const [name, kind] of [
      ['words', 'command'],
      ['edited', 'wagi'],
    ] as const) {
      const cwd = project(choicesOf(name, kind));
      const modules = mkdtempSync(join(scratch, 'modules-'));
      const logic = readdirSync(join(cwd, 'Sources/Logic')).map((source) => join('Sources/Logic', source));
      const emitted = join(modules, 'Logic.swiftmodule');
      ok('swiftc', ['-emit-module', '-module-name', 'Logic', '-o', emitted, ...logic], cwd);
      assert.deepEqual(newer([...dump(cwd, 'Logic'), ...dump(cwd, name, ['-I', modules])]), []);
    }
    const folderOfNewer = mkdtempSync(join(scratch, 'newer-'));
    mkdirSync(join(folderOfNewer, 'Sources/Logic'), { recursive: true });
    writeFileSync(
      join(folderOfNewer, 'Sources/Logic/Newer.swift'),
      'func text(_ all: [UInt8]) -> String? { Array(all.map { $0 + 1 }).isEmpty || all.count > 2 ? nil : String(validating: all, as: UTF8.self) }\n',
    );
    assert.deepEqual(newer(dump(folderOfNewer, 'Logic')), ['String.init(validating:as:)']);
  });

  it('says in one sentence why a compiler cannot build it, and the command that helps', () => {
    const folder = project(choicesOf('refused', 'command'));
    const wanted = `${sdk}-embedded`;
    const said = (programs: string | undefined) => {
      const PATH = programs ? [programs, '/usr/bin', '/bin'].join(delimiter) : '/usr/bin:/bin';
      const env = { PATH, SWIFT_SDK: wanted, MISE_DATA_DIR: scratch };
      const [doctor, build] = ['doctor', 'build'].map((task) => run('make', ['--silent', task], folder, env));
      assert.equal(doctor?.code, 2);
      assert.equal(build?.code, 2);
      const lines = (text = '') => text.split('\n').filter((line) => /^(?!ok ).*swift/i.test(line));
      assert.deepEqual(lines(doctor?.stdout), lines(build?.stdout));
      return lines(build?.stdout);
    };
    const compiler = (version: string, sdks: string) => {
      const programs = mkdtempSync(join(scratch, 'programs-'));
      const text = `#!/bin/sh\ncase $* in\n'sdk list') echo '${sdks}' ;;\n*) echo 'Swift version ${version}' ;;\nesac\n`;
      writeFileSync(join(programs, 'swift'), text, { mode: 0o755 });
      return programs;
    };
    const get = `swiftly install --use ${release}`;
    assert.deepEqual(said(undefined), [`missing  swift: ${get}, with swiftly from https://www.swift.org/install`]);
    for (const version of ['6.1 (swift-6.1-RELEASE)', `${release} (swiftlang-6.4.0.1 clang-2100)`])
      assert.deepEqual(said(compiler(version, wanted)), [
        `mismatch Swift SDK ${wanted} is for Swift ${release}, and this is Swift version ${version}: ${get}`,
      ]);
    const other = compiler(`${release} (swift-${release}-RELEASE)`, 'swift-6.3.1-RELEASE_wasm-embedded');
    assert.deepEqual(said(other), [`missing  Swift SDK ${wanted}: make setup`]);
  });
});
