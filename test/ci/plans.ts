/** Releases that have everything a release can have, whatever the project's own tasks are. */
import type { Plan } from '../../src/plan.ts';

/** With keys and tokens to sign, and values that the CI knows. */
export function signed(plan: Plan): Plan {
  if (!plan.tasks.push) return plan;
  const key = { name: 'COSIGN_PRIVATE_KEY', help: 'a key', where: 'no identity' as const };
  const task = (name: string) => ({ help: name, run: [], secrets: [], settings: [] });
  return {
    ...plan,
    tasks: {
      ...plan.tasks,
      sbom: task('sbom'),
      sign: {
        ...task('sign'),
        secrets: [key, { ...key, name: 'COSIGN_PASSWORD' }],
        settings: [{ name: 'BUILD_URL', help: 'the run', known: 'run' }],
        identity: { variable: 'SIGSTORE_ID_TOKEN', audience: 'sigstore', purpose: 'to sign without a key' },
      },
      verify: {
        ...task('verify'),
        settings: [
          { name: 'SIGNER_IDENTITY', help: 'who signs', known: 'signer' },
          { name: 'SIGNER_ISSUER', help: 'who vouches', known: 'issuer' },
        ],
      },
    },
  };
}

/** And with a registry that knows the CI by its identity, or by a password where it has none. */
export function signedByIdentity(plan: Plan): Plan {
  const { tasks } = signed(plan);
  if (!tasks.login) return plan;
  const password = { name: 'CLOUD_PASSWORD', help: 'a password', where: 'no identity' as const };
  const identity = { variable: 'CLOUD_ID_TOKEN', audience: 'api://AzureADTokenExchange', purpose: 'to log in' };
  return { ...plan, tasks: { ...tasks, login: { ...tasks.login, secrets: [password], identity } } };
}
