// Builds dist/, which needs no other package: the program and its door, the Yeoman generators, the WAGI server, and the licences of what
// is bundled. ARCHITECTURE.md says why it has these parts. Our own code stays readable, for stack traces; other packages are minified.
import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join, relative, resolve } from 'node:path';
import { runInNewContext } from 'node:vm';
import { brotliCompressSync } from 'node:zlib';
import ejs from 'ejs';
import { build, transform } from 'esbuild';

/** What is bundled by itself, by its source: loaded on its own, or shared by several. All lie one folder below dist/. */
const parts = {
  'src/commands/program.ts': 'bin/program.cjs',
  'bin/prompts.ts': 'bin/prompts.cjs',
  'generators/yeoman.ts': 'generators/yeoman.js',
  'wagi/cli.ts': 'wagi/cli.cjs',
  'wagi/wat.ts': 'wagi/wat.cjs',
};

/** The packages that the program imports, with the functions that it calls. Each is a file beside it, which the first call loads. */
const libraries = {
  'smol-toml': ['parse', 'stringify'],
  yaml: ['parse', 'parseDocument', 'visit'],
};

/** The functions of our own that are loaded by their first call. */
const readers = 'src/catalog/existing/readers.ts';
const read = [...readFileSync(readers, 'utf8').matchAll(/^export \{([^}]+)\}/gm)].flatMap(([, names]) =>
  names.split(',').map((name) => name.trim()),
);

/** Leaves an import of another part as it is, with the name of the part's file. */
const apart = {
  name: 'parts',
  setup({ onResolve }) {
    onResolve({ filter: /^\..*\.ts$/ }, ({ path, resolveDir, kind }) => {
      const part = kind !== 'entry-point' && parts[relative('.', resolve(resolveDir, path)).replaceAll('\\', '/')];
      return part ? { path: `../${part}`, external: true } : undefined;
    });
  },
};
const later = {
  name: 'later',
  setup({ onLoad, onResolve }) {
    const all = { ...libraries, readers: read };
    const filter = new RegExp(`^(?:${Object.keys(libraries).join('|')}|.*/readers\\.ts)$`);
    onResolve({ filter }, ({ path, kind }) =>
      kind === 'entry-point' ? undefined : { path: basename(path, '.ts'), namespace: 'later' },
    );
    onLoad({ filter: /./, namespace: 'later' }, ({ path }) => ({
      contents: all[path]
        .map((name) => `export const ${name} = (...args) => require('./${path}.cjs').${name}(...args);`)
        .join('\n'),
    }));
  },
};

/** The EJS templates as functions, in two files beside the program: those of workshops, and the others. */
const isOfWorkshop = (path) => path.startsWith('workshop/');
const prose = {
  name: 'prose',
  setup({ onLoad }) {
    onLoad({ filter: /src[\\/]catalog[\\/]prose\.ts$/ }, () => ({
      contents: `const isOfWorkshop = ${isOfWorkshop};
        const functions = (path) => isOfWorkshop(path) ? require('./lessons.cjs') : require('./prose.cjs');
        export const compiled = (path) => (data) => functions(path)[path](Object.assign(Object.create(null), data), String);`,
    }));
  },
};

async function compileProse(file, isThere) {
  const paths = readdirSync('templates', { recursive: true }).map((path) => path.replaceAll('\\', '/'));
  const functions = paths
    .filter((path) => path.endsWith('.ejs') && isThere(path))
    .map((path) => {
      const template = new ejs.Template(readFileSync(join('templates', path), 'utf8'), { compileDebug: false });
      template.compile();
      return `exports[${JSON.stringify(path)}] = function (locals, escapeFn) {\n${template.source}};`;
    });
  const { code } = await transform(functions.join('\n'), { ...minified, target });
  writeFileSync(`dist/bin/${file}.cjs`, code);
}

/** What yeoman-generator can do and our generators never ask of it: calls of git and npm, copies of templates. */
const unused = {
  binaryextensions: ['default'],
  'deep-extend': ['default'],
  ejs: ['default'],
  execa: ['execa', 'execaCommand', 'execaCommandSync', 'execaSync'],
  isbinaryfile: ['isBinaryFileSync'],
  'latest-version': ['default'],
  'mem-fs': ['isFileTransform'],
  minimatch: ['minimatch'],
  multimatch: ['default'],
  'read-package-up': ['readPackageUpSync'],
  'simple-git': ['CheckRepoActions', 'CleanOptions', 'simpleGit'],
  textextensions: ['default'],
  tinyglobby: ['glob', 'globSync', 'isDynamicPattern'],
};

