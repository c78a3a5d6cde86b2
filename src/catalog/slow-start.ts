/** Wizer: initialises a program at build time instead of at every start. */
import type { Built } from '../model/plan.ts';

/** A section of the README of a program in C or C++. */
export const slowStart = ({ name, artifact, optimized }: Built): string => `## A slow start

Tables and the like, which the program needs before it looks at its input, can be computed once, when it is built. Put that into
a function that does nothing the second time and is called \`wizer-initialize\` outside:

\`\`\`c
__attribute__((export_name("wizer-initialize"))) void prepare(void)
\`\`\`

Then let [Wizer](https://github.com/bytecodealliance/wizer) run it, by this line before \`wasm-opt\` in the rule of
\`${optimized}\`, and let \`wasm-opt\` read what it writes:

\`\`\`make
	wasmtime wizer -S cli ${artifact} -o build/${name}.ready.wasm
\`\`\``;
