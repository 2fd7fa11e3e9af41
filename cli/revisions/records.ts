import { type DynamoDBClient, paginateQuery } from '@aws-sdk/client-dynamodb';
import { readStateItem, revisionQuery } from '../../aws/state-table.ts';
import { REVISION_KEY, type RevisionRecord, revisionRecordOf, revisionSortKey } from '../../contract/revision.ts';
import { awsFailure } from '../aws-failure.ts';
import { CommandError, EXIT } from '../exit-codes.ts';

/** These fit into a DynamoDB response, which holds at most 1 MB. */
const PAGE = 100;

/** Reads the revisions of one environment; the deploy gate alone writes them. */
export class RevisionRecords {
  readonly #dynamodb: DynamoDBClient;
  readonly #stateTable: string;

  /** @param stateTable - Foundation's state table */
  constructor(dynamodb: DynamoDBClient, stateTable: string) {
    this.#dynamodb = dynamodb;
    this.#stateTable = stateTable;
  }

  /**
   * All kept revisions, newest first, read page by page on demand.
   *
   * @throws CommandError (3) when AWS refuses the caller, (4) when they cannot be read otherwise
   */
  async *newestFirst(): AsyncGenerator<RevisionRecord, void> {
    const query = { ...revisionQuery(this.#stateTable), Limit: PAGE };
    const pages = paginateQuery({ client: this.#dynamodb }, query);
    for (;;) {
      const page = await answered(pages.next());
      if (page.done) return;
      for (const item of page.value.Items ?? []) yield revisionRecordOf(item);
    }
  }

  /** @throws CommandError (3) when AWS refuses the caller, (4) when it cannot be read otherwise */
  async get(number: number): Promise<RevisionRecord | undefined> {
    const key = { pk: REVISION_KEY, sk: revisionSortKey(number) };
    const item = await answered(readStateItem({ dynamodb: this.#dynamodb, table: this.#stateTable }, key));
    return item && revisionRecordOf(item);
  }

  /**
   * The first revision after one.
   *
   * @param number - 0 for the oldest of all
   * @throws CommandError (3) when AWS refuses the caller, (4) when it cannot be read otherwise
   */
  async firstAfter(number: number): Promise<RevisionRecord | undefined> {
    let first: RevisionRecord | undefined;
    for await (const record of this.newestFirst()) {
      if (record.number <= number) break;
      first = record;
    }
    return first;
  }

  /** The number of the newest revision; 0 when there is none. Throws as `newestFirst` does. */
  async newestNumber(): Promise<number> {
    for await (const { number } of this.newestFirst()) return number;
    return 0;
  }
}

async function answered<T>(call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (error) {
    throw awsFailure('Could not read the revisions', error);
  }
}

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
