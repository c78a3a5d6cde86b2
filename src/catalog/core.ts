/** What every project has: the contract, the optimizer, the doctor, and `clean`. */
import type { Built, Contribution } from '../model/plan.ts';
import { casesOfProject, runner } from './contract.ts';
import { node } from './tools.ts';

/** WebAssembly features that all hosts support. `--all-features` would produce modules that hosts refuse. */
const features = ['bulk-memory', 'sign-ext', 'mutable-globals', 'nontrapping-float-to-int'];

/**
 * The tasks of every project.
 * @param maxBytes the largest module that `make test` accepts; undefined if unknown
 */
export function core(module: Built, maxBytes: number | undefined): Contribution {
  const cases = `contract/${module.kind}.json`;
  const optimizes = module.optimized !== module.artifact;
  const contract = (artifact: string) => `node contract/run.mjs ${cases} ${artifact}`;
  const budget = maxBytes === undefined ? '' : ' --max-bytes $MAX_BYTES';
  return {
    tasks: {
      doctor: { help: 'List missing tools and how to install them', run: ['sh scripts/doctor.sh'] },
      test: {
        help: 'Run the unit tests and check the module against its contract',
        needs: ['build'],
        run: [`${contract(module.artifact)}${budget}`],
      },
      ...(optimizes && {
        optimize: {
          help: 'Shrink the module and check the result against the contract',
          needs: [module.optimized],
          run: [contract(module.optimized), `@wc -c ${module.artifact} ${module.optimized}`],
        },
      }),
      clean: { help: 'Remove the build output', run: ['rm -rf build'] },
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
    variables: maxBytes === undefined ? [] : [{ name: 'MAX_BYTES', value: String(maxBytes), overridable: true }],
    files: [{ path: cases, text: casesOfProject(module.kind, module.name) }],
    shared: [{ path: 'contract/run.mjs', text: runner }],
    tools: [node],
    ignore: ['/build/'],
  };
}
