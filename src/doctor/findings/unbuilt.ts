/** Modules of an adopted repository that its generated CI does not build. */

import { count } from '../../lib/words.ts';
import { type Project, unsupported } from '../../project/adopted.ts';
import { type Candidate, detect, nameOf, selectCandidates, writtenIn } from '../../project/detect.ts';
import { ignoring, textAt } from '../../project/location.ts';
import type { Examined, Finding, ProjectContext } from './finding.ts';

export function examineGuests({ root, location, saved, renew, paths, written, command }: ProjectContext): Examined {
  const adopted = saved?.adopted;
  // An upgrade detects them again.
  if (!adopted || !location || renew) return { findings: [], seen: '' };
  const own = new Set(written.map(({ path }) => path));
  const folder = { paths: paths.filter((path) => !own.has(path)), text: (path: string) => textAt(root, path) };
  const all = detect(folder, ignoring(root, writtenIn(folder.paths)));
  const there = adopted.modules?.filter((path) => all.some((one) => one.path === path && one.facts.what)) ?? [];
  const guests = (there.length > 0 ? selectCandidates(all, there) : all).filter((one) => !one.why && !unsupported(one));
  const unbuilt = guests.filter((guest) => !adopted.projects.some((project) => isBuilt(guest, project)));
  return {
    findings: unbuilt.map((guest) => finding(guest, unbuilt.length === guests.length, command)),
    seen: count(guests.length, 'module'),
  };
}

/** Whether a saved project builds this module. */
function isBuilt(guest: Candidate, { language, dir, facts }: Project): boolean {
  const modules = (facts.artifact ?? '').split(', ');
  const wanted = (guest.facts.artifact ?? '').split(', ');
  return language === guest.language && dir === guest.dir && wanted.every((module) => modules.includes(module));
}

function finding(guest: Candidate, isAll: boolean, command: ProjectContext['command']): Finding {
  const what = nameOf(guest);
  return {
    topic: 'ci',
    what: isAll ? `CI builds no WebAssembly module of this project: ${what}.` : `CI does not build ${what}.`,
    command: command('upgrade'),
  };
}
