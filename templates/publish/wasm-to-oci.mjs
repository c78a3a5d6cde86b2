// The layout that WAGI and Krustlet pull: wasm-to-oci's media types, and a manifest without a media type of its own.
export const layout = {
  manifest: { schemaVersion: 2 },
  configType: 'application/vnd.wasm.config.v1+json',
  layerType: 'application/vnd.wasm.content.layer.v1+wasm',
  config: () => ({}),
};
