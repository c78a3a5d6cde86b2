/** What Swift's projects alone promise: the SDKs, Strings, full devices, the editor, macOS, and sentences where a compiler does not fit. */
import assert from 'node:assert/strict';
import { appendFileSync, mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Choices, Kind } from '../../src/plan.ts';
import { plain } from '../examples.ts';
import { opened, type Problems } from './lsp.ts';
import { make, need, needed, ok, project, run, scratch, taskEnvironment } from './world.ts';

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

  it('opens in the editor without a false error, before make setup and after a build, and with those that are there', async () => {
    const folder = project(choicesOf('edited', 'wagi'));
    const all = readdirSync(folder, { recursive: true }).map(String);
    const paths = all.filter((path) => path.endsWith('.swift') && !path.startsWith('.build'));
    // In each of the three modules, and of a test too.
    const broken = ['Sources/Logic/Query.swift', 'Sources/edited/Program.swift', 'Tests/LogicTests/QueryTests.swift'];
    const home = mkdtempSync(join(scratch, 'home-'));
    for (const env of [{ HOME: home }, {}]) {
      const editor = await opened('sourcekit-lsp', folder, paths, env);
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
    assert.ok(statSync(join(folder, 'build/words.opt.wasm')).size <= 60_000);
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
    make(folder, 'format', 'lint', 'build');
    const { said } = run('wasmtime', ['run', module], folder);
    assert.equal(said, 'Hello, world!\na 1, b 2, é 2\n');
  });

  it('says what cannot be written or read, and ends with another status than 0', () => {
    for (const kind of ['command', 'wagi'] as const) {
      const name = kind === 'command' ? 'words' : 'edited';
      const folder = project(choicesOf(name, kind));
      make(folder, 'setup', 'build');
      const wasmtime = 'wasmtime run --env REQUEST_METHOD=POST --env PATH_INFO=/echo';
      const ends = (line: string) => run('sh', ['-c', `${wasmtime} build/${name}.wasm ${line}`], folder);
      const full = ends('</dev/null >/dev/full');
      assert.notEqual(full.code, 0);
      assert.match(full.said, /Cannot write standard output: No space left on device/);
      const read = ends(`${kind === 'command' ? '--count ' : ''}< .`);
      assert.notEqual(read.code, 0);
      assert.match(read.said, /Cannot read standard input: /);
    }
  });
});
