// `npm run release -- TAG FOLDER`: writes the package of a tag and its release notes into a folder. Stops if the tag is not the version,
// if a version of this number was released before, or if two runs of npm pack make different bytes.
import { execFileSync } from 'node:child_process';
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
