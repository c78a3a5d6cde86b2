/**
 * How a repository says that it is built: in manifests of Spin and wasmCloud, tasks of make, just and Task, and lines of Dockerfiles,
 * CI files and READMEs, in this order. All are read as text; nothing of the repository runs.
 */
import { parse as parseYaml } from 'yaml';
import { folderOf } from '../../lib/paths.ts';
import { quote } from '../../lib/shell.ts';
import { literally } from '../../lib/words.ts';
import type { Folder, Statement } from '../../model/axes.ts';
import { isTable, json, type Table, table, textOf, texts, toml } from './data.ts';

/** Commands that compile to WebAssembly. */
const compiles =
  /\bcargo\b[^\n]*(?:--target[= ]\s*wasm32|\bcomponent\s+(?:build|b)\b)|\btinygo\s+build\b|\bGOARCH=wasm\b|(?<!\binstall\b[^\n&;]*)\bcomponentize-(?:py|go)\b|\bjco\s+componentize\b|\bcomponentize-js\b|\b(?:npx\s+)?asc\s+\S+\.ts\b|\bzig\s+build\b[^\n]*wasm32|\bwasm-pack\s+build\b/;

/** Names of tasks that build, best first. */
const builds = ['build', 'build-wasm', 'wasm', 'all', 'default', 'release', 'compile'];

/** Replaces variables that the text itself sets to a plain value: `NAME = value` in make, and similar. */
function expanded(text: string, set: RegExp, used: (name: string) => string[]): string {
  let all = text;
  for (const [, name = '', value = ''] of text.matchAll(set))
    if (/^[\w./:@ -]*$/.test(value)) for (const one of used(name)) all = all.replaceAll(one, value);
  return withTarget(all);
}

/** Adds the target to compiler calls if the text sets it in the environment: `export GOARCH=wasm`, `CARGO_BUILD_TARGET: wasm32-wasip2`. */
function withTarget(text: string): string {
  const set = (name: string, value: string) =>
    new RegExp(`^[^#\\n]*\\b${name}["']?\\s*[:?]?[:=]\\s*["']?(${value})["']?\\s*$`, 'm').exec(text)?.[1];
  const target = set('CARGO_BUILD_TARGET', 'wasm32[\\w-]*');
  const all = target ? text.replace(/\bcargo (?:build|b)\b(?!.*--target)/g, `$& --target ${target}`) : text;
  return set('GOARCH', 'wasm') ? all.replace(/(?<!GOARCH=wasm.*)\bgo build\b/g, 'GOARCH=wasm $&') : all;
}

