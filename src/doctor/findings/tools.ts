/** The tools that the tasks call, as `make doctor` checks them, and the version of mise. */
import { spawnSync } from 'node:child_process';
import { lstatSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { stringify } from 'smol-toml';
import { getMise, miseVersion } from '../../catalog/tools.ts';
import { inEmptyFolder, isInRepository, textInside } from '../../lib/outside.ts';
import { count } from '../../lib/words.ts';
import { usesMise } from '../../model/pipeline.ts';
import type { Plan, Tool } from '../../model/plan.ts';
import { doctor } from '../../print/doctor-script.ts';
import { type Examined, type Finding, outputOf, type ProjectContext } from './finding.ts';
import { installedIn } from './installed.ts';
import { mise } from './pins.ts';
import { toolchainFor } from './rustup.ts';
import { isOlder } from './versions.ts';

/** Environment that keeps version managers from downloading. */
const fetchNothing = {
  MISE_AUTO_INSTALL: '0',
  MISE_EXEC_AUTO_INSTALL: '0',
  MISE_NOT_FOUND_AUTO_INSTALL: '0',
  MISE_OFFLINE: '1',
  RUSTUP_AUTO_INSTALL: '0',
  GOTOOLCHAIN: 'local',
};

/** What runs the tasks, and what CI gets its commits from: no task calls them, so `make doctor` does not look for them. */
const always: Tool[] = [{ command: 'make' }, { command: 'git' }];

export function examineTools({ root, parts: asWritten, plan }: ProjectContext): Examined {
  const parts = asWritten.map(({ plan, dir }) => {
    const own = plan.tools.filter(({ command }) => !always.some((tool) => tool.command === command));
    return { dir, plan: { ...plan, tools: [...own, ...always] } };
  });
  const all = parts
    .filter(({ dir }) => lstatSync(join(root, dir), { throwIfNoEntry: false })?.isDirectory())
    .flatMap(({ plan, dir }) => asked(plan, join(root, dir)));
  const findings = [...new Map(all.map((finding) => [finding.what, finding])).values()];
  const usesIt = parts.some((part) => usesMise(part.plan)) || (plan && usesMise(plan));
  const version = usesIt && outputOf(root, 'mise', ['--version'], fetchNothing);
  if (version && isOlder(version, miseVersion))
    findings.push({
      topic: 'tools',
      what: `mise ${version.split(' ')[0]} is installed; CI uses ${miseVersion}.`,
      command: getMise,
      note: true,
    });
  const tools = new Set(parts.flatMap(({ plan }) => plan.tools.map(({ command }) => command)));
  return { findings, seen: count(tools.size, 'tool') };
}

/** Tools that are missing or too old. Nothing of the project runs: see src/lib/outside.ts. */
function asked(plan: Plan, folder: string): Finding[] {
  const installed = installedIn(folder, plan.path);
  const older = plan.tools.flatMap(({ command, atLeast = '0', get }): Finding[] => {
    const version = installed.get(command);
    return version && get && isOlder(version, atLeast) ? [tooOld(command, version, atLeast, get)] : [];
  });
  // `check` is a script of the project, which must not run.
  const others = plan.tools.flatMap(({ check: _, ...tool }) => (installed.has(tool.command) ? [] : [tool]));
  return [...older, ...saidByDoctor({ ...plan, tools: others }, folder)];
}

const tooOld = (command: string, version: string, atLeast: string, get: string): Finding => ({
  topic: 'tools',
  what: `${command} ${version} is too old: ${atLeast} or newer is required.`,
  command: get,
});

/** The output of scripts/doctor.sh, as this version writes it, for these tools. */
function saidByDoctor(plan: Plan, folder: string): Finding[] {
  return inEmptyFolder(folder, (empty, env) => {
    // Files that mise and swiftly read; they hold only plain versions.
    writeFileSync(join(empty, 'mise.toml'), versionsForMise(plan, folder));
    const [swift] = /^\d+(?:\.\d+)*\s*$/.exec(textInside(join(folder, '.swift-version'), folder)) ?? [];
    if (swift) writeFileSync(join(empty, '.swift-version'), swift);
    const shims = join(env.MISE_DATA_DIR || join(homedir(), '.local/share/mise'), 'shims');
    const { stdout, error } = spawnSync('sh', ['-c', doctor(plan).text], {
      cwd: empty,
      env: {
        ...env,
        ...fetchNothing,
        MISE_TRUSTED_CONFIG_PATHS: empty,
        RUSTUP_TOOLCHAIN: env.RUSTUP_TOOLCHAIN || toolchainFor(folder),
        PATH: [...(usesMise(plan) && !isInRepository(shims, folder) ? [shims] : []), env.PATH].join(delimiter),
      },
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      timeout: 60_000,
    });
    if (error && 'code' in error && error.code === 'ENOENT')
      return [
        {
          topic: 'tools',
          what: 'sh is missing, and the Makefile needs it. On Windows, work inside WSL.',
          command: 'wsl --install',
        },
      ];
    return stdout.split('\n').flatMap((line) => read(line) ?? []);
  });
}

/** The mise tools of a plan in the project's pinned versions. mise would run templates (`{{ }}`) and `path:` versions. */
function versionsForMise(plan: Plan, folder: string): string {
  const pinned = new Map(
    ['mise.toml', '.config/mise/conf.d/wasm.toml'].flatMap((path) =>
      mise(textInside(join(folder, path), folder)).map(({ name, version }): [string, string] => [name, version]),
    ),
  );
  const tools = plan.tools.flatMap(({ mise }): [string, string][] => {
    if (!mise) return [];
    const [key, value] = mise;
    const version = pinned.get(key) ?? (typeof value === 'string' ? value : value.version);
    return /^\d[\w.+-]*$/.test(version) ? [[key, version]] : [];
  });
  return stringify({ tools: Object.fromEntries(tools) });
}

/** A line of scripts/doctor.sh as a finding. */
function read(line: string): Finding | undefined {
  const match = (pattern: RegExp) => pattern.exec(line)?.slice(1).map(String);
  const [missing, how] = match(/^missing {2}(.+?): (.*)$/) ?? [];
  if (missing && how) return { topic: 'tools', what: `${missing} is missing.`, command: how };
  const [old, version, least, newer] = match(/^too old {2}(.+) (\S+), (\S+) or newer is needed: (.*)$/) ?? [];
  if (old && version && least && newer) return tooOld(old, version, least, newer);
  const [optional, why, get] = match(/^optional (\S+): (.*); (.*)$/) ?? [];
  if (optional && get) return { topic: 'tools', what: `${optional} is missing: ${why}.`, command: get, note: true };
  const [sentence, wsl] = match(/^(On Windows, .*): (wsl --install)$/) ?? [];
  return sentence && wsl ? { topic: 'tools', what: `${sentence}.`, command: wsl } : undefined;
}
