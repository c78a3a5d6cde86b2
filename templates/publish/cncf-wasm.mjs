// The CNCF Wasm artifact, which runwasi, wasmCloud and wkg pull:
// https://tag-runtime.cncf.io/wgs/wasm/deliverables/wasm-oci-artifact/
export const layout = {
  manifest: { schemaVersion: 2, mediaType: 'application/vnd.oci.image.manifest.v1+json' },
  configType: 'application/vnd.wasm.config.v0+json',
  layerType: 'application/wasm',
  /** `layer` is a digest. The fifth byte of a module is its version, or that of components. */
  config: ({ module, layer, created }) => ({
    created,
    architecture: 'wasm',
    os: module[4] === 1 ? 'wasip1' : 'wasip2',
    layerDigests: [layer],
  }),
};
