/** The page of `explain`: one file of HTML without scripts, whose links open the files in VS Code. */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { templateText } from '../catalog/templates.ts';
import { Html, html } from '../lib/html.ts';
import { and, count } from '../lib/words.ts';
import { taskNames } from '../model/plan.ts';
import type {
  ExplainedCi,
  ExplainedModule,
  ExplainedTask,
  Explanation,
  FileReference,
  Preview,
} from './explanation.ts';

/** The page as text. The policy allows no script at all, and only the style whose checksum it has. */
export function page(project: Explanation): string {
  const style = templateText('explain/page.css');
  const policy = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'; base-uri 'none'; form-action 'none'`;
  const sections = [flow(project), preview(project), pipelines(project), release(project), tasks(project)].filter(
    (section) => section !== undefined,
  );
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="generator" content="${project.generator}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${project.name}</title>
<style>${new Html(style)}</style>
</head>
<body>
<a class="skip" href="#main">Skip to the project</a>
<header>
<p class="eyebrow">${origins[project.origin]}</p>
<h1>${project.name}</h1>
<p class="lead">${lead(project)}</p>
<nav aria-label="Sections">${sections.map(({ id, title }) => html`<a href="#${id}">${title}</a>`)}</nav>
</header>
<main id="main" tabindex="-1">
${project.notes.map((note) => html`<p class="note">${prose(note)}</p>`)}
${sections.map(
  ({ id, title, about, body }) => html`<section id="${id}" aria-labelledby="${id}-title">
<h2 id="${id}-title">${title}</h2>
<p class="about">${about}</p>
${body}
</section>
`,
)}</main>
<footer><p>Printed by <code>generator-wasm explain</code> ${project.version} for <code>${project.root}</code>. Links with a path open the file in VS Code.</p></footer>
</body>
</html>
`.text;
}

interface Section {
  id: string;
  title: string;
  about: Html;
  body: Html;
}

const origins: Record<Explanation['origin'], string> = {
  created: 'WebAssembly project',
  adopted: 'Existing project with CI of generator-wasm',
  found: 'Existing project · nothing is written yet',
};

/** `3 modules in Rust and Go · GitHub Actions · ghcr.io/octo-org`. */
function lead({ modules, ci }: Explanation): Html {
  const built = modules.filter(({ leftOut }) => !leftOut);
  const languages = [...new Set(built.map(({ language }) => language))];
  const registries = [...new Set(modules.flatMap(({ publish }) => publish?.registry ?? []))];
  const hosts = [...new Set(modules.flatMap(({ host }) => host?.name ?? []))];
  const checks = [...new Set(ci.filter(({ state }) => state !== 'planned').map(({ name }) => name))];
  const parts = [
    built.length === 0 ? 'No module that CI can build' : `${count(built.length, 'module')} in ${and(languages)}`,
    checks.length === 0 ? 'without CI' : `with CI by ${and(checks)}`,
    ...(registries.length > 0 ? [`published to ${and(registries)}`] : []),
    ...(hosts.length > 0 ? [`for ${and(hosts)}`] : []),
  ];
  return html`${parts.join(', ')}.`;
}

/** A link that VS Code opens: https://code.visualstudio.com/docs/configure/command-line#_opening-vs-code-with-urls. */
function editorLink(root: string, { path, line }: FileReference): string {
  const parts = pathToFileURL(join(root, path)).pathname.split('/');
  const escaped = parts.map((part) => (/^[A-Za-z]:$/.test(part) ? part : encodeURIComponent(decodeURIComponent(part))));
  return `vscode://file${escaped.join('/')}${line ? `:${line}` : ''}`;
}

function file(root: string, one: FileReference | null | undefined, label?: string): Html {
  if (!one) return html``;
  const text = breakable(label ?? `${one.path}${one.line ? `:${one.line}` : ''}`);
  return one.exists
    ? html`<a class="file" href="${editorLink(root, one)}">${text}</a>`
    : html`<span class="file missing">${text} <span class="tag">missing</span></span>`;
}

/** A path that may be broken after each `/`. */
const breakable = (path: string): Html =>
  html`${path.split('/').map((part, at) => html`${at > 0 && html`/<wbr>`}${part}`)}`;

