/** The engine in which components in JavaScript and TypeScript run: componentize-js and StarlingMonkey. */
import type { Contents } from '../../model/plan.ts';

/** Nearly all of it is the engine; the handler adds some kB. */
export const maxBytes = 13_000_000;

/** The line that makes a component from a JavaScript module and its imports. */
export const componentize = (source: string, artifact: string) =>
  `componentize-js ${source} --wit wit --out ${artifact}`;

/** Advice about the engine, for the languages that run in it. */
export const engineAdvice = `The engine is StarlingMonkey, not Node: it has the Fetch API, streams and \`TextDecoder\`, and no \`node:\` modules, no \`Intl\`, no \`\\p{…}\` in regular expressions and no \`for await\` over streams. The unit tests run in Node, so \`make test\` has the last word by the contract.`;

/** README notes about the engine, for the languages that run in it. */
export const engineNotes = `The component holds the JavaScript engine [StarlingMonkey](https://github.com/bytecodealliance/StarlingMonkey), so it has 12.8 MB
whatever the program does. wasmtime compiles all of it: 4 to 17 seconds at the start of \`make serve\` on two cores, 0.1
seconds where \`-C cache\` has kept the result, and 0.01 with what \`make precompile\` has made. Each request has a fresh
instance all the same, and an answer takes about a millisecond.

The engine has no \`Intl\` and nothing of Node. It keeps URLs as they came, one byte in each character, but joins headers of one
name by commas, as the Fetch standard does. [componentize-js](https://github.com/bytecodealliance/ComponentizeJS) runs the
program up to its listener and keeps that state in the component. What it keeps holds addresses and paths of the build, so two
builds have not the same bytes. \`wit/world.wit\` names the version of \`wasi:http\` that the engine was built for.
\`@bytecodealliance/preview2-shim\` is in \`package.json\` since componentize-js 0.23 needs it without saying so, and fails with 0.26.1.`;

/** The engine is part of the componentize-js package. */
export const contents: Contents[] = [
  { type: 'npm', run: 'npm ls @bytecodealliance/componentize-js --depth 0 --package-lock-only --parseable --long' },
  { type: 'github/bytecodealliance/StarlingMonkey' },
  { type: 'generic/spidermonkey' },
  { type: 'generic/wasi-libc' },
  { type: 'npm', run: 'npm ls --omit dev --all --package-lock-only --parseable --long' },
];
