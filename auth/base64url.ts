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