/** `12.3 kB`, as `ls --si` counts. */
export function size(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  const unit = bytes < 1e6 ? ([1e3, 'kB'] as const) : ([1e6, 'MB'] as const);
  const number = bytes / unit[0];
  return `${number.toFixed(number < 100 ? 1 : 0)} ${unit[1]}`;
}

/** Lines of a `pre`. */
const lines = (all: readonly string[]): Html =>
  html`${all.map((line, at) => html`${at > 0 && new Html('\n')}${line}`)}`;

/** A sentence in which code stands between backticks. */
const prose = (text: string): Html =>
  html`${text.split(/`([^`]+)`/).map((part, at) => (at % 2 === 1 ? html`<code>${part}</code>` : part))}`;

// From source to host

function flow(project: Explanation): Section {
  const isOurs = project.origin === 'created';
  const built = project.modules.filter(({ leftOut }) => !leftOut);
  const left = project.modules.filter(({ leftOut }) => leftOut);
  return {
    id: 'flow',
    title: isOurs ? 'From source to host' : 'What was found',
    about: isOurs
      ? html`How each module is built, published and run.`
      : html`The WebAssembly modules of the repository, and how each one is built.`,
    body: html`<div class="lanes">
${built.map((module) => lane(project, module))}
</div>
${
  left.length > 0 &&
  html`<h3>Left out</h3>
<ul class="left">${left.map((one) => html`<li><strong>${one.name}</strong>${one.sources.map((source) => html` ${file(project.root, source)}`)}<p>${one.leftOut ?? ''}</p></li>`)}</ul>`
}`,
  };
}

/** One box of a lane. */
const box = (stage: string, title: Part, body: readonly Html[], look = ''): Html =>
  html`<li class="box ${look}"><p class="stage">${stage}</p><p class="title">${title}</p>${body}</li>
`;
type Part = string | Html;

function lane({ root, ci, origin }: Explanation, module: ExplainedModule): Html {
  const { sources, build, contract, publish, host } = module;
  const shown = sources.slice(0, 3);
  const boxes = [
    box(
      'Source',
      module.language,
      [
        html`<ul class="files">${shown.map((one) => html`<li>${file(root, one, one.path.split('/').slice(-2).join('/'))}</li>`)}</ul>`,
        html`${sources.length > shown.length && html`<p class="more">and ${sources.length - shown.length} more</p>`}`,
      ],
      'source',
    ),
    box('Build', html`<code>${build.command}</code>`, [
      html`${build.runs.length > 0 && html`<pre tabindex="0" aria-label="Commands of the build"><code>${lines(build.runs)}</code></pre>`}`,
      build.file
        ? html`<p>${file(root, build.file)}</p>`
        : html`<p class="more">No file states this command: it is a guess.</p>`,
    ]),
    box(
      'Module',
      module.artifacts[0] ? html`<code>${module.artifacts[0].path.split('/').at(-1) ?? ''}</code>` : 'Tests only',
      [
        html`${module.artifacts.map((one) => html`<p class="artifact"><span>${breakable(inside(module.folder, one.path))}</span> ${weight(one)}</p>${bar(one)}`)}`,
        html`${contract && html`<p>${file(root, contract.file, 'Contract')}${contract.cases !== null && html`: ${count(contract.cases, 'case')}, checked by <code>make test</code>`}</p>`}`,
      ],
      'module',
    ),
    ...(host
      ? [
          publish
            ? box('Registry', publish.registry, [
                html`<p class="image">${breakable(publish.image)}</p>`,
                html`<p>${publish.isSigned ? 'Signed, with SBOM and provenance' : 'Pushed, not signed by cosign'}</p>`,
                html`<p>${file(root, publish.file)}</p>`,
              ])
            : box(
                'Registry',
                'Not published',
                [html`<p>To publish it: <code>generator-wasm registry</code></p>`],
                'empty',
              ),
          box(
            'Host',
            html`${host.name}${host.isLegacy && html` <span class="tag">legacy</span>`}`,
            [
              html`<p>${host.runsAt ? `Runs ${host.runsAt}.` : 'Runs on this computer.'}${host.isDeployed && html` <code>make deploy</code>`}</p>`,
              html`<p>${file(root, host.file)}</p>`,
            ],
            'host',
          ),
        ]
      : [
          box(
            'CI',
            ci
              .filter(({ state }) => state !== 'foreign')
              .map(({ name }) => name)
              .join(', ') || 'No CI',
            [
              html`<p>${origin === 'found' ? 'Would build and test it on every change.' : 'Builds and tests it on every change.'}</p>`,
            ],
            origin === 'found' ? 'planned' : 'host',
          ),
        ]),
  ];
  return html`<article class="lane">
