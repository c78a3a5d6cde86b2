/** When a server is ready, for editors. */

/** A VS Code problem matcher for a background task: ready when it prints that it serves; the only problem is a failed start. */
export const serving = (owner: string): object => ({
  owner,
  pattern: { regexp: '^Error: (.*)$', message: 1 },
  background: { activeOnStart: true, beginsPattern: '^make', endsPattern: '^(Serving|Ready: serving) ' },
});
