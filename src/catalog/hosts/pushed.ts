/** `push` to an OCI registry, in a layout of templates/publish. */
import type { Choices } from '../../model/choices.ts';
import type { Built, Contribution } from '../../model/plan.ts';
import { built, making, tagged } from '../signing.ts';
import { templateText } from '../templates.ts';
import { oras } from '../tools.ts';

export function pushed(module: Built, { license }: Choices, layout: 'cncf-wasm' | 'wasm-to-oci'): Contribution {
  const annotations = license === 'none' ? '' : ` org.opencontainers.image.licenses=${license}`;
  return {
    tasks: {
      push: {
        help: 'Push the module to the registry',
        run: [
          built(module.optimized, making(module.kind)),
          `node scripts/push.mjs ${module.optimized} "$IMAGE:$TAG"${annotations}`,
        ],
        settings: [tagged],
      },
    },
    files: [{ path: 'scripts/layout.mjs', text: templateText(`publish/${layout}.mjs`) }],
    shared: [{ path: 'scripts/push.mjs', text: templateText('publish/push.mjs') }],
    tools: [oras],
  };
}
