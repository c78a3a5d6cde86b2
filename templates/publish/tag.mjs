// Resolves a tag in the registry, so that no push moves an existing tag.
import { spawnSync } from 'node:child_process';

/** The two parts of IMAGE:TAG. */
export function tagOf(reference) {
  // The host may have a port.
  const [, repository, tag] = /^([^/]*\/[^:]*):(.*)$/s.exec(reference) ?? [];
  if (!/^\w[\w.-]{0,127}$/.test(tag))
    fail(`invalid tag '${tag}': there is no tag with other characters than letters, digits, dots, dashes and underscores, or with more than 128. For example: make push TAG=v1.0.0`);
  return { repository, tag };
}

/**
 * The digest of a tag; undefined if the tag does not exist; null if the registry answers 401 or 403, as Docker Hub and ECR may
 * for a repository that does not exist yet.
 */
export function published(reference) {
  const { status, stdout, stderr } = spawnSync('oras', ['resolve', reference], { encoding: 'utf8' });
  if (status === 0) return stdout.trim();
  if (/: not found$/.test(stderr?.trim())) return undefined;
  if (/status code 40[13]|unauthorized|denied/i.test(stderr)) return null;
  return refused(stderr ?? undefined);
}

/**
 * For an existing tag with another digest than this build: fails unless that digest was signed by the same signer for the commit
 * that is checked out. Builds may not be reproducible. Annotations of the image prove nothing, since anyone who pushes can write them.
 */
export function keep(reference, digest) {
  const image = `${tagOf(reference).repository}@${digest}`;
  if (spawnSync('node', ['scripts/verify.mjs', image, 'provenance']).status !== 0)
    fail(
      `${reference} already exists with different contents (${digest}). Published tags are immutable: use another, make push TAG=…`,
    );
  console.log(
    `${reference} was already pushed and signed for this commit. This build is not pushed.`,
  );
  return digest;
}

export function refused(said = 'oras cannot be started: make doctor says how to install it.') {
  fail(`${said.trim()}\nNothing was published. Fix the problem and run the same command again.`);
}

export function fail(why) {
  console.error(why.startsWith('Error') ? why : `Error: ${why}`);
  process.exit(1);
}
