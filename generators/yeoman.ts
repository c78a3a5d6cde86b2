/** Yeoman's generator, which the build bundles by itself: yo brings Yeoman's environment, but not this. */
export { default } from 'yeoman-generator';
