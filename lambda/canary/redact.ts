const REDACTED = '[redacted]';

/** Characters in a row that are enough to be recognised as part of a text. */
const PART = 16;

function partsOf(texts: readonly string[]): ReadonlySet<string> {
  const parts = new Set<string>();
  for (const text of texts) {
    for (let at = 0; at + PART <= text.length; at += 1) parts.add(text.slice(at, at + PART));
  }
  return parts;
}

function clean(text: string, parts: ReadonlySet<string>): string {
  let result = '';
  let kept = 0;
  for (let at = 0; at + PART <= text.length; at += 1) {
    if (!parts.has(text.slice(at, at + PART))) continue;
    let end = at + PART;
    while (end < text.length && parts.has(text.slice(end - PART + 1, end + 1))) end += 1;
    result += text.slice(kept, at) + REDACTED;
    kept = end;
    at = end - 1;
  }
  return result + text.slice(kept);
}

/**
 * Replaces texts that must not be seen, and parts of them from 16 characters on, wherever they stand in the strings of a
 * JSON value.
 *
 * The last net only: nothing that is put into a report should hold one. But a server may send a token back in a header, and
 * what it does is what the canary is there to find out.
 *
 * @param texts - each at least 16 characters long
 */
export function redact<T>(value: T, texts: readonly string[]): T {
  return redacted(value, partsOf(texts)) as T;
}

function redacted(value: unknown, parts: ReadonlySet<string>): unknown {
  if (typeof value === 'string') return clean(value, parts);
  if (Array.isArray(value)) return value.map((item) => redacted(item, parts));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, redacted(item, parts)]));
}
