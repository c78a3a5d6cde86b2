/** What every project has, whatever was chosen: the contract, the optimizer, the doctor, the broom. */
import type { Built, Share } from './plan.ts';
import { named, templateText } from './templates.ts';
import { node } from './tools.ts';

/** WebAssembly features that every host here has had for years. `--all-features` makes modules that hosts refuse. */
const features = ['bulk-memory', 'sign-ext', 'mutable-globals', 'nontrapping-float-to-int'];

export function core(module: Built): Share {
  const cases = `contract/${module.kind}.json`;
  const optimizes = module.optimized !== module.artifact;
  const contract = (artifact: string) => `node contract/run.mjs ${cases} ${artifact}`;
  return {
    tasks: {
      doctor: { help: 'Name each missing tool and how to get it', run: ['sh scripts/doctor.sh'] },
      test: {
        help: 'Run the unit tests and hold the module to its contract',
        needs: ['build'],
        run: [contract(module.artifact)],
      },
      ...(optimizes && {
        optimize: {
          help: 'Shrink the module and hold the result to the contract',
          needs: [module.optimized],
          run: [contract(module.optimized), `wc -c ${module.artifact} ${module.optimized} | sed '$d'`],
        },
      }),
      clean: { help: 'Remove what the build made', run: ['rm -rf build'] },
    },
    rules: optimizes
      ? [
          {
            target: module.optimized,
            from: [module.artifact],
            run: [
              `wasm-opt -Oz ${features.map((name) => `--enable-${name}`).join(' ')} ${module.artifact} -o ${module.optimized}`,
            ],
          },
        ]
      : [],
    files: [
      { path: cases, text: named(templateText(cases), module.name) },
      { path: 'contract/run.mjs', text: templateText('contract/run.mjs') },
    ],
    tools: [node, { command: 'make' }, { command: 'git' }],
    ignore: ['/build/'],
  };
}
