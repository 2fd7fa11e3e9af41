/** Writes the UTF-8 bytes of a text as base64url without padding (RFC 7515, section 2). */
export function encodeBase64url(text: string): string {
  return Buffer.from(text, 'utf8').toString('base64url');
}

/**
 * Reads base64url strictly: no padding, no white space, no other alphabet, and the one canonical spelling only, whose
 * unused last bits are zero (RFC 4648, sections 3.3 and 3.5). Decoders at large, jose's too, read several spellings as the
 * same bytes; a token or key would then have several texts.
 *
 * @param text - the text, not empty
 * @returns the bytes, or `undefined` when the text is empty or not their one spelling
 */
export function decodeBase64url(text: string): Uint8Array | undefined {
  const bytes = Buffer.from(text, 'base64url');
  // The encoder writes canonical text in the right alphabet only, so equality is the whole check.
  return text !== '' && bytes.toString('base64url') === text ? bytes : undefined;
}

/** A JSON object as it came in: nothing is known about its members. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** Tells a JSON object from every other JSON value. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Reads a JSON object.
 *
 * Of members with the same name the last one counts, as `JSON.parse` has it and RFC 7515 (section 4), RFC 7517 (section 4)
 * and RFC 7519 (section 4) allow. jose reads with `JSON.parse` too, so that no two readers of a text disagree.
 *
 * @param text - the JSON text
 * @returns the object, or `undefined` for anything else. Not the parser's error: it quotes the text.
 */
export function parseJsonObject(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
