/** What the unit tests see, in shapes that the bindings of asc pass to JavaScript. */
import { logLine, Request, respond } from "./handler";

export { parameter } from "./query";
export { isUtf8 } from "./utf8";

class Answer {
  head: string = "";
  body: Uint8Array = new Uint8Array(0);
  log: string = "";
}

export function answer(variables: string[][], body: Uint8Array): Answer {
  const map = new Map<string, string>();
  for (let i = 0; i < variables.length; i++) map.set(variables[i][0], variables[i][1]);
  const request = new Request(map);
  request.body = body;
  const response = respond(request);
  return { head: response.head(), body: response.body, log: logLine(request, response) };
}
