// Compares the unpacked workshop with the tarball that it came from, so that a check is the one that was handed out.
// The Makefile reads this file out of the tarball itself: node --input-type=module - TARBALL FOLDER
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

const [tarball, folder] = process.argv.slice(2);
const part = 'package/templates/workshop/';
const edited = [];
let messages = {};
const { locale } = JSON.parse(readFileSync('workshop.json', 'utf8'));
for (const { path, bytes } of entries(gunzipSync(readFileSync(tarball)))) {
  if (!path.startsWith(part)) continue;
  if (path === `${part}text/${locale}/messages.json`) messages = JSON.parse(bytes);
  const file = join(folder, path.slice('package/'.length));
  if (!existsSync(file) || !readFileSync(file).equals(bytes)) edited.push(file);
}
if (edited.length > 0) {
  console.error(messages.edited.replace('{files}', edited.join(', ')));
  process.exitCode = 1;
}

/** The files of a tar archive in the ustar format. */
function* entries(archive) {
  const text = (start, length) => archive.toString('utf8', start, start + length).replace(/\0.*$/s, '');
  for (let at = 0; archive[at]; ) {
    const prefix = text(at + 345, 155);
    const path = `${prefix ? `${prefix}/` : ''}${text(at, 100)}`;
    const size = Number.parseInt(text(at + 124, 12), 8);
    yield { path, bytes: archive.subarray(at + 512, at + 512 + size) };
    at += 512 + Math.ceil(size / 512) * 512;
  }
}
