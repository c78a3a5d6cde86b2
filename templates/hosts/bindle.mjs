// Pushes a module to a Bindle server, as the only parcel of a signed invoice, and creates keys.
// Usage: node bindle.mjs push SERVER NAME TAG MODULE    with BINDLE_KEYPAIR; REGISTRY_USER, REGISTRY_PASSWORD if it needs them
//        node bindle.mjs keypair                        prints a new BINDLE_KEYPAIR
//        node bindle.mjs keyring LABEL                  prints the entry for the server's keyring.toml
import { createHash, createPrivateKey, generateKeyPairSync, sign } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';

// In Azure Pipelines, a variable that is not set has the text $(NAME).
for (const [name, value] of Object.entries(process.env)) if (value === `$(${name})`) delete process.env[name];

const [command, ...words] = process.argv.slice(2);
const commands = { push, keypair, keyring };

try {
  if (!commands[command]) throw new Error('the command is missing or unknown. Use push, keypair or keyring.');
  await commands[command](...words);
} catch (error) {
  console.error(`bindle: ${error.message}`);
  process.exitCode = 1;
}

async function push(server, name, tag, path) {
  const version = tag.replace(/^v/, '');
  if (!/^\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?(?:\+[0-9A-Za-z.-]+)?$/.test(version))
    throw new Error(
      `'${tag}' is not a semantic version, which Bindle requires. Tag the commit v1.2.3, or pass TAG=1.2.3.`,
    );
  const { key, publicKey } = ownKey();
  const module = readFileSync(path);
  const sha256 = createHash('sha256').update(module).digest('hex');
  // The signed lines: https://github.com/deislabs/bindle/blob/main/docs/signing-spec.md
  const signed = [name, name, version, 'creator', '~', sha256].join('\n');
  const invoice = `bindleVersion = "1.0.0"

[bindle]
name = "${name}"
version = "${version}"

[[signature]]
by = "${name}"
role = "creator"
key = "${publicKey}"
signature = "${sign(null, Buffer.from(signed), key).toString('base64')}"
at = ${Math.floor(Date.now() / 1000)}

[[parcel]]
[parcel.label]
sha256 = "${sha256}"
mediaType = "application/wasm"
name = "${basename(path)}"
size = ${module.length}
[parcel.label.feature.wagi]
route = "/..."
`;

  const id = `${name}/${version}`;
  const created = await ask(`${server}/_i`, 'application/toml', invoice);
  if (created === undefined) {
    const there = JSON.parse(await ask(`${server}/_i/${id}`));
    if (there.parcel?.[0]?.label.sha256 !== sha256)
      throw new Error(`${id} already exists with different contents. Published versions are immutable: push a new one.`);
  }
  await ask(`${server}/_i/${id}@${sha256}`, 'application/wasm', module);
  writeFileSync('build/pushed', `${id}@sha256:${sha256}\n`);
  writeFileSync('build/signed', 'in its invoice\n');
  console.log(`Pushed: ${id}\nDigest: sha256:${sha256}`);
}

/** The text of a response; undefined if the server already has what is posted. */
async function ask(url, type, body) {
  const { REGISTRY_USER: user, REGISTRY_PASSWORD: password } = process.env;
  const response = await fetch(url, {
    method: body ? 'POST' : 'GET',
    headers: {
      accept: 'application/json',
      ...(type && { 'content-type': type }),
      ...(user && { authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` }),
    },
    body,
  }).catch(({ message, cause }) => {
    throw new Error(`${new URL(url).host} does not answer: ${cause?.code ?? message}.`);
  });
  if (body && response.status === 409) return undefined;
  const text = await response.text();
  if (response.ok) return text;
  throw new Error(`${url} answered ${response.status}. ${/error = "(.*)"/.exec(text)?.[1] ?? ''}`.trim());
}

/** The key in BINDLE_KEYPAIR: 32 bytes of it and 32 of its public half, in base64, as in Bindle's own secret_keys.toml. */
function ownKey() {
  const pair = Buffer.from(process.env.BINDLE_KEYPAIR ?? '', 'base64');
  if (pair.length !== 64)
    throw new Error('BINDLE_KEYPAIR is not set, or is not a key. Create one: node scripts/bindle.mjs keypair');
  const [d, x] = [pair.subarray(0, 32), pair.subarray(32)].map((half) => half.toString('base64url'));
  return {
    key: createPrivateKey({ format: 'jwk', key: { kty: 'OKP', crv: 'Ed25519', d, x } }),
    publicKey: pair.subarray(32).toString('base64'),
  };
}

function keypair() {
  const { d, x } = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' });
  console.log(Buffer.concat([d, x].map((half) => Buffer.from(half, 'base64url'))).toString('base64'));
}

function keyring(label) {
  console.log(`version = "1.0"

[[key]]
label = ${JSON.stringify(label)}
roles = ["creator"]
key = "${ownKey().publicKey}"`);
}
