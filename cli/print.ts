/** A table for people, or one JSON document. */
export function print(output: unknown): void {
  process.stdout.write(`${typeof output === 'string' ? output : JSON.stringify(output, undefined, 2)}\n`);
}
