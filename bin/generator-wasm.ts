#!/usr/bin/env node
/** Our own front door: works without yo, as root, without a terminal. Loads the prompts only when it asks. */
import { answered } from '../src/cli/answered.ts';
import type { Prompt } from '../src/cli/prompt.ts';
import { serve } from '../src/commands/serve.ts';

const prompt: Prompt = async (question) => (await import('./prompts.ts')).prompt(question);

async function run([word, ...argv]: readonly string[]): Promise<void> {
  // A server keeps in memory what it has loaded, so it loads no other command.
  if (word === serve.name)
    return answered(async () => {
      const { run } = await serve.load();
      return run(argv, { cwd: process.cwd(), ask: undefined, program: `generator-wasm ${word}` });
    });
  const { main } = await import('../src/commands/program.ts');
  return main(word === undefined ? [] : [word, ...argv], prompt);
}

void run(process.argv.slice(2));
