/** What hosts read, through the checkers of its formats: every distinct file of every valid combination. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parse } from 'yaml';
import type { File } from '../../src/model/plan.ts';
import { distinctFiles } from '../support/examples.ts';
import { need, ok, run, scratch } from '../support/programs.ts';

const schemas = join(import.meta.dirname, 'schemas');

interface Schema {
  type?: string;
  properties?: Record<string, Schema>;
  additionalProperties?: unknown;
  items?: Schema;
}

/** A custom resource's schema as an API server reads it strictly: what is not declared is refused, but in `metadata`. */
function strict(schema: Schema, name = ''): Schema {
  const properties = Object.entries(schema.properties ?? {}).map(([key, one]) => [key, strict(one, key)]);
  return {
    ...schema,
    ...(schema.properties && { properties: Object.fromEntries(properties) }),
    ...(schema.items && { items: strict(schema.items) }),
    ...(schema.properties && name !== 'metadata' && { additionalProperties: false }),
  };
}

describe('the files of hosts', function () {
  this.timeout(300_000);
  const folder = mkdtempSync(join(scratch, 'hosts-'));
  /** Every distinct file whose path matches, in a folder of its own. */
  function written(pattern: RegExp): string[] {
    return distinctFiles(pattern).map((file, index) => write(file, `${index}`));
  }
  function write({ path, text }: File, place: string): string {
    const full = join(folder, place, path);
    mkdirSync(dirname(full), { recursive: true });
    writeFileSync(full, text);
    return full;
  }
  const broken = (path: string, from: string, to: string): string => {
    const text = readFileSync(path, 'utf8');
    assert.ok(text.includes(from), `${path} has ${from}`);
    return write({ path: path.slice(path.lastIndexOf('/') + 1), text: text.replace(from, to) }, 'broken');
  };

  const manifests = written(/^(deploy|cluster)\/.*\.yaml$/).map((path) => ({
    path,
    kind: String(parse(readFileSync(path, 'utf8')).kind),
  }));
  const ofKind = (kind: string) => manifests.filter((one) => one.kind === kind).map(({ path }) => path);
  const custom: Record<string, string> = { SpinApp: 'spinapp.yaml', WorkloadDeployment: 'workloaddeployment.yaml' };

  it('are of every kind that a host on Kubernetes has', () => {
    const kinds = [
      'Deployment',
      'Job',
      'NetworkPolicy',
      'Pod',
      'PodDisruptionBudget',
      'RuntimeClass',
      'Service',
      'SpinApp',
      'WorkloadDeployment',
    ];
    assert.deepEqual([...new Set(manifests.map(({ kind }) => kind))].sort(), kinds);
    assert.ok(ofKind('Deployment').length > 1, 'one for each registry');
  });

  it('Kubernetes’ own: kubernetes-validate', function () {
    need(this, 'kubernetes-validate');
    const files = manifests.filter(({ kind }) => !custom[kind]).map(({ path }) => path);
    const validate = (...paths: string[]) => run('kubernetes-validate', ['--strict', '-k', '1.34', ...paths], scratch);
    const { code, said } = validate(...files);
    assert.equal(code, 0, said);
    assert.equal(said.match(/ passed for resource /g)?.length, files.length, said);
    const [deployment] = ofKind('Deployment');
    assert.notEqual(validate(broken(String(deployment), 'readinessProbe', 'readynessProbe')).code, 0);
  });

  for (const [kind, schema] of Object.entries(custom))
    it(`${kind}: the fields of its definition`, function () {
      need(this, 'check-jsonschema');
      const definition = parse(readFileSync(join(schemas, schema), 'utf8'));
      const path = join(folder, `${kind}.json`);
      writeFileSync(path, JSON.stringify(strict(definition.spec.versions[0].schema.openAPIV3Schema)));
      const files = ofKind(kind);
      assert.ok(files.length > 1);
      ok('check-jsonschema', ['--schemafile', path, ...files], scratch);
      const wrong = broken(String(files[0]), 'replicas:', 'replica:');
      assert.notEqual(run('check-jsonschema', ['--schemafile', path, wrong], scratch).code, 0);
    });

  it('spin.toml: its schema', function () {
    need(this, 'check-jsonschema');
    const files = written(/^spin\.toml$/);
    assert.ok(files.length > 1);
    for (const path of files)
      assert.match(readFileSync(path, 'utf8'), /^#:schema https:\/\/schemas\.spinframework\.dev\/spin\/manifest-v2\//);
    const schema = ['--schemafile', join(schemas, 'spin-manifest.json')];
    ok('check-jsonschema', [...schema, ...files], scratch);
    const page = readFileSync(join(import.meta.dirname, '../../docs/moving.md'), 'utf8');
    const text = String(/```toml\n([\s\S]*?)```/.exec(page)?.[1]);
    ok('check-jsonschema', [...schema, write({ path: 'spin.toml', text }, 'moving')], scratch);
    const wrong = broken(String(files[0]), 'source =', 'sauce =');
    assert.notEqual(run('check-jsonschema', [...schema, wrong], scratch).code, 0);
  });

  it('.wash/config.yaml: wash', function () {
    need(this, 'wash');
    const files = written(/^\.wash\/config\.yaml$/);
    assert.ok(files.length > 0);
    const validate = (path: string) => run('wash', ['config', 'validate', '--file', path], scratch);
    for (const path of files) assert.match(validate(path).said, /Configuration is valid/);
    const { code, said } = validate(broken(String(files[0]), '127.0.0.1:3000', 'here'));
    assert.notEqual(code, 0);
    assert.match(said, /dev\.address 'here' is not a valid/);
  });

  it('shell scripts: shellcheck', function () {
    need(this, 'shellcheck');
    const files = written(/^scripts\/(context|cluster)\.sh$/);
    assert.ok(files.length > 3, `${files.length}`);
    ok('shellcheck', files, scratch);
  });
});
