/**
 * The path, with its final slash, below which a person may leave the next signing secret for a rotation: the one place that
 * the rotation reads a secret from, and deletes it.
 */
export function incomingPath({ namePrefix }: { readonly namePrefix: string }): string {
  return `/${namePrefix}/incoming/`;
}
