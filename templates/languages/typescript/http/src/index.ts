/** Answers each request and logs it. */
import { logLine, respond } from "./handler.ts";

declare const self: ServiceWorkerGlobalScope;

self.addEventListener("fetch", (event) => event.respondWith(answer(event.request)));

async function answer(request: Request): Promise<Response> {
  const response = await respond(request);
  console.error(logLine(request, response));
  return response;
}
