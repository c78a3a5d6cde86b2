/** Tools that only adopted repositories use, by the words of their commands. */
import type { Tool } from '../../model/plan.ts';
import { node, wasmOpt, wasmTools } from '../tools.ts';

// renovate: datasource=crate depName=cargo-component
const cargoComponentVersion = '0.21.1';

// renovate: datasource=crate depName=wit-bindgen-cli
const witBindgenVersion = '0.63.0';

// renovate: datasource=crate depName=wkg
const wkgVersion = '0.16.1';

// renovate: datasource=crate depName=wac-cli
const wacVersion = '0.12.0';

// renovate: datasource=crate depName=wit-deps-cli
const witDepsVersion = '0.6.0';

// renovate: datasource=crate depName=wasm-pack
const wasmPackVersion = '0.15.1';

// renovate: datasource=github-releases depName=casey/just
const justVersion = '1.59.0';

// renovate: datasource=github-releases depName=go-task/task extractVersion=^v(?<version>.+)$
const taskVersion = '3.54.0';

// renovate: datasource=pypi depName=uv
const uvVersion = '0.13.9';

/** Compiled from its crate: this is its last version, see https://github.com/bytecodealliance/cargo-component. */
export const cargoComponent: Tool = {
  command: 'cargo-component',
  mise: ['cargo:cargo-component', cargoComponentVersion],
};

export const uv: Tool = { command: 'uv', mise: ['uv', uvVersion] };

const tools: [calls: RegExp, tool: Tool][] = [
  [/\bwasm-tools\b/, wasmTools],
  [/\bwasm-opt\b/, wasmOpt],
  [/\bcargo\s+component\b/, cargoComponent],
  // Not wit-bindgen-go, which is a tool of the Go module itself.
  [/\bwit-bindgen\s/, { command: 'wit-bindgen', mise: ['cargo:wit-bindgen-cli', witBindgenVersion] }],
  [/\bwkg\s/, { command: 'wkg', mise: ['cargo:wkg', wkgVersion] }],
  [/\bwit-deps(?:\s|$)/, { command: 'wit-deps', mise: ['cargo:wit-deps-cli', witDepsVersion] }],
  [/\bwasm-pack\s/, { command: 'wasm-pack', mise: ['cargo:wasm-pack', wasmPackVersion] }],
  [/\bwac\s/, { command: 'wac', mise: ['cargo:wac-cli', wacVersion] }],
  [/^just\s|&& just\s/, { command: 'just', mise: ['just', justVersion] }],
  [/^task\s|&& task\s/, { command: 'task', mise: ['task', taskVersion] }],
  [/\b(?:npm|npx|node)\s/, node],
];

/** The tools that a command of the repository calls, besides the compiler. */
export const calledBy = (command: string): Tool[] =>
  tools.flatMap(([calls, tool]) => (calls.test(command) ? [tool] : []));

/** The same as a fact: their names. */
export const namesOf = (command: string): string =>
  calledBy(command)
    .map((tool) => tool.command)
    .join(' ');

/** The tools of such a fact. */
export const namedTools = (names: string): Tool[] =>
  tools.flatMap(([, tool]) => (names.split(' ').includes(tool.command) ? [tool] : []));
