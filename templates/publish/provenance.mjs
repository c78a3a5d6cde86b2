// Prints how the module was built, as a predicate of SLSA provenance: https://slsa.dev/spec/v1.1/provenance
// BUILD_URL is the address of the CI's run, which every provider's pipeline sets; without it the build is somebody's own.
import { execFileSync } from 'node:child_process';
import { statSync } from 'node:fs';

const git = (...words) => {
  try {
    return execFileSync('git', words, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    console.error('Error: there is no commit that the module was built from. Commit the sources first.');
    process.exit(1);
  }
};
const { BUILD_URL } = process.env;
const [remote] = git('remote').split('\n');
const sources = {
  uri: `git+${remote ? git('remote', 'get-url', remote).replace(/\/\/[^@/]*@/, '//') : 'file:.'}`,
  digest: { gitCommit: git('rev-parse', 'HEAD') },
};

console.log(
  JSON.stringify({
    buildDefinition: {
      buildType: 'https://www.npmjs.com/package/generator-wasm',
      externalParameters: { tasks: ['setup', 'build', 'optimize'], modified: git('status', '--porcelain') !== '' },
      resolvedDependencies: [sources],
    },
    runDetails: {
      builder: { id: /^https?:\/\/[^/]+/.exec(BUILD_URL)?.[0] ?? 'urn:builder:local' },
      metadata: {
        ...(BUILD_URL && { invocationId: BUILD_URL }),
        finishedOn: statSync('build/pushed').mtime.toISOString(),
      },
    },
  }),
);
