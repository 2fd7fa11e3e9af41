import { createKeySet } from '../../../auth/key-set.ts';
import { mintEnhancedToken } from '../../../auth/mint-enhanced-token.ts';
import { loadSigningKey } from '../../../auth/signing-key.ts';
import { secretsOfHistory } from '../found.ts';
import type { Run } from '../run.ts';

const LIFETIME_SECONDS = 300;
const AUTHORIZATION = { level: 'read', roles: ['canary'], permissions: [], buckets: [] } as const;

/**
 * Shows real tokens of retired secrets to every MCP task. The rotation mints them itself: nobody else can read an old secret.
 * One that is in no history any more cannot be tried; that its key is gone from every task the canary has seen.
 *
 * @returns what speaks against every task refusing them; empty when each does
 */
export async function acceptedRetired(run: Run, thumbprints: readonly string[]): Promise<readonly string[]> {
  const { parameters, acceptedBy } = run.ports;
  const secrets = await secretsOfHistory(parameters);
  const problems: string[] = [];
  for (const thumbprint of thumbprints) {
    const known = secrets.get(thumbprint);
    if (known === undefined) continue;
    const set = known.key === undefined ? await createKeySet([known.secret]) : { keys: [known.key] };
    const { token } = await mintEnhancedToken({
      signingKey: await loadSigningKey(known.secret, set),
      subject: 'canary',
      authorization: AUTHORIZATION,
      lifetimeSeconds: LIFETIME_SECONDS,
    });
    problems.push(...(await acceptedBy(token)));
  }
  return problems;
}
