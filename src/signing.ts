/** What every module in an OCI registry has besides itself: a signature, an SBOM and provenance, by cosign. */
import { sigstore } from './pipeline.ts';
import type { Built, Choices, Contents, Setting, Share, Task, TaskName } from './plan.ts';
import { quote } from './shell.ts';
import { templateText } from './templates.ts';
import { cosign, oras } from './tools.ts';

const sbom = 'build/sbom.spdx.json';

/** Whose signature is trusted. `push` and `sign` ask for it too, to know what is signed already when a release is run again. */
const signer: Setting[] = [
  { name: 'SIGNER_IDENTITY', help: 'who has signed', known: 'signer' },
  { name: 'SIGNER_ISSUER', help: 'who vouches for that', known: 'issuer' },
  { name: 'BUILD_WORKFLOW', help: 'the workflow that builds, for the provenance', known: 'workflow' },
];

/** The page of docs/build-type.md, at the version that wrote it so. */
export const buildType = 'https://unpkg.com/generator-wasm@0.3.0/docs/build-type.md';

/**
 * Of a module that a host's `push` puts into a registry.
 * @param contents what its SBOM has besides the module.
 * @param differs why two builds of the same sources differ in their bytes; undefined where they do not.
 */
export function signing(module: Built, { license }: Choices, contents: Contents[], differs: string | undefined): Share {
  return {
    tasks: {
      push: { help: 'Push the module to the registry', settings: signer },
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
        settings: [{ name: 'BUILD_URL', help: 'the address of the run, for the provenance', known: 'run' }, ...signer],
        identity: { variable: 'SIGSTORE_ID_TOKEN', audience: sigstore, purpose: 'to sign without a key' },
      },
      verify: {
        help: 'Check signature, SBOM and provenance of the image of TAG',
        run: ['node scripts/verify.mjs "$IMAGE:$TAG"'],
        settings: signer,
      },
    },
    rules: [
      {
        target: sbom,
        from: [module.optimized],
        run: [
          [
            `node scripts/sbom.mjs ${module.name} ${license} ${sbom}`,
            ...contents.map(({ type, run = '' }) => `${type} "${run.replace(/["\\`]/g, '\\$&')}"`),
          ].join(' '),
        ],
      },
    ],
    variables: [{ name: 'IMAGE', value: module.image }],
    files: ['sign.sh', 'verify.mjs', 'provenance.mjs', 'sbom.mjs', 'source.mjs', 'tag.mjs'].map((name) => ({
      path: `scripts/${name}`,
      text: templateText(`publish/${name}`).replace('BUILD_TYPE', buildType),
      ...(name.endsWith('.sh') && { executable: true as const }),
    })),
    tools: [oras, cosign],
    ignore: ['/cosign.key'],
    notes: [
      `## Publishing

\`make ship\` goes from the sources to the end: it builds, tests, pushes, signs and verifies. It stops at the first failure, and
goes on there when it is run again. What it ships is \`${module.image}:TAG\`;
TAG is what \`git describe\` says unless you give one. A tag is never moved: \`make push\` stops where it names another module.
${
  differs
    ? `Two builds of the same commit differ here (${differs}), so a release that failed after
the push is run again with the module that was built then, or with another tag.`
    : 'The same commit gives the same module, so a release that failed after the push can be run again.'
}

\`make sign\` signs that digest, an SBOM (SPDX, of what is compiled into the module, not of the tools) and
[SLSA provenance](${buildType}), and adds only what is missing.
\`make verify\` checks all three, and that they are for the commit and the repository that are checked out; so can every user of
the module, in a clone. Where the CI can prove who it is, or you log in with a browser, there is no key: the public
[Sigstore](https://docs.sigstore.dev) is told the image's name and who has signed. Then \`make verify\` has to know whom to trust:

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
