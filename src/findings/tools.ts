/** The tools that the tasks call: what `make doctor` says, and mise's own version. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { doctor } from '../doctor.ts';
import { usesMise } from '../pipeline.ts';
import type { Plan } from '../plan.ts';
import { getMise, miseVersion } from '../tools.ts';
import { count } from '../words.ts';
import { type Examined, type Finding, type Patient, said } from './finding.ts';
import { isOlder } from './versions.ts';

/** Programs that would fetch what they are asked for, told not to. */
const fetchNothing = {
  MISE_AUTO_INSTALL: '0',
  MISE_EXEC_AUTO_INSTALL: '0',
  MISE_NOT_FOUND_AUTO_INSTALL: '0',
  MISE_OFFLINE: '1',
  RUSTUP_AUTO_INSTALL: '0',
  GOTOOLCHAIN: 'local',
};

export function examineTools({ root, parts, plan }: Patient): Examined {
  const all = parts
    .filter(({ dir }) => existsSync(join(root, dir)))
    .flatMap(({ plan, dir }) => asked(plan, join(root, dir)));
  const findings = [...new Map(all.map((finding) => [finding.what, finding])).values()];
  const usesIt = parts.some((part) => usesMise(part.plan)) || (plan && usesMise(plan));
  const version = usesIt && said(root, 'mise', ['--version'], fetchNothing);
  if (version && isOlder(version, miseVersion))
    findings.push({
      topic: 'tools',
      what: `mise is ${version.split(' ')[0]} here, and CI gets ${miseVersion}.`,
      command: getMise,
      note: true,
    });
  const tools = new Set(parts.flatMap(({ plan }) => plan.tools.map(({ command }) => command)));
  return { findings, seen: count(tools.size, 'tool') };
}

/** What the doctor of a project says in its folder, with the programs that its Makefile has. */
function asked(plan: Plan, folder: string): Finding[] {
  const shims = join(process.env.MISE_DATA_DIR || join(homedir(), '.local/share/mise'), 'shims');
  const { stdout, error } = spawnSync('sh', ['-c', doctor(plan).text], {
    cwd: folder,
    env: {
      ...process.env,
      ...fetchNothing,
      PATH: [...plan.path.map((path) => join(folder, path)), ...(usesMise(plan) ? [shims] : []), process.env.PATH].join(
        delimiter,
      ),
    },
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
    timeout: 60_000,
  });
  if (error && 'code' in error && error.code === 'ENOENT')
    return [
      {
        topic: 'tools',
        what: 'There is no sh here, which the Makefile needs. On Windows, work inside WSL.',
        command: 'wsl --install',
      },
    ];
  return stdout.split('\n').flatMap((line) => read(line) ?? []);
}

/** A line of the doctor as a finding. */
function read(line: string): Finding | undefined {
  const match = (pattern: RegExp) => pattern.exec(line)?.slice(1).map(String);
  const [missing, how] = match(/^missing {2}(.+?): (.*)$/) ?? [];
  if (missing && how) return { topic: 'tools', what: `${missing} is not here.`, command: how };
  const [old, version, least, newer] = match(/^too old {2}(.+) (\S+), (\S+) or newer is needed: (.*)$/) ?? [];
  if (old && newer)
    return { topic: 'tools', what: `${old} is ${version}, and ${least} or newer is needed.`, command: newer };
  const [optional, why, get] = match(/^optional (\S+): (.*); (.*)$/) ?? [];
  if (optional && get) return { topic: 'tools', what: `${optional} is not here: ${why}.`, command: get, note: true };
  const [sentence, wsl] = match(/^(On Windows, .*): (wsl --install)$/) ?? [];
  return sentence && wsl ? { topic: 'tools', what: `${sentence}.`, command: wsl } : undefined;
}
