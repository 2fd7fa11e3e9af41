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

const BASE64_BLOCK = 3;

/** The part of a secret's base64 that is the same wherever in a longer base64 text it stands. */
function base64Of(bytes: Buffer, offset: number): string {
  const encoded = Buffer.concat([Buffer.alloc(offset), bytes])
    .toString('base64')
    .replace(/=+$/, '');
  const first = [0, 2, 3][offset];
  const isWhole = (offset + bytes.length) % BASE64_BLOCK === 0;
  return encoded.slice(first, isWhole ? undefined : -1);
}

/**
 * The texts by which a secret can be recognised in a file: as it is, escaped for JSON or a URL, and in base64 or base64url,
 * also inside of a longer encoded text.
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
