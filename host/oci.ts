/**
 * Pulls a module from an OCI registry, as WAGI does: one layer of wasm-to-oci's type, the digests checked.
 * The protocol: https://github.com/opencontainers/distribution-spec/blob/v1.1.0/spec.md
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { type Cache, sha256 } from './cache.ts';
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

/** `insecure`: registries without TLS, besides those of this machine. */
export async function pullOci(reference: string, cache: Cache, insecure: readonly string[]): Promise<Uint8Array> {
  const image = parse(reference);
  if (!image) throw new Refusal(`is no image. Write oci:registry.example.com/team/name:1.0.0.`);
  const registry = new Registry(image, insecure);

  const response = await registry.get(`manifests/${image.reference}`, manifestTypes);
  const text = new Uint8Array(await response.arrayBuffer());
  const pinned = /^sha256:(.*)$/.exec(image.reference)?.[1];
  if (pinned && sha256(text) !== pinned)
    throw new Refusal(`has a manifest with another digest than that. Pin it anew.`);
  const layers = layersOf(text);
  const layer = layers.find(({ mediaType }) => mediaType === layerType);
  if (!layer)
    throw new Refusal(
      `has no layer of the type ${layerType}, but ${layers.map(({ mediaType }) => mediaType).join(', ') || 'none'}. Push it with wasm-to-oci or as it does.`,
    );

  const hash = /^sha256:([0-9a-f]{64})$/.exec(layer.digest)?.[1];
  const bytes =
    hash &&
    (await cache.get(
      hash,
      async () => new Uint8Array(await (await registry.get(`blobs/${layer.digest}`)).arrayBuffer()),
    ));
  if (!bytes) throw new Refusal(`has a layer that is not what its digest ${layer.digest} says. Push it again.`);
  return bytes;
}

function layersOf(manifest: Uint8Array): { mediaType: string; digest: string }[] {
  try {
    const { layers = [] } = JSON.parse(Buffer.from(manifest).toString());
    return layers;
  } catch {
    throw new Refusal('has a manifest that is no JSON. Push it again.');
  }
}

/** Names without a registry are Docker Hub's, as Docker has it. */
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

  async get(path: string, accept = '*/*'): Promise<Response> {
    const ask = () =>
      fetch(`${this.base}/${path}`, {
        headers: { accept, ...(this.authorization && { authorization: this.authorization }) },
      }).catch((error: Error) => {
        throw new Refusal(`cannot be pulled: ${this.image.registry} does not answer (${why(error)}).`);
      });
    let response = await ask();
    if (response.status === 401 && this.authorization === undefined) {
      this.authorization = await this.login(response.headers.get('www-authenticate') ?? '');
      response = await ask();
    }
    if (response.ok) return response;
    const hint =
      response.status === 404
        ? 'Push it first.'
        : [401, 403].includes(response.status)
          ? `Log in with docker login ${this.image.registry}.`
          : 'Try again later.';
    throw new Refusal(`cannot be pulled: ${this.image.registry} answers ${response.status}. ${hint}`);
  }

  /** The authorization that a challenge asks for; a password goes to who asks for it only. */
  private async login(challenge: string): Promise<string> {
    const basic = credentials(this.image.registry);
    if (/^basic/i.test(challenge)) return basic ?? '';
    const parts = Object.fromEntries([...challenge.matchAll(/(\w+)="([^"]*)"/g)].map(([, key, value]) => [key, value]));
    if (!parts.realm) return '';
    const url = new URL(parts.realm);
    if (parts.service) url.searchParams.set('service', parts.service);
    url.searchParams.set('scope', parts.scope ?? `repository:${this.image.repository}:pull`);
    const response = await fetch(url, { headers: basic ? { authorization: basic } : {} }).catch((error: Error) => {
      throw new Refusal(`cannot be pulled: ${url.host} gives no token (${why(error)}).`);
    });
    const { token, access_token } = response.ok ? ((await response.json()) as Record<string, string>) : {};
    return `Bearer ${token ?? access_token ?? ''}`;
  }
}

const why = (error: Error): string =>
  String(
    ((error.cause ?? error) as NodeJS.ErrnoException).code ??
      (error.cause as Error | undefined)?.message ??
      error.message,
  );

/** What `docker login` has stored for a registry, as an Authorization header. */
function credentials(registry: string): string | undefined {
  const folder = process.env.DOCKER_CONFIG ?? join(homedir(), '.docker');
  let config: {
    auths?: Record<string, { auth?: string; username?: string; password?: string }>;
    credHelpers?: Record<string, string>;
    credsStore?: string;
  };
  try {
    config = JSON.parse(readFileSync(join(folder, 'config.json'), 'utf8'));
  } catch {
    return undefined;
  }
  const names =
    registry === 'docker.io' ? ['https://index.docker.io/v1/', registry] : [registry, `https://${registry}`];
  for (const name of names) {
    const helper = config.credHelpers?.[name] ?? (config.auths?.[name] && config.credsStore);
    const { Username, Secret } = helper ? askHelper(helper, name) : {};
    if (Username && Secret) return `Basic ${Buffer.from(`${Username}:${Secret}`).toString('base64')}`;
    const { auth, username, password } = config.auths?.[name] ?? {};
    if (auth) return `Basic ${auth}`;
    if (username && password) return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
  }
  return undefined;
}

function askHelper(helper: string, registry: string): { Username?: string; Secret?: string } {
  try {
    const said = execFileSync(`docker-credential-${helper}`, ['get'], {
      input: registry,
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    return JSON.parse(said.toString());
  } catch {
    return {};
  }
}
