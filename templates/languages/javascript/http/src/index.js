/** Answers each request and logs it. */
import { logLine, respond } from "./handler.js";

addEventListener("fetch", (event) => event.respondWith(answer(event.request)));

async function answer(request) {
  const response = await respond(request);
  console.error(logLine(request, response));
  return response;
}
