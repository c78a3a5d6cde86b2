/** The toolchain that rustup would choose for a project, found by reading files only. */
import { readdirSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'smol-toml';
import { textInside } from '../../lib/outside.ts';

const home = () => process.env.RUSTUP_HOME || join(homedir(), '.rustup');

function readOr<T>(read: () => T, otherwise: T): T {
  try {
    return read();
  } catch {
    return otherwise;
  }
}

/** A channel, not a path: https://rust-lang.github.io/rustup/concepts/toolchains.html */
const isChannel = (name: unknown): name is string => typeof name === 'string' && /^[\w.-]+$/.test(name);

/** A toolchain that does not exist: rustup never downloads custom toolchains. */
const none = 'none';

/**
 * A value for RUSTUP_TOOLCHAIN, which overrides files: the installed toolchain that rust-toolchain.toml, or else the user's
 * default, selects; if it is not installed, a name that does not exist, so that rustup downloads nothing.
 */
export function toolchainFor(folder: string): string {
  const table = (toml: string): Record<string, unknown> => readOr(() => parse(toml), {});
  const [file] = ['rust-toolchain', 'rust-toolchain.toml'].flatMap(
    (name) => textInside(join(folder, name), folder) || [],
  );
  const wanted =
    file === undefined
      ? table(readOr(() => readFileSync(join(home(), 'settings.toml'), 'utf8'), '')).default_toolchain
      : ((table(file).toolchain as { channel?: unknown } | undefined)?.channel ?? file.trim());
  if (!isChannel(wanted)) return none;
  // They are called CHANNEL[-DATE][-HOST], and a date begins with a digit.
  const isIt = (name: string) =>
    name === wanted || (name.startsWith(`${wanted}-`) && !/^\d/.test(name.slice(wanted.length + 1)));
  return readOr(() => readdirSync(join(home(), 'toolchains')), []).find(isIt) ?? none;
}
