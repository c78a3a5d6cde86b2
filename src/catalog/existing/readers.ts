/** What languages call to read repositories of other authors: a file of the package that the first call loads. */
export { readCargo, relativeDir, statedFacts } from './cargo.ts';
export { generateBindings, packages, readGo } from './gomod.ts';
export { dependsOn, listed, packageContribution, packageFacts } from './packages.ts';
export { saying } from './statements.ts';
export { worldIn } from './wit.ts';
