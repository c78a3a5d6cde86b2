/** Does what the arguments ask for. */
import { programArguments } from "./arguments";
import { toBytes } from "./bytes";
import { Action, parse } from "./command";
import { Counter } from "./counter";
import { fill, Stream, write } from "./streams";

const command = parse(programArguments());
if (command.action === Action.Count) print(Stream.Out, [countInput()]);
else if (command.action === Action.Print) print(Stream.Out, command.output);
else {
  print(Stream.Error, command.output);
  process.exit(2);
}

function print(stream: Stream, texts: string[]): void {
  for (let i = 0; i < texts.length; i++) write(stream, toBytes(texts[i]));
}

function countInput(): string {
  const counter = new Counter();
  const buffer = new Uint8Array(1 << 16);
  for (let length = fill(buffer); length > 0; length = fill(buffer)) counter.add(buffer, length);
  return counter.toString();
}
