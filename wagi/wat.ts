/** The parser of text modules, loaded only for them: the build bundles it by itself. */
export { default as wabt } from 'wabt';
