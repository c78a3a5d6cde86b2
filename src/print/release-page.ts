/** Prints docs/release.md: what is set up once, in the registry and in CI, before the first release. */
import { axes } from '../catalog/axes.ts';
import { prose } from '../catalog/templates.ts';
import { table, wrapped } from '../lib/markdown.ts';
import { and } from '../lib/words.ts';
import type { CiProvider } from '../model/axes.ts';
import { inputs, pipeline, requiredInputs, sigstore } from '../model/pipeline.ts';
import type { File, Plan } from '../model/plan.ts';

export const releasePage = 'docs/release.md';

/** The CI providers of a project, in the order of the list. */
export const providersOf = (plan: Plan): CiProvider[] =>
  axes.ci.filter(({ id }) => id !== 'none' && plan.choices.ci.includes(id));

/** No page without a registry. */
export function releaseSetup(plan: Plan): File[] {
  const release = pipeline(plan, 'publish');
  if (release.length === 0) return [];
  const providers = providersOf(plan);
  const given = providers.map((provider) => requiredInputs(plan, provider));
  const needed = new Map(given.flat().map((one) => [one.name, one]));
  const hasIdentity = (provider: CiProvider) =>
    release.some((task) => {
      const { identity } = inputs(plan, task, provider);
      return identity && identity.audience !== sigstore;
    });
  const identities = providers.flatMap((provider) =>
    provider.identity && hasIdentity(provider) ? [{ label: provider.label, ...provider.identity }] : [],
  );
  const text = wrapped(
    prose('project/release.md.ejs', {
      setup: plan.setup,
      hasCi: providers.length > 0,
      asked:
        needed.size > 0 &&
        table(
          ['name', 'kind', 'value'],
          [...needed.values()].map(({ name, kind, help }) => [`\`${name}\``, kind, help]),
        ),
      places: providers.flatMap((provider, index) => [
        given[index]?.length ? provider.secrets : `${provider.label} needs no settings for a release.`,
        ...(provider.outside?.releases ? [provider.outside.releases] : []),
      ]),
      limits: [...providers.flatMap(({ limits }) => limits ?? []), ...signers(plan, providers)],
      identities:
        identities.length > 0 &&
        table(
          ['CI', 'issuer', 'subject'],
          identities.map(({ label, issuer, subject }) => [label, `\`${issuer}\``, `\`${subject}\``]),
        ),
      before: identities.flatMap(({ before }) => before ?? []),
    }),
  );
  return [{ path: releasePage, text: `${text.trimEnd()}\n` }];
}

/** How to verify the releases of each CI, if some sign with a key and others without. */
function signers(plan: Plan, providers: readonly CiProvider[]): string[] {
  const [keyless, keyed] = [true, false].map((way) =>
    providers.filter(({ identity }) => Boolean(identity?.sigstore) === way).map(({ label }) => label),
  );
  if (!plan.tasks.sign || !keyless?.length || !keyed?.length) return [];
  return [
    `${and(keyed)} ${keyed.length > 1 ? 'sign' : 'signs'} with the key of \`cosign.pub\`, ${and(keyless)} without a key. \`make verify\` trusts \`cosign.pub\` alone; for a release of ${and(keyless)} give it \`KEYLESS=yes\` with SIGNER_IDENTITY and SIGNER_ISSUER.`,
  ];
}
