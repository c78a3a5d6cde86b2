/** What src/pins.json records of what is pinned, by the name that its `renovate` comment or its registry gives it. */
export type Pins = Record<string, Fact>;

export interface Fact {
  downloads?: Downloads;
}

/** What can be downloaded, which the stand-in of test/e2e/release-pages.ts serves. `{v}` is the version, `{a,b}` one of several. */
export interface Downloads {
  tag: string;
  /** Those that are known to exist. */
  versions: string[];
  /** Names of a GitHub release, or whole addresses. */
  files: string[];
  /** The name that mise's registry has for it. */
  mise?: string;
  source: string;
}
