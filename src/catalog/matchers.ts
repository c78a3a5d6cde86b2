/** VS Code problem matchers that several languages share. VS Code itself has none for these compilers; their extensions do. */

/** Compilers and linters that print `FILE:LINE:COLUMN: error: MESSAGE`. Their notes belong to an error and are not entries of their own. */
export const located = (owner: string): object => ({
  owner,
  source: owner,
  fileLocation: ['autoDetect', '${workspaceFolder}'],
  pattern: {
    regexp: '^(.+?):(\\d+):(?:(\\d+):)? (?:fatal )?(error|warning): (.+)$',
    file: 1,
    line: 2,
    column: 3,
    severity: 4,
    message: 5,
  },
});
