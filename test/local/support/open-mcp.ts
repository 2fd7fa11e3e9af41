/**
 * The MCP service with one thing wrong: it verifies no token at all, as an image that a user brings may do. It is healthy, it
 * serves every client, and only a check that must be refused can tell.
 */
import { AUDIENCE, type EnhancedClaims, ISSUER, TOKEN_TYPE } from '../../../auth/claims.ts';
import { Principal } from '../../../services/mcp/principal.ts';
import { startMcpService } from '../../../services/mcp/service.ts';
import { Sessions } from '../../../services/mcp/sessions.ts';
import { runService } from '../../../services/shared/run-service.ts';

const NOBODY: EnhancedClaims = {
  iss: ISSUER,
  aud: AUDIENCE,
  sub: 'nobody',
  iat: 0,
  nbf: 0,
  exp: Number.MAX_SAFE_INTEGER,
  jti: 'none',
  scope: 'read',
  level: 'read',
  roles: [],
  permissions: [],
  buckets: [],
  token_type: TOKEN_TYPE,
};

/** What a part of the token says, believed unseen. */
function believe(token: string, part: 0 | 1): Readonly<Record<string, unknown>> {
  try {
    return JSON.parse(Buffer.from(token.split('.')[part] ?? '', 'base64url').toString('utf8'));
  } catch {
    return {};
  }
}

/** Sessions of nobody in particular: who verifies no token cannot tell whose they are. */
class OpenSessions extends Sessions {
  override enter(text: string | undefined) {
    return super.enter(text, undefined);
  }
}

await runService('mcp', (environment) =>
  startMcpService(environment, undefined, {
    sessions: new OpenSessions(),
    authenticate: async (token) => ({
      principal: new Principal({ ...NOBODY, ...believe(token, 1) }, String(believe(token, 0).kid)),
      cacheHit: false,
      acceptedUntil: NOBODY.exp,
    }),
  }),
);
