import type { ServerResponse } from 'node:http';
import type { Refusal } from './gate.ts';
import { REQUEST_REFUSED, sendRpcError, UNAUTHORIZED } from './protocol/json-rpc.ts';
import type { SessionReason } from './reasons.ts';

type Challenge = {
  /** Of the challenge: where the protected-resource metadata is (RFC 9728 section 5.1). */
  readonly parameter: string;
  /** Of the request that is refused. */
  readonly id: string | number | null;
};

/**
 * Answers 401 with the challenge of RFC 6750 section 3: no error attribute when no token was shown, `invalid_token` when one
 * was. The reason code also goes into the body, for clients that branch on it.
 */
export function sendUnauthorized(response: ServerResponse, refusal: Refusal & Challenge): void {
  const attributes = refusal.tokenShown ? ['error="invalid_token"', describe(refusal.message)] : [];
  send(response, 401, UNAUTHORIZED, attributes, refusal);
}

/** Answers 403 with the challenge of RFC 6750 section 3.1: the token is good, but not for this. */
export function sendForbidden(
  response: ServerResponse,
  refusal: { readonly reason: SessionReason; readonly message: string } & Challenge,
): void {
  send(response, 403, REQUEST_REFUSED, ['error="insufficient_scope"', describe(refusal.message)], refusal);
}

function describe(message: string): string {
  return `error_description="${message}"`;
}

function send(
  response: ServerResponse,
  status: number,
  code: number,
  attributes: readonly string[],
  { message, reason, parameter, id }: { readonly message: string; readonly reason: string } & Challenge,
): void {
  sendRpcError(
    response,
    status,
    { code, message, reason, id },
    {
      'www-authenticate': `Bearer ${['realm="quilt-mcp"', ...attributes, parameter].join(', ')}`,
      'cache-control': 'no-store',
    },
  );
}
