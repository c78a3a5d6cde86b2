/**
 * Measures the modules of each language: size as built and optimized, start under wasmtime, and build time, clean and after a change
 * of one line; beside the `hello, world` of the original yo-wasm, built with the same compilers and its own build files. Needs
 * scripts/toolchains.sh.
 */
import { appendFileSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { templateText } from '../src/catalog/templates.ts';
import { compose } from '../src/plan/compose.ts';
import { make, project, serving, taskEnvironment } from '../test/e2e/world.ts';
import { cells } from '../test/support/cells.ts';
import { freePort, has, needed, ok, scratch } from '../test/support/programs.ts';

const slowStart = join(import.meta.dirname, '../test/e2e/slow-start.c');

const milliseconds = (work: () => void): number => {
  const start = performance.now();
  work();
  return performance.now() - start;
};
const median = (work: () => void, runs = 7): number =>
  Array.from({ length: runs }, () => milliseconds(work)).sort((a, b) => a - b)[runs >> 1] ?? 0;

/** Runs a program once. */
function starts(folder: string, module: string): number[] {
  const ahead = join(scratch, 'ahead.cwasm');
  ok('wasmtime', ['compile', module, '-o', ahead], folder);
  const run = (...words: string[]) =>
    median(() => ok('wasmtime', ['run', '--env=REQUEST_METHOD=GET', ...words], folder));
  ok('wasmtime', ['run', '-Ccache=y', '--env=REQUEST_METHOD=GET', module], folder);
  return [run('-Ccache=n', module), run('-Ccache=y', module), run('--allow-precompiled', ahead)];
}

/** Starts a component's server and waits for the first answer. */
async function answers(folder: string, module: string): Promise<number[]> {
  const ahead = join(scratch, 'ahead.cwasm');
  ok('wasmtime', ['compile', module, '-o', ahead], folder);
  const once = async (...words: string[]) => {
    const port = await freePort();
    const url = `http://127.0.0.1:${port}/`;
    const start = performance.now();
    const stop = await serving(
      'wasmtime',
      ['serve', '-Scli', `--addr=127.0.0.1:${port}`, ...words],
      folder,
      url,
      {},
      1,
    );
    const time = performance.now() - start;
    await stop();
    return time;
  };
  const middle = async (...words: string[]) => {
    const times: number[] = [];
    for (let run = 0; run < 7; run++) times.push(await once(...words));
    return times.sort((a, b) => a - b)[3] ?? 0;
  };
  await once('-Ccache=y', module);
  return [
    await middle('-Ccache=n', module),
    await middle('-Ccache=y', module),
    await middle('--allow-precompiled', ahead),
  ];
}

/** The source file that is changed. */
const entry = (folder: string): string => {
  const all = readdirSync(folder, { recursive: true }).map(String);
  const found = all.find((path) =>
    /^(?:src\/main\.\w+|main\.\w+|assembly\/index\.ts|src\/(?:app|index|lib)\.\w+|app\/main\.py|Sources\/[\w-]+\/Program\.swift)$/.test(
      path,
    ),
  );
  if (!found) throw new Error(`${folder} has no entry that is known`);
  return join(folder, found);
};

const row = (cells: (string | number)[]) => console.log(`| ${cells.join(' | ')} |`);
const whole = (value: number) => Math.round(value).toLocaleString('en');

console.log(`${new Date().toISOString().slice(0, 10)}; milliseconds are medians of 7 runs of whole processes\n`);
row([
  'language',
  'kind',
  'bytes built',
  'optimized',
  'start cold',
  'cached',
  'precompiled',
  'build clean',
  'after a change',
]);
row(['---', '---', ...Array(7).fill('---:')]);
for (const { choices, notRun } of cells) {
  if (notRun || choices.host === 'krustlet' || ![...needed(choices.language), 'wasmtime'].every(has)) continue;
  const [module] = compose(choices).modules;
  if (!module) continue;
  const folder = project(choices);
  make(folder, 'setup');
  make(folder, 'build');
  const clean = milliseconds(() => make(folder, 'clean', 'build'));
  // File times may be too coarse to show that the source is newer than the module.
  await new Promise((done) => setTimeout(done, 100));
  appendFileSync(entry(folder), '\n');
  const change = milliseconds(() => make(folder, 'build'));
  if (module.optimized !== module.artifact) make(folder, 'optimize');
  const size = (path: string) => whole(statSync(join(folder, path)).size);
  const times = choices.kind === 'http' ? await answers(folder, module.optimized) : starts(folder, module.optimized);
  row([
    choices.language,
    choices.kind,
    size(module.artifact),
    size(module.optimized),
    ...times.map(whole),
    whole(clean),
    whole(change),
  ]);
}

const slow = join(scratch, 'slow');
mkdirSync(slow);
ok('clang-22', ['--target=wasm32-wasip1', '--no-wasm-opt', '-Oz', '-s', slowStart, '-o', 'slow.wasm'], slow);
ok('wasmtime', ['wizer', '-Scli', 'slow.wasm', '-o', 'ready.wasm'], slow);
const started = ['slow.wasm', 'ready.wasm'].map((module) => starts(slow, module)[1] ?? 0);
console.log(
  `\nA C program that computes a table first, cached: ${started.map(whole).join(' ms, pre-initialized by Wizer ')} ms`,
);

console.log(
  '\n`hello, world` in bytes: the original, its source with our flags, and ours by the streams of our C program\n',
);
row(['language', 'original', 'ours', 'ratio']);
row(['---', '---:', '---:', '---:']);
const hello = join(scratch, 'hello');
mkdirSync(join(hello, 'src'), { recursive: true });
const binaryen = join(project(cells[0]?.choices ?? ({} as never)), 'node_modules/.bin/wasm-opt');
const features = ['bulk-memory', 'sign-ext', 'mutable-globals', 'nontrapping-float-to-int'].map(
  (name) => `--enable-${name}`,
);
const shrunk = (path: string): number => {
  ok(binaryen, ['-Oz', ...features, path, '-o', 'small.wasm'], hello);
  return statSync(join(hello, 'small.wasm')).size;
};
const compare = (language: string, original: number, ours: number) =>
  row([language, whole(original), whole(ours), (ours / original).toFixed(2)]);

writeFileSync(
  join(hello, 'src/main.rs'),
  'fn main() {\n    println!("Content-Type: text/plain\\n");\n    println!("Hello, world!");\n}\n',
);
const manifest = '[package]\nname = "hello"\nversion = "0.1.0"\nedition = "2024"\n';
const profile = /\[profile\.release\][\s\S]*/.exec(templateText('languages/rust/common/Cargo.toml'))?.[0] ?? '';
const rust = (extra: string): string => {
  writeFileSync(join(hello, 'Cargo.toml'), `${manifest}\n${extra}`);
  ok('cargo', ['build', '--release', '--target', 'wasm32-wasip1'], hello, taskEnvironment());
  return 'target/wasm32-wasip1/release/hello.wasm';
};
const before = statSync(join(hello, rust(''))).size;
compare('Rust', before, shrunk(rust(profile)));

const clang = ['--target=wasm32-wasip1', '--no-wasm-opt'];
writeFileSync(
  join(hello, 'old.c'),
  '#include <stdio.h>\n\nint main(void) {\n  printf("Content-Type: text/plain\\n\\n");\n  printf("Hello, world!\\n");\n  return 0;\n}\n',
);
writeFileSync(
  join(hello, 'new.c'),
  '#include <unistd.h>\n\n#include "streams.h"\n\nint main(void) {\n  static const char answer[] = "content-type: text/plain\\n\\nHello, world!\\n";\n  return write_fully(STDOUT_FILENO, answer, sizeof answer - 1) ? 0 : 1;\n}\n',
);
for (const name of ['streams.c', 'streams.h'])
  writeFileSync(join(hello, name), templateText(`languages/c/common/src/${name}`));
ok('clang-22', [...clang, 'old.c', '-o', 'old.wasm'], hello);
ok('clang-22', [...clang, '-std=c17', '-Oz', '-flto', '-s', 'new.c', 'streams.c', '-o', 'new.wasm'], hello);
compare('C', statSync(join(hello, 'old.wasm')).size, shrunk('new.wasm'));
