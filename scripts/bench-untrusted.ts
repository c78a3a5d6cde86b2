// Measures the commands in an uncached repository of FILES files (default 100,000): peak memory and time of each, beside
// `git status`, as the median of ROUNDS (default 5). The aims are 400 MB and twice the time of `git status`.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const files = Number(process.env.FILES ?? 100_000);
const rounds = Number(process.env.ROUNDS ?? 5);
const program = resolve(import.meta.dirname, '../dist/bin/generator-wasm.cjs');
const folder = mkdtempSync(join(tmpdir(), 'wasm-bench-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));

const root = join(folder, 'repository');
const put = (path: string, text: string) => {
  mkdirSync(join(root, path, '..'), { recursive: true });
  writeFileSync(join(root, path), text);
};
put('Cargo.toml', '[package]\nname = "hello"\nversion = "0.1.0"\nedition = "2024"\n');
put('src/main.rs', 'fn main() {}\n');
put('rust-toolchain.toml', '[toolchain]\nchannel = "1.90.0"\ntargets = ["wasm32-wasip1"]\n');
for (let index = 0; index < files; index++) put(`lib/d${index % 1000}/f${index}.txt`, `${index}\n`);
const git = (...args: string[]) => execFileSync('git', args, { cwd: root, stdio: 'ignore' });
git('init', '--quiet');
// No background process of git.
git('config', 'gc.auto', '0');
git('config', 'maintenance.auto', 'false');
git('add', '--all');
git('-c', 'user.name=Ada', '-c', 'user.email=ada@example.com', 'commit', '--quiet', '--message', 'Everything');

// Prints the peak memory of the process at its end, in kilobytes.
const meter = join(folder, 'meter.cjs');
const memory = join(folder, 'memory');
writeFileSync(
  meter,
  "process.on('exit', () => require('node:fs').writeFileSync(process.env.MEMORY, String(process.resourceUsage().maxRSS)));",
);

function measured(act: () => void): number {
  const times = Array.from({ length: rounds }, () => {
    const start = process.hrtime.bigint();
    act();
    return Number(process.hrtime.bigint() - start) / 1e6;
  });
  return times.sort((a, b) => a - b)[Math.floor(rounds / 2)] ?? Number.NaN;
}

const line = (name: string, time: number, beside: number, megabytes?: number) =>
  console.log(
    `${name.padEnd(28)}${time.toFixed(0).padStart(8)}${(time / beside).toFixed(2).padStart(16)}${(megabytes?.toFixed(0) ?? '').padStart(10)}`,
  );

console.log(`${files} files, median of ${rounds} rounds\n`);
console.log('                            ms a run  of git status        MB');
const status = measured(() => git('status', '--porcelain'));
line('git status', status, status);
for (const words of [['doctor'], ['ci', 'github', '--dry-run'], ['upgrade', '--check'], ['ci', 'github', '--force']]) {
  const time = measured(() => {
    try {
      execFileSync(process.execPath, ['--require', meter, program, ...words], {
        cwd: root,
        env: { ...process.env, MEMORY: memory },
        stdio: 'ignore',
      });
    } catch {
      // doctor exits 1 if it finds a problem, upgrade if the repository is not a project of this program.
    }
  });
  line(`generator-wasm ${words.join(' ')}`, time, status, Number(readFileSync(memory, 'utf8')) / 1024);
}
