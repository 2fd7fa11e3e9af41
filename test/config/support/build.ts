export { buildBundles } from '../../lib/support/build.ts';
