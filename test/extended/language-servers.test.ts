/** The other language servers find each mistake in a project, and nothing in a fresh one. */
import { findsMistakesOnly, servers } from '../e2e/language-servers.ts';
import { make, project } from '../e2e/world.ts';
import { samples } from '../support/cells.ts';
import { need, needed, needFrom } from '../support/programs.ts';

for (const choices of samples)
  for (const server of servers[choices.language] ?? [])
    if (server.extended)
      it(`${server.name} finds the mistakes in a project in ${choices.language}, and nothing else`, async function () {
        this.timeout('10m');
        need(this, 'make', ...needed(choices.language));
        needFrom('scripts/toolchains-extended.sh', this, server.program ? [server.program] : []);
        const folder = project(choices);
        make(folder, 'setup', 'build');
        await findsMistakesOnly(server, choices.language, folder);
      });
