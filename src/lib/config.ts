/** Where programs keep their configuration files. */
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';

/**
 * The files of this name in which a program may keep what the user has configured: in the folder that a variable names, else in
 * its folder below $XDG_CONFIG_HOME, ~/.config, or, on macOS, ~/Library/Application Support. A relative path is none.
 */
export function configFiles(variable: string, folder: string, name: string): string[] {
  const { [variable]: own, XDG_CONFIG_HOME } = process.env;
  if (own) return isAbsolute(own) ? [join(own, name)] : [];
  const bases = [XDG_CONFIG_HOME, join(homedir(), '.config'), join(homedir(), 'Library/Application Support')];
  return bases.flatMap((base) => (base && isAbsolute(base) ? [join(base, folder, name)] : []));
}
