/**
 * Tells whether a JSON value is nested deeper than that.
 *
 * @param levels of objects and lists
 */
export function isDeeperThan(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((member) => isDeeperThan(member, levels - 1));
}
