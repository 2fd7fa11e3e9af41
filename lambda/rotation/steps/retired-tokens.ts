import { keyLabelOf } from '../../../auth/key-id.ts';
import { createKeySet } from '../../../auth/key-set.ts';
import { loadSigningKey } from '../../../auth/keys.ts';
import { mintEnhancedToken } from '../../../auth/mint-enhanced-token.ts';
import type { KeyName } from '../../../contract/rotation.ts';
import { secretsOfHistory } from '../found.ts';
import type { Run } from '../run.ts';

const LIFETIME_SECONDS = 300;
const AUTHORIZATION = { level: 'read', roles: ['canary'], permissions: [], buckets: [] } as const;

/**
 * Shows real tokens of retired secrets to every MCP task. The rotation mints them itself: nobody else can read an old secret.
 * One that is in no history any more cannot be tried; that its key is gone from every task the canary has seen.
 *
 * @param retired - with the key IDs that their tokens carry: under another one a token would be refused whatever its secret
 * @returns what speaks against every task refusing them; empty when each does
 */
export async function acceptedRetired(
  run: Run,
  retired: readonly Pick<KeyName, 'thumbprint' | 'keyId'>[],
): Promise<readonly string[]> {
  const { parameters, acceptedBy } = run.ports;
  const secrets = await secretsOfHistory(parameters);
  const problems: string[] = [];
  for (const { thumbprint, keyId } of retired) {
    const secret = secrets.get(thumbprint);
    if (secret === undefined) continue;
    const set = await createKeySet([secret], keyLabelOf(keyId));
    const { token } = await mintEnhancedToken({
      signingKey: await loadSigningKey(secret, set),
      subject: 'canary',
      authorization: AUTHORIZATION,
      lifetimeSeconds: LIFETIME_SECONDS,
    });
    problems.push(...(await acceptedBy(token)));
  }
  return problems;
}
