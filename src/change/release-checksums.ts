/** The checksum of each released tarball, as npm writes it into lock files. */
export const released: Readonly<Record<string, string>> = {
  '0.1.0': 'sha512-6AH0a5EojnKdxLRJNlShM4LRuxqCTVZHEWAHObhEU4JFPZFl75PBXUJRG2lSs74Ey6Dh9Ixrycsq1jhjVNU2Xg==',
  '0.2.0': 'sha512-9XOeLvry1/o3Cs7phJWVNYSZl3SEtwlqBFGOkow7fRxquGNc0znLNY5VK5smYFeQX3uM0P7F8jgKqTq/QNtF1Q==',
};
