import { keyLabelOf } from '../../auth/key-id.ts';
import { createKeySet, parseKeySet, serializeKeySet } from '../../auth/key-set.ts';
import type { Content, RotationRecord } from '../../contract/rotation.ts';
import {
  holds,
  NotVisibleYet,
  onlyOwnWrites,
  type ParameterState,
  readParameters,
  requireNotOlder,
  type Secrets,
  sameKeys,
  secretsOfHistory,
} from './parameter-state.ts';
import type { ParameterRole } from './ports.ts';
import { keyNames, type Run, save } from './run.ts';

/** Why a step cannot continue. */
type Unreconciled =
  /** A person wrote, overwrote or deleted a parameter; `what` says which. */
  | { readonly kind: 'foreign'; readonly what: string }
  /** The secret to write exists nowhere. */
  | { readonly kind: 'lost'; readonly thumbprints: readonly string[] };

type Reconciled = { readonly kind: 'reconciled'; readonly found: ParameterState };

/**
 * What a person did to the parameters; undefined when all their contents since they were last seen are the rotation's.
 *
 * @param own - the rotation's contents
 * @throws NotVisibleYet
 */
export async function foreignWrite(
  run: Run,
  found: ParameterState,
  own: readonly Content[],
): Promise<string | undefined> {
  const { names, parameters } = run.ports;
  const { seen } = run.record;
  const keys = keyNames(run.record);
  const isOwn: Record<ParameterRole, boolean> = {
    secret: own.some(({ signing }) => signing === found.signing),
    keySet: own.some(({ accepted }) => accepted.join() === found.accepted?.join()),
  };
  for (const role of ['secret', 'keySet'] as const) {
    const now = found.seen[role];
    requireNotOlder(now, seen?.[role]);
    if (now === undefined) return `Parameter ${names[role]} was deleted.`;
    if (!isOwn[role]) return `Parameter ${names[role]} was overwritten.`;
    const before = seen?.[role];
    if (before === undefined) continue;
    if (!(await onlyOwnWrites(parameters, role, { before, now, own, names: keys }))) {
      return `Parameter ${names[role]} held another value for a while.`;
    }
  }
  return undefined;
}

/** What a person did to the parameters since they were last as intended. */
export async function findForeignWrite(run: Run): Promise<string | undefined> {
  const { intended, before } = run.record;
  const found = await readParameters(run.ports.parameters, keyNames(run.record));
  return foreignWrite(run, found, before === undefined ? [intended] : [intended, before]);
}

/**
 * Brings the parameters to the content that the record intends. Content that is already there is recorded; the previous content is
 * overwritten; anything else is foreign, and nothing is written.
 *
 * @param fresh - a secret that is not stored anywhere yet
 */
export async function reconcile(run: Run, fresh?: Secrets): Promise<Reconciled | Unreconciled> {
  const { ports } = run;
  const { intended, before } = run.record;
  const own = before === undefined ? [intended] : [intended, before];
  let found = await readParameters(ports.parameters, keyNames(run.record));
  const what = await foreignWrite(run, found, own);
  if (what !== undefined) return { kind: 'foreign', what };

  if (before !== undefined && !holds(found, intended)) {
    const lost = await restore(run, found, fresh);
    if (lost.length > 0) return { kind: 'lost', thumbprints: lost };
    found = await readParameters(ports.parameters, keyNames(run.record));
    const since = await foreignWrite(run, found, own);
    if (since !== undefined) return { kind: 'foreign', what: since };
    if (!holds(found, intended)) throw new NotVisibleYet();
  }
  const { secret, keySet } = found.seen;
  if (secret && keySet && JSON.stringify({ secret, keySet }) !== JSON.stringify(run.record.seen)) {
    await save(run, { before: undefined, seen: { secret, keySet } });
  } else if (before !== undefined) {
    await save(run, { before: undefined });
  }
  return { kind: 'reconciled', found };
}

/** Time after which Parameter Store certainly shows a write. */
const SHOWN_MS = 30_000;

/**
 * How long it is too early to conclude that an intended write failed: it may not be visible yet.
 *
 * @returns seconds; 0 when it failed
 */
export function secondsUntilShown({ ports, record }: Run): number {
  const since = Math.max(Date.parse(record.phaseSince), Date.parse(record.next?.since ?? record.phaseSince));
  return Math.max(0, (since + SHOWN_MS - ports.now()) / 1000);
}

/**
 * Ensures, before a new intent is recorded, that the last write either succeeded or failed: one that appears later would look
 * foreign.
 *
 * @throws NotVisibleYet
 */
export async function confirm(run: Run): Promise<void> {
  const { before, intended, seen } = run.record;
  if (before === undefined) return;
  const found = await readParameters(run.ports.parameters, keyNames(run.record));
  const { secret, keySet } = found.seen;
  requireNotOlder(secret, seen?.secret);
  requireNotOlder(keySet, seen?.keySet);
  if (holds(found, intended) && secret && keySet) await save(run, { before: undefined, seen: { secret, keySet } });
  else if (holds(found, before) && secondsUntilShown(run) > 0) throw new NotVisibleYet();
}

/** Thumbprints whose secrets no longer exist; empty when everything was written. */
type Lost = readonly string[];

/**
 * The text of a key set. The key IDs are those of the record, whatever they were where the keys were found: tokens carry them. The text
 * is parsed again, so that a set that a task would refuse is never written.
 */
async function keySetText(keys: readonly string[], secrets: Secrets, record: RotationRecord): Promise<string> {
  const sets = await Promise.all(
    keys.map((thumbprint) => {
      const name = keyNames(record).find((known) => known.thumbprint === thumbprint);
      return createKeySet([secrets.get(thumbprint) as string], name && keyLabelOf(name.keyId));
    }),
  );
  const text = serializeKeySet({ keys: sets.flatMap((set) => set.keys) });
  await parseKeySet(text);
  return text;
}

/**
 * Writes the content that the record intends. The set is written first, so that it always contains the signing secret. The secrets come
 * from the parameters, or from their history. Content that is already there is not written again.
 *
 * @param found - the content of the parameters
 * @param fresh - a secret that is not stored anywhere yet
 */
export async function restore(run: Run, found: ParameterState, fresh: Secrets = new Map()): Promise<Lost> {
  const { parameters } = run.ports;
  const { signing, accepted }: Content = run.record.intended;
  let secrets: Secrets = new Map([...fresh, ...found.secrets]);
  const missing = () => [...new Set([signing, ...accepted])].filter((thumbprint) => !secrets.has(thumbprint));
  if (missing().length > 0) secrets = new Map([...(await secretsOfHistory(parameters)), ...secrets]);
  if (missing().length > 0) return missing();

  if (!sameKeys(found.accepted, accepted)) {
    await parameters.put('keySet', await keySetText(accepted, secrets, run.record));
  }
  if (found.signing !== signing) await parameters.put('secret', secrets.get(signing) as string);
  return [];
}
