let printed = false;

/** A table for people, or one JSON document. */
export function print(output: unknown): void {
  printed = true;
  process.stdout.write(`${typeof output === 'string' ? output : JSON.stringify(output, undefined, 2)}\n`);
}

/** Whether this process has printed its result. */
export function hasPrinted(): boolean {
  return printed;
}
