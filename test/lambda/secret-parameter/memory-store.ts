import type { ParameterStore } from '../../../lambda/secret-parameter/ensure-parameters.ts';

export const SECRET = '/quilt/mcp-server/jwt-secret';
export const KEY_SET = '/quilt/mcp-server/jwt-verification-keys';
export const KEY_ARN = 'arn:aws:kms:us-east-1:111122223333:key/00000000-0000-4000-8000-000000000001';
export const OTHER_KEY_ARN = 'arn:aws:kms:us-east-1:111122223333:key/00000000-0000-4000-8000-000000000002';

export const PROPERTIES = {
  SecretParameterName: SECRET,
  KeySetParameterName: KEY_SET,
  EncryptionKeyArn: KEY_ARN,
};

/** The process ends here, as Lambda may at any await. */
export class Crash extends Error {}

/** Parameter Store in memory; the n-th call ends the process before or after it took effect, as asked. */
export class MemoryStore implements ParameterStore {
  readonly values = new Map<string, { value: string; keyArn: string | undefined; version: number }>();
  /** Names in the order in which they were written. */
  readonly puts: string[] = [];
  calls = 0;
  crash: { readonly call: number; readonly when: 'before' | 'after' } | undefined;

  constructor(values: Readonly<Record<string, string | undefined>> = {}) {
    for (const [name, value] of Object.entries(values)) {
      if (value !== undefined) this.values.set(name, { value, keyArn: undefined, version: 1 });
    }
  }

  value(name: string): string | undefined {
    return this.values.get(name)?.value;
  }

  keyArn(name: string): string | undefined {
    return this.values.get(name)?.keyArn;
  }

  async get(names: readonly string[]): Promise<ReadonlyMap<string, string>> {
    return this.#call(() => {
      const found = names.flatMap((name) => {
        const value = this.value(name);
        return value === undefined ? [] : [[name, value] as const];
      });
      return new Map(found);
    });
  }

  async put(name: string, value: string, encryptionKeyArn: string): Promise<number> {
    return this.#call(() => {
      const version = (this.values.get(name)?.version ?? 0) + 1;
      this.values.set(name, { value, keyArn: encryptionKeyArn, version });
      this.puts.push(name);
      return version;
    });
  }

  #call<T>(act: () => T): T {
    this.calls += 1;
    const crashes = this.crash?.call === this.calls ? this.crash.when : undefined;
    if (crashes === 'before') throw new Crash();
    const result = act();
    if (crashes === 'after') throw new Crash();
    return result;
  }
}
