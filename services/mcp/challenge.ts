import type { ServerResponse } from 'node:http';
import type { Refusal } from './gate.ts';
import { sendRpcError, UNAUTHORIZED } from './json-rpc.ts';

const REALM = 'Bearer realm="quilt-mcp"';

/**
 * Answers 401 with the challenge of RFC 6750 section 3: no error attribute when no token was shown, `invalid_token` when one
 * was. The reason code also goes into the body, for clients that branch on it.
 */
export function sendUnauthorized(response: ServerResponse, refusal: Refusal, id: string | number | null): void {
  const challenge = refusal.tokenShown
    ? `${REALM}, error="invalid_token", error_description="${refusal.message}"`
    : REALM;
  sendRpcError(
    response,
    401,
    { code: UNAUTHORIZED, message: refusal.message, reason: refusal.reason, id },
    { 'www-authenticate': challenge, 'cache-control': 'no-store' },
  );
}
