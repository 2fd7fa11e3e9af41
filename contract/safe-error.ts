const NAME = /^[A-Za-z][A-Za-z0-9_]{0,63}$/;

function nameIn(error: unknown, property: 'code' | 'name'): string | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  const name: unknown = Reflect.get(error, property);
  return typeof name === 'string' && NAME.test(name) ? name : undefined;
}

/**
 * The part of an unknown error that is safe to show: its code (`ECONNREFUSED`) or its class (`AccessDeniedException`).
 *
 * Never its message: AWS validation errors and `JSON.parse` quote the invalid value, which here may be the secret.
 */
export function errorName(error: unknown): string {
  return nameIn(error, 'code') ?? nameIn(error, 'name') ?? 'Error';
}

/** The origin of an unknown error: the frames of its stack without the message above them. */
export function stackFrames(error: unknown): readonly string[] {
  const stack = error instanceof Error ? (error.stack ?? '') : '';
  return stack.split('\n').filter((line) => /^ {4}at /.test(line));
}
