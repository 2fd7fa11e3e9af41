import { coloured } from './colour.ts';

let printed = false;

/** A table for people, or one JSON document. */
export function print(output: unknown): void {
  printed = true;
  const text = typeof output === 'string' ? coloured(output, process.stdout) : JSON.stringify(output, undefined, 2);
  process.stdout.write(`${text}\n`);
}

/** Whether this process has printed its result. */
export function hasPrinted(): boolean {
  return printed;
}
