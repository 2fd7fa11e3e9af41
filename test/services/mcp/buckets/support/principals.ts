import type { EnhancedClaims } from '../../../../../auth/claims.ts';
import { Principal } from '../../../../../services/mcp/principal.ts';

const ALL_PERMISSIONS = [
  's3:AbortMultipartUpload',
  's3:GetBucketLocation',
  's3:GetObject',
  's3:GetObjectVersion',
  's3:ListBucket',
  's3:PutObject',
  's3:PutObjectAcl',
];

/** A principal as a verified token makes one. */
export function principal(
  sub: string,
  { buckets = ['genomes', 'images'], permissions = ALL_PERMISSIONS }: Partial<EnhancedClaims> = {},
): Principal {
  const claims: EnhancedClaims = {
    iss: 'quilt-frontend',
    aud: 'quilt-mcp-server',
    sub,
    iat: 0,
    nbf: 0,
    exp: 4_000_000_000,
    jti: 'one',
    scope: 'write',
    level: 'write',
    roles: ['writer'],
    permissions,
    buckets,
    token_type: 'enhanced',
  };
  return new Principal(claims, 'frontend-enhanced.00000000');
}
