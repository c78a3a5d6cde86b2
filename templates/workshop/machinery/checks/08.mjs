import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { anyName, exec, Problem, tail, temporary, workshop } from '../lib.mjs';
import { takesLeave } from '../cases.mjs';
import { digestOf, imageOf, published, signature } from '../published.mjs';

/** What the host starts is the participant's own module, by its digest, and answers as it should. */
export default async function check() {
  if (workshop.host === 'wagi') await served();
  else started();
}

/** A server that has nothing but `web/server.toml`. */
async function served() {
  const path = 'web/server.toml';
  const references = [...textOf(path).matchAll(/^\s*module\s*=\s*["']oci:(?:\/\/)?(.*)["']/gm)].map(([, reference]) => reference);
  const image = pinned(path, references, 'web', 'v0.4.0');
  const signed = signature(image, 'signature');
  if (signed.code !== 0) throw new Problem('notSigned', { version: image, said: tail(signed.said, 4) });
  const server = spawn('generator-wasm', ['serve', '--config', path, '--listen', '127.0.0.1:0'], { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  const ended = new Promise((done) => server.on('error', done).on('exit', done));
  try {
    const address = new Promise((found) => {
      for (const stream of [server.stdout, server.stderr])
        stream.setEncoding('utf8').on('data', (text) => {
          said += text;
          const [url] = /http:\/\/127\.0\.0\.1:[1-9]\d*/.exec(said) ?? [];
          if (url) found(url);
        });
    });
    const url = await Promise.race([address, ended]);
    if (typeof url !== 'string') throw new Problem('noServer', { path, said: tail(said) }, path);
    await takesLeave(url, path);
  } finally {
    server.kill();
    await ended;
  }
}

/** A script that fetches the program, in a folder where it is not. */
function started() {
  const path = 'hello/deployed.sh';
  const lines = textOf(path).split('\n').filter((line) => !line.trim().startsWith('#')).join('\n');
  pinned(path, [...lines.matchAll(/[^\s"']+\/hello[:@][^\s"']+/g)].map(([reference]) => reference), 'hello', 'v0.1.0');
  published('hello', 'v0.1.0');
  mkdirSync(temporary, { recursive: true });
  for (const names of [[anyName()], [anyName(), anyName()]]) {
    const { code, stdout, said } = exec('sh', [resolve(path), ...names], { cwd: temporary });
    if (code !== 0) throw new Problem('noScript', { path, exit: code, said: tail(said) }, path);
    const expected = names.map((name) => `Good morning, ${name}!\n`).join('');
    if (stdout !== expected)
      throw new Problem('wrongOutput', { args: names.map((name) => JSON.stringify(name)).join(' '), expected: JSON.stringify(expected), got: JSON.stringify(stdout) }, path);
  }
}

function textOf(path) {
  if (!existsSync(path)) throw new Problem('noFile', { path });
  return readFileSync(path, 'utf8');
}

/** The image that a file names, which has to be the digest of one version and nothing else. */
function pinned(path, references, project, version) {
  const digest = digestOf(project, version);
  if (references.length === 0) throw new Problem('notPinned', { path, reference: '–', version }, path);
  for (const reference of references) {
    const [, given] = /@(sha256:[0-9a-f]{64})$/.exec(reference) ?? [];
    if (!given) throw new Problem('notPinned', { path, reference, version }, path);
    if (given !== digest) throw new Problem('otherDigest', { path, digest: given, version }, path);
  }
  return `${imageOf(project)}@${digest}`;
}
