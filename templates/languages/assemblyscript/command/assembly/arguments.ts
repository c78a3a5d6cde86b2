/** The arguments of the command line, by WASI. */
import { args_get, args_sizes_get } from "bindings/wasi_snapshot_preview1";
import { fromCString } from "./bytes";

/** The arguments without the name of the program, which a host may leave out altogether. */
export function programArguments(): string[] {
  const sizes = new StaticArray<usize>(2);
  const count = changetype<usize>(sizes);
  args_sizes_get(count, count + sizeof<usize>());
  const addresses = new StaticArray<usize>(sizes[0] as i32);
  const texts = new StaticArray<u8>(sizes[1] as i32);
  args_get(changetype<usize>(addresses), changetype<usize>(texts));

  const args: string[] = [];
  for (let i = 1; i < addresses.length; i++) args.push(fromCString(addresses[i]));
  return args;
}
