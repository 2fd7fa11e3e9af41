import type { Authorization } from '../../../auth/authorization.ts';
import { generateSecret } from '../../../auth/generate-secret.ts';
import { createKeySet, type KeySet, serializeKeySet } from '../../../auth/key-set.ts';
import { loadSigningKey } from '../../../auth/keys.ts';
import { type MintedToken, mintEnhancedToken } from '../../../auth/mint-enhanced-token.ts';

const WRITER: Authorization = {
  level: 'write',
  roles: ['ReadWriteQuiltV2-local'],
  permissions: ['s3:GetObject', 's3:ListBucket', 's3:PutObject'],
  buckets: ['bucket-one', 'bucket-two'],
};

type Mint = (options?: {
  readonly subject?: string;
  readonly authorization?: Authorization;
  readonly lifetimeSeconds?: number;
  readonly now?: Date;
}) => Promise<MintedToken>;

/** A made-up secret with its key set, and what a catalog that holds them would mint. */
export type Trust = {
  readonly secret: string;
  readonly keySet: KeySet;
  readonly keyId: string;
  readonly environment: Readonly<Record<'MCP_ENHANCED_JWT_SECRET' | 'MCP_ENHANCED_JWT_KEYS', string>>;
  readonly mint: Mint;
};

export async function makeTrust(secret = generateSecret()): Promise<Trust> {
  const keySet = await createKeySet([secret]);
  const signingKey = await loadSigningKey(secret, keySet);
  const mint: Mint = ({ subject = 'alice', authorization = WRITER, ...rest } = {}) =>
    mintEnhancedToken({ signingKey, subject, authorization, ...rest });
  const environment = { MCP_ENHANCED_JWT_SECRET: secret, MCP_ENHANCED_JWT_KEYS: serializeKeySet(keySet) };
  return { secret, keySet, keyId: signingKey.keyId, environment, mint };
}
