const REDACTED = '[redacted]';

/** Consecutive characters that identify a part of a text. */
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
 * Redacts secret texts, and parts of them from 16 characters on, in all strings of a JSON value.
 *
 * This is the last line of defense: nothing in a report should contain one. But a server may return a token in a header, and the
 * canary reports on untrusted server behavior.
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

const BASE64_BLOCK = 3;

/** The part of a secret's base64 that is the same at a given offset of any longer base64 text. */
function base64Of(bytes: Buffer, offset: number): string {
  const encoded = Buffer.concat([Buffer.alloc(offset), bytes])
    .toString('base64')
    .replace(/=+$/, '');
  const first = [0, 2, 3][offset];
  const isWhole = (offset + bytes.length) % BASE64_BLOCK === 0;
  return encoded.slice(first, isWhole ? undefined : -1);
}

/**
 * The forms in which a secret may appear in a file: unchanged, escaped for JSON or a URL, and in base64 or base64url, also within a
 * longer encoded text.
 */
export function formsOf(secret: string): readonly string[] {
  const bytes = Buffer.from(secret);
  const base64 = [0, 1, 2].map((offset) => base64Of(bytes, offset));
  return [
    secret,
    JSON.stringify(secret).slice(1, -1),
    encodeURIComponent(secret),
    ...base64,
    ...base64.map((text) => text.replaceAll('+', '-').replaceAll('/', '_')),
  ];
}
