import { Stack } from 'aws-cdk-lib';
import { PolicyStatement, type Role } from 'aws-cdk-lib/aws-iam';
import type { FoundationReader } from './foundation-contract.ts';

/** The kinds of items in the state table, by their partition key. */
export type StateKey = 'lock' | 'rotation' | 'revision' | 'announcement' | 'canary';

/**
 * Allows a role actions on the items of some kinds in Foundation's state table, and on no other item.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html
 *
 * @param actions - actions that name their partition key, such as `PutItem`; a Scan names none and would not be allowed
 */
export function allowState(
  role: Role,
  foundation: FoundationReader,
  actions: readonly ('GetItem' | 'PutItem' | 'UpdateItem' | 'DeleteItem' | 'Query')[],
  keys: readonly StateKey[],
): void {
  role.addToPolicy(
    new PolicyStatement({
      actions: actions.map((action) => `dynamodb:${action}`),
      resources: [
        Stack.of(role).formatArn({
          service: 'dynamodb',
          resource: 'table',
          resourceName: foundation.get('state-table-name'),
        }),
      ],
      // With the Null condition, since ForAllValues also holds when there is no key at all.
      conditions: {
        'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': [...keys] },
        Null: { 'dynamodb:LeadingKeys': 'false' },
      },
    }),
  );
}
