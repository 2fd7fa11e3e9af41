const DEFAULT_BUCKETS = ['quilt-local-genomes', 'quilt-local-images', 'quilt-local-results'];

/**
 * The buckets that the local registry lists.
 *
 * @param list comma-separated names (`QUILT_LOCAL_BUCKETS`); a few made-up ones when there is none
 */
export function localBuckets(list: string | undefined): readonly string[] {
  const names = (list ?? '').split(',').map((name) => name.trim());
  const given = names.filter((name) => name !== '');
  return given.length > 0 ? given : DEFAULT_BUCKETS;
}
