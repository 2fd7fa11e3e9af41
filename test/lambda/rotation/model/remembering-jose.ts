import { calculateJwkThumbprint as calculate, type JWK } from 'jose';

export * from 'jose';

const known = new Map<string, Promise<string>>();

/** The real function, once for each key. */
export function calculateJwkThumbprint(key: JWK): Promise<string> {
  const { k = '' } = key as { k?: string };
  const thumbprint = known.get(k) ?? calculate(key);
  known.set(k, thumbprint);
  return thumbprint;
}
