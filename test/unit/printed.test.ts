/** Each command that a page prints is typed after an installation from a registry, or has a reason why not. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type Printed, printedByCreate, printedByHelp, printedByPages, printedByProjects } from '../support/printed.ts';
import { creates, notTyped, typed } from '../support/typed.ts';

const root = resolve(import.meta.dirname, '../..');

describe('the commands that are printed', () => {
  let printed: Printed[];
  before(async () => {
    printed = [...printedByPages(), ...(await printedByHelp()), ...printedByProjects(), ...(await printedByCreate())];
  });
  const isTyped = (command: string) =>
    creates.test(command) || typed.some(({ commands }) => commands.includes(command));
  const reasons = notTyped.flatMap(({ commands }) => commands);
  const matches = (reason: string | RegExp, command: string) =>
    typeof reason === 'string' ? reason === command : reason.test(command);

  it('are typed after an installation from a registry, or have a reason', () => {
    assert.ok(printed.length > 200);
    const left = printed.filter(
      ({ command }) => isTyped(command) === reasons.some((reason) => matches(reason, command)),
    );
    assert.deepEqual(left, []);
  });

  it('are all that the lists have', () => {
    const commands = new Set(printed.map(({ command }) => command));
    for (const command of typed.flatMap((one) => one.commands)) assert.ok(commands.has(command), command);
    for (const reason of reasons)
      assert.ok(
        [...commands].some((command) => matches(reason, command)),
        String(reason),
      );
  });

  it('have reasons that name existing tests', () => {
    for (const { reason } of notTyped)
      for (const [path] of reason.matchAll(/test\/[\w/]+\.test\.ts/g)) assert.ok(existsSync(join(root, path)), path);
  });
});
