import { entryOf } from '../../../contract/rotation.ts';
import { CheckFailure } from '../fault.ts';
import type { CanarySettings } from '../settings.ts';
import { isInStep, type KnownRecord } from '../state-table.ts';
import type { TrustContent } from '../trust.ts';

/** What the rotation's record says about the parameters. */
export type Recorded = {
  readonly record: KnownRecord | undefined;
  /** Whether a step is or was in progress since then, so that tasks may have the previous content. */
  readonly mayTasksDiffer: () => Promise<boolean>;
};

/** Compares each parameter by itself: they are written one after the other. */
function foreignOf(
  { signing, keys }: TrustContent,
  { intended, before, current, next }: KnownRecord,
  { secretParameter, keySetParameter }: CanarySettings,
): readonly string[] {
  const own = before === undefined ? [intended] : [intended, before];
  const names = next === undefined ? [current] : [current, next];
  const accepted = keys.map((key) => entryOf(key, names)).toSorted();
  return [
    ...(own.some((content) => content.signing === signing) ? [] : [secretParameter]),
    ...(own.some((content) => content.accepted.join() === accepted.join()) ? [] : [keySetParameter]),
  ];
}

/**
 * Requires that the parameters hold what the rotation intended, now or before a write that is not confirmed yet. Before the first
 * record nothing is foreign.
 *
 * @param read - reads the record; called after the parameters were read, since the record is written before them
 * @param strict - whether the tasks must have the content of the parameters even during a step
 */
export async function checkAsRecorded(
  content: TrustContent,
  settings: CanarySettings,
  { read, strict }: { readonly read: () => Promise<KnownRecord | undefined>; readonly strict: boolean },
): Promise<Recorded> {
  const record = await read();
  if (record !== undefined) {
    const foreign = foreignOf(content, record, settings);
    if (foreign.length > 0) {
      throw new CheckFailure(
        'foreign-value',
        `${foreign.join(', ')} ${foreign.length === 1 ? 'holds' : 'hold'} a value that the rotation did not write. It is not ` +
          'used: the rotation restores the last good one. To bring your own secret, run `rotate --from-parameter`.',
      );
    }
  }
  return {
    record,
    mayTasksDiffer: async () => {
      if (strict) return false;
      if (isInStep(record)) return true;
      const now = await read();
      return isInStep(now) || now?.revision !== record?.revision;
    },
  };
}
