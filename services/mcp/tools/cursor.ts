import { hash } from 'node:crypto';
import { ToolError } from '../tool-error.ts';

const TAG_LENGTH = 11;

/**
 * Makes the cursor that a caller hands back for the next page. It grants nothing: the next call is checked like the
 * first.
 *
 * @param scope what the listing is of: a cursor is of no use for another one
 * @param position where the next page begins, in whatever form the listing likes
 */
export function writeCursor(scope: readonly unknown[], position: string): string {
  return Buffer.from(tagOf(scope) + position).toString('base64url');
}

/**
 * @param scope as it was for `writeCursor`
 * @param cursor from the caller
 * @returns the position, or `undefined` for the first page
 * @throws ToolError `argument_invalid` for a cursor of another listing
 */
export function readCursor(scope: readonly unknown[], cursor: string | undefined): string | undefined {
  if (cursor === undefined) return undefined;
  const text = Buffer.from(cursor, 'base64url').toString();
  if (!text.startsWith(tagOf(scope))) throw cursorInvalid();
  return text.slice(TAG_LENGTH);
}

export function cursorInvalid(): ToolError {
  const message = 'The cursor belongs to another listing: repeat the arguments of the first call, or leave it out.';
  return new ToolError('argument_invalid', message);
}

function tagOf(scope: readonly unknown[]): string {
  return hash('sha256', JSON.stringify(scope), 'base64url').slice(0, TAG_LENGTH);
}
