// `npm run release -- TAG FOLDER`: writes the package of a tag, its SBOM and its release notes into a folder. Stops if the tag is not the version,
// if a version of this number was released before, or if two runs of npm pack make different bytes.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const [tag, folder] = process.argv.slice(2);
if (!tag || !folder) end('Usage: npm run release -- TAG FOLDER');
const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
if (tag !== `v${version}`) end(`The tag is '${tag}', but package.json has the version ${version}: tag v${version}.`);

if (existsSync(join('test/releases', `${version}.tgz`)))
  end(`Version ${version} was released before: test/releases has its package. Change the version in package.json.`);

const [once, again] = [pack(), pack()];
if (!once.equals(again)) end('Two runs of npm pack made different tarballs.');

const section = new RegExp(`^## ${version.replaceAll('.', '\\.')}\n(.*?)(?=^## |(?![^]))`, 'ms');
const notes = section.exec(readFileSync('CHANGELOG.md', 'utf8'))?.[1]?.trim();
if (!notes) end(`CHANGELOG.md has no section '## ${version}'.`);

mkdirSync(folder, { recursive: true });
writeFileSync(join(folder, 'generator-wasm.tgz'), once);
writeFileSync(join(folder, 'NOTES.md'), `${notes}\n`);
writeFileSync(join(folder, 'generator-wasm.spdx.json'), `${JSON.stringify(sbom(once), null, 2)}\n`);

/** SPDX 2.3: the tarball, and the packages whose code is in dist/, which the build lists. */
function sbom(tarball) {
  const listed = readFileSync('dist/THIRD_PARTY.txt', 'utf8').matchAll(/^-{80}\n\n(\S+) (\S+): (.+)$/gm);
  const [own, ...parts] = [['', 'generator-wasm', version, 'MIT'], ...listed].map(
    ([, name, version, license], index) => ({
      SPDXID: `SPDXRef-${index}`,
      name,
      versionInfo: version,
      downloadLocation: 'NOASSERTION',
      filesAnalyzed: false,
      licenseDeclared: license,
      externalRefs: [
        {
          referenceCategory: 'PACKAGE-MANAGER',
          referenceType: 'purl',
          referenceLocator: `pkg:npm/${name.replace('@', '%40')}@${version}`,
        },
      ],
    }),
  );
  if (parts.length === 0) end('dist/THIRD_PARTY.txt lists no package.');
  const hash = (name, encoding) => createHash(name).update(tarball).digest(encoding);
  own.checksums = [{ algorithm: 'SHA512', checksumValue: hash('sha512', 'hex') }];
  const relation = (from, relationshipType, to) => ({
    spdxElementId: from,
    relationshipType,
    relatedSpdxElement: to,
  });
  return {
    spdxVersion: 'SPDX-2.3',
    dataLicense: 'CC0-1.0',
    SPDXID: 'SPDXRef-DOCUMENT',
    name: `generator-wasm-${version}`,
    documentNamespace: `https://spdx.org/spdxdocs/generator-wasm-${version}-${hash('sha256', 'hex')}`,
    creationInfo: {
      created: new Date().toISOString().replace(/\.\d+/, ''),
      creators: [`Tool: generator-wasm-${version}`],
    },
    packages: [own, ...parts],
    relationships: [
      relation('SPDXRef-DOCUMENT', 'DESCRIBES', own.SPDXID),
      ...parts.map(({ SPDXID }) => relation(own.SPDXID, 'CONTAINS', SPDXID)),
    ],
  };
}

function pack() {
  const place = mkdtempSync(join(tmpdir(), 'release-'));
  const printed = execFileSync('npm', ['pack', '--json', '--pack-destination', place], { encoding: 'utf8' });
  const bytes = readFileSync(join(place, JSON.parse(printed)[0].filename));
  rmSync(place, { recursive: true });
  return bytes;
}

function end(message) {
  console.error(message);
  process.exit(1);
}
