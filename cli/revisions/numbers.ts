import { CommandError, EXIT } from '../exit-codes.ts';

/** The most revisions that the configuration lets the environment keep. */
const MAX_REVISIONS = 1_000;

function wholeNumber(text: string): number | undefined {
  return /^[1-9]\d{0,8}$/.test(text) ? Number(text) : undefined;
}

/**
 * Parses the number of a revision.
 *
 * @throws CommandError (2) when it is not a revision number
 */
export function revisionNumber(text: string): number {
  const number = wholeNumber(text);
  if (number !== undefined) return number;
  throw new CommandError(
    `${JSON.stringify(text)} is not a revision number. List revisions with bin/quiltctl history.`,
    EXIT.configuration,
  );
}

/**
 * Parses the value of `--last N`.
 *
 * @throws CommandError (2) unless it is a whole number from 1 to 1000
 */
export function howManyRevisions(text: string): number {
  const count = wholeNumber(text) ?? 0;
  if (count >= 1 && count <= MAX_REVISIONS) return count;
  throw new CommandError(`--last takes a whole number from 1 to ${MAX_REVISIONS}.`, EXIT.configuration);
}

/** The error for a revision that does not exist. */
export function noSuchRevision(number: number): CommandError {
  return new CommandError(
    `Revision ${number} does not exist, or is no longer kept. List revisions with bin/quiltctl history.`,
    EXIT.configuration,
  );
}
