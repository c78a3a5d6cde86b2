// The commit and the address of the repository, from git.
import { execFileSync } from 'node:child_process';

/** The output of git, or undefined if it fails: without a repository, or without the commit or remote. */
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

/** The https address of `origin`, without a user, a password and `.git`; undefined if it is not on a server. */
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
  // Azure, and services with SSH on port 443, use other host names for SSH.
  const azure = /^v3\/([^/]+)\/([^/]+)\/([^/]+)$/.exec(plain);
  if (host === 'ssh.dev.azure.com' && azure) return `https://dev.azure.com/${azure[1]}/${azure[2]}/_git/${azure[3]}`;
  return `${scheme || 'https:'}//${host.replace(/^(?:alt)?ssh\.(?=(?:github\.com|gitlab\.com|bitbucket\.org)$)/, '')}/${plain}`;
}

/** The build type of the provenance: this page describes its parameters. */
export const buildType = 'BUILD_TYPE';
