const REDACTED = '[redacted]';

/**
 * Replaces texts that must not be seen wherever they stand in the strings of a JSON value.
 *
 * The last net only: nothing that is put into a report should hold one. But a server may send a token back in a header, and
 * what it does is what the canary is there to find out.
 */
export function redact<T>(value: T, texts: readonly string[]): T;
export function redact(value: unknown, texts: readonly string[]): unknown {
  if (typeof value === 'string') return texts.reduce((clean, text) => clean.replaceAll(text, REDACTED), value);
  if (Array.isArray(value)) return value.map((item) => redact(item, texts));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, redact(item, texts)]));
}
