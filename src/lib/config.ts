/** Where programs keep their configuration files. */
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';

/**
 * The possible configuration files of a program: in the folder that a variable names, else in its folder below
 * $XDG_CONFIG_HOME, ~/.config, or, on macOS, ~/Library/Application Support. Relative paths are ignored.
 */
export function configFiles(variable: string, folder: string, name: string): string[] {
  const { [variable]: own, XDG_CONFIG_HOME } = process.env;
  if (own) return isAbsolute(own) ? [join(own, name)] : [];
  const bases = [XDG_CONFIG_HOME, join(homedir(), '.config'), join(homedir(), 'Library/Application Support')];
  return bases.flatMap((base) => (base && isAbsolute(base) ? [join(base, folder, name)] : []));
}
