import { HttpError, readBearerToken, requireMethod, sendJson } from '../../services/shared/http-messages.ts';
import type { RequestHandler } from '../../services/shared/http-server.ts';
import type { LoginTokens } from './login-tokens.ts';

const LIFETIME_MS = 60 * 60 * 1000;

/** `GET /api/auth/get_credentials`: credentials in the form of AWS, with the person's name in them; no AWS accepts them. */
export function createCredentialsEndpoint(tokens: LoginTokens): RequestHandler {
  return async ({ request, response }) => {
    requireMethod(request, ['GET']);
    const credentials = readBearerToken(request.headers.authorization);
    const person = credentials.kind === 'bearer' ? await tokens.personOf(credentials.token) : undefined;
    if (person === undefined) throw new HttpError(401, 'login_invalid', 'Send a login token as the bearer token.');
    const answer = {
      AccessKeyId: `LOCAL-${person.name}`,
      SecretAccessKey: `local-only-${person.uuid}`,
      SessionToken: `local-only-${person.name}`,
      Expiration: new Date(Date.now() + LIFETIME_MS).toISOString(),
    };
    sendJson(response, 200, answer, { 'cache-control': 'no-store' });
  };
}
