/** The engine in which components in JavaScript and TypeScript run: componentize-js and StarlingMonkey. */
import type { Contents } from '../../model/plan.ts';
import { notes } from '../templates.ts';

/** Nearly all of it is the engine; the handler adds some kB. */
export const maxBytes = 13_000_000;

/** MiB, also nearly all of the engine. */
export const memory = 53;

/** The line that makes a component from a JavaScript module and its imports. */
export const componentize = (source: string, artifact: string) =>
  `componentize-js ${source} --wit wit --out ${artifact}`;

/** Advice about the engine, for the languages that run in it. */
export const engineAdvice = `The engine is StarlingMonkey, not Node: it has the Fetch API, streams and \`TextDecoder\`, and no \`node:\` modules, no \`Intl\`, no \`\\p{…}\` in regular expressions and no \`for await\` over streams. The unit tests run in Node, so \`make test\` has the last word by the contract.`;

/** README notes about the engine, for the languages that run in it. */
export const engineNotes = (): string => notes('languages/starlingmonkey.notes.md.ejs');

/** The engine is part of the componentize-js package. */
export const contents: Contents[] = [
  { type: 'npm', run: 'npm ls @bytecodealliance/componentize-js --depth 0 --package-lock-only --parseable --long' },
  { type: 'github/bytecodealliance/StarlingMonkey' },
  { type: 'generic/spidermonkey' },
  { type: 'generic/wasi-libc' },
  { type: 'npm', run: 'npm ls --omit dev --all --package-lock-only --parseable --long' },
];
