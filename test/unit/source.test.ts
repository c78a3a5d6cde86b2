/** The address of the repository that provenance and annotations name, whatever git calls it. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { runFolder } from '../support/shared.ts';

describe('the address of the repository', () => {
  const folder = mkdtempSync(join(runFolder, 'remote-'));
  const script = join(import.meta.dirname, '../../templates/publish/source.mjs');
  const git = (...words: string[]) => execFileSync('git', words, { cwd: folder });
  git('init', '--quiet');
  git('remote', 'add', 'origin', 'nothing');

  for (const [remote, address] of Object.entries({
    'git@github.com:octo-org/hello.git': 'https://github.com/octo-org/hello',
    'ssh://git@github.com:22/octo-org/hello.git': 'https://github.com/octo-org/hello',
    'ssh://git@ssh.github.com:443/octo-org/hello.git': 'https://github.com/octo-org/hello',
    'https://gitlab-ci-token:t0ken@gitlab.com/group/sub/hello.git': 'https://gitlab.com/group/sub/hello',
    'git@ssh.dev.azure.com:v3/org/Some%20project/hello': 'https://dev.azure.com/org/Some%20project/_git/hello',
    'https://org@dev.azure.com/org/project/_git/hello': 'https://dev.azure.com/org/project/_git/hello',
    'http://git.example.com:3000/team/hello.git': 'http://git.example.com:3000/team/hello',
    'example.com:/srv/hello.git/': 'https://example.com/srv/hello',
    '/srv/git/hello.git': 'undefined',
    '../hello': 'undefined',
    'file:///srv/git/hello.git': 'undefined',
    'C:\\git\\hello': 'undefined',
  }))
    it(`is ${address} for ${remote}`, () => {
      git('remote', 'set-url', 'origin', remote);
      const print = `import(${JSON.stringify(script)}).then(({ repository }) => console.log(repository()))`;
      assert.equal(execFileSync('node', ['-e', print], { cwd: folder, encoding: 'utf8' }).trim(), address);
    });
});
