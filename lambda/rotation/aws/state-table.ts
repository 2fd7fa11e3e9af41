import { PutItemCommand, type PutItemCommandInput, paginateQuery } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { MAX_LIFETIME_SECONDS } from '../../../auth/claims.ts';
import {
  conditionalWrite,
  readLock,
  readStateItem,
  releaseLock,
  revisionQuery,
  type StateTableAccess,
  takeLock,
} from '../../../aws/state-table.ts';
import { RECORD_KEY, type RotationRecord } from '../../../contract/rotation.ts';
import type { Holder, LockPort, RecordPort } from '../ports.ts';
import { awsCall } from './call.ts';

const KINDS: readonly Holder['kind'][] = ['deploy', 'rotation'];

/** The rotation's items of the state table, and the revisions that it reads. */
export class StateTable {
  readonly #access: StateTableAccess;

  constructor(access: StateTableAccess) {
    this.#access = access;
  }

  get records(): RecordPort {
    return {
      read: async () => {
        const item = await awsCall('dynamodb:GetItem', readStateItem(this.#access, RECORD_KEY));
        return item?.record?.S === undefined ? undefined : (JSON.parse(item.record.S) as RotationRecord);
      },
      write: (record, instead) => awsCall('dynamodb:PutItem', this.#writeRecord(record, instead)),
    };
  }

  get lock(): LockPort {
    return {
      read: async () => {
        const holder = await awsCall('dynamodb:GetItem', readLock(this.#access));
        return holder && { ...holder, kind: KINDS.find((known) => known === holder.kind) ?? 'unknown' };
      },
      take: (owner, instead) =>
        awsCall('dynamodb:PutItem', takeLock(this.#access, { owner, kind: 'rotation' }, instead ?? 'free')),
      release: (owner) => awsCall('dynamodb:DeleteItem', releaseLock(this.#access, owner)),
    };
  }

  /**
   * The longest token lifetime of the deploys that were in effect between two instants: those opened in between, and every earlier one
   * back to the last good one, since a failed deploy may have run for a while.
   *
   * @param from - milliseconds
   * @param to - milliseconds
   * @returns seconds; `undefined` when no deploy is recorded
   */
  longestLifetime(from: number, to: number): Promise<number | undefined> {
    return awsCall('dynamodb:Query', this.#longestLifetime(from, to));
  }

  async #longestLifetime(from: number, to: number): Promise<number | undefined> {
    const { dynamodb: client, table, abortSignal } = this.#access;
    const lifetimes: number[] = [];
    for await (const { Items = [] } of paginateQuery({ client }, revisionQuery(table), { abortSignal })) {
      for (const { openedAt, verdict, tokenLifetimeSeconds } of Items) {
        const opened = Date.parse(openedAt?.S ?? '');
        if (opened > to) continue;
        // For a deploy without a recorded lifetime, assume the maximum.
        lifetimes.push(Number(tokenLifetimeSeconds?.N ?? MAX_LIFETIME_SECONDS));
        if (opened < from && (verdict?.S === 'good' || verdict?.S === 'unverified')) return Math.max(...lifetimes);
      }
    }
    return lifetimes.length === 0 ? undefined : Math.max(...lifetimes);
  }

  #writeRecord(record: RotationRecord, instead: RotationRecord | undefined): Promise<boolean> {
    const { dynamodb, table, abortSignal } = this.#access;
    const { revision, phase, execution } = record;
    const Item = marshall({ ...RECORD_KEY, revision, phase, execution, record: JSON.stringify(record) });
    const command = new PutItemCommand({ TableName: table, Item, ...recordCondition(instead) });
    return conditionalWrite(dynamodb.send(command, { abortSignal }));
  }
}

/** The count alone identifies the record that was read; phase and execution are for people who read the table. */
function recordCondition(instead: RotationRecord | undefined): Partial<PutItemCommandInput> {
  if (instead === undefined) return { ConditionExpression: 'attribute_not_exists(pk)' };
  const { revision, phase, execution } = instead;
  return {
    ConditionExpression: '#revision = :revision AND #phase = :phase AND #execution = :execution',
    ExpressionAttributeNames: { '#revision': 'revision', '#phase': 'phase', '#execution': 'execution' },
    ExpressionAttributeValues: marshall({ ':revision': revision, ':phase': phase, ':execution': execution }),
  };
}
