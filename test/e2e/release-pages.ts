/**
 * A stand-in on loopback for the services that mise asks: GitHub's releases, mise's versions host and the download pages of makers.
 * It knows the tags and files that src/catalog/pins.json records, answers 404 to all else, and remembers what was asked for.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Pins } from '../../scripts/pins/facts.ts';
import { ok, run, scratch } from '../support/programs.ts';

/** `a-{b,c}` → `a-b`, `a-c`. */
const spread = (text: string): string[] => {
  const [all, choices] = /\{([^{}]*,[^{}]*)\}/.exec(text) ?? [];
  return all && choices ? choices.split(',').flatMap((choice) => spread(text.replace(all, choice))) : [text];
};

interface Release {
  repository: string;
  version: string;
  tag: string;
  /** Addresses of files. */
  files: string[];
  /** The tool's name on mise's versions host. */
  mise: string | undefined;
}

const facts = JSON.parse(readFileSync(resolve(import.meta.dirname, '../../src/catalog/pins.json'), 'utf8')) as Pins;

const releases: Release[] = Object.entries(facts).flatMap(([repository, { downloads }]) =>
  (downloads?.versions ?? []).map((version) => {
    const fill = (text: string) => text.replaceAll('{v}', version);
    const tag = fill(downloads?.tag ?? '');
    const page = `https://github.com/${repository}/releases/download/${tag}/`;
    const files = (downloads?.files ?? []).flatMap(spread).map((file) => new URL(fill(file), page).href);
    return { repository, version, tag, files, mise: downloads?.mise };
  }),
);

const name = (address: string) => decodeURIComponent(address.split('/').at(-1) ?? '');
const sha256 = (bytes: string | Buffer) => createHash('sha256').update(bytes).digest('hex');

/** What every release of GitHub's API has, as far as mise reads it. */
const asJson = ({ repository, tag, files }: Release) => ({
  tag_name: tag,
  name: tag,
  draft: false,
  prerelease: false,
  created_at: '2026-01-01T00:00:00Z',
  published_at: '2026-01-01T00:00:00Z',
  assets: files
    .filter((file) => file.startsWith(`https://github.com/${repository}/`))
    .map((file, id) => ({
      id,
      name: name(file),
      size: 1,
      browser_download_url: file,
      url: `https://api.github.com/repos/${repository}/releases/assets/${id}`,
    })),
});

/** @param archives contents of files by name; any other file has its own address in it. */
export async function releasePages(archives: Record<string, Buffer> = {}) {
  const asked: { address: string; found: boolean }[] = [];
  const content = (address: string): string | Buffer => archives[name(address)] ?? address;

  function file(address: string): string | Buffer | undefined {
    const release = releases.find(({ files }) => files.includes(address));
    if (!release) return undefined;
    const [, of] = /^(.+)\.sha256(?:sum)?$/.exec(address) ?? [];
    if (of) return sha256(content(of));
    if (/checksums.*\.txt$|SHA-256\.txt$/.test(address))
      return release.files.map((one) => `${sha256(content(one))}  ${name(one)}\n`).join('');
    return content(address);
  }

  function answer(address: string): string | Buffer | undefined {
    const { host, pathname, origin } = new URL(address);
    const [, repository, tag] = /^\/repos\/([^/]+\/[^/]+)\/releases(?:\/tags\/(.+))?$/.exec(pathname) ?? [];
    if (host === 'api.github.com' && repository) {
      const all = releases.filter((release) => release.repository === repository).map(asJson);
      const one = tag === undefined ? all : all.find(({ tag_name }) => tag_name === decodeURIComponent(tag));
      return one && JSON.stringify(one);
    }
    if (host === 'api.github.com' && pathname.includes('/attestations/')) return '{"attestations":[]}';
    // No mirror of Zig's, so its own pages; and whether a repository is private.
    if (address === 'https://ziglang.org/download/community-mirrors.txt') return '';
    if (host === 'api.github.com' && /^\/repos\/[^/]+\/[^/]+$/.test(pathname)) return '{"private":false}';
    const [, tool] = /^\/data\/(.+)\.toml$/.exec(pathname) ?? [];
    if (host === 'mise-versions.jdx.dev' && tool) {
      const versions = releases.filter(({ mise }) => mise === tool).map(({ version }) => version);
      const lines = versions.map((version) => `"${version}" = { created_at = 2026-01-01T00:00:00.000Z }\n`);
      return lines.length > 0 ? `[versions]\n${lines.join('')}` : undefined;
    }
    const [, platform] = /^\/tools\/python-precompiled-(.+)\.gz$/.exec(pathname) ?? [];
    if (host === 'mise-versions.jdx.dev' && platform) {
      const files = releases.filter(({ mise }) => mise === 'python').flatMap(({ files }) => files.map(name));
      return gzipSync(`${files.filter((file) => file.includes(platform)).join('\n')}\n`);
    }
    if (address === 'https://ziglang.org/download/index.json') return JSON.stringify(zigIndex());
    return file(origin + pathname);
  }

  const server = createServer((request, response) => {
    // The host is the first part of the path, as `settings` has mise write it.
    const address = `https:/${request.url}`;
    const body = request.method === 'POST' ? '' : answer(address);
    if (request.method !== 'POST') asked.push({ address, found: body !== undefined });
    response.writeHead(body === undefined ? 404 : 200).end(body);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    asked,
    /** mise's own settings, by which it finds this stand-in. */
    settings: {
      MISE_URL_REPLACEMENTS: JSON.stringify({ 'regex:^https://([^/]+)/': `http://127.0.0.1:${port}/$1/` }),
      MISE_HTTP_RETRIES: '0',
      // mise would look up versions in a clone of pyenv, and the name of this system's build in Swift's index.
      MISE_PYTHON_COMPILE: 'false',
      MISE_SWIFT_PLATFORM: 'debian12',
      RUSTUP_DIST_SERVER: `http://127.0.0.1:${port}/static.rust-lang.org`,
    },
    close: () => server.close(),
  };
}

/** Whether a file of a release has this address. */
export const isReleased = (address: string): boolean => releases.some(({ files }) => files.includes(address));

function zigIndex() {
  const zig = releases.filter(({ mise }) => mise === 'zig');
  return Object.fromEntries(
    zig.map(({ version, files }) => [
      version,
      Object.fromEntries(
        files.flatMap((tarball) => {
          const [, platform] = /zig-(\w+-[a-z]+)-[\d.]+\.tar\.xz$/.exec(tarball) ?? [];
          return platform ? [[platform, { tarball, shasum: sha256(tarball), size: `${tarball.length}` }]] : [];
        }),
      ),
    ]),
  );
}

/** Runs a command while the stand-in answers, which this process is. */
export async function runBeside(command: string, args: string[], cwd: string, env: NodeJS.ProcessEnv) {
  const child = spawn(command, args, { cwd, env });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (data) => {
      said += data;
    });
  const [code] = await once(child, 'close');
  return { code, said };
}

