/** Which namespaces each registry takes, and the sentence for the others. */
import assert from 'node:assert/strict';
import { axes, find } from '../../src/catalog/axes.ts';
import { conflict } from '../../src/plan/compose.ts';

const said = (registry: string, namespace: string) => conflict({ registry, namespace });
const registries = axes.registry.filter(({ checkNamespace }) => checkNamespace);

describe('namespaces', () => {
  for (const { id, example = '' } of registries)
    it(`of ${id}: every registry refuses what none can have, and says how to write it`, () => {
      const path = example.includes('/') ? example : `${example}/team`;
      const refusals: [string, RegExp][] = [
        ['', new RegExp(`^Registry '${id}' needs a namespace\\. Write .+, for example ${example}\\.$`)],
        [`https://${example}`, /' has a scheme\. Write/],
        [
          path.replace(/\/[a-z]/, (start) => start.toUpperCase()),
          /' has upper-case letters, but image names are in lower case\./,
        ],
        [`${path}:v1`, /' has a tag or a digest \(':v1'\), which a push gives, not a namespace\./],
        [`${path}@sha256:${'0'.repeat(64)}`, /' has a tag or a digest \('@sha256:0+'\)/],
        [`${path}/`, /' has a path that no registry takes \(''\)\./],
        [`${path}/a b`, /' has a path that no registry takes \('a b'\)\./],
        [`${path}/${'x'.repeat(200)}`, /' is longer than 200 characters\./],
        [`-${path}`, /' has no valid host \('-/],
        [`${example.split('/')[0]}/`, /' has no path\. Write/],
      ];
      assert.equal(said(id, example), undefined);
      for (const [namespace, sentence] of refusals) {
        assert.match(said(id, namespace) ?? `${namespace} was accepted`, sentence);
        if (namespace) assert.ok(said(id, namespace)?.startsWith(`Namespace '${namespace}' `));
        assert.ok(said(id, namespace)?.endsWith(`, for example ${example}.`));
      }
    });

  const refusals: [string, string, RegExp][] = [
    ['ghcr', 'ghcr.io', /has no path\. Write ghcr\.io\/OWNER\[\/PATH\], in lower case/],
    ['ghcr', 'docker.io/octo-org', /is not in GitHub's registry\./],
    ['ghcr', 'ghcr.io:443/octo-org', /is not in GitHub's registry\./],
    ['ghcr', 'ghcr.io/a_b', /has no valid owner \('a_b'\)\./],
    [
      'acr',
      'team.azurecr.io/team',
      /is not in an Azure registry: 'team\.azurecr\.io' does not have the form NAME\.azurecr\.io/,
    ],
    ['acr', 'myregistry/team', /is not in an Azure registry/],
    ['dockerhub', 'docker.io', /has no path\. Write docker\.io\/OWNER, for example/],
    ['dockerhub', 'hub.docker.com/octoorg', /is not in Docker Hub, whose name is docker\.io\./],
    ['dockerhub', 'octoorg', /has no path/],
    [
      'dockerhub',
      'docker.io/octoorg/team',
      /has more than an owner, and Docker Hub keeps a repository right below that\./,
    ],
    ['ecr', '123456789012.dkr.ecr.eu-central-1.amazonaws.com', /has no path\. Write ACCOUNT\./],
    ['ecr', 'dkr.ecr.eu-central-1.amazonaws.com/team', /is not in a private registry of Amazon ECR\./],
    ['ecr', '1234.dkr.ecr.eu-central-1.amazonaws.com/team', /has no account of 12 digits \('1234'\)\./],
    ['ecr', '123456789012.dkr.ecr.europe.amazonaws.com/team', /has no region \('europe'\)\./],
    [
      'ecr',
      '123456789012.dkr.ecr.cn-north-1.amazonaws.com/team',
      /wrong end for its region: regions of China have \.com\.cn\./,
    ],
    ['ecr', '123456789012.dkr.ecr.eu-west-1.amazonaws.com.cn/team', /wrong end for its region: \.com\.cn is for/],
    ['ecr', 'public.ecr.aws/team', /is in Amazon's public gallery, which has another login\./],
    ['ecr', '123456789012.dkr.ecr.eu-west-1.amazonaws.com/a__b', /has a path that ECR does not take \('a__b'\)\./],
    ['gar', 'gcr.io/my-project/modules', /'gcr\.io' does not have the form LOCATION-docker\.pkg\.dev/],
    ['gar', 'docker.pkg.dev/my-project/modules', /is not in Google Artifact Registry/],
    ['gar', 'europe-west1-docker.pkg.dev/my-project', /has no repository: it needs a project and a repository of it\./],
    ['gitlab', 'gitlab.com/octo-group/hello', /is GitLab itself, and its registry is 'registry\.gitlab\.com'\./],
    ['gitlab', 'registry.gitlab.com/octo-group', /has no project: GitLab keeps images below GROUP\/PROJECT\./],
    ['oci', '127.0.0.1:5000/team', /oras takes for one with TLS: it speaks plain HTTP to localhost alone\./],
    ['oci', 'registry.example.com', /has no path/],
    ['bindle', 'bindle.example.com', /has no path/],
  ];
  for (const [registry, namespace, sentence] of refusals)
    it(`${registry} refuses ${namespace}`, () =>
      assert.match(said(registry, namespace) ?? `${namespace} was accepted`, sentence));

  const accepted: [string, string][] = [
    ['ghcr', 'ghcr.io/octo-org/modules'],
    ['acr', 'myregistry.azurecr.io'],
    ['acr', 'myregistry-a1b2c3.azurecr.io/team/modules'],
    ['ecr', '123456789012.dkr.ecr.us-gov-west-1.amazonaws.com/team/modules'],
    ['ecr', '123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn/team'],
    ['gar', 'us-docker.pkg.dev/my-project/modules/team'],
    ['gitlab', 'registry.example.com:5050/group/subgroup/project/modules'],
    ['oci', 'localhost:5000/team'],
    ['bindle', 'localhost:8080/example.com/team'],
  ];
  for (const [registry, namespace] of accepted)
    it(`${registry} takes ${namespace}`, () => assert.equal(said(registry, namespace), undefined));
});

describe('a registry that a host cannot take from', () => {
  it('is refused in a sentence', () => {
    for (const host of axes.host.filter(({ publish }) => !publish.bindle))
      assert.equal(
        conflict({ host: host.id, registry: 'bindle' }),
        `${host.label} cannot pull from Bindle. Choose another registry.`,
      );
    assert.ok(find(axes.host, 'wagi')?.publish.bindle);
  });
  it('is refused for HIPPOFACTS, which nobody else reads', () => {
    assert.match(
      String(conflict({ registry: 'oci', hippofacts: 'yes' })),
      /^HIPPOFACTS is for Hippo, which uses Bindle, not OCI registry\. Choose registry bindle/,
    );
    assert.equal(conflict({ registry: 'oci', hippofacts: 'no' }), undefined);
    assert.equal(conflict({ registry: 'bindle', hippofacts: 'yes' }), undefined);
  });
});
