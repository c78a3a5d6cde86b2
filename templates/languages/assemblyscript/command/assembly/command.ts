/** Decides what the arguments ask for: all of the command line but input and output. */

const program = "wasm-example";

const usage = `Usage: ${program} [NAME...]
       ${program} --count < FILE

Greets each NAME, or the world. With --count, prints the lines, words and bytes of standard input.
`;

export enum Action {
  /** Print the output. */
  Print,
  /** Count standard input. */
  Count,
  /** Print the output on standard error: the arguments make no sense. */
  Refuse,
}

export class Command {
  constructor(
    public action: Action,
    public output: string[] = [],
  ) {}
}

export function parse(args: string[]): Command {
  let names: string[] = [];
  let help = false;
  let count = false;
  for (let i = 0; i < args.length; i++) {
    const arg = args[i];
    if (arg === "--") {
      names = names.concat(args.slice(i + 1));
      break;
    }
    if (arg === "--help") help = true;
    else if (arg === "--count") count = true;
    else if (arg.startsWith("-") && arg !== "-") return refusal(`unknown option '${arg}'`);
    else names.push(arg);
  }
  if (help) return new Command(Action.Print, [usage]);
  if (count && args.length > 1) return refusal("--count takes no other argument");
  if (count) return new Command(Action.Count);
  if (names.length === 0) names.push("world");
  return new Command(
    Action.Print,
    names.map<string>((name) => `Hello, ${name}!\n`),
  );
}

function refusal(problem: string): Command {
  return new Command(Action.Refuse, [`${program}: ${problem}\n`, `Try '${program} --help'.\n`]);
}
