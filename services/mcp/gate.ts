import { AuthError, type TokenErrorCode } from '../../auth/errors.ts';
import { readBearerToken } from '../shared/bearer-token.ts';
import type { Authenticate, Authenticated } from './authenticator.ts';
import { methodOf } from './json-rpc.ts';

/** Why a request got 401. */
type RefusalReason = 'token_missing' | 'authorization_scheme_unsupported' | TokenErrorCode;

export type Refusal = {
  readonly reason: RefusalReason;
  /** Safe to send: holds nothing of the token. */
  readonly message: string;
  /** Whether a bearer token was there at all (RFC 6750 section 3.1). */
  readonly tokenShown: boolean;
};

export type Verdict =
  | { readonly kind: 'anonymous' }
  | ({ readonly kind: 'authenticated' } & Authenticated)
  | { readonly kind: 'refused'; readonly refusal: Refusal };

/** What a client needs before it can have a token, and what reveals nothing. */
const OPEN_METHODS: ReadonlySet<string> = new Set([
  'initialize',
  'notifications/initialized',
  'ping',
  'server/discover',
]);

/**
 * Decides whether a request passes, and as whom, before the SDK sees it. A token that is shown is always judged, also where
 * none is needed; a batch is no open method, whatever is in it.
 *
 * @param request `message` is the parsed body of a POST
 */
export async function passGate(
  request: { readonly httpMethod: string; readonly authorization: string | undefined; readonly message: unknown },
  authenticate: Authenticate,
): Promise<Verdict> {
  const credentials = readBearerToken(request.authorization);
  switch (credentials.kind) {
    case 'bearer':
      return judge(credentials.token, authenticate);
    case 'other_scheme':
      return refused('authorization_scheme_unsupported', 'Use the Bearer scheme with an enhanced token.');
    case 'none':
      return isOpen(request.httpMethod, request.message)
        ? { kind: 'anonymous' }
        : refused('token_missing', 'This request needs an enhanced token as its bearer token.');
  }
}

async function judge(token: string, authenticate: Authenticate): Promise<Verdict> {
  try {
    return { kind: 'authenticated', ...(await authenticate(token)) };
  } catch (error) {
    if (!(error instanceof AuthError)) throw error;
    // Verification throws no other codes.
    const reason = error.code as TokenErrorCode;
    return { kind: 'refused', refusal: { reason, message: error.message, tokenShown: true } };
  }
}

function refused(reason: RefusalReason, message: string): Verdict {
  return { kind: 'refused', refusal: { reason, message, tokenShown: false } };
}

function isOpen(httpMethod: string, message: unknown): boolean {
  // The end of a session; it ends nothing but itself.
  if (httpMethod === 'DELETE') return true;
  return httpMethod === 'POST' && OPEN_METHODS.has(methodOf(message) ?? '');
}
