// Prints how the module was built, as a predicate of SLSA 1.2 provenance: https://slsa.dev/spec/v1.2/build-provenance
// CI provides the workflow and the URL of the run; without them, the module was built on a developer's machine.
import { readFileSync } from 'node:fs';
import { fail } from './tag.mjs';
import { buildType, git, repository } from './source.mjs';

const { BUILD_URL, BUILD_WORKFLOW, SIGNER_IDENTITY } = process.env;
const gitCommit =
  git('rev-parse', 'HEAD') ?? fail('the provenance needs a commit. Commit the sources first.');
const makefile = readFileSync('Makefile', 'utf8');
const tasks = ['setup', 'build', 'optimize'].filter((task) => makefile.includes(`\n${task}:`));
const sources = { ...(repository() && { uri: `git+${repository()}` }), digest: { gitCommit } };

console.log(
  JSON.stringify({
    buildDefinition: {
      buildType,
      externalParameters: { source: sources, tasks },
      internalParameters: { modified: git('status', '--porcelain') !== '' },
      resolvedDependencies: [sources],
    },
    runDetails: {
      builder: { id: BUILD_WORKFLOW || /^https:.*/.exec(SIGNER_IDENTITY)?.[0] || `${buildType}#local` },
      ...(BUILD_URL && { metadata: { invocationId: BUILD_URL } }),
    },
  }),
);
