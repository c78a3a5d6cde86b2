/** The environment, by WASI. */
import { environ_get, environ_sizes_get } from "bindings/wasi_snapshot_preview1";
import { fromCString } from "./bytes";

export function environment(): Map<string, string> {
  const sizes = new StaticArray<usize>(2);
  const count = changetype<usize>(sizes);
  environ_sizes_get(count, count + sizeof<usize>());
  const addresses = new StaticArray<usize>(sizes[0] as i32);
  const texts = new StaticArray<u8>(sizes[1] as i32);
  environ_get(changetype<usize>(addresses), changetype<usize>(texts));

  const variables = new Map<string, string>();
  for (let i = 0; i < addresses.length; i++) {
    const text = fromCString(addresses[i]);
    const equals = text.indexOf("=");
    variables.set(text.substring(0, equals), text.substring(equals + 1));
  }
  return variables;
}
