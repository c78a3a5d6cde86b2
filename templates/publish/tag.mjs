// Asks the registry what a tag names, so that no push moves a tag that exists.
import { spawnSync } from 'node:child_process';

/** The two parts of IMAGE:TAG. */
export function tagOf(reference) {
  // The host may have a port, and a tag that is none may have anything.
  const [, repository, tag] = /^([^/]*\/[^:]*):(.*)$/s.exec(reference) ?? [];
  if (!/^\w[\w.-]{0,127}$/.test(tag))
    fail(`'${tag}' is no tag. Write up to 128 letters, digits, dots, dashes and underscores: make push TAG=v1.0.0`);
  return { repository, tag };
}

/**
 * The digest that a tag names; undefined where there is no such tag; null where the registry answers 401 or 403, as Docker
 * Hub and ECR may for a repository that does not exist yet.
 */
export function published(reference) {
  const { status, stdout, stderr } = spawnSync('oras', ['resolve', reference], { encoding: 'utf8' });
  if (status === 0) return stdout.trim();
  if (/: not found$/.test(stderr?.trim())) return undefined;
  if (/status code 40[13]|unauthorized|denied/i.test(stderr)) return null;
  return refused(stderr ?? undefined);
}

/**
 * Ends the run unless what a tag names already, other than this build, was signed before for the commit that is checked out
 * by the same signer: a build may differ each time. An annotation of the image proves nothing, since any pusher writes it.
 */
export function keep(reference, digest) {
  const image = `${tagOf(reference).repository}@${digest}`;
  if (spawnSync('node', ['scripts/verify.mjs', image, 'provenance']).status !== 0)
    fail(
      `${reference} already exists with different contents (${digest}). Published tags are immutable: use another, make push TAG=…`,
    );
  console.log(
    `${reference} was pushed and signed before for this commit. That module stays, and this build is not pushed.`,
  );
  return digest;
}

export function refused(said = 'oras cannot be started: make doctor says how to get it.') {
  fail(`${said.trim()}\nNothing was published. Fix the problem and run the same command again.`);
}

export function fail(why) {
  console.error(why.startsWith('Error') ? why : `Error: ${why}`);
  process.exit(1);
}
