import { createHash } from 'node:crypto';
import type { ParameterRole, Stored } from '../../../../lambda/rotation/ports.ts';

/** A secret of the model: its value, and the thumbprint as RFC 7638 has it, computed without the code under test. */
export function thumbprint(secret: string): string {
  const k = Buffer.from(secret).toString('base64url');
  return createHash('sha256').update(`{"k":"${k}","kty":"oct"}`).digest('base64url');
}

export function keyId(secret: string): string {
  return `frontend-enhanced.${thumbprint(secret).slice(0, 8)}`;
}

/** A key set as the product writes it. */
export function keySetOf(secrets: readonly string[]): string {
  const keys = secrets.map((secret) => ({
    kty: 'oct',
    use: 'sig',
    alg: 'HS256',
    kid: keyId(secret),
    k: Buffer.from(secret).toString('base64url'),
  }));
  return JSON.stringify({ keys });
}

/** The secrets of a set; undefined when it is none. The model's own reader: it only ever reads what was written in the model. */
export function secretsOf(keySet: string | undefined): readonly string[] | undefined {
  try {
    const { keys } = JSON.parse(keySet ?? '') as { keys: { k: string }[] };
    return keys.map(({ k }) => Buffer.from(k, 'base64url').toString());
  } catch {
    return undefined;
  }
}

const isSecret = (value: string | undefined): value is string =>
  value !== undefined && /^[\x21-\x7e]{32,}$/.test(value);

/** What a task reads at its start. */
export type Holding = { readonly signing: string; readonly accepted: readonly string[] };

/** Parameter Store: versions that begin anew when a parameter was deleted, and a history that goes with it. */
export class ParameterStore {
  readonly #versions: Record<ParameterRole, Stored[]> = { secret: [], keySet: [] };

  current(role: ParameterRole): Stored | undefined {
    return this.#versions[role].at(-1);
  }

  history(role: ParameterRole): readonly Stored[] {
    return this.#versions[role];
  }

  put(role: ParameterRole, value: string, modifiedAt: number): void {
    const version = (this.current(role)?.version ?? 0) + 1;
    this.#versions[role].push({ value, version, modifiedAt });
  }

  delete(role: ParameterRole): void {
    this.#versions[role] = [];
  }

  /** What a task that starts now would hold, by thumbprints; undefined when it would exit at once. */
  read(): Holding | undefined {
    const signing = this.current('secret')?.value;
    const accepted = secretsOf(this.current('keySet')?.value);
    if (!isSecret(signing) || accepted === undefined || accepted.length === 0 || !accepted.every(isSecret))
      return undefined;
    // As the services do: by values.
    if (!accepted.includes(signing)) return undefined;
    return { signing: thumbprint(signing), accepted: accepted.map(thumbprint) };
  }

  /** Every secret that is still written anywhere, by thumbprint. */
  known(): ReadonlySet<string> {
    const signing = this.#versions.secret.map(({ value }) => value).filter(isSecret);
    const accepted = this.#versions.keySet.flatMap(({ value }) => secretsOf(value) ?? []);
    return new Set([...signing, ...accepted].map(thumbprint));
  }
}
