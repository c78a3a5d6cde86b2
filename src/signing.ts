/** What every module in an OCI registry has besides itself: a signature, an SBOM and provenance, by cosign and syft. */
import { sigstore } from './pipeline.ts';
import type { Built, Share, Task, TaskName } from './plan.ts';
import { quote } from './shell.ts';
import { templateText } from './templates.ts';
import { cosign, oras, syft } from './tools.ts';

const sbom = 'build/sbom.spdx.json';

/** Of a module that a host's `push` puts into a registry; `license` is an SPDX id or `none`. */
export function signing(module: Built): Share {
  return {
    tasks: {
      sbom: { help: 'List what the module is made of, as SPDX', needs: [sbom] },
      sign: {
        help: 'Sign what was pushed, with its SBOM and its provenance',
        needs: [sbom],
        run: ['sh scripts/sign.sh'],
        secrets: [
          {
            name: 'COSIGN_PRIVATE_KEY',
            help: 'the text of `cosign.key`, as `cosign generate-key-pair` makes it, or that in base64, on one line',
            where: 'no identity',
          },
          { name: 'COSIGN_PASSWORD', help: 'the password of that key', where: 'no identity' },
        ],
        settings: [{ name: 'BUILD_URL', help: 'the address of the run, for the provenance', known: 'run' }],
        identity: { variable: 'SIGSTORE_ID_TOKEN', audience: sigstore, purpose: 'to sign without a key' },
      },
      verify: {
        help: 'Check signature, SBOM and provenance of the image of TAG',
        run: ['sh scripts/verify.sh "$IMAGE:$TAG"'],
        settings: [
          { name: 'SIGNER_IDENTITY', help: 'who has signed', known: 'signer' },
          { name: 'SIGNER_ISSUER', help: 'who vouches for that', known: 'issuer' },
        ],
      },
    },
    rules: [
      {
        target: sbom,
        from: [module.optimized],
        run: [
          `syft scan dir:. --quiet --source-name ${module.name} --exclude './{.*,build,node_modules,target}/**' --output spdx-json=${sbom}`,
        ],
      },
    ],
    variables: [{ name: 'IMAGE', value: module.image }],
    files: ['sign.sh', 'verify.sh', 'provenance.mjs'].map((name) => ({
      path: `scripts/${name}`,
      text: templateText(`publish/${name}`),
      ...(name.endsWith('.sh') && { executable: true as const }),
    })),
    tools: [oras, cosign, syft],
    ignore: ['/cosign.key'],
    notes: [
      `## Publishing

\`make ship\` goes from the sources to the end: it builds, tests, pushes, signs and verifies. It stops at the first failure, and
goes on there when it is run again. What it ships is \`${module.image}:TAG\`;
TAG is what \`git describe\` says unless you give one. A tag that is out there never changes, and the same commit gives the same
digest.

\`make sign\` signs that digest, an SBOM (SPDX, of what the lock files name, some of them with the tools) and SLSA provenance;
\`make verify\` checks all three, and whoever uses the module can do so too. Where the CI can prove who it is, or you log in with a
browser, there is no key: the public [Sigstore](https://docs.sigstore.dev) is told the image's name and who has signed. Then
\`make verify\` has to know whom to trust:

\`\`\`sh
make verify TAG=v1.0.0 SIGNER_IDENTITY=you@example.com SIGNER_ISSUER=https://github.com/login/oauth
\`\`\`

With a key instead, nothing is told to a public log: \`cosign generate-key-pair\`, commit \`cosign.pub\`, and give \`make sign\`
the text of \`cosign.key\` as COSIGN_PRIVATE_KEY and its password as COSIGN_PASSWORD.`,
    ],
  };
}

/** From the sources to where the module runs: every task of these that the project has. */
const shipped: TaskName[] = ['build', 'test', 'optimize', 'sbom', 'login', 'push', 'sign', 'verify', 'deploy', 'smoke'];

/**
 * `ship`, for a project with these tasks; all that is pushed has a TAG.
 * @param reference what users of the module call it, with the project's variables.
 * @param where says in a few words where the module runs then.
 */
export function shipping(
  module: Built,
  find: (name: TaskName) => Task | undefined,
  reference: string,
  where: string,
): Share {
  const tasks = shipped.filter((name) => find(name) && !find(name)?.wantsServer);
  return {
    tasks: {
      ship: {
        help: 'All of it in one step: build, test, push, sign, verify, and deploy where that can be done',
        run: [`@sh scripts/ship.sh ${module.optimized} "$TAG" "${reference}" ${quote(where)} ${tasks.join(' ')}`],
      },
    },
    variables: [{ name: 'TAG', value: 'git describe --tags --always --dirty', overridable: true, shell: true }],
    files: [{ path: 'scripts/ship.sh', text: templateText('publish/ship.sh'), executable: true }],
  };
}
