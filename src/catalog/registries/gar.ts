/** Google Artifact Registry: CI uses its identity, or a service account key; people use gcloud. */
import type { Registry } from '../../model/axes.ts';
import { notes } from '../templates.ts';
import { checkNamespace, type Form } from './oci.ts';
import { loginWithToken } from './token.ts';

/** A region, or one of the multi-regions `us`, `europe` and `asia`. */
const server = /^([a-z]+(?:-[a-z]+[0-9]+)?)-docker\.pkg\.dev$/;

const form: Form = {
  registry: 'gar',
  write: 'LOCATION-docker.pkg.dev/PROJECT/REPOSITORY[/PATH]',
  example: 'europe-west1-docker.pkg.dev/my-project/modules',
  refuses(host, path) {
    if (!server.test(host))
      return `is not in Google Artifact Registry: '${host}' does not have the form LOCATION-docker.pkg.dev, such as europe-west1-docker.pkg.dev`;
    return path.length >= 2 ? undefined : 'has no repository: it needs a project and a repository of it';
  },
};

export const gar: Registry = {
  id: 'gar',
  label: 'Google Artifact Registry',
  aliases: ['google', 'gcp', 'artifact-registry'],
  help: 'Google Cloud; no password if the CI issues OIDC tokens',
  status: 'current',
  ran: "the login's exchanges against stand-ins for Google's token services; the push as for oci; not run on Google Cloud itself",
  protocol: 'oci',
  example: form.example,
  checkNamespace: (namespace) => checkNamespace(namespace, form),
  contribute(choices) {
    const [host = '', project, repository] = choices.namespace.split('/');
    const location = server.exec(host)?.[1];
    const where = `--project ${project} --location ${location}`;
    const pool = `--project ${project} --location global`;
    const account = `module-push@${project}.iam.gserviceaccount.com`;
    const mayPush = (who: string) =>
      `gcloud artifacts repositories add-iam-policy-binding ${repository} ${where} \\\n  --role roles/artifactregistry.writer --member "${who}"`;
    return {
      ...loginWithToken(choices, {
        script: 'gar-login.mjs',
        user: 'oauth2accesstoken',
        cli: { command: 'gcloud', get: 'see https://cloud.google.com/sdk/docs/install' },
        secrets: [
          {
            name: 'GOOGLE_KEY',
            help: "the service account's key, in base64, as above",
            where: 'no identity',
          },
        ],
        settings: [
          {
            name: 'GOOGLE_PROVIDER',
            help: 'the identity provider: `$pool/providers/release` above',
            where: 'identity',
          },
        ],
        identity: { variable: 'GOOGLE_ID_TOKEN', audience: `https://${host}` },
      }),
      setup: [
        notes('registries/gar.notes.md.ejs', {
          project,
          repository,
          where,
          pool,
          host,
          identityMayPush: mayPush('principal://iam.googleapis.com/$pool/subject/SUBJECT'),
          accountMayPush: mayPush(`serviceAccount:${account}`),
          account,
        }),
      ],
    };
  },
};
