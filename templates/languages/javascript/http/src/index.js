/** Answers each request and logs it. */
import { discard } from "./body.js";
import { logLine, respond } from "./handler.js";

/** The most that is read of a body after its answer, in bytes. */
const maxRest = 4 << 20;

addEventListener("fetch", (event) => {
  const { request } = event;
  const answered = answer(request);
  event.respondWith(answered);
  // If a body is left unread, the host closes the connection, which the client may want to keep.
  event.waitUntil(answered.then(() => request.body && discard(request.body, maxRest)));
});

async function answer(request) {
  const response = await respond(request);
  console.error(logLine(request, response));
  return response;
}
