// Writes an SBOM (SPDX) of what is compiled into the module, as listed by the language's own tools. Build tools are not in it.
// Usage: node scripts/sbom.mjs NAME LICENSE FILE [TYPE COMMAND | TYPE/PART COMMAND]..., with types of package URLs
// (https://github.com/package-url/purl-spec) and commands that print lines such as `name@1.0` or `name v1.0`, or only the version
// of PART.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { git, repository } from './source.mjs';

const [name, license, file, ...commands] = process.argv.slice(2);

const found = new Map();
for (let at = 0; at < commands.length; at += 2) {
  const [type, ...part] = commands[at].split('/');
  const printed = output(commands[at + 1]);
  if (part.length > 0) add(type, part.join('/'), /\d+(?:\.\d+)+[^\s,]*/.exec(printed)?.[0]);
  else for (const line of printed.split('\n')) addLine(type, line.trim());
}

function output(command) {
  try {
    return execFileSync('sh', ['-c', command], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
  } catch {
    console.error(`Error: '${command}' failed, so the parts of the module are not known. Run make setup first.`);
    process.exit(1);
  }
}

/** npm prints the folder of a package first; cargo prints the folder of the project's own packages last. */
function addLine(type, line) {
  const [, folder, name, version, own] =
    /^(?:(.*):)?((?:@[^@/\s]+\/)?[^@\s]+)(?:@| v?)(\S+)(?: \((.*)\))?$/.exec(line) ?? [];
  if (name && folder !== process.cwd() && !own?.startsWith('/')) add(type, name, version);
}

function add(type, name, version) {
  const path = name.split('/').map(encodeURIComponent).join('/');
  found.set(`pkg:${type}/${path}${version ? `@${encodeURIComponent(version)}` : ''}`, { name, version });
}

const parts = [...found.entries()].sort(([a], [b]) => (a < b ? -1 : 1));

const commit = git('rev-parse', 'HEAD');
const unknown = {
  downloadLocation: 'NOASSERTION',
  filesAnalyzed: false,
  licenseConcluded: 'NOASSERTION',
  copyrightText: 'NOASSERTION',
};
const packages = [
  {
    ...unknown,
    SPDXID: 'SPDXRef-module',
    name,
    ...(commit && { versionInfo: commit }),
    ...(commit && repository() && { downloadLocation: `git+${repository()}@${commit}` }),
    licenseDeclared: license === 'none' ? 'NOASSERTION' : license,
  },
  ...parts.map(([locator, { name, version }], index) => ({
    ...unknown,
    SPDXID: `SPDXRef-${index + 1}`,
    name,
    ...(version && { versionInfo: version }),
    licenseDeclared: 'NOASSERTION',
    externalRefs: [{ referenceCategory: 'PACKAGE-MANAGER', referenceType: 'purl', referenceLocator: locator }],
  })),
];
const relation = (from, relationshipType, to) => ({
  spdxElementId: `SPDXRef-${from}`,
  relationshipType,
  relatedSpdxElement: `SPDXRef-${to}`,
});
const hash = createHash('sha256').update(JSON.stringify(packages)).digest('hex');
const created = git('log', '-1', '--format=%cd', '--date=format-local:%Y-%m-%dT%H:%M:%SZ') ?? '1970-01-01T00:00:00Z';

writeFileSync(
  file,
  JSON.stringify(
    {
      spdxVersion: 'SPDX-2.3',
      dataLicense: 'CC0-1.0',
      SPDXID: 'SPDXRef-DOCUMENT',
      name,
      documentNamespace: `https://spdx.org/spdxdocs/${name}-${hash}`,
      creationInfo: { created, creators: ['Tool: generator-wasm'] },
      packages,
      relationships: [
        relation('DOCUMENT', 'DESCRIBES', 'module'),
        ...parts.map((_, index) => relation('module', 'CONTAINS', index + 1)),
      ],
    },
    null,
    2,
  ),
);
console.log(`${file}: ${parts.length} parts of the module`);
