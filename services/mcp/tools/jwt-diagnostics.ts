import * as z from 'zod';
import {
  TOKEN_KEY_FIELDS,
  TOKEN_RIGHTS_FIELDS,
  TOKEN_TIME_FIELDS,
  tokenKeyOf,
  tokenRightsOf,
  tokenTimeOf,
} from '../diagnostics/token-facts.ts';
import { defineTool } from './define-tool.ts';

/**
 * Shows how this task read the caller's token, and what follows from it: enough to compare with the catalog, nothing to sign in
 * with.
 */
export const jwtDiagnostics = defineTool({
  name: 'jwt_diagnostics',
  title: 'Token diagnostics',
  description:
    'Shows how your access token was read and what it allows: your identity, roles, permissions and buckets, whether each ' +
    'bucket is reachable, which permissions you lack for each tool, which key signed the token and which keys are accepted, ' +
    "and when it expires by the server's clock. Call it to find out why a request is refused.",
  permissions: [],
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
    bucket_count: z.int().describe('Number of entries; * counts as one'),
    ...TOKEN_KEY_FIELDS,
    ...TOKEN_TIME_FIELDS,
    ...TOKEN_RIGHTS_FIELDS,
  }),
  run: ({ principal, buckets, facts, tools }) => {
    const { claims } = principal;
    return {
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
      ...tokenKeyOf(principal, facts),
      ...tokenTimeOf(claims, { now: new Date(), leewaySeconds: facts.leewaySeconds }),
      ...tokenRightsOf(claims, buckets, tools),
    };
  },
});
