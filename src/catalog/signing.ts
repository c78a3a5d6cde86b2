/** Signature, SBOM and provenance of a module in an OCI registry, by cosign. */
import { basename } from 'node:path/posix';
import { quote } from '../lib/shell.ts';
import { and } from '../lib/words.ts';
import type { Choices, Kind } from '../model/choices.ts';
import { checksums, sbom, sigstore } from '../model/pipeline.ts';
import type { Built, Contents, Contribution, Setting, Task, TaskName } from '../model/plan.ts';
import { notes, templateText } from './templates.ts';
import { cosign, oras } from './tools.ts';

/** The setting TAG, which CI fills in for a tag. The same for every protocol. */
export const tagged: Setting = { name: 'TAG', help: 'the tag that is released', fromCi: 'tag' };

/** The task that makes the file for `push`: components are not optimized. */
export const making = (kind: Kind): 'build' | 'optimize' => (kind === 'http' ? 'build' : 'optimize');

/** Fails with the name of the task that makes a required file. As a prerequisite, make would build it again. */
export const built = (path: string, task: TaskName): string =>
  `@test -f ${path} || { echo 'Error: ${path} is missing: run make ${task} first.' >&2; exit 1; }`;

/** The trusted signer. `push` and `sign` need it too, to see what is already signed when a release is repeated. */
const signer: Setting[] = [
  // With several CI providers: this one signs without a key although there is a cosign.pub.
  { name: 'KEYLESS', help: 'sign and verify without a key', fromCi: 'keyless' },
  { name: 'SIGNER_IDENTITY', help: 'the expected signer', fromCi: 'signer' },
  { name: 'SIGNER_ISSUER', help: 'the OIDC issuer of the signer', fromCi: 'issuer' },
  { name: 'BUILD_WORKFLOW', help: 'the workflow that builds, for the provenance', fromCi: 'workflow' },
];

/** The URL of docs/build-type.md at this version. */
export const buildType = 'https://unpkg.com/generator-wasm@0.3.0/docs/build-type.md';

/**
 * Signing of a module that `push` puts into a registry.
 * @param contents the dependencies for the SBOM
 * @param differs why two builds of the same sources differ; undefined if builds are reproducible
 */
export function signing(
  module: Built,
  { license }: Choices,
  contents: Contents[],
  differs: string | undefined,
): Contribution {
  return {
    tasks: {
      push: { help: 'Push the module to the registry', settings: signer },
      sbom: { help: 'Write an SBOM (SPDX)', needs: [sbom] },
      sign: {
        help: 'Sign the pushed image, with SBOM and provenance',
        run: [built(sbom, 'sbom'), 'sh scripts/sign.sh'],
        secrets: [
          {
            name: 'COSIGN_PRIVATE_KEY',
            help: 'the text of `cosign.key`, or the same in base64',
            where: 'no identity',
          },
          { name: 'COSIGN_PASSWORD', help: 'the password of that key', where: 'no identity' },
        ],
        settings: [{ name: 'BUILD_URL', help: 'the address of the run, for the provenance', fromCi: 'run' }, ...signer],
        identity: { variable: 'SIGSTORE_ID_TOKEN', audience: sigstore, purpose: 'to sign without a key' },
      },
      verify: {
        help: 'Verify signature, SBOM and provenance of the image with tag TAG',
        run: ['node scripts/verify.mjs "$IMAGE:$TAG"'],
        settings: [tagged, ...signer],
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
    shared: ['sign.sh', 'verify.mjs', 'provenance.mjs', 'sbom.mjs', 'source.mjs', 'tag.mjs'].map((name) => ({
      path: `scripts/${name}`,
      text: templateText(`publish/${name}`).replace('BUILD_TYPE', buildType),
      ...(name.endsWith('.sh') && { executable: true as const }),
    })),
    tools: [oras, cosign],
    ignore: ['/cosign.key'],
    notes: [notes('publish/signing.notes.md.ejs', { image: module.image, differs, buildType })],
    setup: [notes('publish/signing.setup.md.ejs')],
  };
}

/** The tasks that the help of `ship` names. */
const told: TaskName[] = ['build', 'test', 'push', 'sign', 'verify', 'deploy'];

/** The tasks of a release, in order. */
const shipped: TaskName[] = ['build', 'test', 'optimize', 'sbom', 'login', 'push', 'sign', 'verify', 'deploy', 'smoke'];

/**
 * The task `ship` for a project with these tasks. Everything that is pushed has a TAG.
 * @param reference the name of the module for its users, with variables of the project
 * @param where where the module then runs, in a few words
 */
export function shipping(
  module: Built,
  find: (name: TaskName) => Task | undefined,
  reference: string,
  where: string,
): Contribution {
  const handed = [module.optimized, ...(find('sbom') ? [sbom] : [])];
  const asks = find('deploy')?.asks;
  const tasks = shipped.filter((name) => find(name) && !find(name)?.wantsServer);
  return {
    tasks: {
      checksums: {
        help: `Write the checksums of the published files to ${checksums}`,
        needs: handed,
        run: [`cd build && sha256sum ${handed.map((path) => basename(path)).join(' ')} >${basename(checksums)}`],
      },
      intact: {
        help: `Check the published files against ${checksums}`,
        run: [built(checksums, 'checksums'), `cd build && sha256sum -c ${basename(checksums)}`],
      },
      ship: {
        help: `Release in one step: ${and(tasks.filter((name) => told.includes(name)))}`,
        run: [
          `@${asks ? `${asks} && ` : ''}sh scripts/ship.sh ${module.optimized} "$TAG" "${reference}" ${quote(where)} ${tasks.join(' ')}`,
        ],
        ...(asks && { asks }),
        calls: tasks,
      },
    },
    variables: [{ name: 'TAG', value: 'sh scripts/tag.sh', overridable: true, shell: true, orElse: 'No tag found' }],
    tools: [{ command: 'git' }],
    shared: ['ship.sh', 'tag.sh', ...(find('sign') ? ['secret.sh'] : [])].map((name) => ({
      path: `scripts/${name}`,
      text: templateText(`publish/${name}`),
      executable: true,
    })),
  };
}
