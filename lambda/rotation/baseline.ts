import type { KeyName, RotationRecord } from '../../contract/rotation.ts';
import { contentOf, type Found, find } from './found.ts';
import type { Ports } from './ports.ts';
import { RecordConflict } from './run.ts';

/**
 * The first record: what the deployment made or adopted. A set of two keys is half of a rotation that was begun before there was a
 * record, or under an earlier one: whichever key does not sign is removed in the end, after a whole grace time.
 *
 * @returns undefined when the parameters do not hold a signing secret and a set that it is in
 */
async function firstRecord(ports: Ports, found: Found, execution: string): Promise<RotationRecord | undefined> {
  const { signing, accepted } = found;
  const { secret, keySet } = found.seen;
  if (signing === undefined || !accepted?.includes(signing) || !secret || !keySet) return undefined;
  const names = found.keys.map(({ thumbprint, keyId }): KeyName => ({ thumbprint, keyId, since: keySet.modifiedAt }));
  const signs = names.find(({ thumbprint }) => thumbprint === signing);
  const other = names.find((name) => name !== signs);
  if (signs === undefined) return undefined;
  const now = new Date(ports.now()).toISOString();
  const common = {
    revision: 1,
    direction: 'forward',
    phaseSince: now,
    parameters: ports.names,
    intended: contentOf(signing, accepted),
    seen: { secret, keySet },
    signingSince: secret.modifiedAt,
  } as const;
  if (other === undefined) return { ...common, phase: 'idle', execution: '', current: signs };
  return {
    ...common,
    phase: 'repair',
    goOnWith: 'grace',
    repaired: 'The set held two keys before there was a record.',
    execution,
    current: other,
    next: signs,
    committedAt: secret.modifiedAt,
    bothMaySign: true,
  };
}

/**
 * Makes the record, once, from what the parameters hold.
 *
 * @param instead - the record of other parameters, if there is one
 * @returns undefined when they cannot be used
 * @throws RecordConflict when somebody else was faster
 */
export async function makeRecord(
  ports: Ports,
  execution: string,
  instead: RotationRecord | undefined,
): Promise<RotationRecord | undefined> {
  const record = await firstRecord(ports, await find(ports.parameters, []), execution);
  if (record === undefined) return undefined;
  const next = { ...record, revision: (instead?.revision ?? 0) + 1 };
  if (!(await ports.records.write(next, instead))) throw new RecordConflict();
  return next;
}