/** An archive as wasi-sdk releases it, around the clang and the wasi-libc of Debian. */
export function sdkArchive(version: string): Record<string, Buffer> {
  const folder = mkdtempSync(join(scratch, 'sdk-'));
  const name = `wasi-sdk-${version}.0-x86_64-linux`;
  const sysroot = join(folder, name, 'share', 'wasi-sysroot');
  mkdirSync(join(folder, name, 'bin'), { recursive: true });
  for (const kind of ['include', 'lib'])
    cpSync(`/usr/${kind}/wasm32-wasi`, join(sysroot, kind, 'wasm32-wasip1'), { recursive: true });
  for (const [command, flags] of [
    // As bin/clang.cfg of wasi-sdk has it.
    ['clang', '--sysroot="$(dirname "$(readlink -f "$0")")/../share/wasi-sysroot"'],
    ['clang-format', ''],
    ['clang-tidy', ''],
  ] as const) {
    const path = join(folder, name, 'bin', command);
    writeFileSync(path, `#!/bin/sh\nexec ${command}-22 ${flags} "$@"\n`);
    chmodSync(path, 0o755);
  }
  ok('tar', ['-czf', `${name}.tar.gz`, name], folder);
  return { [`${name}.tar.gz`]: readFileSync(join(folder, `${name}.tar.gz`)) };
}

/** The files of releases of wasmtime, oras and cosign for two systems. Those for Linux have the programs of this machine in them. */
export function programArchives(versions: Record<'wasmtime' | 'oras', string>): Record<string, Buffer> {
  const folder = mkdtempSync(join(scratch, 'programs-'));
  const program = (name: string, isOurs: boolean): Buffer | string =>
    isOurs
      ? readFileSync(run('sh', ['-c', `readlink -f "$(command -v ${name})"`], folder).stdout.trim())
      : `a program for macOS called ${name}`;
  const archive = (file: string, path: string, name: string, flag: string): [string, Buffer] => {
    const from = mkdtempSync(join(folder, 'from-'));
    mkdirSync(join(from, path), { recursive: true });
    writeFileSync(join(from, path, name), program(name, file.includes('linux')), { mode: 0o755 });
    // Quick rather than small.
    ok('tar', [flag, join(folder, file), '-C', from, path || name], folder, { XZ_OPT: '-0', GZIP: '-1' });
    return [file, readFileSync(join(folder, file))];
  };
  const { wasmtime, oras } = versions;
  return Object.fromEntries([
    ...['x86_64-linux', 'aarch64-macos'].map((system) =>
      archive(`wasmtime-v${wasmtime}-${system}.tar.xz`, `wasmtime-v${wasmtime}-${system}`, 'wasmtime', '-cJf'),
    ),
    ...['linux_amd64', 'darwin_arm64'].map((system) => archive(`oras_${oras}_${system}.tar.gz`, '', 'oras', '-czf')),
    ['cosign-linux-amd64', Buffer.from(program('cosign', true))],
    ['cosign-darwin-arm64', Buffer.from(program('cosign', false))],
  ]);
}
