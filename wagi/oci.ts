/**
 * Pulls a module from an OCI registry, as WAGI does: one layer of wasm-to-oci's type. Digests are checked.
 * The protocol: https://github.com/opencontainers/distribution-spec/blob/v1.1.0/spec.md
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { type Cache, sha256 } from './cache.ts';
import { type Fetched, fetchBytes, idle, maxManifest, maxModule, objectOf, textOf } from './fetching.ts';
import { Refusal } from './refusal.ts';

const layerType = 'application/vnd.wasm.content.layer.v1+wasm';
const manifestTypes =
  'application/vnd.oci.image.manifest.v1+json, application/vnd.docker.distribution.manifest.v2+json';

interface Image {
  registry: string;
  repository: string;
  /** A tag or a digest. */
  reference: string;
}

/** `insecure`: registries without TLS, in addition to local ones. */
export async function pullOci(reference: string, cache: Cache, insecure: readonly string[]): Promise<Uint8Array> {
  const image = parse(reference);
  if (!image) throw new Refusal(`is not an image. Write oci:registry.example.com/team/name:1.0.0.`);
  const registry = new Registry(image, insecure);

  const text = await registry.get(`manifests/${image.reference}`, maxManifest, manifestTypes);
  const pinned = /^sha256:(.*)$/.exec(image.reference)?.[1];
  if (pinned && sha256(text) !== pinned)
    throw new Refusal(`has a manifest with a different digest. Update the digest.`);
  const layers = layersOf(text);
  const layer = layers.find(({ mediaType }) => mediaType === layerType);
  if (!layer)
    throw new Refusal(
      `has no layer of the type ${layerType}, but ${layers.map(({ mediaType }) => mediaType).join(', ') || 'none'}. Push it with wasm-to-oci.`,
    );

  const hash = /^sha256:([0-9a-f]{64})$/.exec(layer.digest)?.[1];
  const bytes = hash && (await cache.get(hash, () => registry.get(`blobs/${layer.digest}`, maxModule)));
  if (!bytes) throw new Refusal(`has a layer that does not match its digest ${layer.digest}. Push it again.`);
  return bytes;
}

function layersOf(manifest: Uint8Array): { mediaType: string; digest: string }[] {
  let read: unknown;
  try {
    read = JSON.parse(Buffer.from(manifest).toString());
  } catch {
    throw new Refusal('has a manifest that is not JSON. Push it again.');
  }
  const { layers = [] } = objectOf(read) ?? {};
  return (Array.isArray(layers) ? layers : [undefined]).map((layer) => {
    const mediaType = textOf(objectOf(layer)?.mediaType);
    const digest = textOf(objectOf(layer)?.digest);
    if (mediaType === undefined || digest === undefined)
      throw new Refusal('has a manifest whose layers lack a mediaType or a digest. Push it again.');
    return { mediaType, digest };
  });
}

/** As in Docker, a name without a registry is on Docker Hub. */
function parse(reference: string): Image | undefined {
  const [, name = '', tag, digest] =
    /^oci:(?:\/\/)?([^@]+?)(?::([\w][\w.-]{0,127}))?(?:@(sha256:[0-9a-f]{64}))?$/.exec(reference) ?? [];
  const [first = '', ...rest] = name.split('/');
  const named = rest.length > 0 && (/[.:]/.test(first) || first === 'localhost');
  const registry = named ? first : 'docker.io';
  const path = named ? rest.join('/') : rest.length > 0 ? name : `library/${name}`;
  if (!/^[a-z0-9]+(?:[._-]+[a-z0-9]+)*(?:\/[a-z0-9]+(?:[._-]+[a-z0-9]+)*)*$/.test(path)) return undefined;
  return { registry, repository: path, reference: digest ?? tag ?? 'latest' };
}

class Registry {
  private readonly image: Image;
  private readonly base: string;
  private authorization: string | undefined;

  constructor(image: Image, insecure: readonly string[]) {
    this.image = image;
    const host = image.registry === 'docker.io' ? 'registry-1.docker.io' : image.registry;
    const local = /^(?:localhost|127(?:\.\d+){3}|\[::1\])(?::\d+)?$/.test(host) || insecure.includes(host);
    this.base = `${local ? 'http' : 'https'}://${host}/v2/${image.repository}`;
  }