const yeoman = {
  name: 'yeoman',
  setup({ onLoad, onResolve }) {
    const filter = new RegExp(`^(?:${Object.keys(unused).join('|')})$`);
    onResolve({ filter }, ({ path }) => ({ path, namespace: 'unused' }));
    // The editor of files in memory: our generators write by themselves, and keep no answers.
    onResolve({ filter: /^mem-fs-editor$/ }, ({ path }) => ({ path, namespace: 'editor' }));
    onLoad({ filter: /./, namespace: 'editor' }, () => ({
      contents: 'export const create = (store) => ({ store, readJSON: (_, otherwise) => otherwise });',
    }));
    // One function of many.
    onResolve({ filter: /^semver$/ }, () => ({ path: 'lte', namespace: 'semver' }));
    onLoad({ filter: /./, namespace: 'semver' }, () => ({
      contents: "export { default as lte } from 'semver/functions/lte.js';",
      resolveDir: '.',
    }));
    onLoad({ filter: /./, namespace: 'unused' }, ({ path }) => ({
      contents: unused[path]
        .map((name) => `export { nothing as ${name} };`)
        .join('\n')
        .concat('\nlet nothing;'),
    }));
    onLoad({ filter: /yeoman-generator[\\/]dist[\\/]generator\.js$/ }, ({ path }) => {
      const replaced = {
        // Its own version, from a file beside it, which would be ours.
        "JSON.parse(readFileSync(pathJoin(_dirname, '../package.json'), 'utf8'))": JSON.stringify({
          version: manifest(yeomanFolder).version,
        }),
        // All of lodash, for generators that use `this._`.
        "import * as _ from 'lodash-es';": 'const _ = {};',
      };
      let contents = readFileSync(path, 'utf8');
      for (const [before, after] of Object.entries(replaced)) {
        if (!contents.includes(before)) throw new Error(`${path} has no ${before}, which this build replaces`);
        contents = contents.replace(before, after);
      }
      return { contents };
    });
  },
};
/** wabt's code, with its WebAssembly module in a file: as text, which it is in the code, it takes a third more of the tarball. */
const wabt = {
  name: 'wabt',
  setup({ onLoad }) {
    onLoad({ filter: /wabt[\\/]index\.js$/ }, ({ path }) => {
      const [before, text, after] = readFileSync(path, 'utf8').split(
        /(?<=findWasmBinary\(\)\{return )binaryDecode\(('.*?')\)(?=\})/s,
      );
      if (after === undefined) throw new Error(`${path} does not decode its module as this build expects`);
      // Each character is a byte; U+0100 is zero.
      const module = Buffer.from(runInNewContext(text), 'latin1');
      if (!WebAssembly.validate(module)) throw new Error(`The module in ${path} is not valid`);
      writeFileSync('dist/wagi/wabt.wasm.br', brotliCompressSync(module));
      const read =
        "require('node:zlib').brotliDecompressSync(require('node:fs').readFileSync(`${__dirname}/wabt.wasm.br`))";
      return { contents: before + read + after };
    });
  },
};
const yeomanFolder = 'node_modules/yeoman-generator';

const manifest = (folder) => JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));

/** The folders of the packages that are bundled. */
const packages = new Set();

async function bundle(options) {
  const result = await build({
    bundle: true,
    platform: 'node',
    target,
    metafile: true,
    ...options,
    plugins: [apart, ...(options.plugins ?? [])],
  });
  for (const { inputs } of Object.values(result.metafile.outputs))
    for (const [path, { bytesInOutput }] of Object.entries(inputs)) {
      const [, folder] = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(path) ?? [];
      if (folder && bytesInOutput > 0) packages.add(folder);
    }
  return result;
}

const target = 'node20.17';

/** CommonJS, which Node starts in 7 ms less than an ES module. */
const asScript = {
  format: 'cjs',
  platform: 'node',
  define: { 'import.meta.dirname': '__dirname', 'import.meta.filename': '__filename' },
  // Each `import()` is a `require()` when it is called.
  supported: { 'dynamic-import': false },
};

const script = (source, outfile, options = {}) =>
  bundle({
    entryPoints: [source],
    outfile: `dist/${outfile}`,
    ...asScript,
    ...options,
  });

/** Our own code keeps its names, for stack traces. */
const dense = { minifySyntax: true, minifyWhitespace: true, lineLimit: 160 };

