import { keyLabelOf } from '../../auth/key-id.ts';
import { createKeySet, parseKeySet, serializeKeySet } from '../../auth/key-set.ts';
import type { Content, RotationRecord } from '../../contract/rotation.ts';
import { type Found, type Secrets, sameKeys, secretsOfHistory } from './found.ts';
import { keyNames, type Run } from './run.ts';

/** Thumbprints whose secrets are nowhere any more; empty when everything was written. */
export type Lost = readonly string[];

/**
 * The text of a key set. The key IDs are those of the record, whatever the keys were called where they were found: tokens carry them.
 * It is read back, so that nothing is ever written that a task would refuse.
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
 * Makes the parameters hold what the record intends. The set comes first, so that the signing secret is always in it. The
 * secrets come from the parameters, else from their history; what is written already is not written again.
 *
 * @param found - what the parameters hold
 * @param fresh - a secret that exists nowhere else yet
 */
export async function restore(run: Run, found: Found, fresh: Secrets = new Map()): Promise<Lost> {
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
