#!/usr/bin/env node
/** Our own front door: works without yo, as root, without a terminal. Loads the prompts only when there is somebody to ask. */
import { readFileSync } from 'node:fs';
import { version } from '../src/catalog/templates.ts';
import { changeCommands, helpText, readCreateRequest } from '../src/cli/answers.ts';
import { prepare, writeProject } from '../src/cli/create.ts';
import { asker, isTerminal, type Prompt } from '../src/cli/prompt.ts';
import { printed } from '../src/lib/printable.ts';
import { UserError } from '../src/lib/user-error.ts';

async function main(argv: string[]): Promise<number> {
  if (argv[0] === 'serve') {
    const { serve } = await import('../wagi/cli.ts');
    return serve(argv.slice(1));
  }
  if (argv[0] === 'render') {
    const { renderState } = await import('../src/project/state.ts');
    console.log(JSON.stringify(renderState(readFileSync(0, 'utf8'))));
    return 0;
  }
  if (argv[0] === 'contract') {
    const { contract } = await import('../src/cli/contract.ts');
    return contract(argv.slice(1), process.cwd());
  }
  const command = changeCommands.find((name) => name === argv[0]);
  if (command) {
    const { change } = await import('../src/change/change.ts');
    const { text, code } = await change(
      command,
      argv.slice(1),
      process.cwd(),
      isTerminal() ? asker(prompt) : undefined,
    );
    console.log(printed(text));
    return code;
  }
  if (argv[0] === 'workshop') {
    const { workshop } = await import('../src/workshop/command.ts');
    const { text, code } = await workshop(argv.slice(1), process.cwd(), isTerminal() ? asker(prompt) : undefined);
    console.log(printed(text));
    return code;
  }
  if (argv[0] === 'doctor') {
    const { examine } = await import('../src/doctor/doctor.ts');
    const { text, code } = await examine(argv.slice(1), process.cwd());
    console.log(printed(text));
    return code;
  }
  const wish = readCreateRequest(argv);
  if (wish.help)
    console.log(`${helpText('generator-wasm')}\n\n${(await import('../src/change/commands.ts')).ourOverview()}`);
  else if (wish.version) console.log(version);
  else console.log(writeProject(await prepare(wish, process.cwd(), isTerminal() ? asker(prompt) : undefined)));
  return 0;
}

const prompt: Prompt = async (question) => {
  const { default: inquirer } = await import('inquirer');
  return inquirer.prompt([question]);
};

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof UserError)) throw error;
  console.error(error.message);
  process.exitCode = error.code;
}
