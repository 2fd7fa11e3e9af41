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
