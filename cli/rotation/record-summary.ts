import type { Ended, Phase, RotationRecord } from '../../contract/rotation.ts';
import type { Driver } from './driver.ts';
import { graceEnd } from './follow.ts';

/** A key by its public ID, and its use. */
export interface KeyUse {
  readonly keyId: string;
  readonly signs: boolean;
  readonly accepted: boolean;
  /** Since when it has been in the set of accepted keys, ISO 8601; unknown for one that the record does not name. */
  readonly since?: string;
}

/** The record of the rotation for people and machines: key IDs in place of thumbprints. */
export interface RecordSummary {
  readonly phase: Phase;
  readonly direction: RotationRecord['direction'];
  readonly phaseSince: string;
  /** ARN of its execution, if any. */
  readonly execution?: string;
  /** Whether that execution is alive, as Step Functions has it. */
  readonly driver?: Driver;
  readonly signingKeyId: string;
  /** Since when that key signs; determines the age of the secret. */
  readonly signingSince: string;
  readonly currentKeyId: string;
  readonly nextKeyId?: string;
  readonly acceptedKeyIds: readonly string[];
  readonly keys: readonly KeyUse[];
  readonly graceUntil?: string;
  readonly backBecause?: string;
  readonly stopped?: { readonly reason: string; readonly at: string };
  readonly last?: Omit<Ended, 'execution'>;
}

/**
 * The public part of a record. Records hold no secret; the rest is internal to the function.
 *
 * @param driver - of its execution
 */
export function summaryOf(record: RotationRecord, driver?: Driver): RecordSummary {
  const { phase, direction, phaseSince, execution, intended, current, next, stopped, last } = record;
  const keys = keyUses(record);
  const end = graceEnd(record);
  const nextSigns = next !== undefined && intended.signing === next.thumbprint;
  return {
    phase,
    direction,
    phaseSince,
    ...(execution !== '' && { execution }),
    ...(driver && { driver }),
    signingKeyId: keyIdOf(record, intended.signing),
    signingSince: nextSigns ? (record.committedAt ?? phaseSince) : record.signingSince,
    currentKeyId: current.keyId,
    ...(next && { nextKeyId: next.keyId }),
    acceptedKeyIds: keys.filter(({ accepted }) => accepted).map(({ keyId }) => keyId),
    keys,
    ...(end !== undefined && { graceUntil: new Date(end).toISOString() }),
    ...(record.backBecause !== undefined && { backBecause: record.backBecause }),
    ...(stopped && { stopped: { reason: stopped.reason, at: stopped.at } }),
    ...(last && {
      last: { outcome: last.outcome, ...(last.reason !== undefined && { reason: last.reason }), at: last.at },
    }),
  };
}

/** The keys of a rotation and any others in the set, each once; the signing key comes first. */
function keyUses(record: RotationRecord): readonly KeyUse[] {
  const { intended, current, next } = record;
  const known = next ? [current, next] : [current];
  const thumbprints = new Set([intended.signing, ...known.map(({ thumbprint }) => thumbprint), ...intended.accepted]);
  return [...thumbprints].map((thumbprint) => {
    const since = known.find((key) => key.thumbprint === thumbprint)?.since;
    const accepted = intended.accepted.includes(thumbprint);
    return {
      keyId: keyIdOf(record, thumbprint),
      signs: thumbprint === intended.signing,
      accepted,
      ...(accepted && since !== undefined && { since }),
    };
  });
}

/** The record names its own keys; of others it has the thumbprint only, with which a key ID ends. */
function keyIdOf({ current, next }: RotationRecord, thumbprint: string): string {
  const known = [current, next].find((key) => key?.thumbprint === thumbprint);
  return known?.keyId ?? `(unknown label).${thumbprint.slice(0, 8)}`;
}