<h3>${module.name}<span class="kind">${module.kind}${module.folder !== '.' && html` <span class="where">${module.folder}/</span>`}</span></h3>
<ol class="boxes of${boxes.length}">
${boxes}</ol>
</article>
`;
}

/** A path relative to the folder of its module. */
const inside = (folder: string, path: string): string =>
  path.startsWith(`${folder}/`) ? path.slice(folder.length + 1) : path;

const weight = ({ bytes }: ExplainedModule['artifacts'][number]): Html =>
  bytes === null ? html`<span class="tag">not built</span>` : html`<strong>${size(bytes)}</strong>`;

/** The size of a module as a part of its limit. */
function bar({ bytes, maxBytes }: ExplainedModule['artifacts'][number]): Html {
  if (bytes === null || maxBytes === null) return html``;
  const part = Math.min(100, Math.round((bytes / maxBytes) * 100));
  const text = `${part} % of the limit of ${size(maxBytes)}`;
  return html`<svg class="bar" viewBox="0 0 100 3" preserveAspectRatio="none" role="img" aria-label="${text}"><title>${text}</title><rect class="all" width="100" height="3"/><rect class="part" width="${part}" height="3"/></svg>`;
}

// The preview of ci

function preview({ preview }: Explanation): Section | undefined {
  if (!preview) return undefined;
  const { command, refused } = preview;
  return {
    id: 'preview',
    title: 'What ci would add',
    about: refused
      ? html`<code>${command}</code> would not write anything: ${refused}`
      : html`<code>${command}</code> would write these files. Your own files are not replaced.`,
    body: html`<div class="preview">${changes(preview)}${preview.notes.length > 0 && html`<ul class="notes">${preview.notes.map((note) => html`<li>${prose(note)}</li>`)}</ul>`}</div>`,
  };
}

const changes = ({ writes, merges }: Preview): Html =>
  writes.length + merges.length === 0
    ? html``
    : html`<ul class="changes">${writes.map((path) => html`<li><span class="sign" aria-hidden="true">+</span><span class="word">write</span> <code>${path}</code></li>`)}${merges.map((path) => html`<li><span class="sign" aria-hidden="true">~</span><span class="word">merge</span> <code>${path}</code></li>`)}</ul>`;

// Pipelines

const jobTitles: Record<ExplainedCi['jobs'][number]['name'], [title: string, about: string]> = {
  check: ['Every change', 'Pushes and pull requests, and once a week'],
  build: ['Tag: build', 'Third-party code runs here, without secrets'],
  publish: ['Tag: publish', 'Takes what was built, and compiles nothing'],
};

const states: Record<ExplainedCi['state'], string> = {
  current: '',
  edited: 'edited by you',
  foreign: 'your own, stays as it is',
  planned: 'would be added',
};

function pipelines({ ci, root }: Explanation): Section | undefined {
  if (ci.length === 0) return undefined;
  return {
    id: 'pipelines',
    title: 'Pipelines',
    about: html`What each CI provider runs. Each step calls <code>make</code>; only the named secrets are in its environment.`,
    body: html`<div class="providers of${Math.min(ci.length, 3)}">
${ci.map(
  ({ name, state, files, jobs }) => html`<article class="provider ${state}">
<header><h3>${name}${states[state] && html` <span class="tag">${states[state]}</span>`}</h3>
${files.length > 0 && html`<ul class="files">${files.map((one) => html`<li>${file(root, one)}</li>`)}</ul>`}</header>
${jobs.length > 0 && html`<div class="jobs of${jobs.length}">${jobs.map((job) => stages(job))}</div>`}
</article>
`,
)}</div>`,
  };
}

const stages = ({ name, steps }: ExplainedCi['jobs'][number]): Html =>
  html`<section class="job ${name}"><h4>${jobTitles[name][0]}</h4><p class="more">${jobTitles[name][1]}</p>
<ol class="steps">${steps.map(
    ({ task, secrets, variables, identity }) =>
      html`<li><a href="#task-${task}">${task}</a>${identity && html` <span class="chip identity">identity: ${identity}</span>`}${secrets.map((one) => html` <span class="chip secret">${one}</span>`)}${variables.length > 0 && html` <span class="reads">${variables.join(', ')}</span>`}</li>`,
  )}</ol></section>
