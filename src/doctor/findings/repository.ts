/** Whether there is a repository, and whether its CI can run. */

import { relative } from 'node:path';
import { isUnfinished } from '../../change/journal.ts';
import { refuseRunning } from '../../change/lock.ts';
import { quote } from '../../lib/shell.ts';
import { UserError } from '../../lib/user-error.ts';
import { count } from '../../lib/words.ts';
import { mainBranch } from '../../model/pipeline.ts';
import { gitOr } from '../../project/git.ts';
import { ignoredOf, lettingThrough } from '../../project/location.ts';
import type { Examined, Finding, ProjectContext } from './finding.ts';

const begin = "git add --all && git commit --message 'Begin'";

export function examineRepository(project: ProjectContext): Examined {
  const { root, location, ci, command, plan, saved } = project;
  const note = ci.length === 0 && ({ note: true } as const);
  if (!location)
    return {
      findings: [
        {
          topic: 'repository',
          what: `This folder is not in a git repository${ci.length > 0 ? ', and CI runs on pushed commits' : ''}.`,
          command: `git init --initial-branch=main && ${begin}`,
          ...note,
        },
      ],
      seen: '',
    };
  const findings: Finding[] = [];
  try {
    refuseRunning(location.lock);
    if (isUnfinished(root, location.journal))
      findings.push({
        topic: 'repository',
        what: 'A run of generator-wasm was interrupted.',
        command: command('upgrade --abort'),
      });
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    findings.push({ topic: 'repository', what: error.message });
  }
  if (location.prefix !== '' && ci.length > 0 && saved?.choices) {
    const up = relative(location.prefix, '.');
    findings.push({
      topic: 'repository',
      what: `This is ${location.prefix.replace(/\/$/, '')} in a larger repository. CI providers read only the root, so the CI files here never run.`,
      command: `${command('ci --remove')}\n${command(`ci ${plan?.choices.ci.join()} ${up}`)}`,
    });
  }
  if (gitOr(root, 'rev-parse', '--verify', 'HEAD') === '')
    findings.push({ topic: 'repository', what: 'Nothing is committed yet.', command: begin, ...note });
  else findings.push(...onAnotherBranch(project));
  findings.push(...ignoredFiles(project));
  return { findings, seen: count(project.remotes.length, 'remote') };
}

/** Files that CI needs and that git ignores, so that they are never pushed. */
function ignoredFiles({ root, ci, written, user }: ProjectContext): Finding[] {
  if (ci.length === 0) return [];
  const paths = written.map(({ path }) => path).filter(user);
  return ignoredOf(root, paths).map((path) => ({
    topic: 'ci',
    path,
    what: `git ignores ${path}, so CI does not have it. Add at the end of .gitignore:`,
    command: lettingThrough(root, path).join('\n'),
  }));
}

/** CI for a branch that this repository does not have or does not merge to. */
function onAnotherBranch({ root, location, ci, plan, text, saved, command }: ProjectContext): Finding[] {
  if (!plan) return [];
  const wanted = mainBranch(plan);
  const remote = gitOr(root, 'symbolic-ref', '--short', 'refs/remotes/origin/HEAD').replace(/^origin\//, '');
  const branches = gitOr(root, 'for-each-ref', '--format=%(refname:lstrip=2)', 'refs/heads', 'refs/remotes').split(
    '\n',
  );
  const isThere = branches.some((name) => name === wanted || name.endsWith(`/${wanted}`));
  if (remote ? remote === wanted : isThere) return [];
  const current = gitOr(root, 'branch', '--show-current');
  const usual = location?.branch ?? 'main';
  const actual = remote || (usual === wanted ? current : usual);
  if (!actual || actual === wanted) return [];
  const names = (text: string, branch: string) => text.split(/[^\w./-]+/).includes(branch);
  const files = ci.filter(({ file }) => {
    const user = text(file.path);
    return names(file.text, wanted) && user !== undefined && !names(user, actual);
  });
  const [first] = files;
  if (!first) return [];
  return [
    {
      topic: 'repository',
      path: first.file.path,
      what: `CI runs on the branch ${wanted}, but this repository uses ${actual}.`,
      command: saved?.adopted
        ? `${command('ci --remove')}\n${command(`ci ${plan.choices.ci.join()} --force`)}`
        : `git branch --move ${quote(actual)} ${wanted}${remote ? `\ngit push --set-upstream origin ${wanted}` : ''}`,
    },
  ];
}