/** The code of a README: fenced blocks, also in list items, and indented lines. */
export const codeIn = (text: string): string[] => {
  const fence = /^[ \t]*(```|~~~)[^\n]*\n([\s\S]*?)^[ \t]*\1/gm;
  const fenced = [...text.matchAll(fence)].map(([, , code]) => code ?? '');
  const indented = text.replace(fence, '').split(/\r?\n(?! {4}|\t)/);
  return [...fenced, ...indented.flatMap((block) => /\n((?: {4}|\t)[\s\S]*)/.exec(block)?.[1] ?? [])];
};

/** Files that make a folder a project. */
const manifest = /^(?:Cargo\.toml|go\.mod|package\.json|pyproject\.toml)$/;

/** A folder relative to another, both relative to the repository; undefined outside of it. */
export function resolveDir(from: string, to: string): string | undefined {
  if (to.startsWith('/')) return undefined;
  const parts = from === '' ? [] : from.split('/');
  for (const part of to.split('/'))
    if (part === '..') {
      if (parts.pop() === undefined) return undefined;
    } else if (part !== '' && part !== '.') parts.push(part);
  return parts.join('/');
}

/** Joins the lines of a script into one shell line that stops on a failure. */
export function oneLine(script: string): string {
  const lines = script
    .replace(/\\\n/g, ' ')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
  return lines.reduce((all, line) => {
    if (all === '') return line;
    return `${all}${/(?:&&|\|\||[|;{(]|\b(?:then|do|else))$/.test(all) ? ' ' : ' && '}${line}`;
  }, '');
}

/** All build statements of a repository, best first. */
export function statementsIn({ paths, text }: Folder): Statement[] {
  const named = (name: RegExp) => paths.filter((path) => name.test(path.slice(path.lastIndexOf('/') + 1)));
  const at = (path: string) => ({ from: path, dir: folderOf(path) });
  const projects = new Set(named(manifest).map(folderOf));
  /** A script below a project, in `docker/` or `scripts/`, is run in the project's folder. */
  const inProject = (path: string) => {
    let dir = folderOf(path);
    while (dir !== '' && !projects.has(dir)) dir = folderOf(dir);
    return { from: path, dir };
  };
  return [
    ...named(/^spin\.toml$/).flatMap((path) => spin(text(path), at(path))),
    ...named(/^wasmcloud\.toml$/).flatMap((path) => wasmcloud(text(path), at(path))),
    ...paths
      .filter((path) => /(?:^|\/)\.wash\/config\.(?:ya?ml|json)$/.test(path))
      .flatMap((path) => wash(text(path), { from: path, dir: folderOf(folderOf(path)) })),
    ...named(/^fastly\.toml$/).flatMap((path) => fastly(text(path), at(path))),
    ...named(/^(?:GNUm|m|M)akefile$/).flatMap((path) => make(withIncludes(path, { paths, text }), at(path))),
    ...named(/^\.?justfile$/i).flatMap((path) => just(text(path), at(path))),
    ...named(/^Taskfile(?:\.dist)?\.ya?ml$/i).flatMap((path) => taskfile(text(path), at(path))),
    ...named(/^package\.json$/).flatMap((path) => scripts(text(path), at(path))),
    ...named(/^(?:Dockerfile|Containerfile)(?:\..+)?$|\.Dockerfile$/i).flatMap((path) =>
      docker(text(path), inProject(path)),
    ),
    ...paths
      .filter((path) => /^\.github\/workflows\/[^/]+\.ya?ml$/.test(path))
      .flatMap((path) => workflow(text(path), { from: path, dir: '' })),
    ...paths.filter((path) => path === '.gitlab-ci.yml').flatMap((path) => gitlab(text(path), { from: path, dir: '' })),
    ...named(/\.(?:ba)?sh$/).flatMap((path) => hints(withTarget(text(path)), inProject(path))),
    ...named(/^README(?:\.(?:md|markdown|rst|txt))?$/i).flatMap((path) => readme(text(path), at(path))),
  ];
}

type At = Pick<Statement, 'from' | 'dir'>;

/** A component's module, if it is a file of the repository. */
const fileAt = (dir: string, source: unknown): Pick<Statement, 'artifact'> => {
  const artifact = typeof source === 'string' ? resolveDir(dir, source) : undefined;
  return artifact ? { artifact } : {};
};

/** https://spinframework.dev/build: `[component.NAME.build]` of a manifest of version 2, `[[component]]` of version 1. */
function spin(text: string, at: At): Statement[] {
  const { component } = toml(text);
  const all: [string, Table][] = Array.isArray(component)
    ? component.filter(isTable).map((one) => [String(one.id ?? ''), one])
    : Object.entries(table(component)).map(([name, one]) => [name, table(one)]);
  return all.flatMap(([name, { build, source }]) => {
    const { command, workdir } = table(build);
    const script = oneLine(texts(command).map(oneLine).join('\n'));
    const dir = resolveDir(at.dir, typeof workdir === 'string' ? workdir : '');
    if (script === '' || dir === undefined) return [];
    return [
      { ...at, dir, rank: 'manifest' as const, of: name, command: script, calls: script, ...fileAt(at.dir, source) },
    ];
  });
}

/**
 * https://wasmcloud.com/docs: the command, or else what `wash build` runs for the language. A provider is a native program.
 */
function wasmcloud(text: string, at: At): Statement[] {
  const { name, type, language, component } = toml(text);
  if (type === 'provider') return [];
  const { build_command, build_artifact, wasm_target, wit_world } = table(component);
  const said = (command: string, artifact: unknown): Statement[] => [
    { ...at, rank: 'manifest', of: String(name ?? ''), command, calls: command, ...fileAt(at.dir, artifact) },
  ];
  if (typeof build_command === 'string') return said(oneLine(build_command), build_artifact);
  const target = { 'wasm32-wasi-preview2': 'wasm32-wasip2', 'wasm32-wasi-preview1': 'wasm32-wasip1' }[
    String(wasm_target)
  ];
  const wanted = target ?? (typeof wasm_target === 'string' ? wasm_target : 'wasm32-wasip2');
  if (language === 'rust') return said(`cargo build --release --target ${quote(wanted)}`, undefined);
  if (language !== 'tinygo' && language !== 'go') return [];
  const module = `build/${String(name ?? 'module').replaceAll(' ', '_')}.wasm`;
  const world =
    wanted === 'wasm32-wasip2' && typeof wit_world === 'string'
      ? ` -wit-package ./wit -wit-world ${quote(wit_world)}`
      : '';
  const short = wanted === 'wasm32-wasip2' ? 'wasip2' : 'wasip1';
  return said(
    `mkdir -p build && go generate ./... && tinygo build -o ${quote(module)} -target=${short}${world} -scheduler=none -no-debug .`,
    module,
  );
}

/**
 * wash 2: https://github.com/wasmCloud/wasmCloud/blob/main/crates/wash/src/config.rs. Before its release it had a table for each
 * language: https://github.com/wasmCloud/wash/blob/main/crates/wash/src/component_build.rs
 */
function wash(text: string, at: At): Statement[] {
  const { build } = yaml(text);
  const { command, component_path, rust } = table(build);
  const { target = 'wasm32-wasip2', release, custom_command } = table(rust);
  const flags = release === true ? ' --release' : '';
  const byTable = isTable(rust)
    ? texts(custom_command).map(quote).join(' ') || `cargo build --target ${quote(textOf(target))}${flags}`
    : '';
  const script = oneLine(textOf(command)) || byTable;
  if (script === '') return [];
  return [{ ...at, rank: 'manifest', of: '', command: script, calls: script, ...fileAt(at.dir, component_path) }];
}

/** https://www.fastly.com/documentation/reference/compute/fastly-toml/ */
function fastly(text: string, at: At): Statement[] {
  const { build, env_vars } = table(toml(text).scripts);
  const variables = texts(env_vars).map((one) => `${quote(one)} `);
  const script = oneLine(textOf(build));
  const command = variables.length > 0 && script ? `env ${variables.join('')}${script}` : script;
  return script && compiles.test(withTarget(`${texts(env_vars).join('\n')}\n${script}`))
    ? [{ ...at, rank: 'manifest', of: '', command, calls: command }]
    : [];
}

function yaml(text: string): Table {
  try {
    return table(parseYaml(text));
  } catch {
    return {};
  }
}

/** A line of a recipe that starts with a program that CI may not have. */
const strange = /^(?![@-]*(?:\w+=\S* )*(?:cargo|go|tinygo|wasm-\w+|cp|mv|mkdir|rm|echo|env|cd|npx)\b)./m;

interface Task {
  needs: string[];
  lines: string;
  /** It needs arguments, which only other tasks give. */
  isPart?: boolean;
}

/** The best task that builds WebAssembly; if none has the name of a whole build, each that builds a part. */
function best(tasks: Map<string, Task>): { name: string; calls: string }[] {
  const calls = (name: string, seen: readonly string[] = []): string => {
    const one = tasks.get(name);
    if (!one || seen.includes(name)) return '';
    return [...one.needs.map((need) => calls(need, [...seen, name])), one.lines].join('\n');
  };
  const building = (names: readonly string[]) =>
    names.filter((name) => !tasks.get(name)?.isPart && compiles.test(calls(name)));
  const [whole] = building(builds);
  // A part of the build, or a rule of make that writes a module.
  const isPart = (name: string) =>
    /^(?:build|wasm)[\w:.-]*$/.test(name) ||
    (/^[\w./-]+\.wasm$/.test(name) && !strange.test(tasks.get(name)?.lines ?? ''));
  const parts = building([...tasks.keys()].filter(isPart));
  const needed = parts.flatMap((name) => tasks.get(name)?.needs ?? []);
  const names = whole ? [whole] : parts.filter((name) => !needed.includes(name));
  return names.map((name) => ({ name, calls: calls(name) }));
}

/** The tasks that build; if CI can call none, their lines are hints. */
function said(
  tasks: Map<string, Task>,
  at: At,
  by: (name: string) => Pick<Statement, 'command' | 'make'>,
): Statement[] {
  const found = best(tasks).map(({ name, calls }) => ({ ...at, rank: 'task' as const, of: '', ...by(name), calls }));
  return found.length > 0 ? found : hints([...tasks.values()].map(({ lines }) => lines).join('\n'), at);
}

/** A Makefile with the files that it includes. */
function withIncludes(path: string, { paths, text }: Folder): string {
  const own = text(path);
  const names = [...own.matchAll(/^[-s]?include[ \t]+(\S+)/gm)].flatMap(
    ([, name = '']) => resolveDir(folderOf(path), name) ?? [],
  );
  return [own, ...names.filter((name) => paths.includes(name)).map(text)].join('\n');
}

/** A Makefile's rules with their recipes. */
function make(text: string, at: At): Statement[] {
  const tasks = new Map<string, Task>();
  let current: Task[] = [];
  const whole = expanded(text, /^(?:export\s+)?([A-Za-z_]\w*)\s*[:?]{0,2}=[ \t]*(.*?)[ \t]*$/gm, (name) => [
    `$(${name})`,
    `\${${name}}`,
  ]);
  for (const line of whole.replace(/\\\r?\n/g, ' ').split(/\r?\n/)) {
    if (line.startsWith('\t')) {
      for (const one of current) one.lines += `${line.trim()}\n`;
      continue;
    }
    const [, targets, needs = ''] = /^([^\s#:=][^#:=]*):(?![=:])([^=#]*)(?:#.*)?$/.exec(line) ?? [];
    if (targets === undefined) {
      if (line.trim() !== '' && !line.startsWith('#')) current = [];
      continue;
    }
    const words = needs.split(/[\s;|]+/).filter(Boolean);
    current = targets
      .trim()
      .split(/\s+/)
      .map((target) => {
        const one = tasks.get(target) ?? { needs: [], lines: '' };
        one.needs.push(...words);
        tasks.set(target, one);
        return one;
      });
  }
  return said(tasks, at, (make) => ({ command: '', make }));
}

/** A justfile's recipes, with the defaults of their parameters: https://just.systems/man/en */
function just(text: string, at: At): Statement[] {
  const tasks = new Map<string, Task>();
  const defaults = new Map<string, RegExpMatchArray[]>();
  let lines: Task | undefined;
  const whole = expanded(text, /^(?:export\s+)?([A-Za-z_][\w-]*)\s*:=\s*["']?(.*?)["']?\s*$/gm, (name) => [
    `{{${name}}}`,
    `{{ ${name} }}`,
  ]);
  for (const line of whole.split(/\r?\n/)) {
    if (/^\s+\S/.test(line)) {
      if (lines) lines.lines += `${line.trim()}\n`;
      continue;
    }
    const [, name, parameters = '', needs = ''] =
      /^@?([A-Za-z_][\w-]*)((?:\s+[*+$]*\w+(?:\s*=\s*(?:"[^"]*"|'[^']*'|\w+))?)*)\s*:(?!=)([^#]*)/.exec(line) ?? [];
    lines = undefined;
    if (name === undefined) continue;
    const isPart = /\w/.test(parameters.replace(/\w+\s*=\s*(?:"[^"]*"|'[^']*'|\w+)/g, ''));
    lines = { needs: needs.split(/[\s()&]+/).filter(Boolean), lines: '', isPart };
    tasks.set(name, lines);
    defaults.set(name, [...parameters.matchAll(/(\w+)\s*=\s*["']?([\w./-]*)/g)]);
  }
  for (const [name, one] of tasks)
    for (const [, parameter = '', value = ''] of defaults.get(name) ?? [])
      one.lines = one.lines.replace(new RegExp(`\\{\\{\\s*${parameter}\\s*\\}\\}`, 'g'), value);
  return said(tasks, at, (name) => ({ command: `just ${name}` }));
}

/** The tasks of https://taskfile.dev. A task with templates in its commands needs arguments. */
function taskfile(text: string, at: At): Statement[] {
  const tasks = new Map<string, Task>();
  const whole = expanded(text, /^ {2}(\w+):[ \t]*["']?(.*?)["']?[ \t]*$/gm, (name) => [
    `{{.${name}}}`,
    `{{ .${name} }}`,
  ]);
  for (const [name, one] of Object.entries(table(yaml(whole).tasks))) {
    const { cmds, cmd, deps, dir } = Array.isArray(one) || typeof one === 'string' ? { cmds: one } : table(one);
    const words = (list: unknown, key: string) =>
      (Array.isArray(list) ? list : list === undefined ? [] : [list]).flatMap((item: unknown) =>
        typeof item === 'string' ? [item] : texts(table(item)[key]),
      );
    const folder = textOf(dir) ? [`cd ${textOf(dir)}`] : [];
    const lines = [...folder, ...words(cmds, 'cmd'), ...words(cmd, 'cmd')].join('\n');
    if (/\{\{\s*if|USER_WORKING_DIR|\{\{\s*\.DIR/.test(`${lines}${String(dir ?? '')}`)) continue;
    tasks.set(name, { needs: [...words(deps, 'task'), ...called(cmds)], lines });
  }
  return said(tasks, at, (name) => ({ command: `task ${name}` }));
}

/** The tasks that the commands of a task call. */
const called = (cmds: unknown): string[] =>
  (Array.isArray(cmds) ? cmds : []).flatMap((one: unknown) => texts(table(one).task));

/** Scripts of npm that call the compiler of another language. Those of a language of npm are read with its package. */
function scripts(text: string, at: At): Statement[] {
  const tasks = new Map(
    Object.entries(table(json(text).scripts))
      .filter(([, line]) => /\b(?:cargo|go|tinygo|wasm-pack)\b/.test(textOf(line)))
      .map(([name, line]) => [name, { needs: [], lines: textOf(line) }]),
  );
  return said(tasks, at, (name) => ({ command: `npm run ${name}` }));
}

/** Lines of Dockerfile stages that compile to WebAssembly. Only COPY and WORKDIR tell their folder, so they are hints. */
function docker(text: string, at: At): Statement[] {
  return text
    .replace(/\\\r?\n/g, ' ')
    .split(/\r?\n/)
    .flatMap((line) => /^\s*RUN\s+(?:--\S+\s+)*(.+)$/i.exec(line)?.[1] ?? [])
    .flatMap((line) => hints(line, at));
}

/** Code lines of a README that compile to WebAssembly. */
const readme = (text: string, at: At): Statement[] =>
  [...codeIn(text), ...[...text.matchAll(/(?<!`)`([^`\n]+)`(?!`)/g)].flatMap(([, code]) => code ?? [])].flatMap(
    (code) => hints(code, at),
  );

