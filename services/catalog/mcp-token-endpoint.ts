import { authorizeRoles, type RoleTable } from '../../auth/authorization.ts';
import { AuthError } from '../../auth/errors.ts';
import type { SigningKey } from '../../auth/keys.ts';
import { type MintedToken, mintEnhancedToken } from '../../auth/mint-enhanced-token.ts';
import { HttpError, readBearerToken, requireMethod, sendJson } from '../shared/http-messages.ts';
import type { RequestHandler } from '../shared/http-server.ts';
import type { Logger } from '../shared/logger.ts';
import {
  grantedRoles,
  type RegistryAccount,
  RegistryError,
  type RegistryErrorCode,
  readRegistryAccount,
} from './registry-client.ts';

const STATUS: Readonly<Record<RegistryErrorCode, number>> = {
  login_required: 401,
  registry_unreachable: 502,
  registry_answer_invalid: 502,
};
/** RFC 6750 section 3: an error attribute is sent only when the request carried a token. */
const CHALLENGE = 'Bearer realm="quilt-catalog"';
const CHALLENGE_INVALID = `${CHALLENGE}, error="invalid_token"`;

/**
 * `POST /api/auth/mcp_token`: exchanges the caller's registry login for an enhanced token. The caller's identity, active role and
 * buckets come from the registry alone; the request carries only the login token.
 */
export function createMcpTokenEndpoint(options: {
  readonly signingKey: SigningKey;
  readonly roles: RoleTable;
  readonly registryUrl: string;
  readonly lifetimeSeconds: number;
  readonly logger: Logger;
}): RequestHandler {
  const { logger, lifetimeSeconds, registryUrl, roles, signingKey } = options;

  return async ({ request, response }) => {
    response.setHeader('cache-control', 'no-store');
    try {
      requireMethod(request, ['POST']);
      const account = await readRegistryAccount(registryUrl, loginTokenOf(request.headers.authorization));
      const { token, claims, keyId } = await mint(account);
      const counts = { permissionCount: claims.permissions.length, bucketCount: claims.buckets.length };
      logger.info(
        { event: 'token_minted', sub: claims.sub, roles: claims.roles, level: claims.level, ...counts, keyId },
        'token minted',
      );
      sendJson(response, 200, {
        token,
        token_type: claims.token_type,
        expires_at: claims.exp,
        expires_in: claims.exp - claims.iat,
        key_id: keyId,
        level: claims.level,
        roles: claims.roles,
        permission_count: counts.permissionCount,
        bucket_count: counts.bucketCount,
      });
    } catch (error) {
      const refusal = refusalOf(error);
      if (refusal === undefined) throw error;
      logger.warn({ event: 'token_refused', reason: refusal.code }, refusal.message);
      throw refusal;
    }
  };

  async function mint(account: RegistryAccount): Promise<MintedToken> {
    const authorization = authorizeRoles(grantedRoles(account), roles, account.buckets);
    if (authorization === undefined) {
      throw new HttpError(
        403,
        'role_unknown',
        'Your role gives no access to MCP. Ask an administrator for another role.',
      );
    }
    return mintEnhancedToken({ signingKey, subject: account.name, authorization, lifetimeSeconds });
  }
}

function loginTokenOf(authorization: string | undefined): string {
  const credentials = readBearerToken(authorization);
  if (credentials.kind === 'bearer' && credentials.token !== '') return credentials.token;
  throw new HttpError(401, 'login_required', 'Send your registry login as the bearer token.', {
    'www-authenticate': CHALLENGE,
  });
}

/** Maps every failure to what the caller may know about it; `undefined` for a bug. */
function refusalOf(error: unknown): HttpError | undefined {
  if (error instanceof HttpError) return error;
  if (error instanceof RegistryError) {
    const status = STATUS[error.code];
    return new HttpError(
      status,
      error.code,
      error.message,
      status === 401 ? { 'www-authenticate': CHALLENGE_INVALID } : {},
    );
  }
  // The registry's answer or the configuration does not yield a token that would be accepted.
  if (error instanceof AuthError) return new HttpError(500, error.code, error.message);
  return undefined;
}
