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
