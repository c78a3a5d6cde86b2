/** Answers each request and logs it. */
import { discard } from "./body.ts";
import { logLine, respond } from "./handler.ts";

declare const self: ServiceWorkerGlobalScope;

/** The most that is read of a body after its answer, in bytes. */
const maxRest = 4 << 20;

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const answered = answer(request);
  event.respondWith(answered);
  // If a body is left unread, the host closes the connection, which the client may want to keep.
  event.waitUntil(answered.then(() => request.body && discard(request.body, maxRest)));
});

async function answer(request: Request): Promise<Response> {
  const response = await respond(request);
  console.error(logLine(request, response));
  return response;
}
