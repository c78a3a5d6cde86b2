// What git knows of the sources: the commit and the address of the repository.
import { execFileSync } from 'node:child_process';

/** What git prints, or undefined where it fails: there is no repository, or not what was asked for. */
export function git(...words) {
  try {
    return execFileSync('git', words, {
      encoding: 'utf8',
      env: { ...process.env, TZ: 'UTC' },
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  } catch {
    return undefined;
  }
}

/** The address of `origin` in a browser, without a user, a password and `.git`; undefined where it is on no server. */
export function repository() {
  const remote = git('remote', 'get-url', 'origin') ?? '';
  // ssh://git@host:22/path, git@host:path, https://user:password@host/path
  const [, scheme, host, path] =
    /^()ssh:\/\/(?:[^@/]*@)?([^:/]+)(?::\d+)?\/+(.+)$/.exec(remote) ??
    /^(https?:)\/\/(?:[^@/]*@)?([^/]+)\/+(.+)$/.exec(remote) ??
    /^()(?:[^@/:]+@)?([^:/]{2,}):(?!\/\/)\/*(.+)$/.exec(remote) ??
    [];
  if (!host) return undefined;
  const plain = path.replace(/\/+$/, '').replace(/\.git$/, '');
  // Azure and the services that take SSH on port 443 have other names for it.
  const azure = /^v3\/([^/]+)\/([^/]+)\/([^/]+)$/.exec(plain);
  if (host === 'ssh.dev.azure.com' && azure) return `https://dev.azure.com/${azure[1]}/${azure[2]}/_git/${azure[3]}`;
  return `${scheme || 'https:'}//${host.replace(/^(?:alt)?ssh\.(?=(?:github\.com|gitlab\.com|bitbucket\.org)$)/, '')}/${plain}`;
}

/** What the provenance of these projects says: the page has its parameters, and what a verifier may expect. */
export const buildType = 'BUILD_TYPE';
