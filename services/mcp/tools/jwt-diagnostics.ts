import * as z from 'zod';
import { defineTool } from './define-tool.ts';

/** The caller's own claims as this task understood them: enough to compare with the catalog, nothing to sign in with. */
export const jwtDiagnostics = defineTool({
  name: 'jwt_diagnostics',
  title: 'Token diagnostics',
  description:
    'Shows how your own access token was understood: who you are, your roles, how many permissions and buckets it carries, ' +
    'which key signed it and when it expires. Call it when something is refused and you want to know why.',
  input: z.object({}),
  output: z.object({
    sub: z.string(),
    iss: z.string(),
    aud: z.string(),
    token_type: z.string(),
    level: z.enum(['read', 'write', 'admin']),
    scope: z.string(),
    roles: z.array(z.string()),
    permissions: z.array(z.string()),
    role_count: z.int(),
    permission_count: z.int(),
    bucket_count: z.int().describe('Entries; * counts as one'),
    key_id: z.string().describe('The key that the token was verified with'),
    issued_at: z.iso.datetime(),
    expires_at: z.iso.datetime(),
    expires_in_seconds: z.int(),
  }),
  run: ({ claims, keyId }) => ({
    sub: claims.sub,
    iss: claims.iss,
    aud: claims.aud,
    token_type: claims.token_type,
    level: claims.level,
    scope: claims.scope,
    roles: [...claims.roles],
    permissions: [...claims.permissions],
    role_count: claims.roles.length,
    permission_count: claims.permissions.length,
    bucket_count: claims.buckets.length,
    key_id: keyId,
    issued_at: isoTime(claims.iat),
    expires_at: isoTime(claims.exp),
    expires_in_seconds: claims.exp - Math.floor(Date.now() / 1000),
  }),
});

function isoTime(seconds: number): string {
  return new Date(seconds * 1000).toISOString();
}
