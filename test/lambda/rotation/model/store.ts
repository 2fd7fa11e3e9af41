import { createHash } from 'node:crypto';
import type { ParameterRole, Stored } from '../../../../lambda/rotation/ports.ts';
import { disguised, likenessOf } from './look-alike.ts';
import type { Random } from './random.ts';

/** What a function gives, once for each text: the same few are asked for at every instant. */
function remembered<T>(compute: (text: string) => T): (text: string) => T {
  const known = new Map<string, T>();
  return (text) => {
    if (!known.has(text)) known.set(text, compute(text));
    return known.get(text) as T;
  };
}

/** A secret of the model: its value, and the thumbprint as RFC 7638 has it, computed without the code under test. */
export const thumbprint = remembered((secret: string): string => {
  const k = Buffer.from(secret).toString('base64url');
  const own = createHash('sha256').update(`{"k":"${k}","kty":"oct"}`).digest('base64url');
  const like = likenessOf(secret);
  return like === undefined ? own : disguised(own, thumbprint(like));
});

/** The label that a rotation gives its keys. */
export const OWN_LABEL = 'frontend-enhanced';

/** A secret, and the label that its key ID has in a set. */
export type Key = { readonly secret: string; readonly label: string };

/**
 * A key as verifiers distinguish it from others: by the label of its key ID and its value, here its whole thumbprint. The same secret
 * under another label is another key to them.
 */
export function nameOf(thumbprint: string, label: string): string {
  return `${label}.${thumbprint}`;
}

/** The label and the thumbprint of a name. */
export function partsOf(name: string): { readonly label: string; readonly thumbprint: string } {
  const [label = '', thumbprint = ''] = name.split('.');
  return { label, thumbprint };
}

/** The key ID that a name stands for. */
export function keyIdOf(name: string): string {
  const { label, thumbprint } = partsOf(name);
  return `${label}.${thumbprint.slice(0, 8)}`;
}

/** The name that a key has in the record: the key ID's label before the whole thumbprint. */
export function recordedName(key: { readonly thumbprint: string; readonly keyId: string }): string {
  return nameOf(key.thumbprint, partsOf(key.keyId).label);
}

/** A key set as the product writes it. */
export function keySetOf(keys: readonly Key[]): string {
  const entries = keys.map(({ secret, label }) => ({
    kty: 'oct',
    use: 'sig',
    alg: 'HS256',
    kid: keyIdOf(nameOf(thumbprint(secret), label)),
    k: Buffer.from(secret).toString('base64url'),
  }));
  return JSON.stringify({ keys: entries });
}

/** The keys of a set; undefined for an invalid set. The model's own reader: it only ever reads what was written in the model. */
export const keysOf = remembered((keySet: string): readonly Key[] | undefined => {
  try {
    const { keys } = JSON.parse(keySet) as { keys: { k: string; kid: string }[] };
    return keys.map(({ k, kid }) => ({ secret: Buffer.from(k, 'base64url').toString(), label: partsOf(kid).label }));
  } catch {
    return undefined;
  }
});

function isSecret(value: string): boolean {
  return /^[\x21-\x7e]{32,}$/.test(value);
}

/** What a task reads at its start, by names. */
export type Holding = { readonly signing: string; readonly accepted: readonly string[] };

/** What a task would hold that reads these values; undefined when it would exit at once. */
export function holdingOf(signing: string | undefined, keySet: string | undefined): Holding | undefined {
  const keys = keysOf(keySet ?? '');
  if (signing === undefined || !isSecret(signing)) return undefined;
  if (keys === undefined || keys.length === 0 || !keys.every(({ secret }) => isSecret(secret))) return undefined;
  // As the services do: by value; and the set says which key ID it signs under.
  const signs = keys.find(({ secret }) => secret === signing);
  if (signs === undefined) return undefined;
  const name = ({ secret, label }: Key) => nameOf(thumbprint(secret), label);
  return { signing: name(signs), accepted: keys.map(name) };
}

/** How many changes are not visible to all readers yet, and until when. */
const SLOW = 0.3;
export const MAX_LAG_MS = 8_000;

/** One version, and whether a person wrote it. */
export type Version = Stored & { readonly byPerson: boolean };

/** What a parameter was before a change, and until when it may still be shown. */
type Past = { readonly versions: readonly Version[]; readonly changedAt: number; readonly lagMs: number };

/**
 * Parameter Store: versions that restart when a parameter was deleted, and a history that goes with it. For a while after a
 * change each answer may still be the one from before, or not: answers come from several copies.
 */
export class ParameterStore {
  readonly #versions: Record<ParameterRole, readonly Version[]> = { secret: [], keySet: [] };
  #past: Record<ParameterRole, readonly Past[]> = { secret: [], keySet: [] };

  private readonly random: Random;
  private readonly clockMs: number;

  /**
   * @param random - decides which copy answers
   * @param clockMs - by how much its clock is ahead of others
   */
  constructor(random: Random, clockMs: number) {
    this.random = random;
    this.clockMs = clockMs;
  }

  current(role: ParameterRole): Version | undefined {
    return this.#versions[role].at(-1);
  }

  history(role: ParameterRole): readonly Version[] {
    return this.#versions[role];
  }

  /**
   * The versions that one request sees, which may be those of before.
   *
   * @param mostMs - how old they are at most
   */
  shown(role: ParameterRole, now: number, mostMs = Number.POSITIVE_INFINITY): readonly Version[] {
    const past = this.#past[role].filter(({ changedAt, lagMs }) => now < changedAt + Math.min(lagMs, mostMs));
    return past.length === 0
      ? this.#versions[role]
      : this.random.pick([...past.map(({ versions }) => versions), this.#versions[role]]);
  }

  put(role: ParameterRole, value: string, now: number, byPerson = false): void {
    const version = (this.current(role)?.version ?? 0) + 1;
    this.#change(role, [...this.#versions[role], { value, version, modifiedAt: now + this.clockMs, byPerson }], now);
  }

  delete(role: ParameterRole, now: number): void {
    this.#change(role, [], now);
  }

  #change(role: ParameterRole, versions: readonly Version[], now: number): void {
    const lagMs = this.random.chance(SLOW) ? this.random.below(MAX_LAG_MS) : 0;
    const past = this.#past[role].filter(({ changedAt, lagMs: lag }) => now < changedAt + lag);
    this.#past[role] = [...past, { versions: this.#versions[role], changedAt: now, lagMs }];
    this.#versions[role] = versions;
  }

  /** What a task that starts now would hold; undefined when it would exit at once. */
  read(): Holding | undefined {
    return holdingOf(this.current('secret')?.value, this.current('keySet')?.value);
  }

  /** Every secret that is still written anywhere, by thumbprint. */
  known(): ReadonlySet<string> {
    const signing = this.#versions.secret.map(({ value }) => value);
    const accepted = this.#versions.keySet.flatMap(({ value }) => keysOf(value) ?? []).map(({ secret }) => secret);
    return new Set([...signing, ...accepted].filter(isSecret).map(thumbprint));
  }
}
