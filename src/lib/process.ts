/** Temporary folders that carry the id of their run, so that a later run can tell whether that one still works. */
import { existsSync, lstatSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';

const readOr = (read: () => string): string => {
  try {
    return read().trim();
  } catch {
    return '';
  }
};

/** A short name for a text: 32-bit FNV-1a, https://datatracker.ietf.org/doc/html/draft-eastlake-fnv. Not `node:crypto`: see builtin.ts. */
function hash(text: string): string {
  let value = 0x811c9dc5;
  for (const byte of Buffer.from(text)) value = Math.imul(value ^ byte, 0x01000193);
  return (value >>> 0).toString(16).padStart(8, '0');
}

/** The start time of a process in ticks since the boot: field 22 of proc(5) `/proc/PID/stat`; empty if there is no such file. */
const startOf = (pid: number | 'self'): string =>
  readOr(() => {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The second field is a name in parentheses, which may hold spaces and parentheses itself.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  });

/** The machine and the PID namespace, in which process ids are unique. */
const machine = hash(
  [
    readOr(() => readFileSync('/etc/machine-id', 'utf8')) || hostname(),
    readOr(() => readlinkSync('/proc/self/ns/pid')),
  ].join('\n'),
);
const boot = hash(readOr(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8')));

/** The id of this run: `MACHINE.BOOT.PID.START`; START may be empty. */
export const thisRun = `${machine}.${boot}.${process.pid}.${startOf('self')}`;

const run = /^([0-9a-f]{8})\.([0-9a-f]{8})\.(\d{1,10})\.(\d{0,20})$/;

/** Whether a run has ended; undefined if unknown, because it is on another machine or in another container. */
export function hasEnded(name: string): boolean | undefined {
  const [, itsMachine, itsBoot, pid, start] = run.exec(name) ?? [];
  if (itsMachine !== machine) return undefined;
  if (itsBoot !== boot) return true;
  try {
    process.kill(Number(pid), 0);
  } catch (error) {
    // A process of another user answers EPERM.
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return true;
  }
  const now = startOf(Number(pid));
  return start !== '' && now !== '' && now !== start;
}

/** A new folder that is named after this run. */
export const ownFolder = (parent: string, prefix: string): string => mkdtempSync(join(parent, `${prefix}${thisRun}-`));

/** Removes the folders that `ownFolder` made in a folder for runs that have ended. */
export function sweep(parent: string, prefix: string): void {
  let names: string[];
  try {
    names = readdirSync(parent);
  } catch {
    return;
  }
  for (const name of names) {
    const [, owner] = name.startsWith(prefix) ? (/^(.*)-\w{6}$/.exec(name.slice(prefix.length)) ?? []) : [];
    if (owner === undefined || !hasEnded(owner)) continue;
    const path = join(parent, name);
    const stat = lstatSync(path, { throwIfNoEntry: false });
    if (stat?.isDirectory() && stat.uid === (process.geteuid?.() ?? stat.uid))
      rmSync(path, { recursive: true, force: true });
  }
}

const prefix = 'generator-wasm-';
/** The folders of this run, by the temporary folder they are in. */
const folders = new Map<string, string>();
const toRemove: string[] = [];
const remove = (path: string) => rmSync(path, { recursive: true, force: true });

/** A new, empty folder for temporary files, removed when the process ends at the latest. */
export function temporary(): string {
  const parent = tmpdir();
  let folder = folders.get(parent);
  // A cleaner of the temporary folder may have removed it.
  if (folder === undefined || !existsSync(folder)) {
    sweep(parent, prefix);
    const made = ownFolder(parent, prefix);
    if (toRemove.length === 0) process.on('exit', () => toRemove.forEach(remove));
    toRemove.push(made);
    folders.set(parent, made);
    folder = made;
  }
  return mkdtempSync(join(folder, 'x-'));
}
