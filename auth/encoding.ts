/** Encodes the UTF-8 bytes of a text as base64url without padding (RFC 7515, section 2). */
export function encodeBase64url(text: string): string {
  return Buffer.from(text, 'utf8').toString('base64url');
}

/**
 * Decodes base64url strictly: no padding, no white space, no other alphabet, and only the canonical form, whose unused last bits are
 * zero (RFC 4648, sections 3.3 and 3.5). Other decoders, jose's included, accept several texts for the same bytes; a token or key
 * would then have several texts.
 *
 * @param text - the text, not empty
 * @returns the bytes, or `undefined` when the text is empty or not canonical
 */
export function decodeBase64url(text: string): Uint8Array | undefined {
  const bytes = Buffer.from(text, 'base64url');
  // The encoder writes only canonical text, so equality is the whole check.
  return text !== '' && bytes.toString('base64url') === text ? bytes : undefined;
}

/** A JSON object whose members are unchecked. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** Distinguishes a JSON object from every other JSON value. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Parses a JSON object.
 *
 * Of duplicate members, the last one counts, as in `JSON.parse` and as RFC 7515 (section 4), RFC 7517 (section 4) and RFC 7519
 * (section 4) allow. jose uses `JSON.parse` too, so all readers of a text agree.
 *
 * @param text - the JSON text
 * @returns the object, or `undefined` for anything else. The parser's error is dropped: it quotes the text.
 */
export function parseJsonObject(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
