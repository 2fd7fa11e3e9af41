/** A leak of this many characters is found wherever it begins. */
const FOUND_FROM = 24;

/**
 * What shows that a text was let out, whole or in part, as it stands or encoded: pieces so short that one of them is in every leak
 * of 24 characters.
 *
 * @param texts each at least 24 characters long
 */
export function marksOf(texts: readonly string[]): ReadonlySet<string> {
  const spellings = texts.flatMap((text) => {
    const bytes = Buffer.from(text);
    return [text, bytes.toString('base64'), bytes.toString('base64url'), bytes.toString('hex')];
  });
  return new Set(spellings.flatMap(piecesOf));
}

/** The parts of a token that are secret: its header is the same for every token of a key. */
export const secretPartsOf = (token: string): string[] => token.split('.').slice(token.includes('.') ? 1 : 0);

/** The marks that an output holds; none, if it is clean. */
export function found(output: string, marks: ReadonlySet<string>): readonly string[] {
  return [...marks].filter((mark) => output.includes(mark));
}

function piecesOf(text: string): readonly string[] {
  const length = FOUND_FROM / 2;
  return Array.from({ length: Math.floor(text.length / length) }, (_, index) =>
    text.slice(index * length, (index + 1) * length),
  );
}
