/** Spin: serves wasi:http components, and still CGI modules by its WAGI executor. */
import { stringify } from 'smol-toml';
import type { Host } from '../../model/axes.ts';
import type { Built, Contribution } from '../../model/plan.ts';
import { notes } from '../templates.ts';
import { spin as tool } from '../tools.ts';
import { asked, listen, serving, url } from './local.ts';
import { spinRegistry } from './spin-registry.ts';

const schema = 'https://schemas.spinframework.dev/spin/manifest-v2/latest.json';

/** The words of a Spin id must start with a letter, unlike those of a project's name. */
const id = 'handler';

function application(module: Built): string {
  const make = module.optimized === module.artifact ? 'build' : module.optimized;
  return `#:schema ${schema}\n# The application for Spin. It can connect only to \`allowed_outbound_hosts\`.\n${stringify(
    {
      spin_manifest_version: 2,
      application: { name: module.name, version: '0.1.0' },
      trigger: {
        http: [{ route: '/...', component: id, ...(module.kind === 'wagi' && { executor: { type: 'wagi' } }) }],
      },
      component: {
        [id]: { source: module.optimized, allowed_outbound_hosts: [], build: { command: `make ${make}` } },
      },
    },
  )}`;
}

/** `serve`: on the local machine, whatever the host. */
export function spinHere(module: Built): Contribution {
  return {
    tasks: {
      serve: {
        help: 'Serve the application at http://$LISTEN with Spin',
        needs: [module.optimized === module.artifact ? 'build' : module.optimized],
        run: ['exec spin up --listen $LISTEN'],
      },
    },
    variables: [listen],
    files: [{ path: 'spin.toml', text: application(module) }],
    matchers: { serve: [serving('spin')] },
    ignore: ['/.spin/'],
    tools: [tool],
  };
}

/** The note on the end of Spin's WAGI executor, for WAGI modules. */
export const leaving = (module: Built): string[] =>
  module.kind === 'wagi' ? [notes('hosts/spin.wagi.notes.md.ejs')] : [];

export const spin: Host = {
  id: 'spin',
  label: 'Spin',
  help: 'serves components on one machine; WAGI modules until Spin 6',
  status: 'current',
  ran: '`spin.toml` checked by its schema, the push run with a stand-in for Spin',
  notRun: 'Spin is in no package registry',
  kinds: ['wagi', 'http'],
  publish: { oci: spinRegistry },
  runsAt: (module) => `on any machine with Spin: spin up --from ${module.image}:TAG`,
  contribute(module) {
    const local = spinHere(module);
    return {
      ...local,
      tasks: {
        ...local.tasks,
        smoke: asked(module),
      },
      variables: [...(local.variables ?? []), url],
      notes: [notes('hosts/spin.notes.md.ejs'), ...leaving(module)],
    };
  },
};
