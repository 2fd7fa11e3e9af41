/**
 * Where quilt3 keeps packages in a bucket. A pointer contains a top hash; it is named `latest`, or by the second in which the revision
 * was pushed. A manifest is named by its top hash, whichever packages it belongs to.
 * https://github.com/quiltdata/quilt/blob/master/api/python/quilt3/backends/base.py (`PackageRegistryV1`)
 */
const POINTERS = '.quilt/named_packages/';
const MANIFESTS = '.quilt/packages/';

/** As in quilt3: two words of letters, digits, `_` and `-` in any script, with a slash between them. */
const PACKAGE_NAME = /^[\p{L}\p{N}_-]+\/[\p{L}\p{N}_-]+$/u;
const TOP_HASH = /^[0-9a-f]{64}$/;

export function isPackageName(text: string): boolean {
  return PACKAGE_NAME.test(text);
}

export function isTopHash(text: string): boolean {
  return TOP_HASH.test(text);
}

/** @param revision `latest`, or seconds since the epoch */
export function pointerKey(packageName: string, revision: string): string {
  return `${POINTERS}${packageName}/${revision}`;
}

/** @param topHash a whole one, or a prefix for the prefix of the key */
export function manifestKey(topHash: string): string {
  return `${MANIFESTS}${topHash}`;
}

export function topHashOfManifest(key: string): string {
  return key.slice(MANIFESTS.length);
}

/** @param namePrefix of package names; empty for all */
export function pointerPrefix(namePrefix: string): string {
  return `${POINTERS}${namePrefix}`;
}

/** The package that a pointer belongs to, or `undefined` for any other key. */
export function packageOfPointer(key: string): string | undefined {
  if (!key.startsWith(POINTERS)) return undefined;
  const [namespace, name, ...revision] = key.slice(POINTERS.length).split('/');
  const packageName = `${namespace}/${name}`;
  return revision.length > 0 && isPackageName(packageName) ? packageName : undefined;
}

/** A key after every pointer of a package and before those of the next: `0` follows the slash. */
export function keyAfterPackage(packageName: string): string {
  return `${POINTERS}${packageName}0`;
}

/** Whether an object is a pointer or a manifest. Writing one there by hand would break a package. */
export function belongsToPackages(key: string): boolean {
  return key.startsWith(POINTERS) || key.startsWith(MANIFESTS);
}