`;

// What a release needs

function release({ ci }: Explanation): Section | undefined {
  const publishing = ci.filter(({ jobs }) => jobs.some(({ name }) => name === 'publish'));
  if (publishing.length === 0) return undefined;
  const needs = publishing.flatMap((provider) => provider.needs.map((need) => ({ provider, ...need })));
  const ready = publishing.filter((provider) => provider.needs.length === 0).map(({ name }) => name);
  return {
    id: 'release',
    title: 'What a release needs',
    about: html`${ready.length > 0 && `${and(ready)} ${ready.length > 1 ? 'need' : 'needs'} no settings. `}${needs.length > 0 ? 'Store these before the first tag.' : 'Push a tag such as v1.0.0.'}`,
    body:
      needs.length === 0
        ? html``
        : html`<ul class="needs">${needs.map(
            ({ provider, name, help, kind, store }) =>
              html`<li><p><code>${name}</code> <span class="chip ${kind === 'secret' ? 'secret' : ''}">${kind}</span> <span class="where">${provider.name}</span></p><p>${prose(help)}</p><pre tabindex="0" aria-label="How to store ${name}"><code>${lines(store.split('\n'))}</code></pre></li>`,
          )}</ul>`,
  };
}

// Tasks

function tasks({ tasks, ci, root, modules }: Explanation): Section | undefined {
  if (tasks.length === 0) return undefined;
  const names = taskNames.filter((name) => tasks.some((task) => task.name === name));
  const folders = [...new Set(tasks.map(({ folder }) => folder))];
  const titleOf = (folder: string) => (folder === '.' ? (folders.length > 1 ? 'Root' : 'Line') : folder);
  const isPlanned = ci.some(({ state }) => state === 'planned');
  const rows = names.map((name) => {
    const all = tasks.filter((task) => task.name === name);
    return row(name, all, folders, ci, root);
  });
  return {
    id: 'tasks',
    title: 'Tasks',
    about: html`${isPlanned ? 'The tasks that ci would add for CI.' : 'CI, the editor and people call the same tasks by name.'}${modules.length > 1 && folders.length > 1 && ' The root calls the tasks of its modules.'}`,
    body: html`<div class="scroll" tabindex="0" role="region" aria-label="Table of tasks"><table>
<thead><tr><th scope="col">Task</th><th scope="col">What it does</th><th scope="col">Needs</th><th scope="col">Called by</th>${!isPlanned && folders.map((folder) => html`<th scope="col">${titleOf(folder)}</th>`)}</tr></thead>
<tbody>
${rows}</tbody></table></div>`,
  };

  function row(name: string, all: ExplainedTask[], folders: string[], ci: ExplainedCi[], root: string): Html {
    const last = (path: string) => path.split('/').at(-1) ?? path;
    const isTask = (need: string) => names.some((one) => one === need);
    const needs = [...new Set(all.flatMap((task) => task.needs))];
    const callers = [...new Set(all.flatMap((task) => task.calledBy.map(last)))].filter((one) => one !== name);
    const by = ci
      .filter(({ id, state }) => state !== 'foreign' && all.some((task) => task.ci.includes(id)))
      .map((one) => one.name);
    const link = (task: string) =>
      isTask(task) ? html`<a href="#task-${task}">${task}</a>` : html`<span class="path">${task}</span>`;
    const list = (items: readonly Html[]) => items.map((item, at) => html`${at > 0 && ', '}${item}`);
    return html`<tr id="task-${name}"><th scope="row"><code>${name}</code></th><td>${prose(all[0]?.help ?? '')}</td><td${needs.length === 0 && html` class="none"`} data-label="Needs">${list(needs.map(link))}</td><td${callers.length + by.length === 0 && html` class="none"`} data-label="Called by">${list([...by.map((one) => html`${one}`), ...callers.map(link)])}</td>${
      !isPlanned &&
      folders.map((folder) => {
        const one = all.find((task) => task.folder === folder);
        return html`<td class="${one ? 'line' : 'line none'}">${one && file(root, one.file, `${last(one.file.path)}${one.file.line ? `:${one.file.line}` : ''}`)}</td>`;
      })
    }</tr>
`;
  }
}
