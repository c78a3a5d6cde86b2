/** Takes the request from the environment and standard input, as CGI does, and writes the answer. */
import { toBytes } from "./bytes";
import { environment } from "./environment";
import { logLine, maxBody, Request, respond } from "./handler";
import { fill, Stream, write } from "./streams";

const request = new Request(environment());
if (request.takesBody) {
  const buffer = new Uint8Array(maxBody + 1);
  request.body = buffer.subarray(0, fill(buffer));
}
const response = respond(request);
write(Stream.Out, toBytes(response.head()));
if (request.method !== "HEAD") write(Stream.Out, response.body);
write(Stream.Error, toBytes(logLine(request, response)));
