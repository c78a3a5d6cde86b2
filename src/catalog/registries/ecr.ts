/** Amazon ECR, private registries: CI assumes a role with its identity, or has an access key; people use the AWS CLI. */
import type { Registry } from '../../model/axes.ts';
import { notes } from '../templates.ts';
import { checkNamespace, type Form, hostOf } from './oci.ts';
import { loginWithToken } from './token.ts';

/** Account, region and the suffix of China. */
const server = /^(.*)\.dkr\.ecr\.(.*)\.amazonaws\.com(\.cn)?$/;
const region = /^[a-z]{2}(?:-[a-z]+)+-[0-9]$/;
/** ECR's own rule for a part of a repository's name, which is stricter than OCI's. */
const part = /^[a-z0-9]+(?:[._-][a-z0-9]+)*$/;

const form: Form = {
  registry: 'ecr',
  write: 'ACCOUNT.dkr.ecr.REGION.amazonaws.com/PATH',
  example: '123456789012.dkr.ecr.eu-central-1.amazonaws.com/team',
  refuses(host, path) {
    const [, account = '', where = '', china = ''] = server.exec(host) ?? [];
    if (host === 'public.ecr.aws') return "is in Amazon's public gallery, which has another login";
    if (!server.test(host)) return 'is not in a private registry of Amazon ECR';
    if (!/^[0-9]{12}$/.test(account)) return `has no account of 12 digits ('${account}')`;
    if (!region.test(where)) return `has no region ('${where}')`;
    if (where.startsWith('cn-') !== (china !== ''))
      return `has the wrong end for its region: ${where.startsWith('cn-') ? 'regions of China have .com.cn' : '.com.cn is for regions of China'}`;
    const bad = path.find((name) => !part.test(name));
    return bad === undefined ? undefined : `has a path that ECR does not take ('${bad}')`;
  },
};

/** Pattern of resource names. */
const partition = (region: string): string =>
  region.startsWith('cn-') ? 'aws-cn' : region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';

export const ecr: Registry = {
  id: 'ecr',
  label: 'Amazon ECR',
  aliases: ['aws', 'amazon'],
  help: 'Amazon Elastic Container Registry; no password if the CI issues OIDC tokens',
  status: 'current',
  ran: "the login's exchanges against stand-ins for STS and ECR, its signature equal to botocore's; the push as for oci; not run on AWS itself",
  protocol: 'oci',
  example: form.example,
  checkNamespace: (namespace) => checkNamespace(namespace, form),
  contribute(choices) {
    const host = hostOf(choices.namespace);
    const path = choices.namespace.slice(host.length + 1);
    const [, account = '', where = ''] = server.exec(host) ?? [];
    const arn = `arn:${partition(where)}`;
    const user = `push-${path.replaceAll('/', '-')}`;
    return {
      ...loginWithToken(choices, {
        script: 'ecr-login.mjs',
        user: 'AWS',
        cli: {
          command: 'aws',
          get: 'see https://docs.aws.amazon.com/cli/latest/userguide/getting-started-install.html',
        },
        secrets: [
          { name: 'AWS_ACCESS_KEY_ID', help: 'the `AccessKeyId` of the user above', where: 'no identity' },
          { name: 'AWS_SECRET_ACCESS_KEY', help: 'its `SecretAccessKey`', where: 'no identity' },
        ],
        settings: [
          { name: 'AWS_ROLE_ARN', help: `the role: \`${arn}:iam::${account}:role/${user}\``, where: 'identity' },
        ],
        identity: { variable: 'AWS_ID_TOKEN', audience: 'sts.amazonaws.com' },
      }),
      notes: [notes('registries/ecr.repository.notes.md.ejs', { where, path, name: choices.name })],
      setup: [
        notes('registries/ecr.notes.md.ejs', {
          where,
          path,
          arn,
          account,
          user,
        }),
      ],
    };
  },
};
