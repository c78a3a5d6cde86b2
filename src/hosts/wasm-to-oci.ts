/**
 * The layout that Krustlet and WAGI's `oci:` references pull: config `application/vnd.wasm.config.v1+json`, one layer
 * `application/vnd.wasm.content.layer.v1+wasm`, and a manifest without a top-level `mediaType`, which `oras push` cannot write.
 */
import type { Built, Share } from '../plan.ts';
import { templateText } from '../templates.ts';
import { oras } from '../tools.ts';

export function wasmToOci(module: Built): Share {
  return {
    tasks: {
      push: {
        help: 'Push the optimized module to the registry',
        needs: ['optimize'],
        run: [`sh scripts/push.sh ${module.optimized} "$IMAGE:$TAG"`],
      },
    },
    variables: [
      { name: 'IMAGE', value: module.image },
      { name: 'TAG', value: 'git describe --tags --always --dirty', overridable: true, shell: true },
    ],
    files: [{ path: 'scripts/push.sh', text: templateText('hosts/push.sh'), executable: true }],
    tools: [oras],
    notes: [`\`make push\` ships \`${module.image}:TAG\`; TAG is what \`git describe\` says unless you give one.`],
  };
}