  async get(path: string, most: number, accept = '*/*'): Promise<Uint8Array> {
    const who = this.image.registry;
    const ask = () =>
      fetchBytes(
        `${this.base}/${path}`,
        { accept, ...(this.authorization && { authorization: this.authorization }) },
        { most, who },
      );
    let answer = await ask();
    if (answer.status === 401 && this.authorization === undefined) {
      this.authorization = await this.login(answer.headers.get('www-authenticate') ?? '');
      answer = await ask();
    }
    const { status, bytes } = answer;
    if (status >= 200 && status < 300) return bytes;
    const hint =
      status === 404
        ? 'Push it first.'
        : [401, 403].includes(status)
          ? `Log in with docker login ${who}.`
          : 'Try again later.';
    throw new Refusal(`cannot be pulled: ${who} answers ${status}. ${hint}`);
  }

  /** The authorization for a challenge; the password is sent only to the server that asks for it. */
  private async login(challenge: string): Promise<string> {
    const basic = credentials(this.image.registry);
    if (/^basic/i.test(challenge)) return basic ?? '';
    const parts = Object.fromEntries([...challenge.matchAll(/(\w+)="([^"]*)"/g)].map(([, key, value]) => [key, value]));
    if (!parts.realm) return '';
    if (!URL.canParse(parts.realm) || !/^https?:$/.test(new URL(parts.realm).protocol))
      throw new Refusal(
        `cannot be pulled: ${this.image.registry} names a token server that is not a URL, ${JSON.stringify(parts.realm)}. Try again later.`,
      );
    const url = new URL(parts.realm);
    if (parts.service) url.searchParams.set('service', parts.service);
    url.searchParams.set('scope', parts.scope ?? `repository:${this.image.repository}:pull`);
    return `Bearer ${tokenOf(await fetchBytes(url, basic ? { authorization: basic } : {}, { most: maxManifest, who: url.host }))}`;
  }
}

/** The token in a token server's response, or empty: https://distribution.github.io/distribution/spec/auth/token/ */
function tokenOf({ status, bytes }: Fetched): string {
  if (status !== 200) return '';
  try {
    const { token, access_token } = objectOf(JSON.parse(Buffer.from(bytes).toString())) ?? {};
    const text = textOf(token) ?? textOf(access_token) ?? '';
    // fetch throws for an invalid header value.
    return /^[\x21-\x7e]*$/.test(text) ? text : '';
  } catch {
    return '';
  }
}

/** The credentials that `docker login` stored for a registry, as an Authorization header. */
function credentials(registry: string): string | undefined {
  const config = dockerConfig();
  const auths = objectOf(config.auths) ?? {};
  const names =
    registry === 'docker.io' ? ['https://index.docker.io/v1/', registry] : [registry, `https://${registry}`];
  for (const name of names) {
    const entry = objectOf(auths[name]);
    const helper = textOf(objectOf(config.credHelpers)?.[name]) ?? (entry && textOf(config.credsStore));
    const login = helper === undefined ? {} : askHelper(helper, name);
    const user = textOf(login.Username) ?? textOf(entry?.username);
    const password = textOf(login.Secret) ?? textOf(entry?.password);
    // Docker ignores line breaks in it: https://pkg.go.dev/encoding/base64#Encoding.DecodeString
    const auth = helper === undefined || !login.Secret ? textOf(entry?.auth)?.replace(/[\r\n]/g, '') : undefined;
    if (auth && /^[\w+/=-]+$/.test(auth)) return `Basic ${auth}`;
    if (user && password) return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
  }
  return undefined;
}

/** What `docker login` has stored; empty if there is nothing or it cannot be read. */
function dockerConfig(): Record<string, unknown> {
  const folder = process.env.DOCKER_CONFIG ?? join(homedir(), '.docker');
  try {
    return objectOf(JSON.parse(readFileSync(join(folder, 'config.json'), 'utf8'))) ?? {};
  } catch {
    return {};
  }
}

function askHelper(helper: string, registry: string): Record<string, unknown> {
  try {
    const said = execFileSync(`docker-credential-${helper}`, ['get'], {
      input: registry,
      stdio: ['pipe', 'pipe', 'ignore'],
      timeout: idle,
    });
    return objectOf(JSON.parse(said.toString())) ?? {};
  } catch {
    return {};
  }
}
