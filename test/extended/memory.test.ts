/** The manifests request what wasmtime takes for each program under its contract: compiled ahead, as the shim of runwasi compiles it. */
import assert from 'node:assert/strict';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { Choices } from '../../src/model/choices.ts';
import { render } from '../../src/print/render.ts';
import { bin, make, project, serving } from '../e2e/world.ts';
import { cells } from '../support/cells.ts';
import { freePort, need, needed, ok, scratch } from '../support/programs.ts';

/** Runs a command, also one that SIGINT ends, and prints the most memory that it took, in KiB. */
const measure = `import resource, signal, subprocess, sys
signal.signal(signal.SIGINT, lambda *_: None)
subprocess.run(sys.argv[1:])
print('peak', resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, file=sys.stderr)
`;

/** What the manifest of a new project requests, in MiB. */
function requested(choices: Choices): number {
  const host = choices.kind === 'wagi' ? 'spinkube' : 'runwasi';
  const files = render({ ...choices, host, registry: 'oci', namespace: 'registry.example.com/team' });
  const manifest = files.find(({ path }) => /^deploy\/(job|deployment|spinapp)\.yaml$/.test(path));
  const { spec } = parse(String(manifest?.text));
  const memory = (spec.resources ?? spec.template.spec.containers[0].resources).requests.memory;
  return Number(/^(\d+)Mi$/.exec(memory)?.[1]);
}

/** The lines of a shell that give a program its largest input, in a folder with the module `ahead.cwasm`. */
const inputs = {
  command: ['run --allow-precompiled ahead.cwasm Ada', 'run --allow-precompiled ahead.cwasm --count <three-mebibytes'],
  wagi: [
    'run --allow-precompiled --env REQUEST_METHOD=POST --env PATH_INFO=/echo --env CONTENT_LENGTH=1048576 ahead.cwasm <one-mebibyte',
  ],
};

describe('memory', function () {
  this.timeout(600_000);
  const folder = mkdtempSync(join(scratch, 'memory-'));
  const script = join(folder, 'measure.py');
  writeFileSync(script, measure);
  writeFileSync(join(folder, 'one-mebibyte'), Buffer.alloc(1 << 20, 'a'));
  writeFileSync(join(folder, 'three-mebibytes'), Buffer.alloc(3 << 20, 'a b\n'));

  async function peakOf(kind: Choices['kind']): Promise<number> {
    const said: string[] = [];
    if (kind === 'http') {
      const listen = `127.0.0.1:${await freePort()}`;
      const server = ['wasmtime', 'serve', '-Scli', '--allow-precompiled', `--addr=${listen}`, 'ahead.cwasm'];
      const stop = await serving('python3', [script, ...server], folder, `http://${listen}/`);
      try {
        ok(bin(), ['contract', `http://${listen}`, '--kind', kind], folder);
      } finally {
        said.push((await stop()).said);
      }
    } else for (const line of inputs[kind]) said.push(ok('sh', ['-c', `python3 measure.py wasmtime ${line}`], folder));
    return Math.max(...said.map((text) => Number(/^peak (\d+)$/m.exec(text)?.[1]))) / 1024;
  }

  for (const { choices } of cells.filter(({ notRun }) => !notRun))
    it(`of ${choices.language} ${choices.kind}`, async function () {
      need(this, 'make', 'wasmtime', 'python3', ...needed(choices.language));
      const built = project(choices);
      make(built, 'setup', 'build');
      ok('wasmtime', ['compile', `build/${choices.name}.wasm`, '-o', join(folder, 'ahead.cwasm')], built);
      const peak = await peakOf(choices.kind);
      const figures = `${peak.toFixed(1)} MiB, and ${requested(choices)} are requested`;
      console.log(`      ${figures}`);
      assert.ok(peak <= requested(choices), figures);
    });
});
