/** What pushing has in common, whatever the layout of the artifact. */
import type { Built, Share, Variable } from '../plan.ts';
import { templateText } from '../templates.ts';
import { oras } from '../tools.ts';

/** What a release is called, unless told otherwise. */
export const tag: Variable = {
  name: 'TAG',
  value: 'git describe --tags --always --dirty',
  overridable: true,
  shell: true,
};

/** `push` by a script of templates/hosts. */
export function pushed(module: Built, script: string): Share {
  return {
    tasks: {
      push: {
        help: 'Push the module to the registry',
        needs: [module.optimized === module.artifact ? 'build' : 'optimize'],
        run: [`sh scripts/${script} ${module.optimized} "$IMAGE:$TAG"`],
      },
    },
    variables: [{ name: 'IMAGE', value: module.image }, tag],
    files: [{ path: `scripts/${script}`, text: templateText(`hosts/${script}`), executable: true }],
    tools: [oras],
    notes: [`\`make push\` ships \`${module.image}:TAG\`; TAG is what \`git describe\` says unless you give one.`],
  };
}
