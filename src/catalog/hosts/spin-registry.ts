/** The registry layout of Spin applications, which only Spin reads and writes. */
import type { Built, Contribution } from '../../model/plan.ts';
import { built, making, tagged } from '../signing.ts';
import { templateText } from '../templates.ts';
import { spin } from '../tools.ts';

export const spinRegistry = (module: Built): Contribution => ({
  tasks: {
    push: {
      help: 'Push the application to the registry',
      run: [built(module.optimized, making(module.kind)), 'node scripts/push.mjs "$IMAGE:$TAG"'],
      settings: [tagged],
    },
  },
  shared: [{ path: 'scripts/push.mjs', text: templateText('hosts/spin-push.mjs'), rootPath: 'scripts/push-spin.mjs' }],
  tools: [spin],
});
