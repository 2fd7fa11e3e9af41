import {
  type AttributeValue,
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
} from '@aws-sdk/client-dynamodb';
import { conditionHeld } from '../../../aws/conditional-write.ts';
import { RECORD_KEY, type RotationRecord } from '../../../contract/rotation.ts';
import type { Holder, LockPort, RecordPort } from '../ports.ts';
import { awsCall } from './call.ts';

type Item = Record<string, AttributeValue>;

const RECORD: Item = { pk: { S: RECORD_KEY.pk }, sk: { S: RECORD_KEY.sk } };
const KINDS: readonly Holder['kind'][] = ['deploy', 'rotation'];

const LOCK: Item = { pk: { S: 'lock' }, sk: { S: '-' } };

/** The part of the state table that a rotation writes, and the revisions that it reads. */
export class StateTable {
  readonly #client: DynamoDBClient;
  readonly #table: string;
  readonly #abortSignal: AbortSignal;

  constructor(client: DynamoDBClient, table: string, abortSignal: AbortSignal) {
    this.#client = client;
    this.#table = table;
    this.#abortSignal = abortSignal;
  }

  get records(): RecordPort {
    return {
      read: async () => {
        const item = await this.#get(RECORD);
        return item?.record?.S === undefined ? undefined : (JSON.parse(item.record.S) as RotationRecord);
      },
      write: (record, instead) => {
        const { revision, phase, execution } = record;
        const item: Item = {
          ...RECORD,
          revision: { N: String(revision) },
          phase: { S: phase },
          execution: { S: execution },
          record: { S: JSON.stringify(record) },
        };
        if (instead === undefined) return this.#put(item, 'attribute_not_exists(pk)');
        // The count alone tells the very record that was read; phase and execution say what it was, to whoever reads the table.
        return this.#put(item, '#revision = :revision AND #phase = :phase AND #execution = :execution', {
          revision: { N: String(instead.revision) },
          phase: { S: instead.phase },
          execution: { S: instead.execution },
        });
      },
    };
  }

  get lock(): LockPort {
    return {
      read: async () => {
        const item = await this.#get(LOCK);
        if (item === undefined) return undefined;
        const kind = KINDS.find((known) => known === item.kind?.S) ?? 'unknown';
        return { owner: item.owner?.S ?? '', kind, takenAt: item.takenAt?.S ?? '' };
      },
      take: (owner, instead) => {
        const takenAt = { S: new Date().toISOString() };
        const item: Item = { ...LOCK, owner: { S: owner }, kind: { S: 'rotation' }, takenAt };
        if (instead === undefined) return this.#put(item, 'attribute_not_exists(pk)');
        return this.#put(item, '#owner = :owner AND #takenAt = :takenAt', {
          owner: { S: instead.owner },
          takenAt: { S: instead.takenAt },
        });
      },
      release: async (owner) => {
        const command = new DeleteItemCommand({
          TableName: this.#table,
          Key: LOCK,
          ConditionExpression: '#owner = :owner',
          ExpressionAttributeNames: { '#owner': 'owner' },
          ExpressionAttributeValues: { ':owner': { S: owner } },
        });
        await this.#heldWhen('dynamodb:DeleteItem', this.#client.send(command, this.#options));
      },
    };
  }

  /**
   * The longest token lifetime of the deploys that stood between two instants: those that were opened in between, and
   * every one back to the last good one before, since a deploy that failed may have run for a while.
   */
  async longestLifetime(from: number, to: number): Promise<number | undefined> {
    const lifetimes: number[] = [];
    let start: Item | undefined;
    do {
      const command = new QueryCommand({
        TableName: this.#table,
        KeyConditionExpression: 'pk = :revision AND sk < :counter',
        ExpressionAttributeValues: { ':revision': { S: 'revision' }, ':counter': { S: 'last' } },
        ScanIndexForward: false,
        ConsistentRead: true,
        ...(start && { ExclusiveStartKey: start }),
      });
      const { Items = [], LastEvaluatedKey } = await awsCall(
        'dynamodb:Query',
        this.#client.send(command, this.#options),
      );
      for (const { openedAt, verdict, tokenLifetimeSeconds } of Items) {
        const opened = Date.parse(openedAt?.S ?? '');
        if (opened > to) continue;
        lifetimes.push(Number(tokenLifetimeSeconds?.N ?? LONGEST_SECONDS));
        if (opened < from && (verdict?.S === 'good' || verdict?.S === 'unverified')) return Math.max(...lifetimes);
      }
      start = LastEvaluatedKey;
    } while (start !== undefined);
    return lifetimes.length === 0 ? undefined : Math.max(...lifetimes);
  }

  get #options() {
    return { abortSignal: this.#abortSignal };
  }

  async #get(key: Item): Promise<Item | undefined> {
    const command = new GetItemCommand({ TableName: this.#table, Key: key, ConsistentRead: true });
    return (await awsCall('dynamodb:GetItem', this.#client.send(command, this.#options))).Item;
  }

  #put(item: Item, condition: string, values: Item = {}): Promise<boolean> {
    const names = Object.keys(values);
    const command = new PutItemCommand({
      TableName: this.#table,
      Item: item,
      ConditionExpression: condition,
      ...(names.length > 0 && {
        ExpressionAttributeNames: Object.fromEntries(names.map((name) => [`#${name}`, name])),
        ExpressionAttributeValues: Object.fromEntries(
          names.map((name) => [`:${name}`, values[name] as AttributeValue]),
        ),
      }),
    });
    return this.#heldWhen('dynamodb:PutItem', this.#client.send(command, this.#options));
  }

  async #heldWhen(operation: string, write: Promise<unknown>): Promise<boolean> {
    return awsCall(operation, conditionHeld(write));
  }
}

/** A deploy that does not say how long its tokens live may have them live as long as tokens may. */
const LONGEST_SECONDS = 86_400;
