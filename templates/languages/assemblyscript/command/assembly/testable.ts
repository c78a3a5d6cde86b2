/** What the unit tests see, in shapes that the bindings of asc pass to JavaScript. */
import { parse as parseCommand } from "./command";
import { Counter } from "./counter";

export { Action } from "./command";

class Parsed {
  action: i32 = 0;
  text: string = "";
}

export function parse(args: string[]): Parsed {
  const command = parseCommand(args);
  return { action: command.action, text: command.output.join("") };
}

export function count(chunks: Uint8Array[]): string {
  const counter = new Counter();
  for (let i = 0; i < chunks.length; i++) counter.add(chunks[i], chunks[i].length);
  return counter.toString();
}
