/** When a server is ready, for editors that wait for it. */

/** A problem matcher of VS Code for a background task: no problems but the refusal to start, ready when it says that it serves. */
export const serving = (owner: string): object => ({
  owner,
  pattern: { regexp: '^Error: (.*)$', message: 1 },
  background: { activeOnStart: true, beginsPattern: '^make', endsPattern: '^(Serving|Ready: serving) ' },
});