/** Lines of a workflow's steps: https://docs.github.com/actions/reference/workflows-and-actions/workflow-syntax */
function workflow(text: string, at: At): Statement[] {
  const { jobs, defaults } = yaml(text);
  const folder = (...said: unknown[]) => said.map((one) => textOf(table(one)['working-directory'])).find(Boolean) ?? '';
  return Object.values(table(jobs))
    .map(table)
    .flatMap((job) =>
      (Array.isArray(job.steps) ? job.steps.map(table) : []).flatMap((step) => {
        const dir = resolveDir('', folder(step, table(job.defaults).run, table(defaults).run));
        return dir === undefined ? [] : hints(textOf(step.run), { ...at, dir });
      }),
    );
}

/** Lines of the jobs of GitLab CI: https://docs.gitlab.com/ci/yaml/#script */
const gitlab = (text: string, at: At): Statement[] =>
  Object.values(yaml(text)).flatMap((job) =>
    hints([...texts(table(job).before_script), ...texts(table(job).script)].join('\n'), at),
  );

/** Lines of a script that compile to WebAssembly, each in the folder that earlier lines change to. */
function hints(script: string, at: At): Statement[] {
  const said: Statement[] = [];
  let { dir } = at;
  for (const line of script.replace(/\\\r?\n/g, ' ').split(/\r?\n/)) {
    let here = dir;
    for (const part of line.replace(/^\s*[$>]\s+/, '').split('&&')) {
      const command = part.replace(/^[\s(]+/, '').trim();
      const to = /^(?:cd|pushd)\s+(\S+)$/.exec(command)?.[1];
      if (to) here = resolveDir(here, to) ?? at.dir;
      else said.push(...hint(command, { ...at, dir: here }));
    }
    // A subshell returns to the folder before it.
    if (!/^\s*\(/.test(line)) dir = here;
  }
  return said;
}

const hint = (command: string, at: At): Statement[] =>
  // wasm-pack also writes JavaScript for web pages, which no WASI host uses.
  compiles.test(command) && !/\bwasm-pack\b/.test(command)
    ? [{ ...at, rank: 'hint', of: '', command, calls: command }]
    : [];

/** Whether commands that run in a folder go to another one below it: by `cd`, `make -C` or `--manifest-path`. */
export function leadsTo(from: string, calls: string, to: string): boolean {
  if (to === from || (from !== '' && !to.startsWith(`${from}/`))) return false;
  const path = literally(from === '' ? to : to.slice(from.length + 1));
  return new RegExp(`(?:\\bcd\\s+|\\s-C\\s*|--manifest-path[= ]\\s*)["']?(?:\\./)?${path}(?=["'\\s/;&]|$)`, 'm').test(
    calls,
  );
}

/**
 * The statements of the best rank that build a project in one of these folders: their commands call its compiler, in the folder or
 * from a parent by the folder's name.
 */
export function saying(
  stated: readonly Statement[],
  compiler: RegExp,
  isOfIt: (dir: string, calls: string) => boolean,
): Statement[] {
  const fitting = stated.filter(({ dir, calls }) => compiler.test(calls) && isOfIt(dir, calls));
  for (const rank of ['manifest', 'task', 'hint'] as const) {
    const some = fitting.filter((one) => one.rank === rank);
    if (some.length > 0) return some;
  }
  return [];
}
