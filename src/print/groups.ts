/** The tasks that `make help` and the README list, in groups. */
import { type Plan, type TaskName, taskNames } from '../model/plan.ts';

const release: TaskName[] = ['sbom', 'login', 'push', 'sign', 'verify', 'ship'];
const cluster: TaskName[] = ['cluster', 'diff', 'deploy', 'smoke', 'logs', 'undeploy'];
/** CI and the editor call these; people do not. */
const hidden: TaskName[] = ['checksums', 'intact', 'debug'];

export interface Group {
  title: 'Develop' | 'Release' | 'Cluster';
  tasks: TaskName[];
}

/** Groups without tasks are left out. Without a cluster, `smoke` checks a program on this machine. */
export function groupsOf(plan: Plan): Group[] {
  const present = taskNames.filter((name) => plan.tasks[name] && !hidden.includes(name));
  const titleOf = (name: TaskName): Group['title'] => {
    if (release.includes(name)) return 'Release';
    return plan.tasks.deploy && cluster.includes(name) ? 'Cluster' : 'Develop';
  };
  return (['Develop', 'Release', 'Cluster'] as const)
    .map((title) => ({ title, tasks: present.filter((name) => titleOf(name) === title) }))
    .filter(({ tasks }) => tasks.length > 0);
}
