const NAME = /^[A-Za-z][A-Za-z0-9_]{0,63}$/;

function nameIn(error: unknown, property: 'code' | 'name'): string | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  const name: unknown = Reflect.get(error, property);
  return typeof name === 'string' && NAME.test(name) ? name : undefined;
}

/**
 * The part of an unknown error that may be shown: its code (`ECONNREFUSED`) or its class (`AccessDeniedException`).
 *
 * Never its message: AWS validation errors and `JSON.parse` quote the value that they dislike, and here that value may be
 * the secret.
 */
export function errorName(error: unknown): string {
  return nameIn(error, 'code') ?? nameIn(error, 'name') ?? 'Error';
}

/** Where an unknown error came from: the frames of its stack without the message above them. */
export function stackFrames(error: unknown): readonly string[] {
  const stack = error instanceof Error ? (error.stack ?? '') : '';
  return stack.split('\n').filter((line) => /^ {4}at /.test(line));
}