const minified = { minify: true, legalComments: 'none' };

/**
 * The program, in a file for what creates a project and others for what only some commands need. esbuild splits ES modules alone, so
 * each file becomes CommonJS afterwards.
 */
async function program() {
  const { outputFiles } = await bundle({
    entryPoints: { program: 'src/commands/program.ts', readers },
    outdir: 'dist/bin',
    format: 'esm',
    splitting: true,
    write: false,
    outExtension: { '.js': '.cjs' },
    plugins: [later, prose],
    external: ['lessons', 'prose', 'readers', ...Object.keys(libraries)].map((name) => `./${name}.cjs`),
  });
  for (const { path, text } of outputFiles) {
    const { code } = await transform(text, { ...asScript, ...dense, target });
    writeFileSync(path, code);
  }
}

/** The licences of the bundled packages. Stops at one that does not allow this. */
function licences() {
  const allowed =
    /^\(?(?:(?:MIT|ISC|0BSD|Apache-2\.0|BSD-[23]-Clause|BlueOak-1\.0\.0|CC0-1\.0|CC-BY-3\.0)(?: OR | AND )?)+\)?$/;
  const known = new Map();
  // A text that several packages have is printed once, and with the others only their copyright.
  const once = (text, name) => {
    const isCopyright = (line) => /^\W*copyright\b/i.test(line);
    const lines = text.split('\n');
    const rest = lines
      .filter((line) => !isCopyright(line))
      .join(' ')
      .replace(/\W+/g, ' ');
    const before = known.get(rest);
    known.set(rest, before ?? name);
    return before ? [...lines.filter(isCopyright), '', `The licence is that of ${before}, above.`].join('\n') : text;
  };
  const texts = [...packages].sort().map((folder) => {
    const { name, version, license, author } = manifest(folder);
    if (!allowed.test(license))
      throw new Error(`${name} has the licence ${license}, which scripts/build.mjs does not know`);
    const files = readdirSync(folder).filter((file) => /^(?:licen[cs]e|copying|notice)/i.test(file));
    const text =
      files.length > 0
        ? files.map((file) => readFileSync(join(folder, file), 'utf8').trim()).join('\n\n')
        : `By ${author?.name ?? author}. The package has no file with its licence: https://spdx.org/licenses/${license}.html`;
    return `${name} ${version}: ${license}\n\n${once(text, name)}\n`;
  });
  return ['generator-wasm contains code of these packages.\n', ...texts].join(`\n${'-'.repeat(80)}\n\n`);
}

rmSync('dist', { recursive: true, force: true });
mkdirSync('dist/wagi', { recursive: true });
const generators = readdirSync('generators', { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => `generators/${name}/index.ts`);
await Promise.all([
  script('bin/generator-wasm.ts', 'bin/generator-wasm.cjs', dense),
  program(),
  ...Object.entries(libraries).map(([name, functions]) =>
    script(undefined, `bin/${name}.cjs`, {
      entryPoints: [],
      stdin: { contents: `export { ${functions.join(', ')} } from '${name}';`, resolveDir: '.' },
      // Its ES modules, of which esbuild leaves out what is not called.
      alias: { yaml: resolve('node_modules/yaml/browser/dist/index.js') },
      ...minified,
    }),
  ),
  script('bin/prompts.ts', 'bin/prompts.cjs', minified),
  script('wagi/cli.ts', 'wagi/cli.cjs', dense),
  script('wagi/worker.ts', 'wagi/worker.cjs', dense),
  script('wagi/wat.ts', 'wagi/wat.cjs', { ...minified, plugins: [wabt] }),
  bundle({
    entryPoints: generators,
    outdir: 'dist',
    outbase: '.',
    format: 'esm',
    splitting: true,
    chunkNames: 'chunks/[name]',
  }),
  bundle({
    entryPoints: ['generators/yeoman.ts'],
    outfile: 'dist/generators/yeoman.js',
    format: 'esm',
    ...minified,
    plugins: [yeoman],
    // Some of its packages are CommonJS.
    banner: { js: "import { createRequire } from 'node:module';\nconst require = createRequire(import.meta.url);" },
  }),
]);
chmodSync('dist/bin/generator-wasm.cjs', 0o755);
await compileProse('lessons', isOfWorkshop);
await compileProse('prose', (path) => !isOfWorkshop(path));
writeFileSync('dist/THIRD_PARTY.txt', licences());
