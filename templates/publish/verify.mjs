// Verifies the signature, the SBOM and the provenance of a tag's digest: signed with the key of cosign.pub or by the expected
// signer, for the commit and the repository that are checked out.
// Usage: node scripts/verify.mjs IMAGE:TAG|IMAGE@DIGEST [signature|SBOM|provenance]...
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildType, git, repository } from './source.mjs';
import { fail } from './tag.mjs';

/** The predicate types of what cosign attaches. */
const types = {
  signature: 'https://sigstore.dev/cosign/sign/v1',
  SBOM: 'https://spdx.dev/Document',
  provenance: 'https://slsa.dev/provenance/v1',
};
const bundleType = 'application/vnd.dev.sigstore.bundle.v0.3+json';

const [reference, ...wanted] = process.argv.slice(2);
const [, image, tag] = /^(.*?)(?:@.*|:([^:/]*))$/.exec(reference);
const digest = reference.includes('@') ? reference.split('@')[1] : oras('resolve', reference).trim();
const { KEYLESS, SIGNER_IDENTITY, SIGNER_ISSUER, BUILD_WORKFLOW } = process.env;
const trust =
  existsSync('cosign.pub') && !KEYLESS
    ? ['--key', 'cosign.pub', '--insecure-ignore-tlog']
    : [
        ...['--certificate-identity', SIGNER_IDENTITY || fail('SIGNER_IDENTITY is not set: the expected signer. docs/release.md describes it.')],
        ...[
          '--certificate-oidc-issuer',
          SIGNER_ISSUER || fail('SIGNER_ISSUER is not set: the OIDC issuer of the signer. docs/release.md describes it.'),
        ],
      ];
const isTag = tag && git('rev-parse', '--verify', '--quiet', `refs/tags/${tag}`);
const commit =
  git('rev-parse', '--verify', '--quiet', `${tag || 'HEAD'}^{commit}`) ??
  git('rev-parse', 'HEAD') ??
  fail('there is no commit to compare with. Verify in a clone of the repository.');

const folder = mkdtempSync(join(tmpdir(), 'verify-'));
process.on('exit', () => rmSync(folder, { recursive: true }));
const bundles = attached();
for (const what of wanted.length > 0 ? wanted : Object.keys(types)) {
  const reasons = bundles.filter(({ type }) => type === types[what]).map((bundle) => whyNot(bundle));
  if (!reasons.includes(undefined)) {
    console.error(reasons.join('\n') || `There is no ${what}.`);
    fail(`${what} of ${image}@${digest} cannot be trusted.`);
  }
  console.log(`ok       ${what}`);
}
console.log(`Verified: ${image}@${digest}, built from commit ${commit}`);

/** The bundles attached to the digest. Anyone can attach some, so they are not trusted yet. */
function attached() {
  const found = JSON.parse(oras('discover', '--format', 'json', '--artifact-type', bundleType, `${image}@${digest}`));
  return (found.referrers ?? found.manifests ?? []).flatMap((referrer, index) => {
    const file = join(folder, `${index}.json`);
    try {
      const { layers } = JSON.parse(oras('manifest', 'fetch', `${image}@${referrer.digest}`));
      const bundle = JSON.parse(oras('blob', 'fetch', '--output', '-', `${image}@${layers[0].digest}`));
      writeFileSync(file, JSON.stringify(bundle));
      const statement = JSON.parse(Buffer.from(bundle.dsseEnvelope.payload, 'base64').toString());
      return { file, type: statement.predicateType, predicate: statement.predicate, bundle };
    } catch {
      return [];
    }
  });
}

/** Why a bundle is not trusted, or undefined. */
function whyNot({ file, type, predicate, bundle }) {
  const subject = ['--digestAlg', 'sha256', '--digest', digest.split(':')[1]];
  const { status, stdout, stderr } = spawnSync(
    'cosign',
    ['verify-blob-attestation', ...trust, '--bundle', file, '--type', type, ...subject],
    { encoding: 'utf8' },
  );
  if (status !== 0)
    return (
      stderr?.replace(/^error during command execution:.*/ms, '').trim() ??
      'cosign cannot be started: make doctor says how to install it.'
    );
  const { rawBytes } = bundle.verificationMaterial.certificate ?? {};
  const claim = rawBytes ? claims(Buffer.from(rawBytes, 'base64')) : {};
  return (
    differs('certificate', 'repository', claim.repository, repository()) ??
    differs('certificate', 'commit', claim.commit, commit) ??
    differs('certificate', 'ref', claim.ref, isTag && `refs/tags/${tag}`) ??
    (type === types.provenance ? whyNotBuilt(predicate, claim) : undefined)
  );
}

/** Why the provenance is not trusted, or undefined: docs/build-type.md of generator-wasm. */
function whyNotBuilt({ buildDefinition, runDetails }, claim) {
  const [sources] = buildDefinition.resolvedDependencies;
  const workflow = claim.workflow ? SIGNER_IDENTITY : BUILD_WORKFLOW;
  return (
    differs('provenance', 'build type', buildDefinition.buildType, buildType) ??
    differs('provenance', 'commit', sources.digest.gitCommit, commit) ??
    differs('provenance', 'repository', sources.uri?.replace(/^git\+/, '') ?? 'none', repository()) ??
    differs('provenance', 'workflow', runDetails.builder.id, workflow)
  );
}

/** A sentence if both values are known and differ. Services ignore the case of names. */
function differs(where, what, said, expected) {
  if (!said || !expected || said.toLowerCase() === expected.toLowerCase()) return undefined;
  return `Its ${where} names the ${what} ${said} instead of ${expected}.`;
}

/** The claims in the certificate of a CI: https://github.com/sigstore/fulcio/blob/main/docs/oid-info.md */
function claims(certificate) {
  const [[, whole]] = parts(certificate);
  const [[, signed]] = parts(whole);
  const [, list] = parts(signed).find(([tag]) => tag === 0xa3) ?? [];
  const found = {};
  for (const [, extension] of list ? parts(parts(list)[0][1]) : []) {
    const [[, id], ...rest] = parts(extension);
    const name = { 9: 'workflow', 12: 'repository', 13: 'commit', 14: 'ref' }[
      id.subarray(0, -1).toString('hex') === '2b0601040183bf3001' ? id.at(-1) : 0
    ];
    if (name) found[name] = parts(rest.at(-1)[1])[0][1].toString();
  }
  // CircleCI omits the scheme.
  if (found.repository) found.repository = found.repository.replace(/^(?!https?:)/, 'https://');
  return found;
}

/** The values of a DER sequence, each its tag and its content. */
function parts(der) {
  const all = [];
  for (let at = 0; at < der.length; ) {
    const tag = der[at];
    let length = der[at + 1];
    at += 2;
    if (length > 0x80) {
      const bytes = length - 0x80;
      length = der.readUIntBE(at, bytes);
      at += bytes;
    }
    all.push([tag, der.subarray(at, at + length)]);
    at += length;
  }
  return all;
}

function oras(...words) {
  const { status, stdout, stderr } = spawnSync('oras', words, { encoding: 'utf8', maxBuffer: 1 << 28 });
  if (status !== 0) fail(stderr?.trim() || 'oras cannot be started: make doctor says how to install it.');
  return stdout;
}
