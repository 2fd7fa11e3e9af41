/** A class of errors, or a code of one: a word, too short for a secret. */
const NAME = /^[A-Za-z][A-Za-z0-9_]{0,39}$/;
const FRAME = /^ {4}at .*:\d+:\d+\)?$/;
const MOST_FRAMES = 10;

/** What may be logged of an error that nobody foresaw. */
export type SafeError = { readonly name: string; readonly code?: string; readonly at: readonly string[] };

/**
 * Takes from an unforeseen error its class, its code and where it comes from. Never its message, nor what else it carries: those
 * quote requests, and requests have credentials.
 */
export function safeError(error: unknown): SafeError {
  const { name, code, stack } = (typeof error === 'object' && error !== null ? error : {}) as Record<string, unknown>;
  const lines = String(stack ?? '').split('\n');
  return {
    name: isName(name) ? name : 'Error',
    ...(isName(code) && { code }),
    at: lines.filter((line) => FRAME.test(line)).slice(0, MOST_FRAMES),
  };
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && NAME.test(value);
}
