/** TinyGo: the packages of the Go templates, with a program that suits TinyGo's smaller library. */

import { quote, quotePath } from '../../lib/shell.ts';
import type { Existing, Language } from '../../model/axes.ts';
import { generateBindings, readGo } from '../existing/readers.ts';
import { ignoringItself, isStated, made, statedLine, task } from '../existing.ts';
import { notes, templateFiles } from '../templates.ts';
import { wasmOpt } from '../tools.ts';
import { decisions, goChanges, goEditor, goModules, goRefuses, goSources, goTasks, goTool } from './gotool.ts';

/**
 * The last one before 0.42.0, which stops at programs without a scheduler that use a file as io.Reader or io.Writer:
 * https://github.com/tinygo-org/tinygo/issues/5705
 */
// renovate: datasource=github-releases depName=tinygo-org/tinygo
export const tinygoVersion = '0.41.1';

/**
 * `wasi-legacy` is the build mode whose `_start` returns; in the default mode it leaves by proc_exit even when all went
 * well: https://github.com/tinygo-org/tinygo/pull/4734
 */
const build = 'tinygo build -target=wasip1 -buildmode=wasi-legacy -scheduler=none -gc=leaking -panic=trap -no-debug';

/** An adopted Go module that calls TinyGo. */
const existing: Existing = {
  manifests: ['go.mod'],
  read: (folder, around) => readGo(folder, around, true),
  contribute: ({ artifact = '', main = '.', system, reactor, world, generate, bindings, tests, ...facts }) => {
    const target = world
      ? `-target=wasip2 -wit-package ./wit -wit-world ${quote(world)}`
      : `-target=${system === 'js' ? 'wasm' : 'wasip1'}`;
    // Before 0.3.0 the output was in build/ itself.
    const isOurs = artifact.startsWith(`${made}/`);
    const folder = isOurs ? '' : 'mkdir -p build && ';
    return {
      tasks: {
        build: task(
          ...(generate && !isStated(facts) ? ['go generate ./...'] : []),
          ...(bindings && !isStated(facts) ? [generateBindings(bindings)] : []),
          ...(!isStated(facts) && isOurs ? [ignoringItself(made)] : []),
          statedLine(facts) ??
            `${folder}tinygo build ${target}${reactor && !world ? ' -buildmode=c-shared' : ''} -o ${quotePath(artifact)} ${quotePath(main)}`,
        ),
        ...(tests !== 'none' && { test: task('go test ./...') }),
      },
      tools: [{ command: 'tinygo', mise: ['tinygo', tinygoVersion] }, goTool],
      ecosystems: ['gomod'],
    };
  },
};

export const tinygo: Language = {
  existing,
  id: 'tinygo',
  label: 'TinyGo',
  aliases: ['tiny-go'],
  help: 'most of Go, small modules',
  status: 'current',
  notRun:
    'TinyGo is in no package registry, so nothing was compiled by it here; the sources were compiled, tested, vetted and checked against the contract with Go, and the commands come from its documentation and sources',
  changes: goChanges('Makefile'),
  kinds: ['command', 'wagi'],
  refuses: goRefuses,
  contribute(module) {
    const { artifact, kind, name } = module;
    const shared = ['languages/go/common', `languages/go/${kind}`].flatMap((folder) => templateFiles(folder, name));
    return {
      tasks: { ...goTasks, build: { help: `Compile ${artifact}`, needs: [artifact] } },
      rules: [{ target: artifact, from: goSources, run: [`${build} -o ${artifact} .`] }],
      files: [
        // TinyGo brings its own.
        ...shared.filter(({ path }) => path !== 'main.go'),
        ...templateFiles('languages/tinygo/common', name),
        ...templateFiles(`languages/tinygo/${kind}`, name),
      ],
      contents: [
        goModules,
        { type: 'generic/tinygo', run: 'tinygo version' },
        { type: 'generic/wasi-libc' },
        { type: 'generic/compiler-rt' },
      ],
      tools: [
        { command: 'tinygo', atLeast: '0.41', probe: 'tinygo version', mise: ['tinygo', tinygoVersion] },
        goTool,
        wasmOpt,
      ],
      ...goEditor(kind),
      ecosystems: ['gomod'],
      advice: [
        `\`main.go\` only reads and writes. Put your code in \`${decisions[kind]}\`, with tests beside them. Text from outside is bytes, also in a \`string\`: check for UTF-8 before you rely on it.`,
        'The module has no scheduler and never frees memory: no goroutines, and no work that allocates without end. `fmt` and `net/http` make it many times larger.',
      ],
      notes: [notes('languages/tinygo/notes.md.ejs', { decisions: decisions[kind], name })],
    };
  },
};
